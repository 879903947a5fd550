#include "env/game2048/game2048.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>

#include "api/board_symmetries.h"

namespace tesuji::env {
namespace {

constexpr int kSide = 4;
constexpr int kCells = kSide * kSide;
constexpr int kRanks = 16;  // Empty, 2, 4, … 32768: 10000 moves make no larger tile.
constexpr int kLateMoves = 256;
constexpr Action kSlide = 2 * kCells;  // The first of the agent's actions.
constexpr std::array<const char*, 4> kSlideNames = {"up", "right", "down", "left"};

// What all states of one environment share; owned by it.
struct Rules {
  int move_limit = 2000;
  int half_score = 8000;
};

struct Board {
  std::array<std::uint8_t, kCells> ranks{};  // 0: empty, r: the tile 2^r; row by row.
  friend bool operator==(const Board&, const Board&) = default;
};

// The i-th cell of line `line` counted from the side that tiles slide to.
int LineCell(int direction, int line, int i) {
  const int far = kSide - 1 - i;
  switch (direction) {
    case 0:
      return i * kSide + line;
    case 1:
      return line * kSide + far;
    case 2:
      return far * kSide + line;
    default:
      return line * kSide + i;
  }
}

// Slides all tiles; each merges at most once. Returns the points.
int Slide(Board* board, int direction) {
  int points = 0;
  for (int line = 0; line < kSide; ++line) {
    std::array<std::uint8_t, kSide> packed{};
    int count = 0;
    bool may_merge = false;
    for (int i = 0; i < kSide; ++i) {
      const std::uint8_t rank = board->ranks[LineCell(direction, line, i)];
      if (rank == 0) continue;
      if (may_merge && packed[count - 1] == rank) {
        points += 1 << ++packed[count - 1];
        may_merge = false;
      } else {
        packed[count++] = rank;
        may_merge = true;
      }
    }
    for (int i = 0; i < kSide; ++i) board->ranks[LineCell(direction, line, i)] = packed[i];
  }
  return points;
}

class State2048 final : public State {
 public:
  explicit State2048(const Rules* rules) : rules_(rules) {}
  static Result<std::unique_ptr<State>> Parse(const Rules* rules, std::string_view text);

