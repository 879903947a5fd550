#include "bench/replay.h"

#include <vector>

#include "api/replay.h"
#include "bench/clock.h"
#include "dataset/random_episode.h"

namespace tesuji::bench {
namespace {

double ReplaysPerSecond(const env::Environment& environment,
                        const std::vector<env::Trajectory>& episodes, bool read_artifact,
                        std::chrono::milliseconds duration) {
  std::int64_t replays = 0;
  const auto start = Clock::now();
  do {
    for (const env::Trajectory& episode : episodes) {
      const auto problems =
          env::ReplayTrajectory(environment, episode, {.read_artifact = read_artifact});
      if (!problems.empty()) throw MachineError("a random episode: " + problems.front());
    }
    replays += static_cast<std::int64_t>(episodes.size());
  } while (Clock::now() - start < duration);
  return static_cast<double>(replays) / SecondsSince(start);
}

}  // namespace

void BenchReplay(const env::Environment& environment, const ReplayBenchOptions& options,
                 const ShowFigure& show) {
  std::vector<env::Trajectory> episodes;
  for (int i = 0; i < options.episodes; ++i) {
    episodes.push_back(
        dataset::RandomEpisode(environment, {.episode = static_cast<std::uint64_t>(i)}));
  }
  const auto half = options.duration / 2;
  const double steps = ReplaysPerSecond(environment, episodes, false, half);
  const double whole = ReplaysPerSecond(environment, episodes, true, half);
  show({"replays", whole, "episodes/s per core", steps, "without reading the artifact"});
}

}  // namespace tesuji::bench
