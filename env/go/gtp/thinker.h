// Searching one position at a time for an engine: keeps the tree from move to move, minds a time
// limit, and can be watched and stopped between two batches of evaluations.
//
// A PUCT search runs in small slices, so that it can go on for as long as somebody looks. A Gumbel
// search must know its length beforehand: under a time limit it is planned from the speed so far.
// Thread-safety: one thread at a time. The environment and the evaluator must outlive it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "core/random.h"
#include "env/go/gtp/game.h"
#include "env/go/gtp/time_control.h"
#include "search/evaluator.h"
#include "search/mcts.h"

namespace tesuji::gtp {

/// The time now; injected so that tests need not sleep.
using Now = std::function<std::chrono::steady_clock::time_point()>;

struct ThinkLimits {
  int simulations = std::numeric_limits<int>::max();
  std::optional<Duration> time = std::nullopt;
  /// Stop when no move can overtake the best one any more within the limits. PUCT only.
  bool stop_when_decided = false;
};

class Thinker {
 public:
  Thinker(const env::Environment& environment, search::Evaluator* evaluator,
          const search::SearchOptions& options, Now now);

  /// Makes the game's position with `color` to play the root; keeps what is known of it.
  void SetPosition(const Game& game, env::go::Color color);

  /// Searches until a limit is reached, the root is solved or memory is full. `watch` (may be
  /// empty) is called after every batch; true: stop. At least the root is evaluated. The
  /// simulations are counted anew each time. REQUIRES: SetPosition().
  search::SearchResult Think(const ThinkLimits& limits, RandomStream* random,
                             const std::function<bool()>& watch = {});

  /// What is known now. REQUIRES: Think() since SetPosition().
  search::SearchResult Result(bool with_variations) const { return mcts_.result(with_variations); }
  const env::State& position() const { return mcts_.root_state(); }
  /// Evaluates the root alone.
  search::Evaluation EvaluateRoot(search::Evaluator* evaluator) const;

 private:
  bool Batch();
  int Planned(const ThinkLimits& limits) const;
  bool Decided(int simulations_left) const;

  search::Evaluator* evaluator_;
  search::SearchOptions options_;
  Now now_;
  search::Mcts mcts_;
  std::vector<search::EvaluationRequest> requests_;
  std::vector<search::Evaluation> evaluations_;
  double simulations_per_second_ = 0;  // Of the last search; 0: unknown.
  bool rooted_ = false;
  std::uint64_t epoch_ = 0;     // Of the game when the root was set.
  std::size_t root_moves_ = 0;  // Of the game's state then.
  env::go::Color color_ = env::go::Color::kBlack;
};

}  // namespace tesuji::gtp
