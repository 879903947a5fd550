// The stores that a dataset is made of, opened read-only, with the rows they had at that moment and
// the environments their rows need.
//
// Rows are numbered through all stores, from 0, in the order of the stores and of their ids. Rows
// that a running campaign appends later are not seen.
// Failures: opening gives a Result; a disk that fails later throws MachineError.
// Thread-safety: Open() by one thread; all else from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/registry.h"
#include "core/json.h"
#include "core/result.h"
#include "storage/store.h"

namespace tesuji::dataset {

/// Environments by (id, parameters), made when first needed. Owned; they live as long as this.
class EnvironmentCache {
 public:
  explicit EnvironmentCache(const env::Registry& registry) : registry_(registry) {}
  Result<const env::Environment*> Get(const env::Provenance& provenance);
  const env::Registry& registry() const { return registry_; }

 private:
  const env::Registry& registry_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<const env::Environment>> made_;
};

/// One store as the manifest names it.
struct SourceInfo {
  std::string path;       ///< As given.
  std::int64_t rows = 0;  ///< Ids 1 to this.
  std::string identity;   ///< SHA-256 over (hash, status, split) of these rows, damaged ones named.
  Json campaign;          ///< The campaign's configuration, or null.
  Json checkpoints;       ///< [{id, hash}], those named by rows.
};

class Sources {
 public:
  /// `limits`: rows to take of each store, for a replay; empty: all there are. `progress` gets the
  /// rows listed so far.
  static Result<std::unique_ptr<Sources>> Open(const std::vector<std::string>& paths,
                                               const std::vector<std::int64_t>& limits,
                                               const env::Registry& registry,
                                               const std::function<void(std::int64_t)>& progress);

  std::int64_t rows() const { return rows_; }
  const std::vector<SourceInfo>& infos() const { return infos_; }
  /// How the manifest names store `index`: a replay keeps the old name.
  void Rename(std::size_t index, std::string path) { infos_[index].path = std::move(path); }
  /// The store of a row, and its id there.
  std::pair<std::size_t, storage::TrajectoryId> Locate(std::int64_t row) const;
  Result<storage::StoredTrajectory> Load(std::int64_t row) const;
  EnvironmentCache& environments() { return environments_; }
  /// Generation of a network by its hash; -1 when its store does not list it.
  std::int64_t Generation(const std::string& checkpoint) const;

 private:
  explicit Sources(const env::Registry& registry) : environments_(registry) {}
  std::vector<std::unique_ptr<storage::Store>> stores_;
  std::vector<SourceInfo> infos_;
  std::vector<std::int64_t> first_row_;  ///< Of each store.
  std::map<std::string, std::int64_t> generations_;
  std::int64_t rows_ = 0;
  EnvironmentCache environments_;
};

}  // namespace tesuji::dataset
