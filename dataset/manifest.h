// The manifest: what a dataset is made of, how, and how to make it again.
// No clock and no path of the output goes into it: equal datasets have equal manifests.
// Thread-safety: free functions.
#pragma once

#include <string>

#include "core/json.h"
#include "core/result.h"
#include "dataset/build_dataset.h"
#include "dataset/export_stage.h"

namespace tesuji::dataset {

struct ManifestInput {
  const Recipe* recipe = nullptr;
  const Sources* sources = nullptr;
  const Suites* suites = nullptr;
  const Decisions* decisions = nullptr;
  const ExportResult* exported = nullptr;
  const BuildReport* report = nullptr;
  const DatasetFile* ledger = nullptr;
};

/// Hash of everything that decides the rows.
std::string DatasetId(const Recipe& recipe, const Sources& sources, const Suites& suites);

Json MakeManifest(const ManifestInput& input);

/// Reads manifest.json of a dataset; a failure says what is wrong with it.
Result<Json> ReadManifest(const std::filesystem::path& path);

/// Writes ledger.jsonl.zst: one line for each row of the stores, with its fate and its figures.
DatasetFile WriteLedger(const FactsStage& facts, const Sources& sources, const Decisions& decisions,
                        const std::filesystem::path& root);

}  // namespace tesuji::dataset
