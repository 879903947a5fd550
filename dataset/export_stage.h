// The last stage: rows of the kept episodes, in every view and format, block by block. A block is a
// run of kept rows; it becomes one shard of each (view, format, split) and is finished whole, so
// that a killed run repeats one block at most.
//
// Within a block a tbb::parallel_pipeline makes rows on all threads and writes them in order: the
// bytes do not depend on the number of threads.
// Thread-safety: one caller.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "dataset/curate/decide.h"
#include "dataset/export/format.h"
#include "dataset/facts_stage.h"

namespace tesuji::dataset {

/// A file as the manifest lists it.
struct DatasetFile {
  std::string path;
  std::string view;
  std::string format;
  std::string split;
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  std::string sha256;
  std::string content_hash;  ///< Of the rows in it; equal across formats.
};

struct ViewTotal {
  std::int64_t rows = 0;
  std::string content_hash;
};

struct ExportResult {
  std::vector<DatasetFile> files;  ///< By path.
  std::vector<Schema> schemas;     ///< One a view.
  /// [view][split].
  std::vector<std::vector<ViewTotal>> totals;
};

struct ExportJob {
  const Recipe* recipe = nullptr;
  Sources* sources = nullptr;
  const Decisions* decisions = nullptr;
  std::filesystem::path root;
  std::filesystem::path scratch;
  int threads = 1;
};

/// Throws Stopped, MachineError. Fails when nothing was kept or rows cannot share a file.
Result<ExportResult> RunExport(const ExportJob& job, const Progress& progress,
                               const std::atomic<bool>& stop);

}  // namespace tesuji::dataset
