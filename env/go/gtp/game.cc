#include "env/go/gtp/game.h"

#include <cassert>
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
  ++epoch_;
  return {};
}

bool Game::empty() const { return moves_.empty() && start_.black.empty() && start_.white.empty(); }

Legality Game::Check(env::Action action, Color color) const {
  return over() ? StateFor(color)->Check(action, color) : state_->Check(action, color);
}

void Game::Play(env::Action action, Color color) {
  assert(Check(action, color) == Legality::kLegal);
  PlayOn(action, color);
  moves_.push_back({.action = static_cast<std::int16_t>(action), .color = color});
}

void Game::PlayOn(env::Action action, Color color) {
  if (over() || color != state_->color_to_play()) ++epoch_;
  if (over()) state_->ContinueWith(color);
  state_->Play(action, color);
  if (over() && state_->Termination() != "two-passes") {
    state_->ContinueWith(state_->color_to_play());
    ++epoch_;
  }
}

bool Game::Undo() {
  if (moves_.empty()) return false;
  moves_.pop_back();
  state_ = FromStart();
  for (const env::go::Move& move : moves_) PlayOn(move.action, move.color);
  ++epoch_;
  return true;
}

void Game::SetKomi(float komi) {
  if (komi == start_.komi) return;
  start_.komi = komi;
  state_ = FromStart();
  for (const env::go::Move& move : moves_) PlayOn(move.action, move.color);
  ++epoch_;
}

std::unique_ptr<GoState> Game::StateFor(Color color) const {
  auto state = std::make_unique<GoState>(*state_);
  state->ContinueWith(color);
  return state;
}

std::unique_ptr<GoState> Game::FromStart() const {
  auto state = environment_->NewGame(start_);
  assert(state);
  return std::move(*state);
}

}  // namespace tesuji::gtp
