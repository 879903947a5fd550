// Results of operations that may fail for reasons outside the program's control.
//
// Three kinds of failure are kept apart:
//   * a bug               -> assert(), never reported to a user;
//   * an expected failure -> Result<T> holding a Failure (bad SGF, unknown key, compile error);
//   * the machine failing -> throw MachineError (disk full, no sandbox); caught in main().
//
// A Result may not be dropped: the compiler warns. Whoever does it on purpose casts to void and
// says why.
//
// Thread-safety: values, no shared state.
#pragma once

#include <stdexcept>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace tesuji {

/// Why something asked for could not be done. One line for a person: which file, line, key and
/// value, what was expected, what to do.
struct Failure {
  std::string message;
};

/// A T, or why there is none. What it can do is tl::expected's.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Failure> {
 public:
  using Base = tl::expected<T, Failure>;
  using Base::Base;
  Result(Base result) : Base(std::move(result)) {}
};

/// A value-less Result: success, or why not.
using Status = Result<void>;

/// Shorthand for returning a failure from a function that returns Result or Status.
inline tl::unexpected<Failure> Fail(std::string message) {
  return tl::unexpected<Failure>(Failure{std::move(message)});
}

/// The machine let us down: disk full, no permission, a broken database file, no GPU.
/// Never thrown for bad user input. main() turns it into exit code 3.
class MachineError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace tesuji
