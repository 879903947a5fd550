#include "env/program/features.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <numeric>

namespace tesuji::env::program {
namespace {

using List = std::vector<std::int32_t>;

/// Collects one number an example and property; averaged at the end. Every example adds the same
/// number of properties in the same order.
class Sheet {
 public:
  void Begin() { at_ = 0; }
  void Add(bool holds) {
    if (at_ == sums_.size()) {
      sums_.push_back(0);
      all_.push_back(true);
    }
    sums_[at_] += holds ? 1 : 0;
    all_[at_] = all_[at_] && holds;
    ++at_;
  }
  /// Two numbers a property: the share, and whether it always holds.
  void Finish(int examples, std::vector<float>* out) const {
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      out->push_back(examples > 0 ? static_cast<float>(sums_[i]) / static_cast<float>(examples)
                                  : 0.0F);
      out->push_back(all_[i] ? 1.0F : 0.0F);
    }
  }

 private:
  std::size_t at_ = 0;
  std::vector<int> sums_;
  std::vector<bool> all_;
};

bool StartsWith(const List& list, const List& front) {
  return front.size() <= list.size() && std::equal(front.begin(), front.end(), list.begin());
}
bool EndsWith(const List& list, const List& back) {
  return back.size() <= list.size() && std::equal(back.rbegin(), back.rend(), list.rbegin());
}
bool IsSubsequence(const List& part, const List& list) {
  auto at = list.begin();
  for (const std::int32_t x : part) {
    at = std::find(at, list.end(), x);
    if (at == list.end()) return false;
    ++at;
  }
  return true;
}

List Selected(const List& list, const std::function<bool(std::size_t, std::int32_t)>& keep) {
  List out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (keep(i, list[i])) out.push_back(list[i]);
  }
  return out;
}

/// What simple programs make of a list; the output is compared with each.
std::vector<List> Relatives(const List& xs) {
  List sorted = xs;
  std::ranges::sort(sorted);
  List reversed(xs.rbegin(), xs.rend());
  List unique;
  for (const std::int32_t x : xs) {
    if (std::ranges::find(unique, x) == unique.end()) unique.push_back(x);
  }
  List sums(xs.size());
  std::partial_sum(xs.begin(), xs.end(), sums.begin());
  List positions(xs.size());
  std::iota(positions.begin(), positions.end(), 1);
  const auto from = [&](std::size_t skip) {
    return List(xs.begin() + static_cast<std::ptrdiff_t>(std::min(skip, xs.size())), xs.end());
  };
  const auto before_last = [&](std::size_t cut) {
    return List(xs.begin(), xs.end() - static_cast<std::ptrdiff_t>(std::min(cut, xs.size())));
  };
  return {xs,
          reversed,
          sorted,
          List(sorted.rbegin(), sorted.rend()),
          unique,
          from(1),
          from(2),
          from(3),
          before_last(1),
          before_last(2),
          sums,
          positions,
          Selected(xs, [](std::size_t, std::int32_t x) { return x % 2 == 0; }),
          Selected(xs, [](std::size_t, std::int32_t x) { return x % 2 != 0; }),
          Selected(xs, [](std::size_t i, std::int32_t) { return i % 2 == 0; }),
          Selected(xs, [](std::size_t i, std::int32_t) { return i % 2 != 0; })};
}

void CompareLists(const List& xs, const List& out, Sheet* sheet) {
  for (const List& relative : Relatives(xs)) {
    sheet->Add(out == relative);
    sheet->Add(out.size() == relative.size());
    sheet->Add(StartsWith(relative, out));
    sheet->Add(EndsWith(relative, out));
    sheet->Add(StartsWith(out, relative));
    sheet->Add(EndsWith(out, relative));
    sheet->Add(IsSubsequence(out, relative));
  }
}

void CompareLengths(const List& xs, const List& out, Sheet* sheet) {
  const auto n = static_cast<std::int64_t>(xs.size());
  const auto m = static_cast<std::int64_t>(out.size());
  for (int i = 0; i <= 3; ++i) sheet->Add(m == i);
  for (int i = -4; i <= 4; ++i) sheet->Add(m == n + i);
  sheet->Add(m == 2 * n);
  sheet->Add(m < n);
  sheet->Add(m > n);
  sheet->Add(!xs.empty() && m == xs.front());
  sheet->Add(!xs.empty() && m == xs.back());
}

void DescribeOutput(const List& xs, const List& out, Sheet* sheet) {
  sheet->Add(std::ranges::is_sorted(out));
  sheet->Add(std::ranges::is_sorted(out, std::greater<>()));
  sheet->Add(std::ranges::adjacent_find(out, std::not_equal_to<>()) == out.end());
  sheet->Add(std::ranges::all_of(
      out, [&](std::int32_t x) { return std::ranges::find(xs, x) != xs.end(); }));
  sheet->Add(std::ranges::all_of(
      xs, [&](std::int32_t x) { return std::ranges::find(out, x) != out.end(); }));
  List a = xs;
  List b = out;
  std::ranges::sort(a);
  std::ranges::sort(b);
  sheet->Add(a == b);
  sheet->Add(std::ranges::adjacent_find(b) == b.end());
  sheet->Add(std::ranges::all_of(out, [](std::int32_t x) { return x % 2 == 0; }));
  sheet->Add(std::ranges::all_of(out, [](std::int32_t x) { return x % 2 != 0; }));
  sheet->Add(std::ranges::all_of(out, [](std::int32_t x) { return x >= 0 && x < 10; }));
  sheet->Add(StartsWith(List(out.rbegin(), out.rend()), out));
  sheet->Add(std::ranges::all_of(
      out, [&](std::int32_t x) { return x >= 1 && x <= static_cast<std::int32_t>(xs.size()); }));
}

