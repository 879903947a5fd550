#include "campaign/intake.h"

#include <fmt/format.h>

#include <utility>

#include "api/replay.h"
#include "core/result.h"

namespace tesuji::campaign {
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
}

}  // namespace tesuji::campaign
