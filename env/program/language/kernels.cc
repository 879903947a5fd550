#include "env/program/language/kernels.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace tesuji::env::program {
namespace {

Value Number(std::int64_t value) {
  if (value < -kLimit || value > kLimit) return Value::Failure();
  return {static_cast<std::int32_t>(value), nullptr};
}

/// Collects a list of at most `capacity` numbers.
class Builder {
 public:
  Builder(Arena* arena, std::int64_t capacity)
      : arena_(arena),
        capacity_(static_cast<std::size_t>(std::min<std::int64_t>(capacity, kMaxLength))),
        data_(arena->Take(capacity_)) {}
  void Add(std::int32_t value) {
    if (n_ < static_cast<std::int32_t>(capacity_)) data_[n_] = value;
    ++n_;
  }
  void Add(const std::int32_t* values, std::int64_t count) {
    if (count > 0 && n_ + count <= static_cast<std::int64_t>(capacity_)) {
      std::memcpy(data_ + n_, values, static_cast<std::size_t>(count) * sizeof(std::int32_t));
    }
    n_ += static_cast<std::int32_t>(std::max<std::int64_t>(count, 0));
  }
  std::int32_t* data() { return data_; }
  Value Done() {
    if (n_ > static_cast<std::int32_t>(capacity_)) return Value::Failure();
    arena_->GiveBack(capacity_ - static_cast<std::size_t>(n_));
    return {n_, data_};
  }

 private:
  Arena* arena_;
  std::size_t capacity_;
  std::int32_t* data_;
  std::int32_t n_ = 0;
};

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

/// Keys of all elements, or null when one fails.
const std::int32_t* Keys(const Function& key, const Value& list, Arena* arena) {
  std::int32_t* keys = arena->Take(static_cast<std::size_t>(list.n));
  for (std::int32_t i = 0; i < list.n; ++i) {
    const Value x{list.data[i], nullptr};
    const Value value = key(&x);
    if (value.failed()) return nullptr;
    keys[i] = value.n;
  }
  return keys;
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

Value Group(const Function& key, const Value& list, Arena* arena) {
  const std::int32_t* keys = Keys(key, list, arena);
  if (keys == nullptr) return Value::Failure();
  std::int32_t* out = arena->Take(2 * static_cast<std::size_t>(list.n));
  std::int32_t* numbers = arena->Take(static_cast<std::size_t>(list.n));
  std::int32_t rows = 0;
  std::int32_t total = 0;
  for (std::int32_t i = 0; i < list.n; ++i) {
    if (std::find(keys, keys + i, keys[i]) != keys + i) continue;
    std::int32_t length = 0;
    for (std::int32_t j = i; j < list.n; ++j) {
      if (keys[j] != keys[i]) continue;
      numbers[total++] = list.data[j];
      ++length;
    }
    out[rows++] = length;
  }
  std::copy(numbers, numbers + total, out + rows);
  return {rows, out};
}

Value Zip(const Value& a, const Value& b, Arena* arena) {
  const std::int32_t rows = std::min(a.n, b.n);
  if (2 * rows > kMaxLength) return Value::Failure();
  std::int32_t* out = arena->Take(3 * static_cast<std::size_t>(rows));
  for (std::int32_t i = 0; i < rows; ++i) {
    out[i] = 2;
    out[rows + 2 * i] = a.data[i];
    out[rows + 2 * i + 1] = b.data[i];
  }
  return {rows, out};
}

/// Builds rows one after the other: lengths and numbers apart, joined at the end.
class RowBuilder {
 public:
  RowBuilder(Arena* arena, std::int32_t rows)
      : out_(arena->Take(static_cast<std::size_t>(rows) + kMaxLength)),
        numbers_(arena->Take(kMaxLength)) {}
  void Add(const Value& row) {
    if (total_ + row.n <= kMaxLength) std::copy(row.data, row.data + row.n, numbers_ + total_);
    total_ += row.n;
    out_[rows_++] = row.n;
  }
  Value Done() {
    if (total_ > kMaxLength) return Value::Failure();
    std::copy(numbers_, numbers_ + total_, out_ + rows_);
    return {rows_, out_};
  }
  bool full() const { return total_ > kMaxLength; }

 private:
  std::int32_t* out_;
  std::int32_t* numbers_;
  std::int32_t rows_ = 0;
  std::int32_t total_ = 0;
};

Value MapToRows(const Function& f, const Value& list, Arena* arena) {
  RowBuilder out(arena, list.n);
  for (std::int32_t i = 0; i < list.n; ++i) {
    const auto mark = arena->mark();
    const Value x{list.data[i], nullptr};
    const Value row = f(&x);
    if (row.failed()) return row;
    out.Add(row);
    arena->Release(mark);
    if (out.full()) return Value::Failure();
  }
  return out.Done();
}

/// Calls visit(row) for each row until it returns false; false then.
template <class Visit>
bool ForEachRow(const Value& rows, const Visit& visit) {
  const std::int32_t* numbers = rows.data + rows.n;
  for (std::int32_t i = 0; i < rows.n; ++i) {
    if (!visit(Value{rows.data[i], numbers})) return false;
    numbers += rows.data[i];
  }
  return true;
}

Value MapRows(const Function& f, const Value& rows, Arena* arena) {
  Builder out(arena, rows.n);
  const bool good = ForEachRow(rows, [&](const Value& row) {
    const auto mark = arena->mark();
    const Value value = f(&row);
    arena->Release(mark);
    out.Add(value.n);
    return !value.failed();
  });
  return good ? out.Done() : Value::Failure();
}

Value NthRow(std::int32_t position, const Value& rows) {
  if (position < 1 || position > rows.n) return Value::Failure();
  const std::int32_t* numbers = rows.data + rows.n;
  for (std::int32_t i = 0; i + 1 < position; ++i) numbers += rows.data[i];
  return {rows.data[position - 1], numbers};
}

Value FilterRows(const Function& f, const Value& rows, Arena* arena) {
  RowBuilder out(arena, rows.n);
  const bool good = ForEachRow(rows, [&](const Value& row) {
    const auto mark = arena->mark();
    const Value value = f(&row);
    arena->Release(mark);
    if (!value.failed() && value.n != 0) out.Add(row);
    return !value.failed();
  });
  return good ? out.Done() : Value::Failure();
}

Value ChangeRows(const Function& f, const Value& rows, Arena* arena) {
  RowBuilder out(arena, rows.n);
  const bool good = ForEachRow(rows, [&](const Value& row) {
    const auto mark = arena->mark();
    const Value value = f(&row);
    if (value.failed()) return false;
    out.Add(value);
    arena->Release(mark);
    return !out.full();
  });
  return good ? out.Done() : Value::Failure();
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
      return ComputeNumber(op, arguments, functions, arena);
    case Type::kBool:
      return ComputeTruth(op, arguments);
    default:
      return ComputeList(op, arguments, functions, arena);
  }
}

}  // namespace tesuji::env::program
