#include "env/mnk/mnk.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "api/board_symmetries.h"
#include "api/board_text.h"
#include "api/record.h"
#include "core/random.h"

namespace tesuji::env {
namespace {

// What all states of one environment share; owned by it.
struct Rules {
  int width = 9;
  int height = 9;
  int line = 5;
  std::vector<Key128> keys;  // Of a first player's stone at each cell, then a second player's.
  int cells() const { return width * height; }
};

class MnkState final : public State {
 public:
  explicit MnkState(const Rules* rules) : rules_(rules), board_(rules->cells(), '.') {}
  std::unique_ptr<State> Clone() const override { return std::make_unique<MnkState>(*this); }
  Phase phase() const override {
    return won_ || std::ssize(played_) == rules_->cells() ? Phase::kScored : Phase::kOngoing;
  }
  Player to_play() const override { return static_cast<Player>(played_.size() % 2); }
  void LegalActions(std::vector<Action>* out) const override {
    assert(phase() == Phase::kOngoing);
    out->clear();
    for (Action cell = 0; cell < rules_->cells(); ++cell) {
      if (board_[cell] == '.') out->push_back(cell);
    }
  }
  void Apply(Action cell) override {
    assert(phase() == Phase::kOngoing && board_[cell] == '.');
    const auto mover = static_cast<int>(played_.size() % 2);
    board_[cell] = mover == 0 ? 'X' : 'O';
    key_ ^= rules_->keys[mover * rules_->cells() + cell];
    played_.push_back(static_cast<std::int16_t>(cell));
    won_ = EndsLine(cell);
  }
  float Value() const override {
    assert(phase() == Phase::kScored);
    return !won_ ? 0.0F : played_.size() % 2 == 1 ? 1.0F : -1.0F;
  }
  Key128 Fingerprint() const override { return key_; }
  // The mover's stones, the opponent's.
  void Encode(std::span<float> out) const override {
    assert(std::ssize(out) == 2 * rules_->cells());
    const char own = played_.size() % 2 == 0 ? 'X' : 'O';
    for (int cell = 0; cell < rules_->cells(); ++cell) {
      out[cell] = board_[cell] == own ? 1.0F : 0.0F;
      out[rules_->cells() + cell] = board_[cell] != own && board_[cell] != '.' ? 1.0F : 0.0F;
    }
  }
  // The moves in order: "c3 b2 ".
  std::string Artifact() const override {
    std::string text;
    for (const Action cell : played_) text += ActionToText(cell) + " ";
    return text;
  }
  std::string ToText() const override {
    return BoardText(rules_->height, rules_->width, [&](int cell) { return board_[cell]; });
  }
  std::string ActionToText(Action cell) const override {
    return fmt::format("{}{}", static_cast<char>('a' + cell % rules_->width),
                       rules_->height - cell / rules_->width);
  }
  std::string Termination() const override {
    if (phase() == Phase::kOngoing) return {};
    return won_ ? "line" : "full";
  }

 private:
  // Stones of one colour in a row from `cell`, itself not counted.
  int Run(int cell, int down, int right) const {
    int row = cell / rules_->width + down;
    int column = cell % rules_->width + right;
    int run = 0;
    while (row >= 0 && row < rules_->height && column >= 0 && column < rules_->width &&
           board_[row * rules_->width + column] == board_[cell]) {
      ++run;
      row += down;
      column += right;
    }
    return run;
  }
  bool EndsLine(int cell) const {
    for (const auto& [down, right] : {std::pair{0, 1}, {1, 0}, {1, 1}, {1, -1}}) {
      if (1 + Run(cell, down, right) + Run(cell, -down, -right) >= rules_->line) return true;
    }
    return false;
  }

  const Rules* rules_;
  std::string board_;
  std::vector<std::int16_t> played_;
  Key128 key_;
  bool won_ = false;  // By the last move.
};

class Mnk final : public Environment {
 public:
  explicit Mnk(const Json& parameters) {
    rules_.width = parameters.at("width");
    rules_.height = parameters.at("height");
    rules_.line = parameters.at("line");
    RandomStream random(std::uint64_t{0x6d6e6b});
    for (int i = 0; i < 2 * rules_.cells(); ++i) {
      rules_.keys.push_back({.high = random(), .low = random()});
    }
    spec_.id = "mnk";
    spec_.action_count = rules_.cells();
    spec_.max_steps = rules_.cells();
    spec_.observation = {.planes = 2, .height = rules_.height, .width = rules_.width};
    spec_.actions = {.planes_over_cells = 1, .other_actions = 0};
    spec_.symmetries = BoardSymmetries(rules_.height, rules_.width, spec_.actions);
  }
  const Spec& spec() const override { return spec_; }
  Json parameters() const override {
    return {{"width", rules_.width}, {"height", rules_.height}, {"line", rules_.line}};
  }
  Result<std::unique_ptr<State>> NewState(const Task& task) const override {
    if (!task.parameters.empty()) return Fail("an m,n,k task has no parameters");
    return std::make_unique<MnkState>(&rules_);
  }
  Result<std::unique_ptr<State>> FromArtifact(std::string_view artifact) const override {
    return PlayRecord(std::make_unique<MnkState>(&rules_), artifact);
  }

 private:
  Rules rules_;
  Spec spec_;
};

Result<std::unique_ptr<const Environment>> Make(const Json& parameters) {
  const int width = parameters.at("width");
  const int height = parameters.at("height");
  const int line = parameters.at("line");
  if (line > std::max(width, height)) {
    return Fail(fmt::format("line = {}: no such line fits on {} x {} cells", line, width, height));
  }
  return std::make_unique<const Mnk>(parameters);
}

}  // namespace

EnvironmentFactory MnkFactory() {
  const auto number = [](const char* name, int value, const char* help, double minimum) {
    return Parameter{
        .name = name, .default_value = value, .help = help, .minimum = minimum, .maximum = 19};
  };
  return {.id = "mnk",
          .summary = "k in a line on m x n cells: Gomoku, tic-tac-toe and what lies between",
          .parameters = {number("width", 9, "cells in a row (m)", 1),
                         number("height", 9, "rows (n)", 1),
                         number("line", 5, "stones in a line that win, or more (k)", 2)},
          .make = Make};
}

}  // namespace tesuji::env
