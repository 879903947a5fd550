// Boards as ASCII art for the tests of Go: "X" Black, "O" White, "." empty, spaces ignored.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "env/go/go_environment.h"
#include "env/go/go_state.h"

namespace tesuji::env::go {

struct Diagram {
  int width = 0;
  int height = 0;
  std::vector<Action> black;
  std::vector<Action> white;
};

inline Diagram ReadDiagram(std::string_view text) {
  Diagram diagram;
  int column = 0;
  for (const char c : std::string(text) + "\n") {
    if (c == '\n' && column > 0) {
      diagram.width = column;
      ++diagram.height;
      column = 0;
    }
    if (c == '.' || c == 'X' || c == 'O') {
      const Action cell = diagram.height * diagram.width + column++;
      if (c == 'X') diagram.black.push_back(diagram.height == 0 ? column - 1 : cell);
      if (c == 'O') diagram.white.push_back(diagram.height == 0 ? column - 1 : cell);
    }
  }
  return diagram;
}

/// The stones of a state in the same art.
inline std::string Draw(const Board& board) {
  std::string text = "\n";
  for (int cell = 0; cell < board.cells(); ++cell) {
    text += ".XO"[static_cast<int>(board.at(cell))];
    text += (cell + 1) % board.geometry().width() == 0 ? '\n' : ' ';
  }
  return text;
}

/// A game from a diagram, with its environment.
class Game {
 public:
  explicit Game(std::string_view diagram_text, Color to_play = Color::kBlack, Rules rules = {},
                float komi = 0) {
    const Diagram diagram = ReadDiagram(diagram_text);
    rules.width = diagram.width;
    rules.height = diagram.height;
    GoOptions options;
    options.rules = rules;
    environment_ = GoEnvironment::Make(options).value();
    Start start;
    start.komi = komi;
    start.black = diagram.black;
    start.white = diagram.white;
    start.to_play = to_play;
    auto state = environment_->NewGame(start);
    EXPECT_TRUE(state.has_value()) << state.error().message;
    state_ = std::move(*state);
  }
  GoState* operator->() { return state_.get(); }
  GoState& operator*() { return *state_; }
  const GoEnvironment& environment() const { return *environment_; }

  Action At(std::string_view coordinate) const {
    return ParseAction(state_->rules(), coordinate).value();
  }
  Legality Check(std::string_view coordinate) const { return state_->Check(At(coordinate)); }
  /// Plays moves in turn: "A1 B2 pass".
  void Play(std::string_view moves) {
    while (!moves.empty()) {
      const std::size_t end = std::min(moves.find(' '), moves.size());
      const Action action = At(moves.substr(0, end));
      ASSERT_EQ(state_->Check(action), Legality::kLegal)
          << moves.substr(0, end) << ": " << LegalityName(state_->Check(action)) << "\n"
          << state_->ToText();
      state_->Apply(action);
      moves.remove_prefix(std::min(end + 1, moves.size()));
    }
  }
  std::string Drawn() const { return Draw(state_->board()); }

 private:
  std::unique_ptr<const GoEnvironment> environment_;
  std::unique_ptr<GoState> state_;
};

}  // namespace tesuji::env::go
