#include "arena/match.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <map>
#include <mutex>

#include "arena/game_hooks.h"
#include "arena/leaf_batches.h"
#include "arena/match_table.h"
#include "arena/team.h"

namespace tesuji::arena {
namespace {

// How long a worker that waits for engines may be deaf to `stop`.
constexpr std::chrono::milliseconds kNap{100};

// What all workers of a match share.
class Match {
 public:
  Match(const env::Environment& environment, const Contestant& a, const Contestant& b,
        const MatchOptions& options, const std::vector<Opening>& openings)
      : environment_(environment),
        contestants_{&a, &b},
        options_(options),
        openings_(openings),
        team_(options.games, options.stop) {}

  Team& team() { return team_; }

  const env::Environment& environment() const { return environment_; }
  const Contestant& contestant(int side) const { return *contestants_[side]; }
  const MatchOptions& options() const { return options_; }
  const GameHooks& hooks() const { return *options_.hooks; }
  const Opening& opening(int number) const { return openings_[number / 2]; }

  // Game numbers decide colours: contestant 0 moves first in even games.
  int first(int number) const { return options_.swap_colours ? number % 2 : 0; }

  void Record(MatchGame game) {
    const std::lock_guard lock(mutex_);
    if (game.end == GameEnd::kVoid) {
      ++report_.voids;
    } else {
      ++(game.winner == 0 ? report_.wins : game.winner == 1 ? report_.losses : report_.draws);
    }
    if (game.end == GameEnd::kForfeit) CountForfeit(1 - game.winner, game.reason);
    report_.games.push_back(std::move(game));
    if (options_.progress) {
      options_.progress(report_.games.back(), static_cast<int>(report_.games.size()));
    }
  }

  // Under the mutex.
  void CountForfeit(int guilty, const std::string& reason) {
    if (++report_.forfeits[guilty] != options_.forfeit_limit) return;
    report_.broken_off = fmt::format("{} forfeited {} games, the last by: {}",
                                     contestants_[guilty]->name, options_.forfeit_limit, reason);
    team_.End();
  }

  MatchReport TakeReport() {
    report_.stopped = team_.stopped();
    std::sort(report_.games.begin(), report_.games.end(),
              [](const MatchGame& x, const MatchGame& y) { return x.number < y.number; });
    return std::move(report_);
  }

 private:
  const env::Environment& environment_;
  std::array<const Contestant*, 2> contestants_;
  const MatchOptions& options_;
  const std::vector<Opening>& openings_;
  Team team_;
  std::mutex mutex_;  // Guards the report.
  MatchReport report_;
};

// One thread's tables.
class TableWorker {
 public:
  explicit TableWorker(Match* match) : match_(match) {}

  Status Run(int most_tables) {
    for (int side = 0; side < 2; ++side) {
      const Contestant& contestant = match_->contestant(side);
      if (!contestant.make_evaluator) continue;
      auto evaluator = contestant.make_evaluator();
      if (!evaluator) return tl::unexpected(evaluator.error());
      evaluators_[side] = std::move(*evaluator);
    }
    if (match_->options().make_referee) referee_ = match_->options().make_referee();
    for (int i = 0; i < most_tables && !match_->team().over(); ++i) {
      const int number = match_->team().Next();
      if (number < 0) break;
      if (const Status status = Seat(number); !status) return status;
    }
    while (!tables_.empty() && !match_->team().over()) {
      if (const Status status = Step(); !status) return status;
    }
    return {};
  }

 private:
  // A new table, with game `number` on it.
  Status Seat(int number) {
    std::array<std::unique_ptr<Player>, 2> players;
    for (int side = 0; side < 2; ++side) {
      auto player = match_->contestant(side).make_player(evaluators_[side].get());
      if (!player) return tl::unexpected(player.error());
      players[side] = std::move(*player);
    }
    tables_.push_back(std::make_unique<MatchTable>(
        match_->environment(), match_->hooks(), std::move(players),
        std::array{match_->contestant(0).name, match_->contestant(1).name}, referee_.get()));
    return tables_.back()->Start(number, match_->first(number), match_->opening(number),
                                 match_->options().seed);
  }

  // Engines that think now. More at once would only slow each other down, against their clocks.
  int ThinkingEngines() const {
    int engines = 0;
    for (const auto& table : tables_) {
      const Player* player = table->thinker();
      engines += player != nullptr && player->external();
    }
    return engines;
  }

