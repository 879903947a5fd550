// A wrapper around an environment that is not trusted: a plug-in, or one under test.
//
// Whatever it throws becomes an EnvironmentFault that names environment, method and state. With
// `check_data`, so does every answer that breaks the contract in a way that would harm the caller:
// an illegal action offered, a value out of range, an observation that is not finite, an episode
// that does not end. A crash cannot be caught, but it is told where it happened: by the dying
// process (api/crash_notice.h), or with a `trace` by another process (see cli/check_env.cc).
// Thread-safety: as the contract says of the environment inside; the trace is for one thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "api/environment.h"

namespace tesuji::env {

/// An environment broke its contract. what() is one line for a person.
class EnvironmentFault : public std::runtime_error {
 public:
  EnvironmentFault(const std::string& environment, std::string_view method,
                   const std::string& state, const std::string& what_happened);
  const std::string& method() const { return method_; }  ///< "State::Apply".
  const std::string& state() const { return state_; }    ///< "task go after actions 3 5".
  const std::string& what_happened() const { return what_happened_; }

 private:
  std::string method_;
  std::string state_;
  std::string what_happened_;
};

/// The call that is being made, in memory that outlives a crash (shared with another process).
struct GuardTrace {
  std::array<char, 48> method{};        ///< Zero-terminated.
  std::array<char, 400> state{};        ///< Zero-terminated.
  std::atomic<std::uint64_t> calls{0};  ///< Made so far.

  void Set(std::string_view new_method, std::string_view new_state);
};

struct GuardOptions {
  std::string origin = {};      ///< Where it comes from, for messages: the plug-in's path.
  bool check_data = true;       ///< False: exceptions and missing objects only.
  GuardTrace* trace = nullptr;  ///< May be null; borrowed.
};

/// Owns `environment`. A failure: its spec makes no sense, or reading it threw.
Result<std::unique_ptr<const Environment>> Guard(std::unique_ptr<const Environment> environment,
                                                 const GuardOptions& options);
/// The same, borrowing: `environment` must outlive the result.
Result<std::unique_ptr<const Environment>> Guard(const Environment& environment,
                                                 const GuardOptions& options);

/// What is inside the guard, or the argument itself where there is none.
const Environment& Unguarded(const Environment& environment);
const State& Unguarded(const State& state);
/// The name of an environment in messages: with its plug-in's path where it is guarded.
std::string GuardedNameOf(const Environment& environment);
/// How a state came about, where a guard has seen it.
std::string DescribeGuarded(const State& state);

}  // namespace tesuji::env
