// GoState::Encode(): what a network sees.
#include <algorithm>
#include <array>
#include <cassert>

#include "env/go/go_state.h"

namespace tesuji::env::go {
namespace {

enum Plane {
  kOwn,
  kTheirs,
  kOneLiberty,
  kTwoLiberties,
  kThreeLiberties,
  kForbidden,
  kRecent,  // One for each remembered move, the last first.
  kOnes = kRecent + Geometry::kRememberedMoves,
  kKomi,
  kPassEnds,
  kArea,
  kPassWins,
  kPlanes
};
static_assert(kPlanes == kObservationPlanes);

// Komi of a usual game is then well below 1.
constexpr float kKomiScale = 20.0F;

constexpr std::array<std::string_view, kObservationPlanes> kNames = {
    "own stones",
    "opponent's stones",
    "chains with 1 liberty",
    "chains with 2 liberties",
    "chains with 3 liberties",
    "forbidden by ko",
    "last move",
    "move before it",
    "3rd last move",
    "4th last move",
    "5th last move",
    "ones",
    "komi / 20, own view",
    "1 if a pass ends the game",
    "area if scored now: +1 own, -1 theirs",
    "if a pass ends the game: +1 it wins, -1 it loses",
};

}  // namespace

std::span<const std::string_view> ObservationPlaneNames() { return kNames; }

void GoState::Encode(std::span<float> out) const {
  const int cells = board_.cells();
  assert(out.size() == static_cast<std::size_t>(kObservationPlanes * cells));
  std::fill(out.begin(), out.end(), 0.0F);
  const auto plane = [&](int index) { return out.subspan(index * cells, cells); };

  for (int cell = 0; cell < cells; ++cell) {
    const Color color = board_.at(cell);
    if (color == Color::kEmpty) continue;
    plane(color == to_play_ ? kOwn : kTheirs)[cell] = 1.0F;
    if (!board_.IsHead(cell)) continue;
    const int liberties = board_.Liberties(cell, 4);
    if (liberties > 3) continue;
    const auto marked = plane(kOneLiberty + liberties - 1);
    int stone = cell;
    do {
      marked[stone] = 1.0F;
      stone = board_.NextInChain(stone);
    } while (stone != cell);
  }
  ForEachForbidden([&](int cell) { plane(kForbidden)[cell] = 1.0F; });

  const int remembered = std::min<int>(Geometry::kRememberedMoves, std::ssize(moves_));
  for (int age = 0; age < remembered; ++age) {
    const int action = moves_[moves_.size() - 1 - age].action;
    if (action != rules().pass()) plane(kRecent + age)[action] = 1.0F;
  }

  const float sign = to_play_ == Color::kBlack ? 1.0F : -1.0F;
  std::ranges::fill(plane(kOnes), 1.0F);
  std::ranges::fill(plane(kKomi), -sign * komi() / kKomiScale);
  std::array<std::int8_t, kMaxCells> owner;
  board_.Area(std::span(owner).first(cells));
  float score = -komi();
  for (int cell = 0; cell < cells; ++cell) {
    score += owner[cell];
    plane(kArea)[cell] = sign * owner[cell];
  }
  if (LastWasPass()) {
    std::ranges::fill(plane(kPassEnds), 1.0F);
    if (score != 0) std::ranges::fill(plane(kPassWins), score > 0 ? sign : -sign);
  }
}

}  // namespace tesuji::env::go
