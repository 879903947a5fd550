#include "campaign/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "arena/match.h"
#include "core/random.h"
#include "env/go/go_environment.h"
#include "learner/model.h"
#include "search/evaluation_cache.h"

namespace tesuji::campaign {
namespace {

// Second component of every stream's path: what the stream is for.
constexpr std::uint64_t kMatchStream = 4;

bool IsGame(const env::Spec& spec) { return spec.player_count == 2 && !spec.has_chance; }

arena::Contestant StoredContestant(const env::Environment& environment,
                                   const CampaignConfig& config, const storage::Store& store,
                                   std::int64_t id) {
  auto blobs = store.GetCheckpoint(id);
  if (!blobs) throw MachineError(blobs.error().message);
  auto network = learner::Network::Load(blobs->weights, environment.spec());
  if (!network) throw MachineError(network.error().message);
  arena::SearchPlayerOptions options;
  options.search = InEarnest(config.episode.full, config.evaluation.visits);
  return NetworkContestant(CheckpointPlayer(id), environment, *network, options);
}

/// One match, stored from checkpoint `id`'s view.
void PlayAndStore(const env::Environment& environment, const CampaignConfig& config,
                  storage::Store* store, std::int64_t id, const arena::Contestant& opponent,
                  int games, const std::function<bool()>& stop,
                  const std::function<void(int)>& progress) {
  const arena::Contestant player = StoredContestant(environment, config, *store, id);
  arena::MatchOptions options;
  options.games = games;
  options.games_at_once = 32;
  RandomStream seeds({config.campaign.seed, kMatchStream, static_cast<std::uint64_t>(id),
                      search::CheckpointTag(opponent.name)});
  options.seed = seeds();
  options.stop = stop;
  options.progress = [&](const arena::MatchGame&, int finished) {
    if (progress) progress(finished);
  };
  auto report = arena::PlayMatch(environment, player, opponent, options);
  if (!report) throw MachineError(report.error().message);
  if (report->wins + report->draws + report->losses == 0) return;
  storage::MatchResult match{player.name,   opponent.name,  report->wins,
                             report->draws, report->losses, {}};
  match.settings = {{"visits", config.evaluation.visits},
                    {"forfeits", report->forfeits},
                    {"stopped", report->stopped}};
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

search::SearchOptions InEarnest(search::SearchOptions options, int visits) {
  options.simulations = visits;
  options.root_noise = false;
  options.gumbel_noise = false;
  options.forced_playouts = 0;
  options.root_policy_temperature = 1;
  return options;
}

arena::Contestant NetworkContestant(std::string name, const env::Environment& environment,
                                    std::shared_ptr<const learner::Network> network,
                                    const arena::SearchPlayerOptions& options,
                                    bool average_symmetries) {
  const auto make_evaluator = [network = std::move(network),
                               average_symmetries]() -> Result<std::unique_ptr<search::Evaluator>> {
    return network->MakeEvaluator({.symmetry_average = average_symmetries});
  };
  return arena::SearchContestant(std::move(name), environment, make_evaluator, options);
}

std::string CheckpointPlayer(std::int64_t id) { return fmt::format("checkpoint:{}", id); }

void EvaluateGeneration(const env::Environment& environment, const CampaignConfig& config,
                        storage::Store* store, std::int64_t id, const std::function<bool()>& stop) {
  if (!IsGame(environment.spec()) || id < 1) return;
  const std::int64_t every = config.evaluation.every;
  for (const std::int64_t opponent :
       std::set<std::int64_t>{std::max<std::int64_t>(0, id - every), id / 2}) {
    if (stop()) return;
    PlayAndStore(environment, config, store, id,
                 StoredContestant(environment, config, *store, opponent), config.evaluation.games,
                 stop, {});
  }
}

void EvaluateFinally(const env::Environment& environment, const CampaignConfig& config,
                     storage::Store* store, const std::function<bool()>& stop,
                     ProgressLine* progress) {
  if (!IsGame(environment.spec())) return;
  const auto checkpoints = store->ListCheckpoints();
  if (checkpoints.empty()) return;
  const std::int64_t last = checkpoints.back().id;
  std::vector<std::pair<arena::Contestant, int>> opponents;
  if (config.evaluation.final_games > 0) {
    opponents.emplace_back(arena::RandomContestant(kRandomPlayer), config.evaluation.final_games);
    if (last > 1) {
      opponents.emplace_back(StoredContestant(environment, config, *store, 1),
                             config.evaluation.final_games);
    }
  }
  for (const auto& command : config.evaluation.engines) {
    if (config.evaluation.engine_games <= 0 || environment.spec().id != "go") break;
    arena::EnginePlayerOptions engine;
    engine.command = command;
    opponents.emplace_back(arena::EngineContestant(command, engine),
                           config.evaluation.engine_games);
  }
  for (const auto& [opponent, games] : opponents) {
    if (stop() || HasMatch(*store, CheckpointPlayer(last), opponent.name, games)) continue;
    PlayAndStore(environment, config, store, last, opponent, games, stop, [&](int done) {
      progress->Show(fmt::format("checkpoint {} against {}: {} of {} games", last, opponent.name,
                                 done, games));
    });
  }
}

}  // namespace tesuji::campaign
