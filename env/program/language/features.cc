#include "env/program/language/features.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <numeric>
#include <optional>

#include "env/program/language/value.h"

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

/// Positions counted from both ends, and shifted by one and two.
void CompareShifted(const List& xs, const List& out, Sheet* sheet) {
  for (std::size_t shift = 1; shift <= 2; ++shift) {
    for (std::size_t i = 0; i < 8; ++i) {
      sheet->Add(i < xs.size() && i + shift < out.size() && xs[i] == out[i + shift]);
      sheet->Add(i + shift < xs.size() && i < out.size() && xs[i + shift] == out[i]);
    }
  }
  for (std::size_t i = 0; i < 5; ++i) {
    sheet->Add(i < xs.size() && i < out.size() && xs[xs.size() - 1 - i] == out[out.size() - 1 - i]);
  }
}

/// Which elements stay and which go.
void CompareKept(const List& xs, const List& out, Sheet* sheet) {
  std::int32_t kept_low = kLimit, kept_high = -kLimit, dropped_low = kLimit, dropped_high = -kLimit;
  bool kept_even = true, kept_odd = true, dropped_even = true, dropped_odd = true;
  for (const std::int32_t x : xs) {
    const bool kept = std::ranges::find(out, x) != out.end();
    (kept ? kept_low : dropped_low) = std::min(kept ? kept_low : dropped_low, x);
    (kept ? kept_high : dropped_high) = std::max(kept ? kept_high : dropped_high, x);
    (kept ? kept_even : dropped_even) = (kept ? kept_even : dropped_even) && x % 2 == 0;
    (kept ? kept_odd : dropped_odd) = (kept ? kept_odd : dropped_odd) && x % 2 != 0;
  }
  sheet->Add(kept_low > dropped_high);
  sheet->Add(kept_high < dropped_low);
  sheet->Add(kept_even && dropped_odd);
  sheet->Add(kept_odd && dropped_even);
  for (std::int32_t bound = 0; bound <= 10; ++bound) {
    sheet->Add(kept_low > bound && dropped_high <= bound);
    sheet->Add(kept_high < bound && dropped_low >= bound);
  }
}

/// How each output element comes from the input element at its place.
void CompareElements(const List& xs, const List& out, Sheet* sheet) {
  const bool same = xs.size() == out.size() && !xs.empty();
  const auto each = [&](const std::function<bool(std::size_t)>& holds) {
    bool all = same;
    for (std::size_t i = 0; all && i < xs.size(); ++i) all = holds(i);
    sheet->Add(all);
  };
  const auto position = [](std::size_t i) { return static_cast<std::int32_t>(i + 1); };
  each([&](std::size_t i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (xs[i] == xs[j] && out[i] != out[j]) return false;
    }
    return true;
  });
  each([&](std::size_t i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (xs[i] < xs[j] && out[i] > out[j]) return false;
    }
    return true;
  });
  each([&](std::size_t i) { return out[i] >= xs[i]; });
  each([&](std::size_t i) { return out[i] <= xs[i]; });
  each([&](std::size_t i) { return out[i] == 0 || out[i] == 1; });
  each([&](std::size_t i) { return out[i] == xs[i] + position(i); });
  each([&](std::size_t i) { return out[i] == xs[i] - position(i); });
  each([&](std::size_t i) { return out[i] == xs[i] * position(i); });
  each([&](std::size_t i) { return out[i] == xs[i] || out[i] == 0; });
  each([&](std::size_t i) { return std::int64_t{out[i]} == std::int64_t{xs[i]} * xs[i]; });
  each([&](std::size_t i) { return out[i] == std::ranges::count(xs, xs[i]); });
  each([&](std::size_t i) { return i == 0 || out[i] == std::max(out[i - 1], xs[i]); });
  int equal = 0;
  for (std::size_t i = 0; same && i < xs.size(); ++i) equal += xs[i] == out[i] ? 1 : 0;
  const auto n = static_cast<int>(xs.size());
  for (int differ = 1; differ <= 3; ++differ) sheet->Add(same && equal == n - differ);
  sheet->Add(same && 2 * equal >= n);
  for (std::int32_t factor = 2; factor <= 10; ++factor) {
    each([&](std::size_t i) { return std::int64_t{out[i]} == std::int64_t{xs[i]} * factor; });
    each([&](std::size_t i) { return out[i] == xs[i] % factor; });
    each([&](std::size_t i) { return out[i] == xs[i] / factor; });
    each([&](std::size_t i) { return out[i] == std::max(xs[i], factor); });
    each([&](std::size_t i) { return out[i] == std::min(xs[i], factor); });
  }
}

