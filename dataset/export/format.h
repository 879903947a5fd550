// Formats: how rows become files. Work on a batch is split in two, so that the costly part runs on
// many threads and the bytes still come in one order.
//
// Prepare() runs on any thread and depends on its batch alone; Append() takes prepared batches in
// order, from one thread at a time; Close() finishes the files. Equal batches in equal order give
// equal bytes. Failures: a disk that refuses throws MachineError.
#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "api/record_format.h"
#include "core/json.h"
#include "dataset/view/view.h"

namespace tesuji::dataset {

/// A finished file, as the manifest lists it.
struct WrittenFile {
  std::string path;  ///< Relative to the dataset.
  std::int64_t bytes = 0;
  std::string sha256;
};

class Prepared {
 public:
  virtual ~Prepared() = default;
};

/// One shard of one view and split.
class ShardWriter {
 public:
  virtual ~ShardWriter() = default;
  virtual void Append(const Prepared& batch) = 0;
  /// Closes and names the files. Nothing may follow.
  virtual std::vector<WrittenFile> Close() = 0;
};

using Batch = std::vector<EpisodeRows>;

class Format {
 public:
  virtual ~Format() = default;
  virtual const std::string& name() const = 0;
  virtual std::unique_ptr<Prepared> Prepare(const Batch& batch) const = 0;
  /// Writes files named `stem` plus an extension below `root`; folders are there.
  virtual std::unique_ptr<ShardWriter> Open(const std::filesystem::path& root,
                                            const std::string& stem) const = 0;
};

/// What decides how a format writes a view.
struct FormatContext {
  const Schema* schema = nullptr;                 ///< Outlives the format.
  const env::Environment* environment = nullptr;  ///< One of the rows' environments.
  const Recipe* recipe = nullptr;
  const env::RecordFormat* records = nullptr;  ///< Of that environment; null: it has none.
};

/// Thrown by Prepare() for rows that the format cannot hold; what() says which and what to do.
class CannotWrite : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Null when the view or the environment has no such format (an SGF of positions).
std::unique_ptr<Format> MakeFormat(const std::string& name, const FormatContext& context);
/// Why this build cannot write a format at all; empty: it can.
std::string WhyUnavailable(const std::string& format);

// Makers of the single formats; null when the view has no such format.
std::unique_ptr<Format> MakeJsonlFormat(const FormatContext& context);
/// REQUIRES: WhyUnavailable("parquet") is empty.
std::unique_ptr<Format> MakeParquetFormat(const FormatContext& context, const std::string& name);
std::unique_ptr<Format> MakeNpzFormat(const FormatContext& context);
std::unique_ptr<Format> MakeSafetensorsFormat(const FormatContext& context);
/// `name`: of context.records, or of its collections.
std::unique_ptr<Format> MakeRecordsFormat(const FormatContext& context, const std::string& name);
std::unique_ptr<Format> MakeWebDatasetFormat(const FormatContext& context);
std::unique_ptr<Format> MakeTrlFormat(const FormatContext& context);
std::unique_ptr<Format> MakeVerlFormat(const FormatContext& context);

}  // namespace tesuji::dataset
