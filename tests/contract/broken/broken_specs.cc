#include "tests/contract/broken/sound.h"

namespace tesuji::broken {
namespace {

struct WrongLayout : SoundEnvironment<Plain> {
  WrongLayout() { spec_.actions.other_actions = 4; }
};
struct ShortEpisodes : SoundEnvironment<Plain> {
  ShortEpisodes() { spec_.max_steps = 3; }
};
// Reversing the heap's picture is no symmetry of the game.
struct WrongSymmetry : SoundEnvironment<Plain> {
  WrongSymmetry() {
    Symmetry mirror = spec_.symmetries[0];
    std::swap(mirror.cells[3], mirror.cells[4]);
    spec_.symmetries.push_back(mirror);
  }
};
struct NoPermutation : SoundEnvironment<Plain> {
  NoPermutation() {
    Symmetry broken = spec_.symmetries[0];
    broken.actions = {0, 0, 2};
    spec_.symmetries.push_back(broken);
  }
};
struct LoneAgent : SoundEnvironment<Plain> {
  LoneAgent() { spec_.player_count = 1; }
};
// A start that does not follow from the stream.
struct FreeTasks : SoundEnvironment<Plain> {
  mutable int tasks = 0;
  Task SampleTask(RandomStream& /*random*/) const override {
    return {.id = "task " + std::to_string(++tasks)};
  }
};
struct RefusedTasks : SoundEnvironment<Plain> {
  Result<std::unique_ptr<State>> NewState(const Task& /*task*/) const override {
    return Fail("not today");
  }
};
// First the dice decides how much is taken; a fifth of the probability is missing.
struct UnfairDice : Sound<UnfairDice> {
  Player to_play() const override { return Player::kChance; }
  void ChanceOutcomes(std::vector<ChanceOutcome>* out) const override {
    std::vector<Action> legal;
    LegalActions(&legal);
    out->clear();
    for (const Action action : legal) out->push_back({action, 0.8 / std::ssize(legal)});
  }
};
struct UnfairChance : SoundEnvironment<UnfairDice> {
  UnfairChance() { spec_.has_chance = true; }
};

}  // namespace

std::vector<Fault> BrokenSpecs() {
  return {
      Make<WrongLayout>("wrong-action-layout", "the action layout adds up to action_count"),
      Make<ShortEpisodes>("short-max-steps", "no episode is longer than max_steps"),
      Make<WrongSymmetry>("wrong-symmetry", "symmetric play has transformed observations"),
      Make<NoPermutation>("symmetry-no-permutation", "symmetries are permutations"),
      Make<LoneAgent>("second-player-of-one", "the second player exists only if player_count is 2"),
      Make<FreeTasks>("tasks-from-nowhere", "SampleTask depends on its stream alone"),
      Make<RefusedTasks>("refused-tasks", "NewState accepts sampled tasks"),
      MakeState<UnfairDice>("undeclared-chance", "chance moves only if has_chance"),
      Make<UnfairChance>("unfair-dice", "chance probabilities sum to 1")};
}

}  // namespace tesuji::broken
