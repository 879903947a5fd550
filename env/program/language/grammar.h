// The typed grammar of the list-function language: what a program may consist of.
//
// A program is a tree of productions. Numbers are 32-bit (overflow fails), positions count from 1,
// lists hold at most kMaxLength numbers. A lambda is an argument whose subtree stands in a larger
// scope: it may use the variables that the argument binds. A hole is described by its type and its
// scope, and Fits() says which productions may fill it.
// Thread-safety: constants.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace tesuji::env::program {

enum class Type : std::uint8_t { kInt, kBool, kList, kRows };  ///< kRows: a list of lists.
inline constexpr int kTypes = 4;

/// The variables in sight: none; x; x and y; row (a list).
enum class Scope : std::uint8_t { kClosed, kOne, kTwo, kRow };
inline constexpr int kScopes = 4;

/// What an argument binds: nothing; one number; two numbers; one list.
enum class Binds : std::uint8_t { kNothing, kOne, kTwo, kRow };

inline constexpr int kMaxLength = 1024;             ///< Of a list; of all rows together.
inline constexpr std::int32_t kLimit = 2000000000;  ///< Numbers lie in [-kLimit, kLimit].
inline constexpr int kIntPool = 8;                  ///< Constants copied from a task's examples.
inline constexpr int kListPool = 4;
inline constexpr int kMaxArity = 3;

/// One production each. The order is the order of actions and is part of the language's version.
enum Op : std::uint8_t {
  kDigit0,
  kTen = kDigit0 + 10,
  kCopyInt,
  kCopyList = kCopyInt + kIntPool,
  kX = kCopyList + kListPool,
  kY,
  kRow,
  kXs,  ///< The first list of the input, then the second, the first number, the second.
  kYs,
  kK,
  kM,
  // Numbers.
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMod,
  kAbs,
  kMax2,
  kMin2,
  kIfInt,
  kFirst,
  kSecond,
  kThird,
  kLast,
  kNth,
  kLength,
  kSum,
  kProduct,
  kMaximum,
  kMinimum,
  kCount,
  kFind,
  kFold,
  kRowCount,
  // Truth.
  kEqual,
  kLess,
  kIsEven,
  kIsOdd,
  kNot,
  kAnd,
  kOr,
  kIsIn,
  // Lists.
  kEmpty,
  kSingleton,
  kCons,
  kAppend,
  kConcat,
  kRepeat,
  kRange,
  kRangeStep,
  kTake,
  kDrop,
  kTakeLast,
  kDropLast,
  kSlice,
  kCutSlice,
  kCutIndex,
  kCutValue,
  kCutValues,
  kInsert,
  kSplice,
  kReplace,
  kSwap,
  kReverse,
  kSort,
  kUnique,
  kSortBy,
  kFlatten,
  kMap,
  kMapIndex,
  kFilter,
  kFilterIndex,
  kZipWith,
  kScan,
  kIfList,
  kMapRows,
  kNthRow,
  // Rows.
  kZip,
  kGroup,
  kMapToRows,
  kFilterRows,
  kChangeRows,
  kOps,
};

struct Argument {
  Type type = Type::kInt;
  Binds binds = Binds::kNothing;
};

struct Production {
  Op op = kDigit0;
  std::string_view name;  ///< In s-expressions and action names.
  Type type = Type::kInt;
  int arity = 0;
  std::array<Argument, kMaxArity> arguments;
};

/// Indexed by Op.
std::span<const Production> Productions();
inline const Production& Of(Op op) { return Productions()[op]; }

/// Whether the order of its two operands says nothing: + * max2 min2 == and or.
bool Commutes(Op op);

/// Which inputs and constants a task has: bit i of `inputs` for kXs + i.
struct Vocabulary {
  int inputs = 1;
  int copied_ints = 0;  ///< kCopyInt .. kCopyInt + copied_ints - 1 are usable.
  int copied_lists = 0;
};

/// The scope of an argument that binds `binds` inside `outer`. REQUIRES: Nests(outer, binds).
Scope Inner(Scope outer, Binds binds);
bool Nests(Scope outer, Binds binds);

/// Whether `op` may fill a hole of this type in this scope, in a task with this vocabulary.
bool Fits(Op op, Type type, Scope scope, const Vocabulary& vocabulary);

/// Places where a hole can be: the root, and every argument of every production.
inline constexpr int kPlaces = 1 + kOps * kMaxArity;
inline int PlaceOf(Op parent, int argument) { return 1 + parent * kMaxArity + argument; }
inline constexpr int kRootPlace = 0;

}  // namespace tesuji::env::program
