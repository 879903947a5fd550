// tesuji judge: verdicts for submissions to a problem package, or for function tasks.
// tesuji serve: the same as a service.
#pragma once

#include "cli/command.h"

namespace tesuji::cli {

void AddJudgeCommand(Command app, Context* context);
void AddServeCommand(Command app, Context* context);

}  // namespace tesuji::cli
