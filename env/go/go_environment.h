// Go as an environment: size, rules and how episodes vary are fixed by parameters; a task carries
// the komi, handicap and set-up stones of one game.
// Thread-safety: immutable.
#pragma once

#include <memory>
#include <string_view>

#include "api/dataset_hooks.h"
#include "api/environment.h"
#include "api/registry.h"
#include "env/go/go_state.h"

namespace tesuji::env::go {

struct GoOptions {
  Rules rules;
  float komi = 7.5F;        ///< Of a task, or a record, that names none.
  int handicap = 0;         ///< Of a task that names none: 0 or 2..9 stones.
  int komi_jitter = 0;      ///< SampleTask() draws komi from komi ± this, in whole points.
  int random_handicap = 0;  ///< SampleTask() draws 0, 2, … this many stones; 0: never.
};

class GoEnvironment final : public Environment, public DatasetHooks {
 public:
  /// Fails when the options make no sense together.
  static Result<std::unique_ptr<const GoEnvironment>> Make(const GoOptions& options);
  /// Complete parameters as the registry gives them, or as provenance keeps them.
  static Result<std::unique_ptr<const GoEnvironment>> FromParameters(const Json& parameters);

  const Spec& spec() const override { return spec_; }
  Json parameters() const override;
  Task SampleTask(RandomStream& random) const override;
  Result<std::unique_ptr<State>> NewState(const Task& task) const override;
  /// The main line of the first game of any SGF on a board of this size. Komi, handicap and set-up
  /// stones come from the SGF, all other rules from here.
  Result<std::unique_ptr<State>> FromArtifact(std::string_view artifact) const override;

  std::optional<std::vector<Action>> ActionsTo(const State& state) const override;
  /// KataGo's (env/go/katago_arrays.h).
  std::unique_ptr<TrainingArrays> MakeTrainingArrays() const override;

  const Rules& rules() const { return context_.rules; }
  const GoOptions& options() const { return options_; }
  /// For programs that need Go and not just any game. The environment must outlive the state.
  Result<std::unique_ptr<GoState>> NewGame(const Start& start) const;
  /// The options' komi and handicap.
  Start default_start() const { return default_start_; }

 private:
  explicit GoEnvironment(const GoOptions& options);

  GoOptions options_;
  Context context_;
  Spec spec_;
  Start default_start_;
};

/// id "go", its parameters and maker, for the registry.
EnvironmentFactory GoFactory();

}  // namespace tesuji::env::go
