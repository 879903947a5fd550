// The [programs] section of a campaign file: tasks solved by enumeration instead of tree search.
// Thread-safety: values and free functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/registry.h"
#include "core/json.h"
#include "core/settings.h"

namespace tesuji::env::program {

struct ProgramsSection {
  bool enumerate = false;             ///< Search tasks by enumeration instead of tree search.
  std::int64_t candidates = 100'000;  ///< Tried on each task that the campaign sets itself.
  std::int64_t memory_mib = 256;      ///< Of known terms, for each worker.
  int first_nodes = 5;                ///< Size of the first dreams; grows to dream_nodes.
  double dream_share = 0;  ///< Of training rows, from dreams that are neither searched nor stored.
  std::string evaluation_tasks;                  ///< JSON lines; empty: a fixed set of dreams.
  std::int64_t evaluation_candidates = 100'000;  ///< Tried on each evaluation task.
};

/// Every key of the section; see core/settings.h.
void Describe(SettingsTable* table, ProgramsSection* section);

/// The same as the producer hands them in.
std::vector<Parameter> ProgramsParameters();
/// REQUIRES: `settings` is complete (CompleteParameters()).
ProgramsSection ReadPrograms(const Json& settings);

}  // namespace tesuji::env::program
