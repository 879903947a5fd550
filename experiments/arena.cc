#include "experiments/arena.h"

#include <array>
#include <cassert>
#include <vector>

#include "core/random.h"
#include "search/evaluator.h"
#include "search/mcts.h"

namespace tesuji::experiments {
namespace {

// Second component of every stream's path: what the stream is for.
constexpr std::uint64_t kOpeningStream = 101;
constexpr std::uint64_t kGameStream = 102;

/// One game in flight. Player a has index 0; a moves first in even games.
class Game {
 public:
  Game(const env::Environment& environment, const ArenaPlayer& a, const ArenaPlayer& b,
       const ArenaOptions& options, int number)
      : players_{&a, &b},
        first_(number % 2),
        opener_(a.network != nullptr ? 0 : (b.network != nullptr ? 1 : -1)),
        opening_left_(options.opening_actions),
        opening_({options.seed, kOpeningStream, static_cast<std::uint64_t>(number / 2)}),
        random_({options.seed, kGameStream, static_cast<std::uint64_t>(number)}) {
    RandomStream task_stream(
        {options.seed, kOpeningStream, static_cast<std::uint64_t>(number / 2), std::uint64_t{1}});
    auto state = environment.NewState(environment.SampleTask(task_stream));
    if (!state) throw MachineError("arena: " + state.error().message);
    state_ = std::move(*state);
    for (int player = 0; player < 2; ++player) {
      if (players_[player]->network == nullptr) continue;
      trees_[player] = std::make_unique<search::Mcts>(environment, players_[player]->search);
      trees_[player]->SetRoot(*state_);
    }
    Run();
  }

  bool over() const { return state_->phase() != env::Phase::kOngoing; }
  /// Whose evaluator it waits for. One player's network makes the opening of both games of a pair.
  int waits_for() const { return opening_left_ > 0 ? opener_ : mover(); }
  /// +1, 0, -1 from player a's view. REQUIRES: over().
  int Result() const {
    const float value = first_ == 0 ? state_->Value() : -state_->Value();
    return value > 0 ? 1 : (value < 0 ? -1 : 0);
  }

  void Collect(std::vector<search::EvaluationRequest>* requests) {
    if (opening_left_ > 0) {
      state_->LegalActions(&legal_);
      requests->push_back({state_.get(), legal_});
    } else {
      trees_[mover()]->CollectRequests(requests);
    }
  }

  /// `evaluations` may be empty: a search can end on terminal and proven leaves alone.
  void Provide(std::span<search::Evaluation> evaluations) {
    if (opening_left_ > 0) {
      --opening_left_;
      Play(legal_[opening_.Pick(evaluations[0].priors)]);
    } else if (!evaluations.empty()) {
      trees_[mover()]->Provide(evaluations);
    }
    Run();
  }

 private:
  int mover() const { return state_->to_play() == env::Player::kFirst ? first_ : 1 - first_; }

  void Play(env::Action action) {
    state_->Apply(action);
    for (auto& tree : trees_) {
      if (tree != nullptr) tree->Advance(action);
    }
  }

  void PlayRandom(RandomStream* random) {
    state_->LegalActions(&legal_);
    Play(legal_[random->Below(legal_.size())]);
  }

  /// Plays on until an evaluation is needed or the game is over.
  void Run() {
    while (!over()) {
      if (opening_left_ > 0) {
        if (opener_ >= 0) return;
        --opening_left_;
        PlayRandom(&opening_);
        continue;
      }
      search::Mcts* tree = trees_[mover()].get();
      if (tree == nullptr) {
        PlayRandom(&random_);
        continue;
      }
      if (!searching_) tree->Begin(&random_, 0, /*noise=*/false);
      searching_ = !tree->done();
      if (searching_) return;
      Play(tree->result().best);
    }
  }

  std::array<const ArenaPlayer*, 2> players_;
  int first_;
  int opener_;
  int opening_left_;
  RandomStream opening_;  ///< Equal in both games of a pair.
  RandomStream random_;
  std::unique_ptr<env::State> state_;
  std::array<std::unique_ptr<search::Mcts>, 2> trees_;
  std::vector<env::Action> legal_;
  bool searching_ = false;
};

/// All games that wait for one player's network, evaluated as one batch.
void StepPlayer(int player, search::Evaluator* evaluator,
                const std::vector<std::unique_ptr<Game>>& games) {
  std::vector<search::EvaluationRequest> requests;
  std::vector<std::pair<Game*, std::size_t>> owners;
  for (const auto& game : games) {
    if (game->over() || game->waits_for() != player) continue;
    const std::size_t before = requests.size();
    game->Collect(&requests);
    owners.emplace_back(game.get(), requests.size() - before);
  }
  if (owners.empty()) return;
  std::vector<search::Evaluation> evaluations(requests.size());
  if (!requests.empty()) evaluator->Evaluate(requests, evaluations);
  std::span<search::Evaluation> rest(evaluations);
  for (const auto& [game, count] : owners) {
    game->Provide(rest.first(count));
    rest = rest.subspan(count);
  }
}

}  // namespace

ArenaScore PlayArena(const env::Environment& environment, const ArenaPlayer& a,
                     const ArenaPlayer& b, const ArenaOptions& options) {
  assert(environment.spec().player_count == 2 && !environment.spec().has_chance);
  learner::EvaluatorOptions evaluator_options;
  evaluator_options.batch = options.interleaved;
  std::array<std::unique_ptr<search::Evaluator>, 2> evaluators;
  if (a.network != nullptr) evaluators[0] = a.network->MakeEvaluator(evaluator_options);
  if (b.network != nullptr) evaluators[1] = b.network->MakeEvaluator(evaluator_options);

  const int total = (options.games + 1) / 2 * 2;
  ArenaScore score;
  std::vector<std::unique_ptr<Game>> games;
  int started = 0;
  while (score.games() < total && !(options.stop && options.stop())) {
    while (started < total && static_cast<int>(games.size()) < options.interleaved) {
      games.push_back(std::make_unique<Game>(environment, a, b, options, started++));
    }
    for (int player = 0; player < 2; ++player) {
      if (evaluators[player] != nullptr) StepPlayer(player, evaluators[player].get(), games);
    }
    std::erase_if(games, [&](const auto& game) {
      if (!game->over()) return false;
      const int result = game->Result();
      ++(result > 0 ? score.wins : (result < 0 ? score.losses : score.draws));
      return true;
    });
    if (options.progress) options.progress(score.games());
  }
  return score;
}

}  // namespace tesuji::experiments
