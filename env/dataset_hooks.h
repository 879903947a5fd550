// What an environment may tell datasets beyond its rules. Optional: an Environment that has
// something to say inherits this too, and curation asks for it by dynamic_cast. Games need none of
// it; programs do (renamed variables, behaviour on probe inputs, the problem's statement).
// Thread-safety: as the Environment, immutable.
#pragma once

#include <string>

#include "core/json.h"
#include "env/environment.h"

namespace tesuji::env {

/// What a dataset compares of a finished state beyond its actions. A field may stay empty.
struct CurationText {
  std::string canonical;  ///< Equal for artifacts that mean the same (renamed variables, operands
                          ///< in another order); empty: the actions under spec().symmetries tell.
  std::string document;  ///< Text in which near duplicates and contamination are looked for; empty:
                         ///< the actions.
  std::string behaviour;  ///< Equal for artifacts that do the same on probe inputs; empty: unknown.
};

/// What a task says to a language model, and how its answer is checked. A field may stay empty.
struct TaskText {
  std::string prompt;        ///< Empty: the picture of its first state.
  std::string ground_truth;  ///< For a reward function; empty: the task's parameters as JSON.
  std::string ability;       ///< "code", "game"; empty: the environment's id.
  std::string data_source;   ///< The reward function's name; empty: "tesuji/" and the id.
};

class DatasetHooks {
 public:
  virtual ~DatasetHooks() = default;
  /// Those of the environment's parameters that still decide something once a task is given; null:
  /// all of them. Episodes with equal id, version, rule parameters and task are comparable.
  virtual Json RuleParameters() const { return nullptr; }
  /// REQUIRES: `finished` is a state of this environment that is not ongoing.
  virtual CurationText DescribeForCuration(const State& /*finished*/) const { return {}; }
  virtual TaskText DescribeTask(const Task& /*task*/) const { return {}; }
};

/// The same for any environment, with what a silent one would say.
Json RuleParameters(const Environment& environment);
CurationText DescribeForCuration(const Environment& environment, const State& finished);
TaskText DescribeTask(const Environment& environment, const Task& task);

}  // namespace tesuji::env
