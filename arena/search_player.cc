#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "arena/game_hooks.h"
#include "arena/player.h"
#include "search/mcts.h"

namespace tesuji::arena {
namespace {

class SearchPlayer final : public Player {
 public:
  SearchPlayer(const env::Environment& environment, search::Evaluator* evaluator,
               const SearchPlayerOptions& options)
      : evaluator_(evaluator), options_(options), mcts_(environment, options.search) {}

  Status NewGame(const env::State& /*start*/, RandomStream random) override {
    random_ = random;
    rooted_ = false;
    searching_ = false;
    unseen_.clear();
    moves_ = 0;
    hopeless_ = 0;
    return {};
  }

  void Observe(const env::State& /*before*/, env::Action action) override {
    if (rooted_) unseen_.push_back(action);
  }

  void BeginMove(const env::State& state) override {
    decision_.reset();
    if (options_.hooks != nullptr) {
      if (const std::optional<env::Action> end = options_.hooks->WinningEnd(state)) {
        decision_ = Decision{.action = *end};
        return;
      }
    }
    if (rooted_) {
      for (const env::Action action : unseen_) mcts_.Advance(action);
    } else {
      mcts_.SetRoot(state);
      rooted_ = true;
    }
    unseen_.clear();
    mcts_.Begin(&random_, 0, /*noise=*/false);
    searching_ = true;
  }

  std::optional<Result<Decision>> Poll() override {
    if (searching_ && mcts_.done()) {
      searching_ = false;
      Decide();
    }
    if (!decision_) return std::nullopt;
    return *std::exchange(decision_, std::nullopt);
  }

  search::Evaluator* evaluator() override { return evaluator_; }

  void CollectRequests(std::vector<search::EvaluationRequest>* requests) override {
    if (searching_ && !mcts_.done()) mcts_.CollectRequests(requests);
  }

  void Provide(std::span<search::Evaluation> evaluations) override {
    if (!evaluations.empty()) mcts_.Provide(evaluations);
  }

 private:
  void Decide() {
    const search::SearchResult result = mcts_.result();
    const bool first = mcts_.root_state().to_play() == env::Player::kFirst;
    const double expected = ((first ? result.root_value : -result.root_value) + 1) / 2;
    hopeless_ = expected < options_.resign_below ? hopeless_ + 1 : 0;
    constexpr int kPatience = 3;
    if (hopeless_ >= kPatience) {
      decision_ = Decision{.resigned = true};
      return;
    }
    decision_ = Decision{.action = result.best};
    if (moves_++ < options_.sampled_moves && result.proof == search::Proof::kNone) {
      decision_->action = Sample(result);
    } else if (options_.hooks != nullptr) {
      std::vector<env::Action> ranked = Ranked(result);
      options_.hooks->DropSenseless(mcts_.root_state(), expected, &ranked);
      decision_->action = ranked.front();
    }
  }

  /// The best first, then by visits.
  static std::vector<env::Action> Ranked(const search::SearchResult& result) {
    std::vector<search::ActionStats> stats = result.actions;
    std::ranges::stable_sort(stats, std::greater<>(), &search::ActionStats::visits);
    std::vector<env::Action> ranked = {result.best};
    for (const search::ActionStats& action : stats) {
      if (action.action != result.best) ranked.push_back(action.action);
    }
    return ranked;
  }

  env::Action Sample(const search::SearchResult& result) {
    std::vector<float> weights;
    for (const env::PolicyEntry& entry : result.target) {
      weights.push_back(static_cast<float>(std::pow(entry.probability, 1 / options_.temperature)));
    }
    return result.target[random_.Pick(weights)].action;
  }

  search::Evaluator* evaluator_;
  SearchPlayerOptions options_;
  search::Mcts mcts_;
  RandomStream random_{0};
  bool rooted_ = false;  // The tree belongs to this game.
  bool searching_ = false;
  std::vector<env::Action> unseen_;  // Played since the tree's root.
  std::optional<Decision> decision_;
  int moves_ = 0;
  int hopeless_ = 0;
};

class RandomPlayer final : public Player {
 public:
  Status NewGame(const env::State& /*start*/, RandomStream random) override {
    random_ = random;
    return {};
  }
  void Observe(const env::State& /*before*/, env::Action /*action*/) override {}

  void BeginMove(const env::State& state) override { state.LegalActions(&legal_); }

  std::optional<Result<Decision>> Poll() override {
    return Decision{.action = legal_[random_.Below(legal_.size())]};
  }

 private:
  RandomStream random_{0};
  std::vector<env::Action> legal_;
};

}  // namespace

std::unique_ptr<Player> MakeSearchPlayer(const env::Environment& environment,
                                         search::Evaluator* evaluator,
                                         const SearchPlayerOptions& options) {
  return std::make_unique<SearchPlayer>(environment, evaluator, options);
}

std::unique_ptr<Player> MakeRandomPlayer() { return std::make_unique<RandomPlayer>(); }

}  // namespace tesuji::arena
