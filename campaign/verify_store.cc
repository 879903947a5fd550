#include "campaign/verify_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "api/replay.h"
#include "campaign/judge_again.h"
#include "storage/codec.h"
#include "storage/damage.h"

namespace tesuji::campaign {
namespace {

/// Environments by (id, parameters), made when first needed.
class EnvironmentCache {
 public:
  explicit EnvironmentCache(const env::Registry& registry) : registry_(registry) {}

  Result<std::shared_ptr<const env::Environment>> Get(const env::Provenance& provenance) {
    const std::string key = provenance.environment_id + provenance.environment_parameters.dump();
    if (const auto it = made_.find(key); it != made_.end()) return it->second;
    auto environment = registry_.Make(provenance.environment_id, provenance.environment_parameters);
    if (!environment) return tl::unexpected(environment.error());
    return made_[key] = std::move(*environment);
  }

 private:
  const env::Registry& registry_;
  std::map<std::string, std::shared_ptr<const env::Environment>> made_;
};

/// Repeats judgements by the families' own judges, each opened when its first episode comes.
class Rejudges {
 public:
  explicit Rejudges(const env::Registry& registry) : registry_(registry), again_(registry) {}

  /// `end` awaits a judge.
  std::string Repeat(const std::shared_ptr<const env::Environment>& environment,
                     const env::Trajectory& trajectory, const env::State& end) {
    return again_.Check(environment, trajectory, end);
  }

  std::string operator()(const env::Trajectory& trajectory) {
    const std::string& id = trajectory.provenance.environment_id;
    const env::EnvironmentFactory* factory = registry_.Find(id);
    if (factory == nullptr || !factory->make_rejudge) return {};
    auto& rejudge = opened_[id];
    if (rejudge == nullptr) {
      auto made = factory->make_rejudge();
      if (!made) throw MachineError(made.error().message);
      rejudge = std::move(*made);
    }
    return rejudge->Check(trajectory);
  }

 private:
  const env::Registry& registry_;
  campaign::JudgeAgain again_;
  std::map<std::string, std::unique_ptr<env::Rejudge>> opened_;
};

std::string Problem(const storage::StoredTrajectory& stored, EnvironmentCache* environments,
                    Rejudges* rejudges) {
  const std::string hash = storage::ContentHash(stored.trajectory);
  if (hash != stored.hash) {
    return fmt::format("content hash is {}, the row says {}", hash, stored.hash);
  }
  if (stored.status == storage::TrajectoryStatus::kRejected) return {};
  auto environment = environments->Get(stored.trajectory.provenance);
  if (!environment) return environment.error().message;
  std::unique_ptr<env::State> unjudged;
  env::ReplayOptions options;
  options.limit = 1;
  options.visit_end = [&](const env::State& end) {
    if (end.phase() == env::Phase::kAwaitsJudge) unjudged = end.Clone();
  };
  const auto problems = env::ReplayTrajectory(**environment, stored.trajectory, options);
  if (!problems.empty()) return problems.front();
  if (unjudged == nullptr) return (*rejudges)(stored.trajectory);
  return rejudges->Repeat(*environment, stored.trajectory, *unjudged);
}

/// The version of the environment here: 0 when it is unknown, nothing when it cannot be made with
/// these parameters, which is a failure of its own.
std::optional<int> KnownVersion(const env::Provenance& made_by, const env::Registry& registry,
                                EnvironmentCache* environments) {
  if (registry.Find(made_by.environment_id) == nullptr) return 0;
  const auto environment = environments->Get(made_by);
  if (!environment) return std::nullopt;
  return (*environment)->spec().version;
}

}  // namespace

std::int64_t VerifyReport::table_problems() const {
  std::int64_t problems = 0;
  for (const storage::TableReport& table : tables) problems += std::ssize(table.problems);
  return problems;
}

namespace {

/// Every trajectory that can be read, or about `sample` of them, replayed into `report`.
void ReplayAll(const storage::Store& store, const env::Registry& registry, std::int64_t sample,
               const std::function<void(std::int64_t)>& progress, VerifyReport* out) {
  VerifyReport& report = *out;
  EnvironmentCache environments(registry);
  Rejudges rejudges(registry);
  std::map<std::pair<std::string, int>, NotReplayed> not_replayed;
  const std::int64_t episodes = store.LatestTrajectoryId();
  const std::int64_t stride = sample > 0 ? std::max<std::int64_t>(1, episodes / sample) : 1;
  std::int64_t seen = 0;
  std::int64_t readable = 0;
  store.ForEachTrajectory(
      1,
      [&](const storage::StoredTrajectory& stored) {
        ++readable;
        if (seen++ % stride != 0) return true;
        const env::Provenance& made_by = stored.trajectory.provenance;
        if (const auto known = KnownVersion(made_by, registry, &environments);
            known && *known != made_by.environment_version) {
          NotReplayed& group = not_replayed[{made_by.environment_id, made_by.environment_version}];
          group = {made_by.environment_id, made_by.environment_version, *known, group.episodes + 1};
          return true;
        }
        if (auto problem = Problem(stored, &environments, &rejudges); !problem.empty()) {
          report.failures.push_back({stored.id, std::move(problem)});
        }
        ++report.checked;
        if (progress) progress(report.checked);
        return true;
      },
      [&](storage::TrajectoryId id, const std::string& reason) {
        ++seen;
        ++report.checked;
        report.failures.push_back({id, reason});
      });
  for (auto& [key, group] : not_replayed) report.not_replayed.push_back(std::move(group));
  for (storage::TableReport& table : report.tables) {
    if (table.table == "trajectories") table.readable = readable;
  }
}

}  // namespace

VerifyReport VerifyStore(const storage::Store& store, const env::Registry& registry,
                         std::int64_t sample, const std::function<void(std::int64_t)>& progress) {
  VerifyReport report;
  report.tables = store.Inspect();
  try {
    ReplayAll(store, registry, sample, progress, &report);
  } catch (const storage::DamagedError& error) {
    // Not even the ids can be found; the other tables may still be whole.
    report.failures.push_back({0, error.what()});
  }
  return report;
}

}  // namespace tesuji::campaign
