#include "env/program/language/row_kernels.h"

#include <algorithm>
#include <cstddef>

#include "env/program/language/list_builder.h"

namespace tesuji::env::program::kernels {
namespace {

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

}  // namespace

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

}  // namespace tesuji::env::program::kernels