  std::unique_ptr<State> Clone() const override { return std::make_unique<State2048>(*this); }
  Phase phase() const override {
    if (tiles_due_ > 0) return Phase::kOngoing;
    return moves_ >= rules_->move_limit || !CanSlide() ? Phase::kScored : Phase::kOngoing;
  }
  Player to_play() const override { return tiles_due_ > 0 ? Player::kChance : Player::kFirst; }
  void LegalActions(std::vector<Action>* out) const override {
    assert(phase() == Phase::kOngoing && tiles_due_ == 0);
    out->clear();
    for (int direction = 0; direction < 4; ++direction) {
      Board next = board_;
      Slide(&next, direction);
      if (next != board_) out->push_back(kSlide + direction);
    }
  }
  // Every empty cell alike; nine times in ten a 2.
  void ChanceOutcomes(std::vector<ChanceOutcome>* out) const override {
    assert(tiles_due_ > 0);
    out->clear();
    const auto empty = static_cast<double>(std::ranges::count(board_.ranks, 0));
    for (Action action = 0; action < kSlide; ++action) {
      if (board_.ranks[action % kCells] != 0) continue;
      out->push_back({.action = action, .probability = (action < kCells ? 0.9 : 0.1) / empty});
    }
  }
  void Apply(Action action) override {
    assert(phase() == Phase::kOngoing);
    if (tiles_due_ > 0) {
      assert(action >= 0 && action < kSlide && board_.ranks[action % kCells] == 0);
      board_.ranks[action % kCells] = action < kCells ? 1 : 2;
      --tiles_due_;
    } else {
      [[maybe_unused]] const Board before = board_;
      score_ += Slide(&board_, action - kSlide);
      assert(board_ != before);
      ++moves_;
      tiles_due_ = 1;
    }
  }
  // From -1 for nothing through 0 at half_score towards 1.
  float Value() const override {
    assert(phase() == Phase::kScored);
    const auto score = static_cast<float>(score_);
    const auto half = static_cast<float>(rules_->half_score);
    return (score - half) / (score + half);
  }
  // Four bits a cell; score and moves decide the value and the end, so they belong to it.
  Key128 Fingerprint() const override {
    std::uint64_t cells = 0;
    for (const std::uint8_t rank : board_.ranks) cells = cells << 4 | rank;
    const auto score = static_cast<std::uint64_t>(score_);
    const auto moves = static_cast<std::uint64_t>(moves_);
    return {.high = score << 32 | moves << 2 | static_cast<std::uint64_t>(tiles_due_),
            .low = cells};
  }
  //   0        empty cells
  //   1 to 15  tiles 2 to 32768; no episode reaches a larger one, an artifact may
  //   16       the value anchor: score / half_score, the odds of Value() if the episode ended here
  //   17       moves made of the last kLateMoves before the limit
  void Encode(std::span<float> out) const override {
    assert(out.size() == (kRanks + 2) * kCells);
    std::ranges::fill(out, 0.0F);
    const float anchor = static_cast<float>(score_) / static_cast<float>(rules_->half_score);
    const int late = std::max(0, moves_ - rules_->move_limit + kLateMoves);
    for (int cell = 0; cell < kCells; ++cell) {
      const int rank = std::min<int>(board_.ranks[cell], kRanks - 1);
      out[rank * kCells + cell] = 1.0F;
      out[kRanks * kCells + cell] = anchor;
      out[(kRanks + 1) * kCells + cell] = static_cast<float>(late) / kLateMoves;
    }
  }
  // The position, not the way there: sixteen tiles, the score, the moves, tiles due to appear.
  std::string Artifact() const override {
    std::string text;
    for (const std::uint8_t rank : board_.ranks) {
      text += fmt::format("{} ", rank == 0 ? 0 : 1 << rank);
    }
    return text + fmt::format("{} {} {}", score_, moves_, tiles_due_);
  }
  std::string ToText() const override {
    std::string text;
    for (int cell = 0; cell < kCells; ++cell) {
      const int rank = board_.ranks[cell];
      text += rank == 0 ? fmt::format("{:>6}", '.') : fmt::format("{:>6}", 1 << rank);
      if (cell % kSide == kSide - 1) text += '\n';
    }
    return text + fmt::format("score {}, {} moves\n", score_, moves_);
  }
  std::string ActionToText(Action action) const override {
    if (action >= kSlide) return kSlideNames[action - kSlide];
    const int cell = action % kCells;
    return fmt::format("{}{}={}", "abcd"[cell % kSide], kSide - cell / kSide,
                       action < kCells ? 2 : 4);
  }
  FinalTargets Targets() const override {
    return {.ownership = {}, .score = static_cast<float>(score_)};
  }
  std::string Termination() const override {
    if (phase() == Phase::kOngoing) return {};
    return CanSlide() ? "move-limit" : "stuck";
  }

 private:
  bool CanSlide() const {
    for (int direction = 0; direction < 4; ++direction) {
      Board next = board_;
      Slide(&next, direction);
      if (next != board_) return true;
    }
    return false;
  }

