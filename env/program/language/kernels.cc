#include "env/program/language/kernels.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "env/program/language/list_builder.h"
#include "env/program/language/row_kernels.h"

namespace tesuji::env::program {
namespace kernels {
namespace {

Value Copy(const Value& list, Arena* arena) {
  Builder out(arena, list.n);
  out.Add(list.data, list.n);
  return out.Done();
}

Value Part(const Value& list, std::int64_t begin, std::int64_t end) {
  begin = std::clamp<std::int64_t>(begin, 0, list.n);
  end = std::clamp<std::int64_t>(end, begin, list.n);
  return {static_cast<std::int32_t>(end - begin), list.data + begin};
}

Value Cut(const Value& list, std::int64_t begin, std::int64_t end, Arena* arena) {
  begin = std::clamp<std::int64_t>(begin, 0, list.n);
  end = std::clamp<std::int64_t>(end, begin, list.n);
  Builder out(arena, list.n);
  out.Add(list.data, begin);
  out.Add(list.data + end, list.n - end);
  return out.Done();
}

Value Splice(const Value& inserted, std::int64_t position, const Value& list, Arena* arena) {
  const std::int64_t at = std::clamp<std::int64_t>(position, 1, std::int64_t{list.n} + 1) - 1;
  Builder out(arena, std::int64_t{list.n} + inserted.n);
  out.Add(list.data, at);
  out.Add(inserted.data, inserted.n);
  out.Add(list.data + at, list.n - at);
  return out.Done();
}

Value Range(std::int64_t from, std::int64_t to, std::int64_t step, Arena* arena) {
  if (step == 0) return Value::Failure();
  const std::int64_t count = step > 0 ? (to < from ? 0 : (to - from) / step + 1)
                                      : (to > from ? 0 : (from - to) / -step + 1);
  if (count > kMaxLength) return Value::Failure();
  Builder out(arena, count);
  for (std::int64_t i = 0; i < count; ++i) out.Add(static_cast<std::int32_t>(from + i * step));
  return out.Done();
}

Value Repeat(std::int32_t value, std::int32_t count, Arena* arena) {
  if (count > kMaxLength) return Value::Failure();
  Builder out(arena, std::max(count, 0));
  for (std::int32_t i = 0; i < count; ++i) out.Add(value);
  return out.Done();
}

Value Product(const Value& list) {
  std::int64_t product = 1;
  for (std::int32_t i = 0; i < list.n; ++i) {
    product *= list.data[i];
    if (product < -kLimit || product > kLimit) return Value::Failure();
  }
  return Number(product);
}

Value Sum(const Value& list) {
  std::int64_t sum = 0;
  for (std::int32_t i = 0; i < list.n; ++i) sum += list.data[i];
  return Number(sum);
}

Value Unique(const Value& list, Arena* arena) {
  Builder out(arena, list.n);
  std::int32_t n = 0;
  for (std::int32_t i = 0; i < list.n; ++i) {
    if (std::find(out.data(), out.data() + n, list.data[i]) != out.data() + n) continue;
    out.Add(list.data[i]);
    ++n;
  }
  return out.Done();
}

Value CutValues(std::int32_t value, const Value& list, bool all, Arena* arena) {
  Builder out(arena, list.n);
  bool active = true;
  for (std::int32_t i = 0; i < list.n; ++i) {
    if (active && list.data[i] == value) {
      active = all;
    } else {
      out.Add(list.data[i]);
    }
  }
  return out.Done();
}

Value Replace(std::int32_t position, std::int32_t value, const Value& list, Arena* arena) {
  const Value out = Copy(list, arena);
  if (position >= 1 && position <= out.n) {
    const_cast<std::int32_t*>(out.data)[position - 1] = value;
  }
  return out;
}

Value Swap(std::int32_t i, std::int32_t j, const Value& list, Arena* arena) {
  const Value out = Copy(list, arena);
  if (i >= 1 && i <= out.n && j >= 1 && j <= out.n) {
    auto* data = const_cast<std::int32_t*>(out.data);
    std::swap(data[i - 1], data[j - 1]);
  }
  return out;
}

Value Nth(std::int64_t position, const Value& list) {
  if (position < 1 || position > list.n) return Value::Failure();
  return {list.data[position - 1], nullptr};
}

Value Sort(const Value& list, Arena* arena) {
  const Value out = Copy(list, arena);
  auto* data = const_cast<std::int32_t*>(out.data);
  std::sort(data, data + out.n);
  return out;
}

Value SortBy(const Function& key, const Value& list, Arena* arena) {
  const std::int32_t* keys = Keys(key, list, arena);
  if (keys == nullptr) return Value::Failure();
  std::int32_t* order = arena->Take(static_cast<std::size_t>(list.n));
  for (std::int32_t i = 0; i < list.n; ++i) order[i] = i;
  // Position breaks ties, so that an unstable sort is stable.
  std::sort(order, order + list.n,
            [&](int a, int b) { return keys[a] != keys[b] ? keys[a] < keys[b] : a < b; });
  Builder out(arena, list.n);
  for (std::int32_t i = 0; i < list.n; ++i) out.Add(list.data[order[i]]);
  return out.Done();
}

/// f applied to every (position, element), or to elements alone. Adds what `take` says.
template <class Visit>
Value Walk(const Function& f, const Value& list, bool positions, Arena* arena, const Visit& visit) {
  Builder out(arena, list.n);
  Value arguments[2];
  Value& element = positions ? arguments[1] : arguments[0];
  for (std::int32_t i = 0; i < list.n; ++i) {
    if (positions) arguments[0].n = i + 1;
    element.n = list.data[i];
    const auto mark = arena->mark();
    const Value value = f(arguments);
    arena->Release(mark);
    if (value.failed()) return value;
    visit(&out, list.data[i], value.n);
  }
  return out.Done();
}

Value Map(const Function& f, const Value& list, bool positions, Arena* arena) {
  return Walk(f, list, positions, arena,
              [](Builder* out, std::int32_t, std::int32_t value) { out->Add(value); });
}

Value Filter(const Function& f, const Value& list, bool positions, Arena* arena) {
  return Walk(f, list, positions, arena, [](Builder* out, std::int32_t x, std::int32_t value) {
    if (value != 0) out->Add(x);
  });
}

Value Count(const Function& f, const Value& list, Arena* arena) {
  std::int32_t count = 0;
  for (std::int32_t i = 0; i < list.n; ++i) {
    const Value x{list.data[i], nullptr};
    const auto mark = arena->mark();
    const Value value = f(&x);
    arena->Release(mark);
    if (value.failed()) return value;
    count += value.n != 0 ? 1 : 0;
  }
  return {count, nullptr};
}

Value Find(const Function& f, const Value& list, Arena* arena) {
  for (std::int32_t i = 0; i < list.n; ++i) {
    const Value x{list.data[i], nullptr};
    const auto mark = arena->mark();
    const Value value = f(&x);
    arena->Release(mark);
    if (value.failed()) return value;
    if (value.n != 0) return {i + 1, nullptr};
  }
  return {0, nullptr};
}

Value Fold(const Function& f, Value state, const Value& list, Arena* arena) {
  for (std::int32_t i = 0; i < list.n; ++i) {
    const Value arguments[2] = {state, {list.data[i], nullptr}};
    const auto mark = arena->mark();
    state = f(arguments);
    arena->Release(mark);
    if (state.failed()) return state;
  }
  return state;
}

Value Scan(const Function& f, const Value& list, Arena* arena) {
  Builder out(arena, list.n);
  Value state;
  for (std::int32_t i = 0; i < list.n; ++i) {
    const Value arguments[2] = {state, {list.data[i], nullptr}};
    const auto mark = arena->mark();
    state = i == 0 ? arguments[1] : f(arguments);
    arena->Release(mark);
    if (state.failed()) return state;
    out.Add(state.n);
  }
  return out.Done();
}

Value ZipWith(const Function& f, const Value& a, const Value& b, Arena* arena) {
  Builder out(arena, std::min(a.n, b.n));
  for (std::int32_t i = 0; i < a.n && i < b.n; ++i) {
    const Value arguments[2] = {{a.data[i], nullptr}, {b.data[i], nullptr}};
    const auto mark = arena->mark();
    const Value value = f(arguments);
    arena->Release(mark);
    if (value.failed()) return value;
    out.Add(value.n);
  }
  return out.Done();
}

Value Join(const Value& a, const Value& b, Arena* arena) {
  Builder out(arena, std::int64_t{a.n} + b.n);
  out.Add(a.data, a.n);
  out.Add(b.data, b.n);
  return out.Done();
}

Value Truth(bool value) { return {value ? 1 : 0, nullptr}; }

Value Reverse(const Value& list, Arena* arena) {
  const Value out = Copy(list, arena);
  auto* data = const_cast<std::int32_t*>(out.data);
  std::reverse(data, data + out.n);
  return out;
}

Value ComputeNumber(Op op, const Value* a, const Function* f, Arena* arena) {
  const std::int64_t x = a[0].n;
  const std::int64_t y = a[1].n;
  switch (op) {
    case kAdd:
      return Number(x + y);
    case kSub:
      return Number(x - y);
    case kMul:
      return Number(x * y);
    case kDiv:
      return y == 0 ? Value::Failure() : Number(x / y);
    case kMod:
      return y == 0 ? Value::Failure() : Number(x % y);
    case kAbs:
      return Number(x < 0 ? -x : x);
    case kMax2:
      return Number(std::max(x, y));
    case kMin2:
      return Number(std::min(x, y));
    case kFirst:
      return Nth(1, a[0]);
    case kSecond:
      return Nth(2, a[0]);
    case kThird:
      return Nth(3, a[0]);
    case kLast:
      return Nth(a[0].n, a[0]);
    case kNth:
      return Nth(x, a[1]);
    case kLength:
    case kRowCount:
      return Number(x);
    case kSum:
      return Sum(a[0]);
    case kProduct:
      return Product(a[0]);
    case kMaximum:
      return x == 0 ? Value::Failure() : Number(*std::max_element(a[0].data, a[0].data + a[0].n));
    case kMinimum:
      return x == 0 ? Value::Failure() : Number(*std::min_element(a[0].data, a[0].data + a[0].n));
    case kCount:
      return Count(f[0], a[1], arena);
    case kFind:
      return Find(f[0], a[1], arena);
    case kFold:
      return Fold(f[0], a[1], a[2], arena);
    default:
      assert(false);
      return Value::Failure();
  }
}

Value ComputeTruth(Op op, const Value* a) {
  switch (op) {
    case kEqual:
      return Truth(a[0].n == a[1].n);
    case kLess:
      return Truth(a[0].n < a[1].n);
    case kIsEven:
      return Truth(a[0].n % 2 == 0);
    case kIsOdd:
      return Truth(a[0].n % 2 != 0);
    case kNot:
      return Truth(a[0].n == 0);
    case kIsIn:
      return Truth(std::find(a[1].data, a[1].data + a[1].n, a[0].n) != a[1].data + a[1].n);
    default:
      assert(false);
      return Value::Failure();
  }
}

Value ComputeList(Op op, const Value* a, const Function* f, Arena* arena) {
  const std::int64_t x = a[0].n;
  const std::int64_t y = a[1].n;
  switch (op) {
    case kSingleton:
      return Repeat(a[0].n, 1, arena);
    case kCons:
      return Splice(Repeat(a[0].n, 1, arena), 1, a[1], arena);
    case kAppend:
      return Join(a[0], Repeat(a[1].n, 1, arena), arena);
    case kConcat:
      return Join(a[0], a[1], arena);
    case kRepeat:
      return Repeat(a[0].n, a[1].n, arena);
    case kRange:
      return Range(x, y, 1, arena);
    case kRangeStep:
      return Range(x, y, a[2].n, arena);
    case kTake:
      return Part(a[1], 0, x);
    case kDrop:
      return Part(a[1], x, a[1].n);
    case kTakeLast:
      return Part(a[1], a[1].n - std::max<std::int64_t>(x, 0), a[1].n);
    case kDropLast:
      return Part(a[1], 0, a[1].n - std::max<std::int64_t>(x, 0));
    case kSlice:
      return Part(a[2], x - 1, y);
    case kCutSlice:
      return Cut(a[2], x - 1, y, arena);
    case kCutIndex:
      return x < 1 ? a[1] : Cut(a[1], x - 1, x, arena);
    case kCutValue:
      return CutValues(a[0].n, a[1], false, arena);
    case kCutValues:
      return CutValues(a[0].n, a[1], true, arena);
    case kInsert:
      return Splice(Repeat(a[0].n, 1, arena), y, a[2], arena);
    case kSplice:
      return Splice(a[0], y, a[2], arena);
    case kReplace:
      return Replace(a[0].n, a[1].n, a[2], arena);
    case kSwap:
      return Swap(a[0].n, a[1].n, a[2], arena);
    case kReverse:
      return Reverse(a[0], arena);
    case kSort:
      return Sort(a[0], arena);
    case kUnique:
      return Unique(a[0], arena);
    case kSortBy:
      return SortBy(f[0], a[1], arena);
    case kFlatten:
      return {RowTotal(a[0]), a[0].data + a[0].n};
    case kMap:
      return Map(f[0], a[1], false, arena);
    case kMapIndex:
      return Map(f[0], a[1], true, arena);
    case kFilter:
      return Filter(f[0], a[1], false, arena);
    case kFilterIndex:
      return Filter(f[0], a[1], true, arena);
    case kZipWith:
      return ZipWith(f[0], a[1], a[2], arena);
    case kScan:
      return Scan(f[0], a[1], arena);
    case kMapRows:
      return MapRows(f[0], a[1], arena);
    case kNthRow:
      return NthRow(a[0].n, a[1]);
    case kZip:
      return Zip(a[0], a[1], arena);
    case kGroup:
      return Group(f[0], a[1], arena);
    case kMapToRows:
      return MapToRows(f[0], a[1], arena);
    case kFilterRows:
      return FilterRows(f[0], a[1], arena);
    case kChangeRows:
      return ChangeRows(f[0], a[1], arena);
    default:
      assert(false);
      return Value::Failure();
  }
}

}  // namespace
}  // namespace kernels

Value Compute(Op op, const Value* arguments, const Function* functions, Arena* arena, Fuel* fuel) {
  const Production& production = Of(op);
  std::int64_t touched = 1;
  for (int i = 0; i < production.arity; ++i) {
    const auto& argument = production.arguments[i];
    if (argument.binds == Binds::kNothing && argument.type >= Type::kList) {
      touched += arguments[i].n;
    }
  }
  fuel->left -= touched;
  if (fuel->left < 0) return Value::Failure();
  switch (production.type) {
    case Type::kInt:
      return kernels::ComputeNumber(op, arguments, functions, arena);
    case Type::kBool:
      return kernels::ComputeTruth(op, arguments);
    default:
      return kernels::ComputeList(op, arguments, functions, arena);
  }
}

}  // namespace tesuji::env::program
