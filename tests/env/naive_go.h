// A second, deliberately simple implementation of the rules of Go, to hold the fast one against:
// every question is answered by flood fill on a copy of the whole board and by comparing with all
// boards before it. Written from the rules' text alone; shares nothing with env/go but enums.
#pragma once

#include <string>
#include <vector>

#include "env/go/rules.h"

namespace tesuji::env::go {

class NaiveGo {
 public:
  NaiveGo(const Rules& rules, float komi);

  bool IsLegal(int action) const;
  void Play(int action);  ///< REQUIRES: legal.
  bool over() const { return over_; }
  char at(int cell) const { return board_[cell]; }  ///< '.', 'X' or 'O'.
  char to_play() const { return to_play_; }
  int taken_by(char color) const { return color == 'X' ? taken_by_black_ : taken_by_white_; }
  float Score() const;
  /// 'X', 'O' or '.' for every cell: who owns it.
  std::string Owners() const;
  int Liberties(int cell) const;

 private:
  struct Outcome {
    std::string board;
    int opponents_taken = 0;
    int own_taken = 0;
  };
  std::vector<int> Neighbors(int cell) const;
  std::vector<int> Region(const std::string& board, int cell) const;
  int CountLiberties(const std::string& board, int cell) const;
  Outcome Place(int cell) const;

  Rules rules_;
  float komi_;
  std::string board_;
  char to_play_ = 'X';
  // All boards so far with the player to move then, the present one last; also after passes.
  std::vector<std::pair<std::string, char>> past_;
  int passes_ = 0;
  int moves_ = 0;
  bool over_ = false;
  int taken_by_black_ = 0;
  int taken_by_white_ = 0;
};

}  // namespace tesuji::env::go
