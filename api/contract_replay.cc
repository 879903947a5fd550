#include "api/contract_replay.h"

#include <fmt/format.h>

#include <atomic>
#include <mutex>
#include <thread>

namespace tesuji::env {

std::string ReplayDifference(const Environment& environment, const PlayedEpisode& episode) {
  const auto made = environment.NewState(episode.task);
  if (!made) return "its task is refused: " + made.error().message;
  State& state = **made;
  for (std::size_t step = 0;; ++step) {
    const ViewDigest seen = Digest(LookAt(environment.spec(), state, nullptr));
    const std::string difference = DigestDifference(seen, episode.views[step]);
    if (!difference.empty()) return fmt::format("step {}: {} differ", step, difference);
    if (step == episode.actions.size()) return {};
    state.Apply(episode.actions[step]);
  }
}

std::string ThreadedReplayDifference(const Environment& environment,
                                     const std::vector<PlayedEpisode>& episodes, int threads) {
  // Enough that threads meet, even on one core, where they take turns of some milliseconds.
  constexpr std::size_t kSteps = 20'000;
  std::size_t steps = 1;
  for (const PlayedEpisode& episode : episodes) steps += episode.actions.size();
  const std::size_t rounds = kSteps / steps + 1;
  std::string first;
  std::mutex mutex;
  std::atomic<int> waiting = threads;
  std::atomic<bool> over = false;
  const auto note = [&](const std::string& difference) {
    const std::lock_guard lock(mutex);
    if (first.empty()) first = difference;
    over = true;
  };
  const auto work = [&](std::size_t offset) {
    --waiting;
    while (waiting > 0) std::this_thread::yield();  // All begin at once.
    try {
      for (std::size_t i = 0; i < rounds * episodes.size() && !over; ++i) {
        const PlayedEpisode& episode = episodes[(i + offset) % episodes.size()];
        const std::string difference = ReplayDifference(environment, episode);
        if (!difference.empty()) note(difference);
      }
    } catch (const std::exception& error) {
      note(error.what());
    }
  };
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < threads; ++i) workers.emplace_back(work, static_cast<std::size_t>(i));
  }
  return first;
}

}  // namespace tesuji::env
