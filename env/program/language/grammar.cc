#include "env/program/language/grammar.h"

#include <cassert>

namespace tesuji::env::program {
namespace {

constexpr Argument kI{Type::kInt, Binds::kNothing};
constexpr Argument kB{Type::kBool, Binds::kNothing};
constexpr Argument kL{Type::kList, Binds::kNothing};
constexpr Argument kR{Type::kRows, Binds::kNothing};
constexpr Argument kF1{Type::kInt, Binds::kOne};
constexpr Argument kP1{Type::kBool, Binds::kOne};
constexpr Argument kL1{Type::kList, Binds::kOne};
constexpr Argument kF2{Type::kInt, Binds::kTwo};
constexpr Argument kP2{Type::kBool, Binds::kTwo};
constexpr Argument kFR{Type::kInt, Binds::kRow};
constexpr Argument kPR{Type::kBool, Binds::kRow};
constexpr Argument kLR{Type::kList, Binds::kRow};

constexpr std::array<std::string_view, kCopyInt> kDigits = {"0", "1", "2", "3", "4", "5",
                                                            "6", "7", "8", "9", "10"};
constexpr std::array<std::string_view, kIntPool> kIntNames = {"c0", "c1", "c2", "c3",
                                                              "c4", "c5", "c6", "c7"};
constexpr std::array<std::string_view, kListPool> kListNames = {"k0", "k1", "k2", "k3"};

constexpr std::array<Production, kOps> MakeTable() {
  std::array<Production, kOps> table{};
  for (int i = 0; i < kCopyInt; ++i) {
    table[i] = {static_cast<Op>(i), kDigits[i], Type::kInt, 0, {}};
  }
  for (int i = 0; i < kIntPool; ++i) {
    table[kCopyInt + i] = {static_cast<Op>(kCopyInt + i), kIntNames[i], Type::kInt, 0, {}};
  }
  for (int i = 0; i < kListPool; ++i) {
    table[kCopyList + i] = {static_cast<Op>(kCopyList + i), kListNames[i], Type::kList, 0, {}};
  }
  const auto leaf = [&](Op op, std::string_view name, Type type) {
    table[op] = {op, name, type, 0, {}};
  };
  const auto one = [&](Op op, std::string_view name, Type type, Argument a) {
    table[op] = {op, name, type, 1, {a}};
  };
  const auto two = [&](Op op, std::string_view name, Type type, Argument a, Argument b) {
    table[op] = {op, name, type, 2, {a, b}};
  };
  const auto three = [&](Op op, std::string_view name, Type type, Argument a, Argument b,
                         Argument c) {
    table[op] = {op, name, type, 3, {a, b, c}};
  };
  leaf(kX, "x", Type::kInt);
  leaf(kY, "y", Type::kInt);
  leaf(kRow, "row", Type::kList);
  leaf(kXs, "xs", Type::kList);
  leaf(kYs, "ys", Type::kList);
  leaf(kK, "k", Type::kInt);
  leaf(kM, "m", Type::kInt);
  two(kAdd, "+", Type::kInt, kI, kI);
  two(kSub, "-", Type::kInt, kI, kI);
  two(kMul, "*", Type::kInt, kI, kI);
  two(kDiv, "/", Type::kInt, kI, kI);
  two(kMod, "%", Type::kInt, kI, kI);
  one(kAbs, "abs", Type::kInt, kI);
  two(kMax2, "max2", Type::kInt, kI, kI);
  two(kMin2, "min2", Type::kInt, kI, kI);
  three(kIfInt, "if", Type::kInt, kB, kI, kI);
  one(kFirst, "first", Type::kInt, kL);
  one(kSecond, "second", Type::kInt, kL);
  one(kThird, "third", Type::kInt, kL);
  one(kLast, "last", Type::kInt, kL);
  two(kNth, "nth", Type::kInt, kI, kL);
  one(kLength, "length", Type::kInt, kL);
  one(kSum, "sum", Type::kInt, kL);
  one(kProduct, "product", Type::kInt, kL);
  one(kMaximum, "max", Type::kInt, kL);
  one(kMinimum, "min", Type::kInt, kL);
  two(kCount, "count", Type::kInt, kP1, kL);
  two(kFind, "find", Type::kInt, kP1, kL);
  three(kFold, "fold", Type::kInt, kF2, kI, kL);
  one(kRowCount, "row_count", Type::kInt, kR);
  two(kEqual, "==", Type::kBool, kI, kI);
  two(kLess, "<", Type::kBool, kI, kI);
  one(kIsEven, "is_even", Type::kBool, kI);
  one(kIsOdd, "is_odd", Type::kBool, kI);
  one(kNot, "not", Type::kBool, kB);
  two(kAnd, "and", Type::kBool, kB, kB);
  two(kOr, "or", Type::kBool, kB, kB);
  two(kIsIn, "is_in", Type::kBool, kI, kL);
  leaf(kEmpty, "empty", Type::kList);
  one(kSingleton, "singleton", Type::kList, kI);
  two(kCons, "cons", Type::kList, kI, kL);
  two(kAppend, "append", Type::kList, kL, kI);
  two(kConcat, "concat", Type::kList, kL, kL);
  two(kRepeat, "repeat", Type::kList, kI, kI);
  two(kRange, "range", Type::kList, kI, kI);
  three(kRangeStep, "range_step", Type::kList, kI, kI, kI);
  two(kTake, "take", Type::kList, kI, kL);
  two(kDrop, "drop", Type::kList, kI, kL);
  two(kTakeLast, "take_last", Type::kList, kI, kL);
  two(kDropLast, "drop_last", Type::kList, kI, kL);
  three(kSlice, "slice", Type::kList, kI, kI, kL);
  three(kCutSlice, "cut_slice", Type::kList, kI, kI, kL);
  two(kCutIndex, "cut_index", Type::kList, kI, kL);
  two(kCutValue, "cut_value", Type::kList, kI, kL);
  two(kCutValues, "cut_values", Type::kList, kI, kL);
  three(kInsert, "insert", Type::kList, kI, kI, kL);
  three(kSplice, "splice", Type::kList, kL, kI, kL);
  three(kReplace, "replace", Type::kList, kI, kI, kL);
  three(kSwap, "swap", Type::kList, kI, kI, kL);
  one(kReverse, "reverse", Type::kList, kL);
  one(kSort, "sort", Type::kList, kL);
  one(kUnique, "unique", Type::kList, kL);
  two(kSortBy, "sort_by", Type::kList, kF1, kL);
  one(kFlatten, "flatten", Type::kList, kR);
  two(kMap, "map", Type::kList, kF1, kL);
  two(kMapIndex, "mapi", Type::kList, kF2, kL);
  two(kFilter, "filter", Type::kList, kP1, kL);
  two(kFilterIndex, "filteri", Type::kList, kP2, kL);
  three(kZipWith, "zip_with", Type::kList, kF2, kL, kL);
  two(kScan, "scan", Type::kList, kF2, kL);
  three(kIfList, "if_list", Type::kList, kB, kL, kL);
  two(kMapRows, "map_rows", Type::kList, kFR, kR);
  two(kNthRow, "nth_row", Type::kList, kI, kR);
  two(kZip, "zip", Type::kRows, kL, kL);
  two(kGroup, "group", Type::kRows, kF1, kL);
  two(kMapToRows, "map_to_rows", Type::kRows, kL1, kL);
  two(kFilterRows, "filter_rows", Type::kRows, kPR, kR);
  two(kChangeRows, "change_rows", Type::kRows, kLR, kR);
  return table;
}

constexpr std::array<Production, kOps> kTable = MakeTable();

}  // namespace

std::span<const Production> Productions() { return kTable; }

bool Nests(Scope outer, Binds binds) {
  if (binds == Binds::kNothing || outer == Scope::kClosed) return true;
  return outer == Scope::kOne && binds == Binds::kOne;
}

Scope Inner(Scope outer, Binds binds) {
  assert(Nests(outer, binds));
  switch (binds) {
    case Binds::kNothing:
      return outer;
    case Binds::kOne:
      return outer == Scope::kClosed ? Scope::kOne : Scope::kTwo;
    case Binds::kTwo:
      return Scope::kTwo;
    case Binds::kRow:
      return Scope::kRow;
  }
  return outer;
}

bool Fits(Op op, Type type, Scope scope, const Vocabulary& vocabulary) {
  const Production& production = kTable[op];
  if (production.type != type) return false;
  if (op >= kCopyInt && op < kCopyList) return op - kCopyInt < vocabulary.copied_ints;
  if (op >= kCopyList && op < kX) return op - kCopyList < vocabulary.copied_lists;
  if (op == kX) return scope == Scope::kOne || scope == Scope::kTwo;
  if (op == kY) return scope == Scope::kTwo;
  if (op == kRow) return scope == Scope::kRow;
  if (op >= kXs && op <= kM) return (vocabulary.inputs >> (op - kXs) & 1) != 0;
  for (int i = 0; i < production.arity; ++i) {
    if (!Nests(scope, production.arguments[i].binds)) return false;
  }
  return true;
}

bool Commutes(Op op) {
  switch (op) {
    case kAdd:
    case kMul:
    case kMax2:
    case kMin2:
    case kEqual:
    case kAnd:
    case kOr:
      return true;
    default:
      return false;
  }
}

}  // namespace tesuji::env::program
