// How a judge is asked to judge, whatever it judges. Plain data.
#pragma once

#include <cstdint>
#include <optional>

namespace tesuji::verifier {

struct JudgeOptions {
  bool all_tests = false;  ///< Do not stop at the first failure.
  bool confirm = false;    ///< Accept only what is accepted twice under other conditions.
  bool sanitize = false;   ///< What is accepted must also pass under ASan and UBSan.
  std::optional<double> time_limit_seconds;  ///< Instead of the problem's.
  std::optional<std::int64_t> memory_limit_mib;
  std::uint64_t seed = 1;  ///< Of the shuffled order in confirmation.
};

}  // namespace tesuji::verifier
