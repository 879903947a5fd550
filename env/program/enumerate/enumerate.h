// Best-first enumeration of programs: smallest terms first, where size is -log2 of the probability
// under a guide (Levin cost), with observational equivalence.
//
// Terms are built bottom-up in order of cost (as in PROBE, Barke et al. 2020, and HeapSearch,
// Fijalkow et al. 2022): every combination of known terms is a candidate; it is evaluated at all
// points of its scope and kept when no cheaper term has the same values. Lambda bodies are terms of
// their own scopes, whose points are the elements that occur in the inputs. A target that is one
// known list followed by another is put together as soon as both are known; so is one that a known
// condition splits between two known terms (Alur et al. 2017, "divide and conquer").
//
// Deterministic in (task, costs, options) but for the time limit. Bounded memory: when the bank is
// full, only whole programs are still tried.
// Thread-safety: free function; `stop` may be set from anywhere.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "env/program/enumerate/weights.h"
#include "env/program/tasks/task.h"

namespace tesuji::env::program::enumerate {

struct Solution {
  std::vector<Op> code;
  double bits = 0;              ///< Under the guide.
  std::int64_t candidates = 0;  ///< Tried when it was found.
};

struct EnumerationOptions {
  std::int64_t candidates = 0;        ///< Stop after so many; 0: no limit.
  std::chrono::milliseconds time{0};  ///< Stop after so long; 0: no limit.
  std::size_t memory_bytes = std::size_t{1} << 30;
  int solutions = 1;  ///< Stop after so many different ones.
  /// Asked about each solution, when given: false means go on, and it does not count.
  std::function<bool(const Solution&)> accept = {};
  bool put_together = true;                 ///< Concatenations and conditionals out of order.
  const std::atomic<bool>* stop = nullptr;  ///< May be null.
  const std::atomic<bool>* won = nullptr;   ///< Another search of this task is done; may be null.
};

enum class EnumerationEnd : std::uint8_t { kSolved, kCandidates, kTime, kExhausted, kStopped };
/// "solved", "candidates", "time", "exhausted", "stopped".
std::string_view EndName(EnumerationEnd end);

struct EnumerationResult {
  EnumerationEnd end = EnumerationEnd::kExhausted;
  std::vector<Solution> solutions;  ///< All right on every seen example, in the order found.
  std::int64_t candidates = 0;
  std::int64_t distinct = 0;  ///< Terms kept.
  double bits_reached = 0;    ///< All programs up to about this cost were tried.
  double seconds = 0;
  std::size_t memory_bytes = 0;
  bool memory_full = false;
};

EnumerationResult Enumerate(const ProgramTask& task, const Costs& costs,
                            const EnumerationOptions& options);

}  // namespace tesuji::env::program::enumerate
