#include "campaign/split.h"

#include <set>
#include <string>

#include "api/dataset_hooks.h"
#include "core/random.h"
#include "core/sha256.h"

namespace tesuji::campaign {
namespace {

/// Second component of the streams' paths: what the stream is for.
constexpr std::uint64_t kSplitStream = 3;
constexpr std::uint64_t kTaskSampleStream = 7;

constexpr int kSampledTasks = 64;
constexpr std::size_t kEnoughTasks = 8;  // Of fewer, a share that is held out makes no sense.

/// Equal for tasks that ask the same.
std::string TaskKey(const env::Environment& environment, const env::Task& task) {
  const Json identity = env::TaskIdentity(environment, task);
  return identity.empty() ? task.id : identity.dump();
}

bool HasManyTasks(const env::Environment& environment, std::uint64_t campaign_seed) {
  if (environment.spec().player_count != 1) return false;
  RandomStream random({campaign_seed, kTaskSampleStream});
  std::set<std::string> tasks;
  for (int i = 0; i < kSampledTasks && tasks.size() < kEnoughTasks; ++i) {
    tasks.insert(TaskKey(environment, environment.SampleTask(random)));
  }
  return tasks.size() >= kEnoughTasks;
}

}  // namespace

Split Split::Of(const env::Environment& environment, storage::Store* store,
                std::uint64_t campaign_seed, double heldout_fraction) {
  const char* const kFact = "heldout_by";
  bool by_task = false;
  if (const auto fact = store->GetFact(kFact)) {
    by_task = *fact == "task";
  } else {
    by_task = store->counts().episodes == 0 && HasManyTasks(environment, campaign_seed);
    store->PutFact(kFact, by_task ? "task" : "episode");
  }
  return Split(environment, campaign_seed, heldout_fraction, by_task);
}

bool Split::IsHeldOut(const env::Trajectory& trajectory) const {
  std::uint64_t number = trajectory.provenance.episode;
  if (by_task_) {
    const std::string digits = Sha256Hex(TaskKey(environment_, trajectory.task)).substr(0, 16);
    number = std::stoull(digits, nullptr, 16);
  }
  RandomStream split({campaign_seed_, kSplitStream, number});
  return split.Chance(fraction_);
}

}  // namespace tesuji::campaign