/// Positions where output and input agree, shifted by up to three, or differ by a constant.
void ComparePositions(const List& xs, const List& out, Sheet* sheet) {
  for (std::size_t i = 0; i < 10; ++i)
    sheet->Add(i < xs.size() && i < out.size() && xs[i] == out[i]);
  for (std::size_t shift = 1; shift <= 3; ++shift) {
    const auto along = [&](const List& left, const List& right) {
      bool any = false;
      for (std::size_t i = 0; i + shift < left.size() && i < right.size(); ++i) {
        if (left[i + shift] != right[i]) return false;
        any = true;
      }
      return any;
    };
    sheet->Add(along(xs, out));
    sheet->Add(along(out, xs));
  }
  bool same_difference = !xs.empty() && xs.size() == out.size();
  bool whole_ratio = same_difference;
  for (std::size_t i = 0; i < xs.size() && i < out.size(); ++i) {
    same_difference = same_difference && out[i] - xs[i] == out[0] - xs[0];
    whole_ratio = whole_ratio && (xs[i] == 0 ? out[i] == 0 : out[i] % xs[i] == 0);
  }
  sheet->Add(same_difference);
  sheet->Add(whole_ratio);
}

/// One number of the output against numbers that simple programs make.
void CompareNumber(const List& xs, bool there, std::int32_t value, Sheet* sheet) {
  const auto equals = [&](bool defined, std::int64_t wanted) {
    sheet->Add(there && defined && value == wanted);
  };
  const bool any = !xs.empty();
  equals(true, std::accumulate(xs.begin(), xs.end(), std::int64_t{0}));
  equals(any, any ? *std::ranges::max_element(xs) : 0);
  equals(any, any ? *std::ranges::min_element(xs) : 0);
  equals(true, static_cast<std::int64_t>(xs.size()));
  equals(true, std::ranges::count_if(xs, [](std::int32_t x) { return x % 2 == 0; }));
  equals(true, std::ranges::count_if(xs, [](std::int32_t x) { return x % 2 != 0; }));
  equals(any, any ? xs.back() : 0);
  for (std::size_t i = 0; i < 10; ++i) equals(i < xs.size(), i < xs.size() ? xs[i] : 0);
  equals(any && xs.front() >= 1 && xs.front() <= static_cast<std::int32_t>(xs.size()),
         any && xs.front() >= 1 && xs.front() <= static_cast<std::int32_t>(xs.size())
             ? xs[static_cast<std::size_t>(xs.front() - 1)]
             : 0);
}

void CountDigits(const List& xs, const List& out, Sheet* sheet) {
  for (std::int32_t digit = 0; digit <= 10; ++digit) {
    const auto before = std::ranges::count(xs, digit);
    const auto after = std::ranges::count(out, digit);
    sheet->Add(after > before);
    sheet->Add(after < before);
    sheet->Add(!out.empty() && out.front() == digit);
    sheet->Add(!out.empty() && out.back() == digit);
    sheet->Add(static_cast<std::int32_t>(out.size()) == digit);
  }
}

std::vector<float> Compute(const ProgramTask& task) {
  Sheet sheet;
  for (const Example& example : task.seen) {
    List xs;
    for (const Datum& datum : example.input) {
      if (datum.type != Type::kList) continue;
      xs = datum.list;
      break;
    }
    List out = example.output.list;
    if (example.output.type == Type::kInt) out = {example.output.number};
    sheet.Begin();
    CompareLists(xs, out, &sheet);
    CompareLengths(xs, out, &sheet);
    DescribeOutput(xs, out, &sheet);
    ComparePositions(xs, out, &sheet);
    CompareNumber(xs, !out.empty(), out.empty() ? 0 : out.front(), &sheet);
    CompareNumber(xs, !out.empty(), out.empty() ? 0 : out.back(), &sheet);
    CountDigits(xs, out, &sheet);
    const auto limit = [](const List& list, std::int32_t bound) {
      return std::ranges::all_of(list, [&](std::int32_t x) { return x < bound; });
    };
    sheet.Add(limit(xs, 10));
    sheet.Add(limit(out, 100));
  }
  std::vector<float> features;
  sheet.Finish(static_cast<int>(task.seen.size()), &features);
  for (int i = 0; i < kIntPool; ++i) {
    features.push_back(i < static_cast<int>(task.constants.ints.size()) ? 1.0F : 0.0F);
  }
  for (int i = 0; i < kListPool; ++i) {
    features.push_back(i < static_cast<int>(task.constants.lists.size()) ? 1.0F : 0.0F);
  }
  for (int i = 0; i < 4; ++i) {
    features.push_back((task.signature.InputMask() >> i & 1) != 0 ? 1.0F : 0.0F);
  }
  features.push_back(task.signature.output == Type::kInt ? 1.0F : 0.0F);
  return features;
}

}  // namespace

std::vector<float> TaskFeatures(const ProgramTask& task) { return Compute(task); }

int FeatureCount() {
  // Every task has as many: one with a single empty example tells.
  static const int count = [] {
    ProgramTask task;
    task.seen.push_back({{Datum{}}, Datum{}});
    return static_cast<int>(Compute(task).size());
  }();
  return count;
}

}  // namespace tesuji::env::program
