// The files in which others keep a family's episodes, such as SGF for Go: how they are read and
// written. A family hands its format in with its EnvironmentFactory (api/registry.h). `tesuji
// import`, the formats of datasets and held-out suites then know it.
//
// Failures: no text crashes or hangs a reader. A file that is none of the format is a failed
// Status; a record that does not become an episode is refused with a reason.
// Thread-safety: a RecordFormat is immutable and serves any thread; a RecordReader serves one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "api/trajectory.h"
#include "core/json.h"
#include "core/result.h"

namespace tesuji::env {

class Registry;

/// An episode as a record tells it.
struct RecordedEpisode {
  /// Holds the task, the steps, the outcome, the artifact and the final fingerprint; of the
  /// provenance the environment's id, version and complete parameters. The importer adds the rest.
  Trajectory trajectory;
  Json notes = Json::object();  ///< What the record says besides: players, result, rules.
  /// "" or one line for a person: what was not read as the record says, though it was taken.
  std::string remark;
};

/// Why a record does not become an episode.
struct RecordRefusal {
  std::string reason;  ///< One word by which refusals are counted: "illegal", "score".
  std::string detail;  ///< One line for a person.
};

using RecordVisitor = std::function<void(tl::expected<RecordedEpisode, RecordRefusal>)>;

class RecordReader {
 public:
  virtual ~RecordReader() = default;
  /// Calls visit() once for each record of a file, in order. Fails when the file is none of this
  /// format; records that were visited before that count.
  virtual Status Read(std::string_view file, const RecordVisitor& visit) = 0;
};

class RecordFormat {
 public:
  virtual ~RecordFormat() = default;
  /// The format's name in commands and recipes, and the extension of a file with one record: "sgf".
  virtual std::string name() const = 0;
  /// The same for files with many records: "sgfs". Never empty, never equal to name().
  virtual std::string collection_name() const = 0;
  /// As metadata name it: "application/x-go-sgf".
  virtual std::string media_type() const = 0;
  /// The records of a file, each as a text that FromArtifact() may be given.
  virtual Result<std::vector<std::string>> Split(std::string_view file) const = 0;
  /// `parameters`: of the environment, not complete. Fails when they make no sense.
  virtual Result<std::unique_ptr<RecordReader>> NewReader(const Json& parameters) const = 0;
  /// A trajectory of this family's environment as one record, with what search found. Texts in a
  /// row are a file of many records.
  virtual Result<std::string> Write(const Trajectory& trajectory) const = 0;
};

/// The format with this name or collection name; null: no environment of the registry has it.
const RecordFormat* FindRecords(const Registry& registry, std::string_view name);
/// Names of all record formats and of their collections, in the registry's order.
std::vector<std::string> RecordNames(const Registry& registry);

/// The same format; whatever it throws becomes an EnvironmentFault that names `origin` and the
/// method. For formats that come from a plug-in.
std::shared_ptr<const RecordFormat> GuardRecords(std::shared_ptr<const RecordFormat> format,
                                                 const std::string& origin);

}  // namespace tesuji::env
