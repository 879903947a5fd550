#include "env/program/enumerate/points.h"

#include <algorithm>
#include <cstdlib>

namespace tesuji::env::program::enumerate {

Points::Points(const ProgramTask& task) {
  const int examples = std::min<int>(static_cast<int>(task.seen.size()), kMaxExamplesSearched);
  table_.assign(static_cast<std::size_t>(examples) * kTable, -1);
  std::int64_t largest = 10;
  std::int64_t longest = 4;
  for (int i = 0; i < examples; ++i) {
    const Example& example = task.seen[static_cast<std::size_t>(i)];
    const auto look = [&](const Datum& datum) {
      largest = std::max<std::int64_t>(largest, std::abs(std::int64_t{datum.number}));
      longest = std::max<std::int64_t>(longest, static_cast<std::int64_t>(datum.list.size()));
      for (const std::int32_t x : datum.list) {
        largest = std::max<std::int64_t>(largest, std::abs(std::int64_t{x}));
      }
    };
    for (const Datum& datum : example.input) look(datum);
    look(example.output);
    AddExample(i, example);
  }
  number_limit_ = static_cast<std::int32_t>(std::min<std::int64_t>(largest * 100 + 1000, kLimit));
  length_limit_ = static_cast<std::int32_t>(std::min<std::int64_t>(2 * longest + 8, kMaxLength));
}

void Points::AddExample(int i, const Example& example) {
  points_[static_cast<std::size_t>(Scope::kClosed)].push_back({i, 0, 0, {}});
  std::vector<std::int32_t> numbers;
  for (const Datum& datum : example.input) {
    numbers.insert(numbers.end(), datum.list.begin(), datum.list.end());
  }
  if (numbers.empty()) {
    for (const Datum& datum : example.input) {
      if (datum.type == Type::kInt) numbers = {1, 2, 3, datum.number};
    }
  }
  std::vector<std::int32_t> distinct;
  for (const std::int32_t x : numbers) {
    if (std::ranges::find(distinct, x) == distinct.end()) distinct.push_back(x);
  }
  auto& one = points_[static_cast<std::size_t>(Scope::kOne)];
  for (std::size_t j = 0; j < distinct.size() && j < 10; ++j) {
    const std::int32_t at = distinct[j] + kOffset;
    if (at >= 0 && at < kTable) {
      table_[static_cast<std::size_t>(i) * kTable + static_cast<std::size_t>(at)] =
          static_cast<std::int16_t>(one.size());
    }
    one.push_back({i, distinct[j], 0, {}});
  }
  // (position, element), as in mapi, and (element, element), as in nested lambdas and folds.
  auto& two = points_[static_cast<std::size_t>(Scope::kTwo)];
  const std::size_t n = numbers.size();
  for (std::size_t j = 0; j < n && j < 3; ++j) {
    two.push_back({i, static_cast<std::int32_t>(j + 1), numbers[j], {}});
    two.push_back({i, numbers[(j + 1) % n], numbers[j], {}});
  }
  if (n > 3) two.push_back({i, static_cast<std::int32_t>(n), numbers[n - 1], {}});
  auto& rows = points_[static_cast<std::size_t>(Scope::kRow)];
  if (n > 0) {
    rows.push_back({i, 0, 0, numbers});
    std::vector<std::int32_t> same;
    for (const std::int32_t x : numbers) {
      if (x == numbers.back()) same.push_back(x);
    }
    rows.push_back({i, 0, 0, same});
  }
  if (n > 1) rows.push_back({i, 0, 0, {numbers[0], numbers[1]}});
}

}  // namespace tesuji::env::program::enumerate
