// Search against an oracle: full minimax on noughts and crosses.
#include <gtest/gtest.h>

#include <map>

#include "env/tictactoe/tictactoe.h"
#include "search/mcts.h"
#include "search/uniform_evaluator.h"
#include "tests/search/noughts.h"
#include "tests/search/search_helpers.h"

namespace tesuji::search {
namespace {

SearchOptions Earnest(const std::string& root) {
  SearchOptions options;
  options.root = root;
  options.gumbel_noise = false;
  return options;
}

/// Plays `searcher` against every reply of the opponent; the number of games it lost.
class Exhaustive {
 public:
  Exhaustive(const env::Environment& game, const SearchOptions& options, env::Player searcher)
      : game_(game), options_(options), searcher_(searcher) {}

  int Losses(const env::State& state) {
    if (state.phase() == env::Phase::kScored) {
      ++games;
      const float value = searcher_ == env::Player::kFirst ? state.Value() : -state.Value();
      return value < 0 ? 1 : 0;
    }
    std::vector<env::Action> replies;
    if (state.to_play() == searcher_) {
      replies.push_back(Choose(state));
    } else {
      state.LegalActions(&replies);
    }
    int losses = 0;
    for (env::Action action : replies) {
      const auto next = state.Clone();
      next->Apply(action);
      losses += Losses(*next);
    }
    return losses;
  }

  int games = 0;

 private:
  env::Action Choose(const env::State& state) {
    const auto [known, is_new] = choices_.try_emplace(state.Fingerprint());
    if (is_new) {
      Mcts mcts(game_, options_);
      mcts.SetRoot(state);
      RandomStream random(1);
      known->second = RunSearch(&mcts, &evaluator_, &random, 0, /*noise=*/false).best;
    }
    return known->second;
  }

  const env::Environment& game_;
  SearchOptions options_;
  env::Player searcher_;
  UniformEvaluator evaluator_;
  std::map<Key128, env::Action> choices_;
};

TEST(SearchAgainstMinimax, NeverLosesNoughtsAndCrossesWithEitherColour) {
  const auto game = env::MakeTicTacToe();
  const auto start = std::move(*game->NewState({}));
  for (const std::string root : {"puct", "gumbel"}) {
    for (env::Player player : {env::Player::kFirst, env::Player::kSecond}) {
      SearchOptions options = Earnest(root);
      options.simulations = 3000;
      Exhaustive exhaustive(*game, options, player);
      EXPECT_EQ(exhaustive.Losses(*start), 0)
          << (root == "puct" ? "PUCT" : "Gumbel") << " as "
          << (player == env::Player::kFirst ? "first" : "second");
      EXPECT_GT(exhaustive.games, 50);
    }
  }
}

// The test above can fail: eight simulations do not see enough.
TEST(SearchAgainstMinimax, TooFewSimulationsDoLose) {
  const NoughtsEnvironment game;
  SearchOptions options = Earnest("puct");
  options.simulations = 8;
  Exhaustive exhaustive(game, options, env::Player::kSecond);
  EXPECT_GT(exhaustive.Losses(**game.NewState({})), 0);
}

/// Checks every position reachable from `state` once: whatever a search calls proven is so.
void CheckProofs(const NoughtsEnvironment& game, const SearchOptions& options,
                 const env::State& state, std::map<Key128, bool>* seen, int* proven) {
  if (state.phase() != env::Phase::kOngoing || !seen->try_emplace(state.Fingerprint()).second) {
    return;
  }
  UniformEvaluator evaluator;
  Mcts mcts(game, options);
  mcts.SetRoot(state);
  RandomStream random(1);
  const SearchResult result = RunSearch(&mcts, &evaluator, &random);
  const auto value = [](Proof proof) {
    return proof == Proof::kWin ? 1 : proof == Proof::kLoss ? -1 : 0;
  };
  if (result.proof != Proof::kNone) {
    ++*proven;
    ASSERT_EQ(value(result.proof), Minimax(state)) << state.ToText();
    ASSERT_EQ(result.root_value, static_cast<float>(Minimax(state)));
  }
  const auto value_after = [&](env::Action action) {
    const auto next = state.Clone();
    next->Apply(action);
    return Minimax(*next);
  };
  for (const ActionStats& stats : result.actions) {
    if (stats.proof == Proof::kNone) continue;
    ASSERT_EQ(value(stats.proof), value_after(stats.action)) << state.ToText();
  }
  if (result.proof != Proof::kNone) {
    ASSERT_EQ(value_after(result.best), Minimax(state)) << state.ToText();
    for (const env::PolicyEntry& entry : result.target) {
      ASSERT_EQ(value_after(entry.action), Minimax(state)) << state.ToText();
    }
  }
  std::vector<env::Action> legal;
  state.LegalActions(&legal);
  for (env::Action action : legal) {
    const auto next = state.Clone();
    next->Apply(action);
    CheckProofs(game, options, *next, seen, proven);
  }
}

TEST(SearchAgainstMinimax, ProofsAndTheirTargetsAreRightInEveryPosition) {
  const NoughtsEnvironment game;
  for (const std::string root : {"puct", "gumbel"}) {
    for (int pending : {1, 4}) {
      SearchOptions options = Earnest(root);
      options.simulations = 60;
      options.max_pending = pending;
      std::map<Key128, bool> seen;
      int proven = 0;
      CheckProofs(game, options, **game.NewState({}), &seen, &proven);
      EXPECT_EQ(seen.size(), 4520U);  // Positions of noughts and crosses with a move to play.
      EXPECT_GT(proven, 2000);
    }
  }
}

TEST(SearchAgainstMinimax, EnoughSimulationsProveTheWholeGameADraw) {
  const NoughtsEnvironment game;
  UniformEvaluator evaluator;
  const SearchResult result = SearchStart(game, &evaluator, Earnest("puct"), 2'000'000);
  EXPECT_EQ(result.proof, Proof::kDraw);
  EXPECT_EQ(result.root_value, 0);
}

}  // namespace
}  // namespace tesuji::search
