// The points at which terms of each scope are evaluated, taken from a task's examples.
// Thread-safety: immutable after construction.
#pragma once

#include <array>
#include <vector>

#include "env/program/enumerate/bank.h"

namespace tesuji::env::program::enumerate {

class Points {
 public:
  explicit Points(const ProgramTask& task);
  const std::vector<Point>& Of(Scope scope) const {
    return points_[static_cast<std::size_t>(scope)];
  }
  int Count(Scope scope) const { return static_cast<int>(Of(scope).size()); }
  int examples() const { return Count(Scope::kClosed); }
  /// The point of scope x for (example, x), or -1.
  int PointOf(int example, std::int32_t x) const {
    const std::int32_t at = x + kOffset;
    if (at < 0 || at >= kTable) return -1;
    return table_[static_cast<std::size_t>(example) * kTable + static_cast<std::size_t>(at)];
  }
  /// Numbers beyond this are no use for the task; a guess from its examples.
  std::int32_t number_limit() const { return number_limit_; }
  std::int32_t length_limit() const { return length_limit_; }

  static constexpr int kMaxExamplesSearched = 10;

 private:
  static constexpr std::int32_t kOffset = 32;
  static constexpr std::int32_t kTable = 192;
  void AddExample(int example, const Example& from);
  std::array<std::vector<Point>, kScopes> points_;
  std::vector<std::int16_t> table_;
  std::int32_t number_limit_ = 0;
  std::int32_t length_limit_ = 0;
};

}  // namespace tesuji::env::program::enumerate
