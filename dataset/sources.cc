#include "dataset/sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "core/sha256.h"

namespace tesuji::dataset {
namespace {

/// Lists a store's rows: their identity and the networks they name.
SourceInfo Describe(const storage::Store& store, const std::string& path, std::int64_t rows,
                    std::int64_t rows_before, const std::function<void(std::int64_t)>& progress) {
  SourceInfo info;
  info.path = path;
  info.rows = rows;
  Sha256 identity;
  std::set<std::string> used;
  store.ForEachSummary(
      1,
      [&](const storage::TrajectorySummary& row) {
        if (row.id > rows) return false;
        identity.Update(fmt::format(
            "{} {} {} {}\n", row.id, row.hash,
            row.status == storage::TrajectoryStatus::kVerified ? "verified" : "rejected",
            row.split));
        used.insert(row.first_checkpoint);
        used.insert(row.last_checkpoint);
        if (progress && row.id % 4096 == 0) progress(rows_before + row.id);
        return true;
      },
      [&](storage::TrajectoryId id, const std::string&) {
        if (id <= rows) identity.Update(fmt::format("{} damaged\n", id));
      });
  info.identity = identity.FinishHex();
  info.campaign = store.GetFact("campaign").value_or(Json());
  info.checkpoints = Json::array();
  for (const auto& checkpoint : store.ListCheckpoints()) {
    if (!used.contains(checkpoint.hash)) continue;
    info.checkpoints.push_back({{"id", checkpoint.id}, {"hash", checkpoint.hash}});
  }
  return info;
}

}  // namespace

Result<const env::Environment*> EnvironmentCache::Get(const env::Provenance& provenance) {
  const std::string key = provenance.environment_id + provenance.environment_parameters.dump();
  const std::lock_guard lock(mutex_);
  if (const auto it = made_.find(key); it != made_.end()) return it->second.get();
  auto environment = registry_.Make(provenance.environment_id, provenance.environment_parameters);
  if (!environment) return tl::unexpected(environment.error());
  return (made_[key] = std::move(*environment)).get();
}

Result<std::unique_ptr<Sources>> Sources::Open(const std::vector<std::string>& paths,
                                               const std::vector<std::int64_t>& limits,
                                               const env::Registry& registry,
                                               const std::function<void(std::int64_t)>& progress) {
  std::unique_ptr<Sources> sources(new Sources(registry));
  std::set<std::string> seen;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    std::error_code ignored;
    if (!seen.insert(std::filesystem::weakly_canonical(paths[i], ignored).string()).second) {
      return Fail(fmt::format("{}: this store is named twice", paths[i]));
    }
    auto store = storage::Store::Open(paths[i], storage::OpenMode::kReadOnly);
    if (!store) return tl::unexpected(store.error());
    std::int64_t rows = (*store)->LatestTrajectoryId();
    if (i < limits.size()) {
      if (rows < limits[i]) {
        return Fail(
            fmt::format("{}: has {} rows, the dataset was made of {}", paths[i], rows, limits[i]));
      }
      rows = limits[i];
    }
    for (const auto& checkpoint : (*store)->ListCheckpoints()) {
      sources->generations_.emplace(checkpoint.hash, checkpoint.id);
    }
    sources->infos_.push_back(Describe(**store, paths[i], rows, sources->rows_, progress));
    sources->first_row_.push_back(sources->rows_);
    sources->rows_ += rows;
    sources->stores_.push_back(std::move(*store));
  }
  return sources;
}

std::pair<std::size_t, storage::TrajectoryId> Sources::Locate(std::int64_t row) const {
  const auto after = std::upper_bound(first_row_.begin(), first_row_.end(), row);
  const auto store = static_cast<std::size_t>(after - first_row_.begin()) - 1;
  return {store, row - first_row_[store] + 1};
}

Result<storage::StoredTrajectory> Sources::Load(std::int64_t row) const {
  const auto [store, id] = Locate(row);
  return stores_[store]->GetTrajectory(id);
}

std::int64_t Sources::Generation(const std::string& checkpoint) const {
  const auto it = generations_.find(checkpoint);
  return it == generations_.end() ? -1 : it->second;
}

}  // namespace tesuji::dataset
