#include "env/go/go_state.h"

#include <fmt/format.h>

#include <array>
#include <cassert>
#include <cstring>
#include <iterator>

#include "core/mix64.h"
#include "env/go/sgf_game.h"

namespace tesuji::env::go {
namespace {

// Spreads a few small facts over 128 bits.
Key128 MixKey(std::uint64_t facts) {
  const std::uint64_t high = Mix64(facts);
  return {.high = high, .low = Mix64(high ^ facts)};
}

}  // namespace

GoState::GoState(const Context* context, std::shared_ptr<const Start> start)
    : context_(context),
      start_(std::move(start)),
      board_(&context->geometry),
      to_play_(start_->to_play),
      limit_(context->rules.effective_move_limit()) {
  assert(CheckStart(rules(), *start_).has_value());
  board_.SetUp(start_->black, start_->white);
  if (rules().ko != KoRule::kSimple) history_.Insert(HistoryKey(board_.key(), to_play_));
}

Key128 GoState::HistoryKey(const Key128& position, Color next) const {
  if (rules().ko == KoRule::kSituational && next == Color::kWhite) {
    return position ^ context_->geometry.white_to_play_key();
  }
  return position;
}

bool GoState::LastWasPass() const {
  return std::ssize(moves_) > passes_from_ && moves_.back().action == rules().pass();
}

bool GoState::KoForbids(int cell, Color color) const {
  const bool suicide = rules().suicide && board_.IsSuicide(cell, color);
  if (rules().ko == KoRule::kSimple) {
    if (suicide) return board_.KeyAfter(cell, color) == board_.key();
    return cell == ko_cell_ && color == to_play_;
  }
  // A position with this stone on this cell was there before only if such a stone was taken off
  // here since. Suicide leaves no such stone, so it is always looked up.
  if (!suicide && !board_.taken(color).Contains(cell)) return false;
  return history_.Contains(HistoryKey(board_.KeyAfter(cell, color), Opponent(color)));
}

Legality GoState::Check(Action action, Color color) const {
  if (phase_ != Phase::kOngoing) return Legality::kGameOver;
  if (action == rules().pass()) return Legality::kLegal;
  if (action < 0 || action > rules().pass()) return Legality::kOffBoard;
  if (board_.at(action) != Color::kEmpty) return Legality::kOccupied;
  if (!rules().suicide && board_.IsSuicide(action, color)) return Legality::kSuicide;
  if (!KoForbids(action, color)) return Legality::kLegal;
  return action == ko_cell_ && color == to_play_ ? Legality::kKo : Legality::kSuperko;
}

void GoState::LegalActions(std::vector<Action>* out) const {
  assert(phase_ == Phase::kOngoing);
  out->clear();
  const int cells = board_.cells();
  for (int cell = 0; cell < cells; ++cell) {
    if (board_.at(cell) != Color::kEmpty) continue;
    if (!rules().suicide && board_.IsSuicide(cell, to_play_)) continue;
    if (!KoForbids(cell, to_play_)) out->push_back(cell);
  }
  out->push_back(rules().pass());
}

void GoState::Apply(Action action) { Play(action, to_play_); }

void GoState::Play(Action action, Color color) {
  assert(Check(action, color) == Legality::kLegal);
  alternates_ = alternates_ && color == to_play_;
  const bool pass = action == rules().pass();
  const bool second_pass = pass && LastWasPass();
  ko_cell_ = -1;
  if (!pass) {
    const PlayResult result = board_.Play(action, color);
    captures_[static_cast<int>(color) - 1] += result.captured;
    captures_[static_cast<int>(Opponent(color)) - 1] += result.suicide;
    ko_cell_ = static_cast<std::int16_t>(result.ko_cell);
  }
  to_play_ = Opponent(color);
  moves_.push_back({.action = static_cast<std::int16_t>(action), .color = color});
  // A pass makes a new situation but not a new position.
  if (rules().ko == KoRule::kSituational || (rules().ko == KoRule::kPositional && !pass)) {
    history_.Insert(HistoryKey(board_.key(), to_play_));
  }
  if (second_pass || std::ssize(moves_) >= limit_) phase_ = Phase::kScored;
}

void GoState::ContinueWith(Color color) {
  if (phase_ != Phase::kOngoing) {
    const auto played = static_cast<int>(moves_.size());
    if (Termination() == "two-passes") passes_from_ = played;
    limit_ = played + rules().effective_move_limit();
    phase_ = Phase::kOngoing;
  }
  if (color == to_play_) return;
  to_play_ = color;
  alternates_ = false;
  ko_cell_ = -1;
}

float GoState::Value() const {
  assert(phase_ == Phase::kScored);
  const float score = Score();
  return score > 0 ? 1.0F : score < 0 ? -1.0F : 0.0F;
}

Key128 GoState::Fingerprint() const {
  const Geometry& geometry = context_->geometry;
  Key128 key = board_.key();
  if (to_play_ == Color::kWhite) key ^= geometry.white_to_play_key();
  const int remembered = std::min<int>(Geometry::kRememberedMoves, std::ssize(moves_));
  for (int age = 0; age < remembered; ++age) {
    key ^= geometry.recent_key(age, moves_[moves_.size() - 1 - age].action);
  }
  ForEachForbidden([&](int cell) { key ^= geometry.forbidden_key(cell); });
  std::uint32_t komi_bits = 0;
  const float komi_value = komi();
  std::memcpy(&komi_bits, &komi_value, sizeof komi_bits);
  const auto ko = static_cast<std::uint64_t>(rules().ko);
  const bool passes_forgotten = passes_from_ > 0 && passes_from_ == std::ssize(moves_);
  return key ^
         MixKey(std::uint64_t{komi_bits} | ko << 32 | std::uint64_t{rules().suicide} << 34 |
                static_cast<std::uint64_t>(phase_) << 35 | std::uint64_t{passes_forgotten} << 40);
}

FinalTargets GoState::Targets() const {
  assert(phase_ == Phase::kScored);
  FinalTargets targets;
  targets.ownership.resize(board_.cells());
  board_.Area(targets.ownership);
  targets.score = Score();
  return targets;
}

std::string GoState::Termination() const {
  if (phase_ == Phase::kOngoing) return {};
  const bool passes = std::ssize(moves_) >= passes_from_ + 2 && LastWasPass() &&
                      moves_[moves_.size() - 2].action == rules().pass();
  return passes ? "two-passes" : "move-limit";
}

std::string GoState::Artifact() const { return WriteSgf(GameTree(*this)); }

std::string GoState::ActionToText(Action action) const { return ActionText(rules(), action); }

Task GoState::StartTask() const {
  return Task{.id = "go", .parameters = StartToJson(rules(), *start_)};
}

std::string GoState::ToText() const {
  fmt::memory_buffer text;  // Exports write one of these for every position.
  const auto columns = [&] {
    text.append(std::string_view("   "));
    for (int column = 0; column < rules().width; ++column) {
      text.push_back(' ');
      text.push_back(ActionText(rules(), column)[0]);
    }
    text.push_back('\n');
  };
  const auto put = [&]<class... Values>(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(fmt::appender(text), format, std::forward<Values>(values)...);
  };
  columns();
  const int last = moves_.empty() ? -1 : moves_.back().action;
  for (int row = 0; row < rules().height; ++row) {
    put("{:3}", rules().height - row);
    for (int column = 0; column < rules().width; ++column) {
      const int cell = row * rules().width + column;
      text.push_back(cell == last ? '(' : cell - 1 == last && column > 0 ? ')' : ' ');
      text.push_back(".XO"[static_cast<int>(board_.at(cell))]);
    }
    text.push_back(last == row * rules().width + rules().width - 1 ? ')' : ' ');
    put("{}\n", rules().height - row);
  }
  columns();
  put("move {}, captures X {} O {}, komi {:g}, ", moves_.size(), captures(Color::kBlack),
      captures(Color::kWhite), komi());
  if (phase_ == Phase::kOngoing) {
    put("{} to play\n", to_play_ == Color::kBlack ? 'X' : 'O');
  } else {
    put("{} ({})\n", ScoreText(Score()), Termination());
  }
  return fmt::to_string(text);
}

std::string_view LegalityName(Legality legality) {
  switch (legality) {
    case Legality::kLegal:
      return "legal";
    case Legality::kGameOver:
      return "the game is over";
    case Legality::kOffBoard:
      return "off the board";
    case Legality::kOccupied:
      return "occupied";
    case Legality::kSuicide:
      return "suicide";
    case Legality::kKo:
      return "ko";
    case Legality::kSuperko:
      return "superko (repeats an earlier position)";
  }
  return "illegal";
}

}  // namespace tesuji::env::go
