// The producer of programs: tasks that the campaign sets itself, solved by guided enumeration
// (worker.h). It teaches dreams beside stored rows (guide/dream_rows.h) and scores checkpoints on
// evaluation tasks (evaluation.h).
// Thread-safety: a free function.
#pragma once

#include "api/registry.h"

namespace tesuji::env::program {

/// Section [programs] for environment "program", chosen by `enumerate`.
ProducerFactory EnumerationFactory();

}  // namespace tesuji::env::program
