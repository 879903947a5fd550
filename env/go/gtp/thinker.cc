#include "env/go/gtp/thinker.h"

#include <algorithm>
#include <cassert>

#include "search/root_rule.h"

namespace tesuji::gtp {
namespace {

// Simulations between two looks at limits that need the whole result.
constexpr int kSlice = 32;

}  // namespace

Thinker::Thinker(const env::Environment& environment, search::Evaluator* evaluator,
                 const search::SearchOptions& options, Now now)
    : evaluator_(evaluator), options_(options), now_(std::move(now)), mcts_(environment, options) {}

void Thinker::SetPosition(const Game& game, env::go::Color color) {
  const env::go::GoState& state = game.state();
  const bool in_turn = !game.over() && state.color_to_play() == color;
  const bool grown =
      rooted_ && in_turn && epoch_ == game.epoch() && state.moves().size() >= root_moves_;
  if (grown) {
    for (std::size_t i = root_moves_; i < state.moves().size(); ++i) {
      mcts_.Advance(state.moves()[i].action);
    }
  } else {
    mcts_.SetRoot(*game.StateFor(color));
  }
  // A root that is not the game's own position is good for one search only.
  rooted_ = in_turn;
  epoch_ = game.epoch();
  root_moves_ = state.moves().size();
}

search::SearchResult Thinker::Think(const ThinkLimits& limits, RandomStream* random,
                                    const std::function<bool()>& watch) {
  const auto begin = now_();
  const auto elapsed = [&] { return Duration(now_() - begin); };
  const bool planned = search::FindRootRule(options_.root)->plans_ahead;
  int left = planned ? Planned(limits) : std::max(1, limits.simulations);
  int done = 0;
  std::uint32_t visits = 0;
  bool stop = false;
  mcts_.BeginRootEvaluation();
  while (!mcts_.done()) Batch();
  while (!stop && left > 0) {
    const int slice = planned ? left : std::min(left, std::max(kSlice, options_.max_pending));
    mcts_.Begin(random, slice, /*noise=*/false);
    while (!stop && !mcts_.done()) {
      if (!Batch()) break;
      stop = (limits.time && elapsed() >= *limits.time) || (watch && watch());
    }
    left -= slice;
    done += slice;
    const search::SearchResult result = mcts_.result();
    // Solved, or no room for more.
    if (result.proof != search::Proof::kNone || result.visits == visits) break;
    visits = result.visits;
    if (!stop && limits.time && elapsed() >= *limits.time) stop = true;
    if (limits.stop_when_decided && !planned && elapsed().count() > 0) {
      simulations_per_second_ = done / elapsed().count();
      double more = left;
      if (limits.time) {
        more = std::min(more, simulations_per_second_ * (*limits.time - elapsed()).count());
      }
      stop = stop || Decided(static_cast<int>(std::clamp(more, 0.0, 1e9)));
    }
  }
  if (elapsed().count() > 0 && done > 0) simulations_per_second_ = done / elapsed().count();
  return mcts_.result();
}

bool Thinker::Batch() {
  requests_.clear();
  mcts_.CollectRequests(&requests_);
  if (requests_.empty()) return false;
  evaluations_.resize(requests_.size());
  evaluator_->Evaluate(requests_, evaluations_);
  mcts_.Provide(evaluations_);
  return true;
}

int Thinker::Planned(const ThinkLimits& limits) const {
  constexpr double kMargin = 0.9;
  constexpr double kMost = 1'000'000;
  double planned = std::min<double>(limits.simulations, kMost);
  if (limits.time) {
    const double speed =
        simulations_per_second_ > 0 ? simulations_per_second_ : options_.simulations;
    planned = std::min(planned, kMargin * speed * limits.time->count());
  }
  return std::max(1, static_cast<int>(planned));
}

bool Thinker::Decided(int simulations_left) const {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  for (const search::ActionStats& stats : mcts_.result().actions) {
    if (stats.visits > first) {
      second = first;
      first = stats.visits;
    } else {
      second = std::max(second, stats.visits);
    }
  }
  return first > second + static_cast<std::uint32_t>(simulations_left);
}

search::Evaluation Thinker::EvaluateRoot(search::Evaluator* evaluator) const {
  std::vector<env::Action> legal;
  position().LegalActions(&legal);
  const search::EvaluationRequest request{.state = &position(), .legal = legal};
  search::Evaluation evaluation;
  evaluator->Evaluate({&request, 1}, {&evaluation, 1});
  return evaluation;
}

}  // namespace tesuji::gtp
