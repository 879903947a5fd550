// A board of cells as text for people, a line a row. Thread-safety: a free function.
#pragma once

#include <string>

namespace tesuji::env {

/// `mark(cell)` is the character of a cell; cells count from the top row's left.
template <typename Mark>
std::string BoardText(int height, int width, const Mark& mark) {
  std::string text;
  for (int cell = 0; cell < height * width; ++cell) {
    text += mark(cell);
    text += cell % width == width - 1 ? '\n' : ' ';
  }
  return text;
}

}  // namespace tesuji::env
