#include "experiments/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "experiments/arena.h"
#include "experiments/engine_matches.h"
#include "learner/model.h"

namespace tesuji::experiments {
namespace {

// Second component of every stream's path: what the stream is for.
constexpr std::uint64_t kMatchStream = 4;

bool IsGame(const env::Spec& spec) { return spec.player_count == 2 && !spec.has_chance; }

/// Search as played in earnest: no noise.
search::SearchOptions EarnestSearch(const CampaignConfig& config) {
  search::SearchOptions options = config.episode.full;
  options.simulations = config.evaluation.visits;
  options.root_noise = false;
  options.gumbel_noise = false;
  options.forced_playouts = 0;
  options.root_policy_temperature = 1;
  return options;
}

std::shared_ptr<const learner::Network> LoadCheckpoint(const env::Environment& environment,
                                                       const storage::Store& store,
                                                       std::int64_t id) {
  auto blobs = store.GetCheckpoint(id);
  if (!blobs) throw MachineError(blobs.error().message);
  auto network = learner::Network::Load(blobs->weights, environment.spec());
  if (!network) throw MachineError(network.error().message);
  return *network;
}

/// One match, stored. `opponent` -1 is uniform random.
void PlayAndStore(const env::Environment& environment, const CampaignConfig& config,
                  storage::Store* store, std::int64_t id, std::int64_t opponent, int games,
                  const std::function<bool()>& stop, const std::function<void(int)>& progress) {
  const auto player = [&](std::int64_t checkpoint) {
    ArenaPlayer made;
    made.name = checkpoint < 0 ? kRandomPlayer : CheckpointPlayer(checkpoint);
    if (checkpoint >= 0) made.network = LoadCheckpoint(environment, *store, checkpoint);
    made.search = EarnestSearch(config);
    return made;
  };
  const ArenaPlayer a = player(id);
  const ArenaPlayer b = player(opponent);
  ArenaOptions options;
  options.games = games;
  options.interleaved = std::min(games, 64);
  RandomStream seeds({config.campaign.seed, kMatchStream, static_cast<std::uint64_t>(id),
                      static_cast<std::uint64_t>(opponent + 1)});
  options.seed = seeds();
  options.stop = stop;
  options.progress = progress;
  const ArenaScore score = PlayArena(environment, a, b, options);
  if (score.games() == 0) return;
  storage::MatchResult match{a.name, b.name, score.wins, score.draws, score.losses, {}};
  match.settings = {{"visits", config.evaluation.visits},
                    {"opening_actions", options.opening_actions}};
  store->AddMatch(match);
}

bool HasMatch(const storage::Store& store, const std::string& a, const std::string& b, int games) {
  std::int64_t played = 0;
  for (const auto& match : store.GetMatches()) {
    if (match.player == a && match.opponent == b) played += match.wins + match.draws + match.losses;
  }
  return played >= games;
}

}  // namespace

std::string CheckpointPlayer(std::int64_t id) { return fmt::format("checkpoint:{}", id); }

void EvaluateGeneration(const env::Environment& environment, const CampaignConfig& config,
                        storage::Store* store, std::int64_t id, const std::function<bool()>& stop) {
  if (!IsGame(environment.spec()) || id < 1) return;
  const std::int64_t every = config.evaluation.every;
  for (const std::int64_t opponent :
       std::set<std::int64_t>{std::max<std::int64_t>(0, id - every), id / 2}) {
    if (stop()) return;
    PlayAndStore(environment, config, store, id, opponent, config.evaluation.games, stop, {});
  }
}

void EvaluateFinally(const env::Environment& environment, const CampaignConfig& config,
                     storage::Store* store, const std::function<bool()>& stop,
                     ProgressLine* progress) {
  if (!IsGame(environment.spec())) return;
  const auto checkpoints = store->ListCheckpoints();
  if (checkpoints.empty()) return;
  const std::int64_t last = checkpoints.back().id;
  const int games = config.evaluation.final_games;
  std::vector<std::int64_t> opponents{-1};
  if (last > 1) opponents.push_back(1);
  for (const std::int64_t opponent : opponents) {
    const std::string name = opponent < 0 ? kRandomPlayer : CheckpointPlayer(opponent);
    if (games <= 0 || stop() || HasMatch(*store, CheckpointPlayer(last), name, games)) continue;
    PlayAndStore(environment, config, store, last, opponent, games, stop, [&](int done) {
      progress->Show(
          fmt::format("checkpoint {} against {}: {} of {} games", last, name, done, games));
    });
  }
  for (const auto& command : config.evaluation.engines) {
    if (config.evaluation.engine_games <= 0 || stop()) break;
    if (HasMatch(*store, CheckpointPlayer(last), command, config.evaluation.engine_games)) continue;
    progress->Show(fmt::format("checkpoint {} against {}", last, command));
    PlayEngine(environment, LoadCheckpoint(environment, *store, last), EarnestSearch(config),
               config, store, last, command, stop);
  }
}

}  // namespace tesuji::experiments
