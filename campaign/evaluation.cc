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

/// Final games are played and stored so many at a time. Even: colours are swapped in pairs.
constexpr int kRoundGames = 20;

bool IsGame(const env::Spec& spec) { return Evaluation::WhyNone(spec).empty(); }

/// What came of one player's games against another.
struct Tally {
  int matches = 0;
  std::int64_t wins = 0;
  std::int64_t draws = 0;
  std::int64_t losses = 0;

  std::int64_t games() const { return wins + draws + losses; }
  void Add(const arena::MatchGame& game) {
    if (game.end == arena::GameEnd::kForfeit || game.end == arena::GameEnd::kVoid) return;
    ++(game.winner == 0 ? wins : game.winner == 1 ? losses : draws);
  }
  std::string Words() const {
    if (games() == 0) return "no score yet";
    const double points = static_cast<double>(wins) + 0.5 * static_cast<double>(draws);
    return fmt::format("score so far {:.1f} %", 100 * points / static_cast<double>(games()));
  }
};

Tally StoredTally(const storage::Store& store, const std::string& player,
                  const std::string& opponent) {
  Tally tally;
  for (const auto& match : store.GetMatches()) {
    if (match.player != player || match.opponent != opponent) continue;
    ++tally.matches;
    tally.wins += match.wins;
    tally.draws += match.draws;
    tally.losses += match.losses;
  }
  return tally;
}

void SayForfeits(const std::string& opponent, const arena::MatchReport& report,
                 ProgressLine* progress) {
  const auto forfeit =
      std::ranges::find(report.games, arena::GameEnd::kForfeit, &arena::MatchGame::end);
  if (forfeit == report.games.end()) return;
  progress->Announce(fmt::format("{} forfeited {} games, which do not count: {}", opponent,
                                 report.forfeits[1], forfeit->reason));
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

arena::MatchReport Evaluation::Play(std::int64_t id, const arena::Contestant& opponent, int round,
                                    const arena::MatchOptions& given) {
  arena::MatchOptions options = given;
  options.games_at_once = 32;
  options.hooks = hooks_;
  RandomStream seeds({config_.campaign.seed, kMatchStream, static_cast<std::uint64_t>(id),
                      search::CheckpointTag(opponent.name)});
  for (int i = 0; i <= round; ++i) options.seed = seeds();
  auto report = arena::PlayMatch(environment_, StoredContestant(id), opponent, options);
  if (!report) throw MachineError(report.error().message);
  return *std::move(report);
}

void Evaluation::StoreMatch(std::int64_t id, const std::string& opponent,
                            const arena::MatchReport& report) {
  // A program that crashes says nothing of the checkpoint's strength.
  const int wins = report.wins - report.forfeits[1];
  const int losses = report.losses - report.forfeits[0];
  if (wins + report.draws + losses == 0) return;
  storage::MatchResult match{CheckpointPlayer(id), opponent, wins, report.draws, losses, {}};
  match.settings = {{"visits", config_.evaluation.visits},
                    {"forfeits", report.forfeits},
                    {"stopped", report.stopped}};
  store_->AddMatch(match);
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
    const arena::Contestant other = StoredContestant(opponent);
    if (StoredTally(*store_, CheckpointPlayer(id), other.name).matches > 0) continue;
    const arena::MatchReport report = Play(id, other, 0, options);
    // Short games end first, so what a stop has left would be no fair sample.
    if (!report.stopped) StoreMatch(id, other.name, report);
  }
}

std::vector<Evaluation::FinalMatch> Evaluation::FinalMatches(std::int64_t last,
                                                             ProgressLine* progress) const {
  const auto& evaluation = config_.evaluation;
  std::vector<FinalMatch> matches;
  if (evaluation.final_games > 0) {
    matches.push_back({arena::RandomContestant(kRandomPlayer), evaluation.final_games});
    if (last > 1) matches.push_back({StoredContestant(1), evaluation.final_games});
  }
  for (const auto& command : evaluation.engines) {
    if (evaluation.engine_games <= 0) break;
    auto engine = hooks_->EngineContestant({.name = command, .command = command});
    if (!engine) {
      progress->Announce("evaluation.engines: " + engine.error().message);
      break;
    }
    matches.push_back({std::move(*engine), evaluation.engine_games});
  }
  return matches;
}

void Evaluation::EvaluateFinally(const FinalTime& time, ProgressLine* progress) {
  if (!IsGame(environment_.spec())) return;
  const auto checkpoints = store_->ListCheckpoints();
  if (checkpoints.empty()) return;
  const std::int64_t last = checkpoints.back().id;
  for (const FinalMatch& match : FinalMatches(last, progress)) {
    if (!PlayFinalMatch(last, match, time, progress)) return;
  }
}

bool Evaluation::PlayFinalMatch(std::int64_t id, const FinalMatch& match, const FinalTime& time,
                                ProgressLine* progress) {
  const std::string& opponent = match.opponent.name;
  const std::string title = fmt::format("final games, checkpoint {} against {}", id, opponent);
  Tally tally = StoredTally(*store_, CheckpointPlayer(id), opponent);
  int round = tally.matches;
  int owed = match.games - static_cast<int>(tally.games());
  while (owed > 0) {
    arena::MatchOptions options;
    options.games = std::min(owed, kRoundGames);
    options.stop = time.over;
    Tally with_round = tally;
    options.progress = [&](const arena::MatchGame& game, int /*finished*/) {
      with_round.Add(game);
      progress->Show(fmt::format("{}: {} of {} games played, {}{}", title, with_round.games(),
                                 match.games, with_round.Words(), time.words));
    };
    const arena::MatchReport report = Play(id, match.opponent, round++, options);
    // Short games end first, so what a stop has left of a round would be no fair sample.
    if (report.stopped) {
      progress->Announce(
          fmt::format("{}: {} of {} games are stored, the next run plays the others{}", title,
                      tally.games(), match.games, time.words));
      return false;
    }
    StoreMatch(id, opponent, report);
    SayForfeits(opponent, report, progress);
    if (!report.broken_off.empty()) return true;
    tally = with_round;
    owed -= options.games;
  }
  return true;
}

}  // namespace tesuji::campaign
