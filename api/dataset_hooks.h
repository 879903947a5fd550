// What datasets may ask of an environment besides its rules. Optional: an Environment that has
// answers inherits this too, and curation finds it by dynamic_cast. Most games need none of it.
// Programs use it (renamed variables, behaviour on probe inputs, the problem's statement), and so
// does Go (the moves of a record, arrays for another trainer).
// Thread-safety: as the Environment, immutable.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/environment.h"
#include "api/training_arrays.h"
#include "core/json.h"

namespace tesuji::env {

/// What a dataset compares of a finished state beyond its actions. A field may stay empty.
struct CurationText {
  std::string canonical;  ///< Equal for artifacts that mean the same (renamed variables, operands
                          ///< in another order); empty: the actions under spec().symmetries tell.
  std::string document;  ///< Text in which near duplicates and contamination are looked for; empty:
                         ///< the actions.
  std::string behaviour;  ///< Equal for artifacts that do the same on probe inputs, whatever their
                          ///< task; empty: unknown.
};

/// What a task says to a language model, and how its answer is checked. A field may stay empty.
struct TaskText {
  std::string prompt;  ///< Empty: the picture of its first state.
  std::string
      steps_prompt;  ///< The same where the answer is given action by action; empty: prompt.
  std::string ground_truth;  ///< For a reward function; empty: the task's parameters as JSON.
  std::string ability;       ///< "code", "game"; empty: the environment's id.
  std::string data_source;   ///< The reward function's name; empty: "tesuji/" and the id.
};

/// An answer that was checked and is wrong, for comparison with a right one. Empty: there is none.
struct WorseAnswer {
  std::string text;
  std::string evidence;  ///< Why it is worse, one line.
};

/// An object of a file of held-out tasks.
struct HeldOutEntry {
  std::string name;  ///< Where it stands: "suite.jsonl:12".
  Json value;
};

/// How a finished state meets a held-out task.
struct HeldOutHit {
  std::string how;     ///< One word for reason codes: "behaviour", "examples".
  std::string detail;  ///< Which task, one line.
};

/// Held-out tasks in the environment's own form. Immutable: any thread.
class HeldOutTasks {
 public:
  virtual ~HeldOutTasks() = default;
  virtual std::size_t size() const = 0;
  /// `by_behaviour`: also whether the state's artifact would answer one of them.
  virtual std::optional<HeldOutHit> Find(const State& finished, bool by_behaviour) const = 0;
};

class DatasetHooks {
 public:
  virtual ~DatasetHooks() = default;
  /// Those of the environment's parameters that still decide something once a task is given; null:
  /// all of them. Episodes with equal id, version, rule parameters and task are comparable.
  virtual Json RuleParameters() const { return nullptr; }
  /// Equal for tasks that ask the same (under other names, in another order); null: the task's
  /// parameters tell.
  virtual Json TaskIdentity(const Task& /*task*/) const { return nullptr; }
  /// REQUIRES: `finished` is a state of this environment that is not ongoing.
  virtual CurationText DescribeForCuration(const State& /*finished*/) const { return {}; }
  /// `evidence`: of an episode of the task (Trajectory::evidence), or null.
  virtual TaskText DescribeTask(const Task& /*task*/, const Json& /*evidence*/) const { return {}; }
  /// An artifact as a model should answer; empty: as it is.
  virtual std::string AnswerText(const std::string& /*artifact*/) const { return {}; }
  /// A wrong answer close to an artifact that passed. Deterministic.
  virtual WorseAnswer NearMiss(const Task& /*task*/, const std::string& /*artifact*/) const {
    return {};
  }
  /// Those entries that are tasks of this environment; null: it knows none.
  virtual std::unique_ptr<HeldOutTasks> ReadHeldOut(
      const std::vector<HeldOutEntry>& /*entries*/) const {
    return nullptr;
  }
  /// The actions that led to a state that FromArtifact() read, for environments whose artifacts are
  /// no names of actions. None: it cannot tell, or its artifacts are names of actions.
  virtual std::optional<std::vector<Action>> ActionsTo(const State& /*state*/) const {
    return std::nullopt;
  }
  /// Arrays in the layout of another program, for the view positions as npz; null: there are none.
  /// The environment outlives them.
  virtual std::unique_ptr<TrainingArrays> MakeTrainingArrays() const { return nullptr; }
};

/// The same for any environment; one without DatasetHooks gets the defaults above.
Json RuleParameters(const Environment& environment);
Json TaskIdentity(const Environment& environment, const Task& task);
CurationText DescribeForCuration(const Environment& environment, const State& finished);
TaskText DescribeTask(const Environment& environment, const Task& task,
                      const Json& evidence = nullptr);
std::string AnswerText(const Environment& environment, const std::string& artifact);
WorseAnswer NearMiss(const Environment& environment, const Task& task, const std::string& artifact);
std::unique_ptr<HeldOutTasks> ReadHeldOut(const Environment& environment,
                                          const std::vector<HeldOutEntry>& entries);
std::optional<std::vector<Action>> ActionsTo(const Environment& environment, const State& state);
std::unique_ptr<TrainingArrays> MakeTrainingArrays(const Environment& environment);

}  // namespace tesuji::env
