// Programs as an environment: a lone agent writes a program, production by production, that shall
// answer a task's examples.
//
// A task comes from a file (parameter "tasks") or is dreamt. Task::parameters is the task's JSON
// (task.h) without its unseen examples: those are for judges. The value of a finished program is +1
// when it answers every seen example, else -1 plus the share it answers. An artifact is the
// program's C++ with the task in comments; that of an unfinished one has no C++.
// Thread-safety: immutable.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/dataset_hooks.h"
#include "api/environment.h"
#include "api/registry.h"
#include "env/program/language/derivation.h"
#include "env/program/tasks/dream.h"

namespace tesuji::env::program {

/// A task with what a policy sees of it; shared by its states.
struct PreparedTask {
  ProgramTask task;
  std::string json;  ///< What Task::parameters holds, as text.
  std::vector<float> features;
};

std::shared_ptr<const PreparedTask> PrepareTask(ProgramTask task);
/// Numbers that a state encodes to: features, then the parent, the argument and the scope of its
/// next hole.
int EncodingSize();
/// `place` -1: no hole.
void EncodePlace(const PreparedTask& task, int place, Scope scope, std::span<float> out);

struct ProgramOptions {
  std::string tasks;  ///< A file of tasks, one a line; empty: dreams.
  int max_nodes = 24;
  int dream_nodes = 14;  ///< Largest program that a dream comes from.
};

class ProgramEnvironment final : public Environment, public DatasetHooks {
 public:
  static Result<std::unique_ptr<const ProgramEnvironment>> Make(const ProgramOptions& options);

  const Spec& spec() const override { return spec_; }
  Json parameters() const override;
  Task SampleTask(RandomStream& random) const override;
  Result<std::unique_ptr<State>> NewState(const Task& task) const override;
  Result<std::unique_ptr<State>> FromArtifact(std::string_view artifact) const override;

  // For datasets (curation.cc).
  Json RuleParameters() const override { return Json::object(); }
  Json TaskIdentity(const Task& task) const override;
  CurationText DescribeForCuration(const State& finished) const override;
  TaskText DescribeTask(const Task& task, const Json& evidence) const override;
  std::string AnswerText(const std::string& artifact) const override;
  WorseAnswer NearMiss(const Task& task, const std::string& artifact) const override;
  std::unique_ptr<HeldOutTasks> ReadHeldOut(
      const std::vector<HeldOutEntry>& entries) const override;

  const ProgramOptions& options() const { return options_; }
  /// The environment's own form of a task.
  static Task ToTask(const ProgramTask& task);

 private:
  explicit ProgramEnvironment(ProgramOptions options);
  ProgramOptions options_;
  std::vector<ProgramTask> tasks_;
  Spec spec_;
};

/// The hole that the next production fills. REQUIRES: an ongoing state of this environment.
Hole NextHole(const State& state);

/// Reads the program and the task back from an artifact of a finished program.
struct ReadArtifact {
  ProgramTask task;
  std::vector<Op> code;
};
Result<ReadArtifact> ParseArtifact(std::string_view artifact);

/// id "program", its parameters and maker, for the registry.
EnvironmentFactory ProgramFactory();

}  // namespace tesuji::env::program
