// Judges stored episodes again, by the judge of their own environment, for `tesuji verify`.
// Thread-safety: one thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "api/registry.h"
#include "api/trajectory.h"
#include "campaign/judge_queue.h"

namespace tesuji::campaign {

class JudgeAgain {
 public:
  explicit JudgeAgain(const env::Registry& registry) : registry_(registry) {}

  /// Empty when the judgement holds, or when it cannot be repeated: its judge does not promise to
  /// repeat itself (Judge::repeats). `end` is the episode's last state, in kAwaitsJudge.
  std::string Check(const std::shared_ptr<const env::Environment>& environment,
                    const env::Trajectory& stored, const env::State& end);

 private:
  struct Opened {
    std::unique_ptr<JudgeQueue> queue;  ///< Null: nothing can be judged again.
    Json identity;
    std::string problem;  ///< Why the judge could not be made.
  };
  Opened& Open(const std::shared_ptr<const env::Environment>& environment,
               const env::Provenance& provenance);

  const env::Registry& registry_;
  std::map<std::string, Opened> opened_;  ///< By environment and parameters.
};

}  // namespace tesuji::campaign
