// Records of a family into a store: games of people or engines become trajectories like any other,
// each verified by replay before it is kept. The family reads its records (api/record_format.h).
// A record that does not become a trajectory is in the report, with a reason.
// Thread-safety: one caller.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "api/environment.h"
#include "api/registry.h"
#include "api/trajectory.h"
#include "core/json.h"
#include "core/result.h"

namespace tesuji::dataset {

struct ImportOptions {
  std::string format;              ///< Name of a record format: "sgf".
  std::vector<std::string> paths;  ///< Files, or folders; of these, files with the format's
                                   ///< extensions, in any case, also with ".gz" behind them.
  std::string store;               ///< Made when it is not there.
  /// Parameters of the format's environment; what a record tells itself comes from the record.
  Json parameters = Json::object();
  std::string split = "train";
};

struct RejectedRecord {
  std::string file;
  std::int64_t number = 0;  ///< Within the file, from 1; 0: the whole file.
  std::string reason;       ///< "illegal", "score", "resigned", …
  std::string detail;
};

/// What is worth knowing of a record that was taken all the same.
struct RecordRemark {
  std::string file;
  std::int64_t number = 0;
  std::string text;
};

struct ImportReport {
  std::int64_t files = 0;
  std::int64_t other_files = 0;  ///< In the folders, and not of the format by their names.
  std::int64_t records = 0;
  std::int64_t imported = 0;
  std::int64_t already_there = 0;
  std::vector<RejectedRecord> rejected;
  std::vector<RecordRemark> remarks;
};

/// "" or what is wrong.
using VerifyTrajectory =
    std::function<std::string(const env::Environment&, const env::Trajectory&)>;

/// What an import works with. Borrowed.
struct ImportContext {
  const env::Registry* registry = nullptr;
  VerifyTrajectory verify;
  std::function<void(std::int64_t files, std::int64_t of)> progress;  ///< May be empty.
  const std::atomic<bool>* stop = nullptr;                            ///< Never null.
};

/// Fails on an unknown format, on unreadable paths, on parameters that make no sense, and at the
/// first record when the store holds episodes of another environment.
Result<ImportReport> ImportRecords(const ImportOptions& options, const ImportContext& context);

}  // namespace tesuji::dataset
