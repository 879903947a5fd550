// From stores and a recipe to a published dataset: facts, decisions, export, manifest, rename.
//
// Equal stores and recipe give equal bytes in every file, with any number of threads, and when the
// work was interrupted and taken up again.
// Thread-safety: one caller; spreads its work over `threads`.
#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "api/registry.h"
#include "core/json.h"
#include "core/result.h"
#include "dataset/curate/decide.h"
#include "dataset/facts_stage.h"
#include "dataset/recipe.h"

namespace tesuji::dataset {

struct BuildOptions {
  std::vector<std::string> stores;
  Recipe recipe;
  std::filesystem::path out;    ///< Must not exist.
  bool dry_run = false;         ///< Decide and report; write nothing at `out`.
  int threads = 0;              ///< 0: as many as the machine has.
  std::filesystem::path cache;  ///< Keeps the facts for the next recipe; empty: nowhere.
  /// For a replay: the manifest's inputs, whose row counts and identities must be met again.
  std::optional<Json> replay_inputs;
};

struct BuildReport {
  std::string dataset_id;
  std::int64_t rows_in = 0;
  std::int64_t rows_out = 0;
  std::int64_t reverified = 0;
  std::vector<FunnelStep> funnel;
  FunnelStep positions;
  Json manifest;  ///< As written; null for a dry run.
  bool resumed = false;
  std::vector<std::string> notes;  ///< For people, one line each; not part of the dataset.
};

/// Throws Stopped when `stop` is set, MachineError when the machine refuses.
Result<BuildReport> BuildDataset(const BuildOptions& options, const env::Registry& registry,
                                 const Reverify& reverify, const Progress& progress,
                                 const std::atomic<bool>& stop);

/// {reason: rows}.
Json DroppedJson(const BuildReport& report);

}  // namespace tesuji::dataset