  const Rules* rules_;
  Board board_;
  int score_ = 0;
  int moves_ = 0;
  int tiles_due_ = 2;
};

// The numbers of Artifact(), each within what an episode can reach.
Result<std::unique_ptr<State>> State2048::Parse(const Rules* rules, std::string_view text) {
  std::array<int, kCells + 3> numbers{};
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (int& number : numbers) {
    while (at != end && *at == ' ') ++at;
    const auto [rest, error] = std::from_chars(at, end, number);
    if (error != std::errc()) {
      return Fail(
          fmt::format("2048: expected {} numbers: tiles, score, moves, tiles due", numbers.size()));
    }
    at = rest;
  }
  auto state = std::make_unique<State2048>(rules);
  for (int cell = 0; cell < kCells; ++cell) {
    int rank = 0;
    while (rank < kRanks && (rank == 0 ? 0 : 1 << rank) != numbers[cell]) ++rank;
    if (rank == kRanks) return Fail(fmt::format("2048: {} is not a tile", numbers[cell]));
    state->board_.ranks[cell] = static_cast<std::uint8_t>(rank);
  }
  state->score_ = numbers[kCells];
  state->moves_ = numbers[kCells + 1];
  state->tiles_due_ = numbers[kCells + 2];
  const bool possible = state->score_ >= 0 && state->score_ <= 10'000'000 && state->moves_ >= 0 &&
                        state->moves_ <= rules->move_limit && state->tiles_due_ >= 0 &&
                        state->tiles_due_ <= 2 &&
                        std::ranges::count(state->board_.ranks, 0) >= state->tiles_due_;
  if (at != end || !possible) return Fail("2048: score, moves and tiles due are out of range");
  return state;
}

class Environment2048 final : public Environment {
 public:
  explicit Environment2048(const Json& parameters) {
    rules_.move_limit = parameters.at("move_limit");
    rules_.half_score = parameters.at("half_score");
    spec_.id = "2048";
    spec_.version = 3;  // 3: a value anchor, in odds.
    spec_.action_count = kSlide + 4;
    spec_.player_count = 1;
    spec_.has_chance = true;
    spec_.max_steps = 2 + 2 * rules_.move_limit;
    spec_.observation = {.planes = kRanks + 2, .height = kSide, .width = kSide};
    spec_.actions = {.planes_over_cells = 2, .other_actions = 4};
    spec_.has_score = true;
    spec_.value_anchor_plane = kRanks;
    spec_.score_scale = static_cast<float>(rules_.half_score);
    spec_.symmetries = BoardSymmetries(kSide, kSide, spec_.actions);
    // Where a line begins shows which way its tiles slide.
    for (Symmetry& symmetry : spec_.symmetries) {
      for (int direction = 0; direction < 4; ++direction) {
        int image = 0;
        for (int other = 0; other < 4; ++other) {
          const int step =
              symmetry.cells[LineCell(direction, 0, 1)] - symmetry.cells[LineCell(direction, 0, 0)];
          if (step == LineCell(other, 0, 1) - LineCell(other, 0, 0)) image = other;
        }
        symmetry.actions[kSlide + direction] = kSlide + image;
      }
    }
  }
  const Spec& spec() const override { return spec_; }
  Json parameters() const override {
    return {{"move_limit", rules_.move_limit}, {"half_score", rules_.half_score}};
  }
  Result<std::unique_ptr<State>> NewState(const Task& task) const override {
    if (!task.parameters.empty()) return Fail("a 2048 task has no parameters");
    return std::make_unique<State2048>(&rules_);
  }
  Result<std::unique_ptr<State>> FromArtifact(std::string_view artifact) const override {
    return State2048::Parse(&rules_, artifact);
  }

 private:
  Rules rules_;
  Spec spec_;
};

}  // namespace

EnvironmentFactory Game2048Factory() {
  return {.id = "2048",
          .summary = "2048 on 4 x 4: slide and merge tiles; new ones appear by chance",
          .parameters = {{.name = "move_limit",
                          .default_value = 2000,
                          .help = "slides after which an episode ends",
                          .minimum = 1,
                          .maximum = 10000},
                         {.name = "half_score",
                          .default_value = 8000,
                          .help = "the score that is worth 0; nothing is worth -1",
                          .minimum = 1,
                          .maximum = 1000000}},
          .make = [](const Json& parameters) {
            return std::make_unique<const Environment2048>(parameters);
          }};
}

}  // namespace tesuji::env
