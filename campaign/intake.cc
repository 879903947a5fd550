#include "campaign/intake.h"

#include <fmt/format.h>

#include <utility>

#include "api/guard.h"
#include "api/replay.h"

namespace tesuji::campaign {
void Intake::Take(env::FinishedEpisode episode) {
  if (episode.awaits_judge != nullptr) {
    if (options_.judge) return options_.judge(std::move(episode));
    throw env::EnvironmentFault(
        env::GuardedNameOf(*options_.environment), "State::phase",
        env::DescribeGuarded(*episode.awaits_judge),
        "returned kAwaitsJudge, and there is no judge: give the factory a make_judge, or name a "
        "problem in [judge] of the campaign file");
  }
  Keep(std::move(episode.trajectory));
}

void Intake::Keep(env::Trajectory trajectory) {
  storage::Store::Append row;
  const bool heldout = options_.learning != nullptr && options_.split->IsHeldOut(trajectory);
  if (heldout) row.split = "heldout";
  auto problems = env::ReplayTrajectory(*options_.environment, trajectory);
  if (problems.empty() && options_.learning != nullptr) {
    if (auto added = options_.learning->Add(trajectory, heldout); !added) {
      problems.push_back("does not replay a second time: " + added.error().message);
    }
  }
  if (!problems.empty()) {
    row.status = storage::TrajectoryStatus::kRejected;
    trajectory.evidence["rejected"] = problems;
    const std::uint64_t episode = trajectory.provenance.episode;
    if (rejections_.NoteRejected(episode, problems.front())) {
      options_.progress->Announce(
          fmt::format("rejected: episode {}: {}", episode, problems.front()));
    }
    if (!rejections_.Excess().empty()) options_.limits->Quit();
  } else {
    rejections_.NoteSound();
  }
  row.trajectory = std::move(trajectory);
  options_.writer->Append(std::move(row));
  ++episodes_;
  options_.changed->Notify();
}

}  // namespace tesuji::campaign
