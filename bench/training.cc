#include "bench/training.h"

#include "bench/clock.h"
#include "dataset/random_episode.h"
#include "learner/replay_window.h"
#include "learner/trainer.h"

namespace tesuji::bench {

Status BenchTraining(const env::Environment& environment, const TrainingBenchOptions& options,
                     const ShowFigure& show) {
  learner::ReplayWindow window(environment, {});
  for (std::uint64_t episode = 0; episode < 50; ++episode) {
    const auto game =
        dataset::RandomEpisode(environment, {.episode = episode, .policy_entries = 1});
    if (Status added = window.Add(game); !added) {
      return Fail("a random game does not replay: " + added.error().message);
    }
  }
  learner::TrainerOptions trainer_options;
  trainer_options.network = options.network;
  trainer_options.device = options.device;
  auto trainer = learner::Trainer::Create(environment, trainer_options);
  if (!trainer) return tl::unexpected(trainer.error());
  (*trainer)->Train(&window, 2, {});  // The first steps allocate.
  const auto end = Clock::now() + options.duration;
  const auto report =
      (*trainer)->Train(&window, 1'000'000'000, [&] { return Clock::now() >= end; });
  show({"training", report.rows_per_second, "rows/s per core", {}, {}});
  return {};
}

}  // namespace tesuji::bench