  // Lets every game go on as far as it can, then answers or waits for those who think.
  Status Step() {
    // Nobody is always first in line for an engine.
    std::rotate(tables_.begin(), tables_.begin() + 1, tables_.end());
    for (std::size_t i = 0; i < tables_.size();) {
      MatchTable& table = *tables_[i];
      bool leaves = false;
      while (!leaves &&
             !table.Advance(ThinkingEngines() < std::max(1, match_->options().engines_thinking))) {
        match_->Record(table.TakeGame());
        const int number = match_->team().Next();
        leaves = number < 0;
        if (leaves) break;
        const Status status = table.Start(number, match_->first(number), match_->opening(number),
                                          match_->options().seed);
        if (!status) return status;
      }
      if (leaves) {
        tables_.erase(tables_.begin() + static_cast<std::ptrdiff_t>(i));
      } else {
        ++i;
      }
      if (match_->team().over()) return {};
    }
    if (!Evaluate()) WaitForEngines();
    return {};
  }

  // One batch for each evaluator. False when nobody searches.
  bool Evaluate() {
    batches_.Clear();
    bool any = false;
    for (const auto& table : tables_) any = batches_.Collect(table->thinker()) || any;
    batches_.Run();
    return any;
  }

  void WaitForEngines() {
    std::vector<pollfd> descriptors;
    std::chrono::milliseconds patience = kNap;
    for (const auto& table : tables_) {
      const Player* player = table->thinker();
      if (player != nullptr && player->external()) player->AddToPoll(&descriptors, &patience);
    }
    if (!descriptors.empty() || patience < kNap) {
      poll(descriptors.data(), descriptors.size(), static_cast<int>(patience.count()));
    }
  }

  Match* match_;
  std::array<std::unique_ptr<search::Evaluator>, 2> evaluators_;
  std::unique_ptr<Referee> referee_;
  std::vector<std::unique_ptr<MatchTable>> tables_;
  LeafBatches batches_;
};

Result<std::vector<Opening>> MatchOpenings(const env::Environment& environment, const Contestant& a,
                                           const Contestant& b, const MatchOptions& options) {
  OpeningOptions opening = options.opening;
  opening.count = std::max(0, (options.games + 1) / 2);
  opening.seed = options.seed;
  opening.evaluators.clear();
  if (!options.opening_list.empty()) opening.actions = 0;
  std::vector<std::unique_ptr<search::Evaluator>> evaluators;
  if (options.opening_by_policy && opening.actions > 0) {
    for (const Contestant* contestant : {&a, &b}) {
      if (!contestant->make_evaluator) continue;
      auto evaluator = contestant->make_evaluator();
      if (!evaluator) return tl::unexpected(evaluator.error());
      opening.evaluators.push_back(evaluator->get());
      evaluators.push_back(std::move(*evaluator));
    }
  }
  auto openings = MakeOpenings(environment, *options.hooks, opening);
  if (openings && !options.opening_list.empty()) {
    for (std::size_t i = 0; i < openings->size(); ++i) {
      (*openings)[i].actions = options.opening_list[i % options.opening_list.size()];
    }
  }
  return openings;
}

}  // namespace

std::string_view GameEndName(GameEnd end) {
  switch (end) {
    case GameEnd::kScored:
      return "scored";
    case GameEnd::kResigned:
      return "resigned";
    case GameEnd::kTime:
      return "time";
    case GameEnd::kForfeit:
      return "forfeit";
    case GameEnd::kVoid:
      break;
  }
  return "void";
}

Result<MatchReport> PlayMatch(const env::Environment& environment, const Contestant& a,
                              const Contestant& b, const MatchOptions& given) {
  assert(environment.spec().player_count == 2 && !environment.spec().has_chance);
  const auto begin = std::chrono::steady_clock::now();
  for (const Contestant* contestant : {&a, &b}) {
    if (!contestant->check) continue;
    if (const Status status = contestant->check(environment); !status) {
      return tl::unexpected(status.error());
    }
  }
  MatchOptions options = given;
  if (options.hooks == nullptr) options.hooks = std::make_shared<GameHooks>();
  const Result<std::vector<Opening>> openings = MatchOpenings(environment, a, b, options);
  if (!openings) return tl::unexpected(openings.error());

  Match match(environment, a, b, options, *openings);
  int threads = std::clamp(options.threads, 1, std::max(1, options.games));
  int at_once = options.games_at_once;
  if (const int processes = a.external + b.external; processes > 0) {
    const int most = options.engine_processes > 0 ? options.engine_processes : 2 * threads;
    const int games = std::max(1, most / processes);
    threads = std::min(threads, games);
    at_once = std::min(at_once, games / threads);
  }
  const int tables = match.team().share(threads, at_once);
  const Status status = match.team().Run(threads, [&] { return TableWorker(&match).Run(tables); });
  if (!status) return tl::unexpected(status.error());
  MatchReport report = match.TakeReport();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return report;
}

}  // namespace tesuji::arena
