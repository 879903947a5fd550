#include "arena/match_table.h"

#include <algorithm>
#include <utility>

#include "arena/game_hooks.h"

namespace tesuji::arena {
namespace {

std::string OneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

Status MatchTable::Start(int number, int first, const Opening& opening, std::uint64_t seed) {
  auto state = environment_.NewState(opening.task);
  if (!state) return tl::unexpected(state.error());
  state_ = std::move(*state);
  game_ = {};
  game_.number = number;
  game_.first = first;
  playing_ = true;
  begun_ = false;
  for (int side = 0; side < 2; ++side) {
    RandomStream random({seed, kPlayerStream, static_cast<std::uint64_t>(number),
                         static_cast<std::uint64_t>(side)});
    if (const Status status = players_[side]->NewGame(*state_, random); !status) return status;
  }
  for (const env::Action action : opening.actions) {
    if (state_->phase() != env::Phase::kOngoing) break;
    state_->LegalActions(&legal_);
    if (!std::binary_search(legal_.begin(), legal_.end(), action)) {
      return Fail("opening of game " + std::to_string(number) + ": " +
                  hooks_.WhyIllegal(*state_, action));
    }
    Play(action);
  }
  return {};
}

bool MatchTable::Advance(bool may_start_engine) {
  while (playing_) {
    const int side = mover();
    Player& player = *players_[side];
    if (!begun_) {
      if (player.external() && !may_start_engine) return true;
      player.BeginMove(*state_);
      begun_ = true;
    }
    const std::optional<Result<Decision>> polled = player.Poll();
    if (!polled) return true;
    begun_ = false;
    if (!*polled) {
      Finish(GameEnd::kForfeit, 1 - side, OneLine((*polled).error().message));
    } else if ((*polled)->resigned) {
      Finish(GameEnd::kResigned, 1 - side, "resigned");
    } else if ((*polled)->out_of_time) {
      Finish(GameEnd::kTime, 1 - side, OneLine((*polled)->remark));
    } else {
      const env::Action action = (*polled)->action;
      state_->LegalActions(&legal_);
      if (!std::binary_search(legal_.begin(), legal_.end(), action)) {
        Finish(GameEnd::kForfeit, 1 - side,
               names_[side] + ": " + hooks_.WhyIllegal(*state_, action));
      } else {
        Play(action);
      }
    }
  }
  return false;
}

void MatchTable::Play(env::Action action) {
  for (const auto& player : players_) player->Observe(*state_, action);
  state_->Apply(action);
  ++game_.actions;
  if (state_->phase() != env::Phase::kOngoing) Score();
}

void MatchTable::Score() {
  float first = state_->Value();
  game_.score = environment_.spec().has_score ? state_->Targets().score : first;
  if (referee_ != nullptr) {
    const Result<float> score = referee_->Score(*state_);
    if (!score) {
      game_.score = 0;
      Finish(GameEnd::kVoid, -1, OneLine("referee: " + score.error().message));
      return;
    }
    first = game_.score = *score;
  }
  const int winner = first > 0 ? game_.first : first < 0 ? 1 - game_.first : -1;
  Finish(GameEnd::kScored, winner, state_->Termination());
}

void MatchTable::Finish(GameEnd end, int winner, std::string reason) {
  playing_ = false;
  game_.end = end;
  game_.winner = winner;
  game_.reason = std::move(reason);
  game_.record = hooks_.Record(*state_, game_, names_);
}

}  // namespace tesuji::arena
