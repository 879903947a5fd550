#include "campaign/intake.h"

#include <utility>

#include "api/replay.h"
#include "core/random.h"
#include "core/result.h"

namespace tesuji::campaign {
namespace {

/// Second component of the stream that draws an episode's split.
constexpr std::uint64_t kSplitStream = 3;

}  // namespace

void Intake::Take(env::FinishedEpisode episode) {
  // The place of the judge's queue: what awaits a judge goes in here and comes to Keep() from
  // there.
  if (episode.awaits_judge != nullptr) {
    throw MachineError("environment \"" + options_.environment->spec().id +
                       "\" leaves the value of its episodes to a judge, and there is none");
  }
  Keep(std::move(episode.trajectory));
}

void Intake::Keep(env::Trajectory trajectory) {
  storage::Store::Append row;
  if (options_.learning != nullptr) {
    RandomStream split({options_.campaign_seed, kSplitStream, trajectory.provenance.episode});
    if (split.Chance(options_.heldout_fraction)) row.split = "heldout";
  }
  const auto problems = verifier::ReplayTrajectory(*options_.environment, trajectory);
  if (!problems.empty()) {
    row.status = storage::TrajectoryStatus::kRejected;
    trajectory.evidence["rejected"] = problems;
    ++rejected_;
  } else if (options_.learning != nullptr) {
    options_.learning->Add(trajectory, row.split == "heldout");
  }
  row.trajectory = std::move(trajectory);
  options_.writer->Append(std::move(row));
  ++episodes_;
}

}  // namespace tesuji::campaign
