// Runs a program on one input, in this process: the reference that search, C and C++ agree with.
//
// Thread-safety: a Runner belongs to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "env/program/language/kernels.h"
#include "env/program/language/program.h"

namespace tesuji::env::program {

/// One argument or result: a number, or a list.
struct Datum {
  Type type = Type::kList;
  std::int32_t number = 0;
  std::vector<std::int32_t> list;
  friend bool operator==(const Datum&, const Datum&) = default;
};

using Input = std::vector<Datum>;

enum class Ending : std::uint8_t {
  kValue,
  kFailed,     ///< As the language says: the same wherever the program runs.
  kOutOfFuel,  ///< Says nothing about the program: it was stopped.
};

struct RunOutcome {
  Ending ending = Ending::kFailed;
  Datum value;
};

class Runner {
 public:
  explicit Runner(std::int64_t fuel = 20'000'000) : fuel_limit_(fuel) {}
  /// REQUIRES: CheckProgram(program), and the input fits its signature.
  RunOutcome Run(const Program& program, const Input& input);
  std::int64_t steps() const { return fuel_limit_ - fuel_.left; }  ///< Fuel that Run() used.

 private:
  struct Node {
    Op op;
    std::int32_t kids[kMaxArity];
  };
  /// Values of the variables in sight.
  struct Frame {
    Value x, y, row;
  };
  struct Closure;
  void Load(const Program& program);
  Value Evaluate(std::int32_t node, const Frame& frame);
  Value EvaluateOperator(const Node& node, const Frame& frame);

  std::int64_t fuel_limit_;
  Fuel fuel_;
  Arena arena_;
  const Program* program_ = nullptr;
  std::vector<Node> nodes_;
  Value inputs_[4];
};

}  // namespace tesuji::env::program
