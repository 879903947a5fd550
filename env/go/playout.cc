#include "env/go/playout.h"

#include <memory>

#include "core/random.h"
#include "env/go/go_environment.h"

namespace tesuji::env::go {
namespace {

// A uniform choice among the moves a playout may make: draws an empty cell, walks on round the list
// from there until one will do. That favours cells after refused ones a little; playouts care
// about speed.
Action ChooseMove(const GoState& state, RandomStream* random) {
  const Board& board = state.board();
  const Color color = state.color_to_play();
  const int count = board.empty_count();
  if (count == 0) return state.rules().pass();
  const auto first = static_cast<int>(random->Below(count));
  for (int i = 0; i < count; ++i) {
    const int cell = board.empty_cell(first + i < count ? first + i : first + i - count);
    if (!board.IsEyeOf(cell, color) && state.Check(cell) == Legality::kLegal) return cell;
  }
  return state.rules().pass();
}

void Playout(GoState* state, RandomStream* random) {
  while (state->phase() == Phase::kOngoing) state->Apply(ChooseMove(*state, random));
}

}  // namespace

PlayoutSpeed PlayoutsPerSecond(const Rules& rules, std::chrono::milliseconds duration,
                               std::uint64_t seed) {
  using Clock = std::chrono::steady_clock;
  const Context context(rules);
  const GoState empty(&context, std::make_shared<const Start>());
  RandomStream random({seed});
  PlayoutSpeed speed;
  long moves = 0;
  long wins = 0;
  const auto begin = Clock::now();
  do {
    for (int i = 0; i < 64; ++i) {
      GoState state = empty;
      Playout(&state, &random);
      moves += std::ssize(state.moves());
      wins += state.Value() > 0 ? 1 : 0;
      ++speed.playouts;
    }
  } while (Clock::now() - begin < duration);
  speed.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  speed.moves_per_playout = static_cast<double>(moves) / static_cast<double>(speed.playouts);
  speed.black_wins = static_cast<double>(wins) / static_cast<double>(speed.playouts);
  return speed;
}

}  // namespace tesuji::env::go