/// Steps between neighbours, doubled elements, and lengths that the input tells.
void CompareShape(const List& xs, const List& out, Sheet* sheet) {
  bool steady = out.size() > 2;
  bool differences = out.size() + 1 == xs.size() && !out.empty();
  for (std::size_t i = 0; i + 1 < out.size(); ++i)
    steady = steady && out[i + 1] - out[i] == out[1] - out[0];
  for (std::size_t i = 0; i < out.size() && differences; ++i) {
    differences = out[i] == xs[i + 1] - xs[i] || out[i] == xs[i] - xs[i + 1];
  }
  sheet->Add(steady);
  sheet->Add(steady && out[1] - out[0] == 1);
  sheet->Add(differences);
  bool doubled = out.size() % 2 == 0 && !out.empty();
  for (std::size_t i = 0; i + 1 < out.size() && doubled; i += 2) doubled = out[i] == out[i + 1];
  sheet->Add(doubled);
  const auto half = [&](std::size_t from) {
    return Selected(out, [&](std::size_t i, std::int32_t) { return i % 2 == from; });
  };
  sheet->Add(!xs.empty() && half(0) == xs);
  sheet->Add(!xs.empty() && half(1) == xs);
  List twice = xs;
  twice.insert(twice.end(), xs.begin(), xs.end());
  sheet->Add(out == twice);
  const auto m = static_cast<std::int64_t>(out.size());
  List distinct = xs;
  std::ranges::sort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  sheet->Add(m == static_cast<std::int64_t>(distinct.size()));
  sheet->Add(!xs.empty() && m == *std::ranges::max_element(xs));
  sheet->Add(!xs.empty() && m == *std::ranges::min_element(xs));
  sheet->Add(m == std::accumulate(xs.begin(), xs.end(), std::int64_t{0}));
  sheet->Add(2 * m == static_cast<std::int64_t>(xs.size()));
  sheet->Add(m == static_cast<std::int64_t>(xs.size()) + 1 && IsSubsequence(xs, out));
  sheet->Add(m == static_cast<std::int64_t>(xs.size()) - 1 && IsSubsequence(out, xs));
}

/// What is one and the same in all examples.
void CompareAcross(const std::vector<std::pair<List, List>>& pairs, std::vector<float>* features) {
  using Number = std::optional<std::int64_t>;
  const auto add = [&](const std::function<Number(const List&, const List&)>& of) {
    Number first;
    bool same = !pairs.empty();
    for (std::size_t i = 0; i < pairs.size() && same; ++i) {
      const Number value = of(pairs[i].first, pairs[i].second);
      if (i == 0) first = value;
      same = value.has_value() && value == first;
    }
    features->push_back(same ? 1.0F : 0.0F);
    // Its value as a position on a short scale, for constants and positions.
    features->push_back(same ? static_cast<float>(std::clamp<std::int64_t>(*first, -4, 12)) / 8.0F
                             : 0.0F);
    features->push_back(same && *first > 10 ? 1.0F : 0.0F);
  };
  for (std::size_t i = 0; i < 10; ++i) {
    add([i](const List&, const List& out) { return i < out.size() ? Number(out[i]) : Number(); });
  }
  for (std::size_t i = 0; i < 4; ++i) {
    add([i](const List&, const List& out) {
      return i < out.size() ? Number(out[out.size() - 1 - i]) : Number();
    });
  }
  add([](const List&, const List& out) { return Number(static_cast<std::int64_t>(out.size())); });
  add([](const List& xs, const List& out) {
    return Number(static_cast<std::int64_t>(out.size()) - static_cast<std::int64_t>(xs.size()));
  });
  for (std::size_t i = 0; i < 3; ++i) {
    add([i](const List& xs, const List& out) {
      return i < xs.size() && i < out.size() ? Number(std::int64_t{out[i]} - xs[i]) : Number();
    });
  }
  add([](const List& xs, const List& out) {
    return out.empty() ? Number()
                       : Number(out[0] - std::accumulate(xs.begin(), xs.end(), std::int64_t{0}));
  });
  add([](const List& xs, const List& out) {
    return out.empty() ? Number() : Number(out[0] - static_cast<std::int64_t>(xs.size()));
  });
  // The first place where the output leaves the input.
  add([](const List& xs, const List& out) {
    const auto [a, b] = std::ranges::mismatch(xs, out);
    return Number(a - xs.begin());
  });
  add([](const List& xs, const List& out) {
    std::int64_t n = 0;
    while (n < std::ssize(xs) && n < std::ssize(out) &&
           xs[xs.size() - 1 - static_cast<std::size_t>(n)] ==
               out[out.size() - 1 - static_cast<std::size_t>(n)])
      ++n;
    return Number(n);
  });
}

std::vector<float> Compute(const ProgramTask& task) {
  Sheet sheet;
  std::vector<std::pair<List, List>> pairs;
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
    CompareShifted(xs, out, &sheet);
    CompareKept(xs, out, &sheet);
    CompareElements(xs, out, &sheet);
    CompareShape(xs, out, &sheet);
    const auto limit = [](const List& list, std::int32_t bound) {
      return std::ranges::all_of(list, [&](std::int32_t x) { return x < bound; });
    };
    sheet.Add(limit(xs, 10));
    sheet.Add(limit(out, 100));
    pairs.emplace_back(std::move(xs), std::move(out));
  }
  std::vector<float> features;
  sheet.Finish(static_cast<int>(task.seen.size()), &features);
  CompareAcross(pairs, &features);
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
