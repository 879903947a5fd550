#include "campaign/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "arena/match.h"
#include "core/random.h"
#include "learner/model.h"
#include "search/evaluation_cache.h"

namespace tesuji::campaign {
namespace {

// Second component of every stream's path: what the stream is for.
constexpr std::uint64_t kMatchStream = 4;

bool IsGame(const env::Spec& spec) { return Evaluation::WhyNone(spec).empty(); }

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

Evaluation::Evaluation(const env::Environment& environment, const CampaignConfig& config,
                       storage::Store* store, std::shared_ptr<const arena::GameHooks> hooks)
    : environment_(environment), config_(config), store_(store), hooks_(std::move(hooks)) {
  if (hooks_ == nullptr) hooks_ = std::make_shared<arena::GameHooks>();
}

std::string Evaluation::WhyNone(const env::Spec& spec) {
  if (spec.player_count != 2) return "one player has no opponent";
  if (spec.has_chance) return "games of two players with chance are not played by the arena";
  return {};
}

arena::Contestant Evaluation::StoredContestant(std::int64_t id) const {
  auto blobs = store_->GetCheckpoint(id);
  if (!blobs) throw MachineError(blobs.error().message);
  auto network =
      learner::Network::Load(blobs->weights, environment_.spec(), config_.learner.trainer.device);
  if (!network) throw MachineError(network.error().message);
  arena::SearchPlayerOptions options;
  options.search = InEarnest(config_.episode.full, config_.evaluation.visits);
  options.hooks = hooks_;
  return NetworkContestant(CheckpointPlayer(id), environment_, *network, options);
}

// One match, stored from checkpoint `id`'s view. `given`: games, stop and progress.
arena::MatchReport Evaluation::PlayAndStore(std::int64_t id, const arena::Contestant& opponent,
                                            const arena::MatchOptions& given) {
  const arena::Contestant player = StoredContestant(id);
  arena::MatchOptions options = given;
  options.games_at_once = 32;
  options.hooks = hooks_;
  RandomStream seeds({config_.campaign.seed, kMatchStream, static_cast<std::uint64_t>(id),
                      search::CheckpointTag(opponent.name)});
  options.seed = seeds();
  auto report = arena::PlayMatch(environment_, player, opponent, options);
  if (!report) throw MachineError(report.error().message);
  // A program that crashes says nothing of the checkpoint's strength.
  const int wins = report->wins - report->forfeits[1];
  const int losses = report->losses - report->forfeits[0];
  if (wins + report->draws + losses == 0) return *std::move(report);
  storage::MatchResult match{player.name, opponent.name, wins, report->draws, losses, {}};
  match.settings = {{"visits", config_.evaluation.visits},
                    {"forfeits", report->forfeits},
                    {"stopped", report->stopped}};
  store_->AddMatch(match);
  return *std::move(report);
}

void Evaluation::EvaluateGeneration(std::int64_t id, const std::function<bool()>& stop) {
  if (!IsGame(environment_.spec()) || id < 1) return;
  arena::MatchOptions options;
  options.games = config_.evaluation.games;
  options.stop = stop;
  const std::int64_t every = config_.evaluation.every;
  for (const std::int64_t opponent :
       std::set<std::int64_t>{std::max<std::int64_t>(0, id - every), id / 2}) {
    if (stop()) return;
    PlayAndStore(id, StoredContestant(opponent), options);
  }
}

void Evaluation::EvaluateFinally(const std::function<bool()>& stop, ProgressLine* progress) {
  if (!IsGame(environment_.spec())) return;
  const auto checkpoints = store_->ListCheckpoints();
  if (checkpoints.empty()) return;
  const std::int64_t last = checkpoints.back().id;
  const auto& evaluation = config_.evaluation;
  std::vector<std::pair<arena::Contestant, int>> opponents;
  if (evaluation.final_games > 0) {
    opponents.emplace_back(arena::RandomContestant(kRandomPlayer), evaluation.final_games);
    if (last > 1) opponents.emplace_back(StoredContestant(1), evaluation.final_games);
  }
  for (const auto& command : evaluation.engines) {
    if (evaluation.engine_games <= 0) break;
    auto engine = hooks_->EngineContestant({.name = command, .command = command});
    if (!engine) {
      progress->Announce("evaluation.engines: " + engine.error().message);
      break;
    }
    opponents.emplace_back(std::move(*engine), evaluation.engine_games);
  }
  for (const auto& [opponent, games] : opponents) {
    if (stop() || HasMatch(*store_, CheckpointPlayer(last), opponent.name, games)) continue;
    arena::MatchOptions options;
    options.games = games;
    options.stop = stop;
    options.progress = [&](const arena::MatchGame&, int done) {
      progress->Show(fmt::format("checkpoint {} against {}: {} of {} games", last, opponent.name,
                                 done, games));
    };
    const arena::MatchReport report = PlayAndStore(last, opponent, options);
    const auto forfeit =
        std::ranges::find(report.games, arena::GameEnd::kForfeit, &arena::MatchGame::end);
    if (forfeit != report.games.end()) {
      progress->Announce(fmt::format("{} forfeited {} games, which do not count: {}", opponent.name,
                                     report.forfeits[1], forfeit->reason));
    }
  }
}

}  // namespace tesuji::campaign
