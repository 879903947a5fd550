#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

using Int = long long;
using List = std::vector<Int>;
using Rows = std::vector<List>;

//- Checked
// Numbers have to stay within two thousand million.
Int Checked(Int value) {
  if (value < -2000000000 || value > 2000000000) throw std::overflow_error("number too large");
  return value;
}

//- Sized
// Lists hold at most 1024 numbers.
List Sized(List list) {
  if (list.size() > 1024) throw std::length_error("list too long");
  return list;
}

//- SizedRows
Rows SizedRows(Rows rows) {
  std::size_t total = 0;
  for (const List& row : rows) total += row.size();
  if (total > 1024) throw std::length_error("rows too long");
  return rows;
}

//- ReadInt
Int ReadInt() {
  Int value = 0;
  if (!(std::cin >> value)) throw std::runtime_error("input ended early");
  return value;
}

//- ReadList: ReadInt
List ReadList() {
  List list(static_cast<std::size_t>(ReadInt()));
  for (Int& value : list) value = ReadInt();
  return list;
}

//- Nth
// Positions count from 1.
Int Nth(Int position, const List& list) {
  if (position < 1 || position > Int(list.size())) throw std::out_of_range("no such position");
  return list[static_cast<std::size_t>(position - 1)];
}

//- First: Nth
Int First(const List& list) { return Nth(1, list); }

//- Second: Nth
Int Second(const List& list) { return Nth(2, list); }

//- Third: Nth
Int Third(const List& list) { return Nth(3, list); }

//- Last: Nth
Int Last(const List& list) { return Nth(Int(list.size()), list); }

//- Divide
Int Divide(Int a, Int b) {
  if (b == 0) throw std::domain_error("division by zero");
  return a / b;
}

//- Modulo
Int Modulo(Int a, Int b) {
  if (b == 0) throw std::domain_error("division by zero");
  return a % b;
}

//- Sum: Checked
Int Sum(const List& list) {
  return Checked(std::accumulate(list.begin(), list.end(), Int{0}));
}

//- Product: Checked
Int Product(const List& list) {
  Int product = 1;
  for (const Int value : list) product = Checked(product * value);
  return product;
}

//- Largest
Int Largest(const List& list) {
  if (list.empty()) throw std::out_of_range("empty list");
  return *std::max_element(list.begin(), list.end());
}

//- Smallest
Int Smallest(const List& list) {
  if (list.empty()) throw std::out_of_range("empty list");
  return *std::min_element(list.begin(), list.end());
}

//- Count
template <class Test>
Int Count(const Test& test, const List& list) {
  return std::count_if(list.begin(), list.end(), test);
}

//- Find
// The first position where `test` holds, 0 for none.
template <class Test>
Int Find(const Test& test, const List& list) {
  const auto found = std::find_if(list.begin(), list.end(), test);
  return found == list.end() ? 0 : found - list.begin() + 1;
}

//- Fold
template <class Step>
Int Fold(const Step& step, Int value, const List& list) {
  for (const Int element : list) value = step(value, element);
  return value;
}

//- Contains
bool Contains(Int value, const List& list) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

//- Concat: Sized
List Concat(List front, const List& back) {
  front.insert(front.end(), back.begin(), back.end());
  return Sized(std::move(front));
}

//- Cons: Concat
List Cons(Int value, const List& list) { return Concat({value}, list); }

//- Append: Concat
List Append(const List& list, Int value) { return Concat(list, {value}); }

//- Repeat
List Repeat(Int value, Int count) {
  if (count > 1024) throw std::length_error("list too long");
  return List(static_cast<std::size_t>(std::max<Int>(count, 0)), value);
}

//- RangeStep
// from, from + step, ... up to and including `to`.
List RangeStep(Int from, Int to, Int step) {
  if (step == 0) throw std::domain_error("step of zero");
  List list;
  for (Int value = from; step > 0 ? value <= to : value >= to; value += step) {
    if (list.size() == 1024) throw std::length_error("list too long");
    list.push_back(value);
  }
  return list;
}

//- Range: RangeStep
List Range(Int from, Int to) { return RangeStep(from, to, 1); }

//- Slice
// Elements first to last, as far as they exist.
List Slice(Int first, Int last, const List& list) {
  const Int begin = std::clamp<Int>(first - 1, 0, Int(list.size()));
  const Int end = std::clamp<Int>(last, begin, Int(list.size()));
  return List(list.begin() + begin, list.begin() + end);
}

//- Take: Slice
List Take(Int count, const List& list) { return Slice(1, count, list); }

//- Drop: Slice
List Drop(Int count, const List& list) {
  return Slice(count + 1, Int(list.size()), list);
}

//- TakeLast: Slice
List TakeLast(Int count, const List& list) {
  return Slice(Int(list.size()) - std::max<Int>(count, 0) + 1, Int(list.size()), list);
}

//- DropLast: Slice
List DropLast(Int count, const List& list) {
  return Slice(1, Int(list.size()) - std::max<Int>(count, 0), list);
}

//- CutSlice
// Everything but elements first to last.
List CutSlice(Int first, Int last, List list) {
  const Int begin = std::clamp<Int>(first - 1, 0, Int(list.size()));
  const Int end = std::clamp<Int>(last, begin, Int(list.size()));
  list.erase(list.begin() + begin, list.begin() + end);
  return list;
}

