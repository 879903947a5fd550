#include "env/go/gtp/game.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace tesuji::gtp {

using env::go::Color;
using env::go::GoState;
using env::go::Legality;
using env::go::Start;

Game::Game(std::shared_ptr<const env::go::GoEnvironment> environment)
    : environment_(std::move(environment)), start_(environment_->default_start()) {
  state_ = FromStart();
}

Status Game::Reset(const Start& start) {
  auto state = environment_->NewGame(start);
  if (!state) return tl::unexpected(state.error());
  state_ = std::move(*state);
  start_ = start;
  moves_.clear();
  earlier_captures_[0] = earlier_captures_[1] = 0;
  ++epoch_;
  return {};
}

bool Game::empty() const { return moves_.empty() && start_.black.empty() && start_.white.empty(); }

Legality Game::Check(env::Action action, Color color) const {
  return over() ? FromStones(color)->Check(action, color) : state_->Check(action, color);
}

void Game::Play(env::Action action, Color color) {
  assert(Check(action, color) == Legality::kLegal);
  PlayOn(action, color);
  moves_.push_back({.action = static_cast<std::int16_t>(action), .color = color});
}

void Game::PlayOn(env::Action action, Color color) {
  if (over()) {
    earlier_captures_[0] += state_->captures(Color::kBlack);
    earlier_captures_[1] += state_->captures(Color::kWhite);
    state_ = FromStones(color);
    ++epoch_;
  }
  if (color != state_->color_to_play()) ++epoch_;
  state_->Play(action, color);
}

bool Game::Undo() {
  if (moves_.empty()) return false;
  moves_.pop_back();
  state_ = FromStart();
  earlier_captures_[0] = earlier_captures_[1] = 0;
  for (const env::go::Move& move : moves_) PlayOn(move.action, move.color);
  ++epoch_;
  return true;
}

void Game::SetKomi(double komi) {
  assert(std::isfinite(komi));
  constexpr double kMost = 2.0 * env::go::kMaxCells;
  komi = std::clamp(komi, -kMost, kMost);
  if (komi * 2 != std::floor(komi * 2)) komi = std::floor(komi) + 0.5;
  if (static_cast<float>(komi) == start_.komi) return;
  start_.komi = static_cast<float>(komi);
  state_ = FromStart();
  earlier_captures_[0] = earlier_captures_[1] = 0;
  for (const env::go::Move& move : moves_) PlayOn(move.action, move.color);
  ++epoch_;
}

int Game::captures(Color color) const {
  return earlier_captures_[color == Color::kWhite] + state_->captures(color);
}

std::unique_ptr<GoState> Game::StateFor(Color color) const {
  if (!over() && state_->color_to_play() == color) return std::make_unique<GoState>(*state_);
  return FromStones(color);
}

std::unique_ptr<GoState> Game::FromStones(Color to_play) const {
  Start start{.komi = start_.komi, .handicap = start_.handicap, .to_play = to_play};
  for (int cell = 0; cell < rules().cells(); ++cell) {
    if (state_->at(cell) == Color::kBlack) start.black.push_back(cell);
    if (state_->at(cell) == Color::kWhite) start.white.push_back(cell);
  }
  auto state = environment_->NewGame(start);
  assert(state);  // Stones on a board have liberties, and the komi was checked before.
  return std::move(*state);
}

std::unique_ptr<GoState> Game::FromStart() const {
  auto state = environment_->NewGame(start_);
  assert(state);
  return std::move(*state);
}

}  // namespace tesuji::gtp