//- CutIndex: CutSlice
List CutIndex(Int position, const List& list) {
  return position < 1 ? list : CutSlice(position, position, list);
}

//- CutValue
// Without the first `value`.
List CutValue(Int value, List list) {
  const auto found = std::find(list.begin(), list.end(), value);
  if (found != list.end()) list.erase(found);
  return list;
}

//- CutValues
List CutValues(Int value, List list) {
  list.erase(std::remove(list.begin(), list.end(), value), list.end());
  return list;
}

//- Splice: Sized
// Puts `part` into `list` so that it begins at `position`.
List Splice(const List& part, Int position, List list) {
  const Int at = std::clamp<Int>(position, 1, Int(list.size()) + 1) - 1;
  list.insert(list.begin() + at, part.begin(), part.end());
  return Sized(std::move(list));
}

//- Insert: Splice
List Insert(Int value, Int position, const List& list) {
  return Splice({value}, position, list);
}

//- Replace
List Replace(Int position, Int value, List list) {
  if (position >= 1 && position <= Int(list.size())) {
    list[static_cast<std::size_t>(position - 1)] = value;
  }
  return list;
}

//- Swap
List Swap(Int i, Int j, List list) {
  const Int n = Int(list.size());
  if (i >= 1 && i <= n && j >= 1 && j <= n) std::swap(list[i - 1], list[j - 1]);
  return list;
}

//- Reverse
List Reverse(List list) {
  std::reverse(list.begin(), list.end());
  return list;
}

//- Sort
List Sort(List list) {
  std::sort(list.begin(), list.end());
  return list;
}

//- Unique
// Each value once, where it first occurs.
List Unique(const List& list) {
  List out;
  for (const Int value : list) {
    if (std::find(out.begin(), out.end(), value) == out.end()) out.push_back(value);
  }
  return out;
}

//- Map
template <class Function>
List Map(const Function& function, List list) {
  for (Int& value : list) value = function(value);
  return list;
}

//- SortBy
// By key; equal keys keep their order.
template <class Key>
List SortBy(const Key& key, const List& list) {
  std::vector<std::pair<Int, Int>> keyed;
  for (const Int value : list) keyed.emplace_back(key(value), value);
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  List out;
  for (const auto& [ignored, value] : keyed) out.push_back(value);
  return out;
}

//- Flatten
List Flatten(const Rows& rows) {
  List out;
  for (const List& row : rows) out.insert(out.end(), row.begin(), row.end());
  return out;
}

//- MapIndex
template <class Function>
List MapIndex(const Function& function, List list) {
  for (std::size_t i = 0; i < list.size(); ++i) list[i] = function(Int(i) + 1, list[i]);
  return list;
}

//- Filter
template <class Test>
List Filter(const Test& test, const List& list) {
  List out;
  for (const Int value : list) {
    if (test(value)) out.push_back(value);
  }
  return out;
}

//- FilterIndex
template <class Test>
List FilterIndex(const Test& test, const List& list) {
  List out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (test(Int(i) + 1, list[i])) out.push_back(list[i]);
  }
  return out;
}

//- ZipWith
template <class Function>
List ZipWith(const Function& function, const List& a, const List& b) {
  List out;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    out.push_back(function(a[i], b[i]));
  }
  return out;
}

//- Scan
// Running results: the first element, then step(previous result, element).
template <class Step>
List Scan(const Step& step, List list) {
  for (std::size_t i = 1; i < list.size(); ++i) list[i] = step(list[i - 1], list[i]);
  return list;
}

//- MapRows
template <class Function>
List MapRows(const Function& function, const Rows& rows) {
  List out;
  for (const List& row : rows) out.push_back(function(row));
  return out;
}

//- NthRow
List NthRow(Int position, const Rows& rows) {
  if (position < 1 || position > Int(rows.size())) throw std::out_of_range("no such row");
  return rows[static_cast<std::size_t>(position - 1)];
}

//- Zip: SizedRows
Rows Zip(const List& a, const List& b) {
  Rows rows;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) rows.push_back({a[i], b[i]});
  return SizedRows(std::move(rows));
}

//- Group
// Rows of elements with equal keys, in order of first occurrence.
template <class Key>
Rows Group(const Key& key, const List& list) {
  List keys;
  Rows rows;
  for (const Int value : list) {
    const Int mine = key(value);
    const auto found = std::find(keys.begin(), keys.end(), mine) - keys.begin();
    if (found == Int(keys.size())) {
      keys.push_back(mine);
      rows.emplace_back();
    }
    rows[static_cast<std::size_t>(found)].push_back(value);
  }
  return rows;
}

//- MapToRows: SizedRows
template <class Function>
Rows MapToRows(const Function& function, const List& list) {
  Rows rows;
  for (const Int value : list) rows.push_back(function(value));
  return SizedRows(std::move(rows));
}

//- FilterRows
template <class Test>
Rows FilterRows(const Test& test, const Rows& rows) {
  Rows out;
  for (const List& row : rows) {
    if (test(row)) out.push_back(row);
  }
  return out;
}

//- ChangeRows: SizedRows
template <class Function>
Rows ChangeRows(const Function& function, const Rows& rows) {
  Rows out;
  for (const List& row : rows) out.push_back(function(row));
  return SizedRows(std::move(out));
}
