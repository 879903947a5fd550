#include "api/dataset_hooks.h"

namespace tesuji::env {
namespace {

const DatasetHooks* HooksOf(const Environment& environment) {
  return dynamic_cast<const DatasetHooks*>(&environment);
}

}  // namespace

Json RuleParameters(const Environment& environment) {
  const DatasetHooks* hooks = HooksOf(environment);
  Json rules = hooks == nullptr ? Json() : hooks->RuleParameters();
  return rules.is_null() ? environment.parameters() : rules;
}

CurationText DescribeForCuration(const Environment& environment, const State& finished) {
  const DatasetHooks* hooks = HooksOf(environment);
  return hooks == nullptr ? CurationText{} : hooks->DescribeForCuration(finished);
}

TaskText DescribeTask(const Environment& environment, const Task& task, const Json& evidence) {
  const DatasetHooks* hooks = HooksOf(environment);
  return hooks == nullptr ? TaskText{} : hooks->DescribeTask(task, evidence);
}

Json TaskIdentity(const Environment& environment, const Task& task) {
  const DatasetHooks* hooks = HooksOf(environment);
  Json identity = hooks == nullptr ? Json() : hooks->TaskIdentity(task);
  return identity.is_null() ? task.parameters : identity;
}

std::string AnswerText(const Environment& environment, const std::string& artifact) {
  const DatasetHooks* hooks = HooksOf(environment);
  std::string text = hooks == nullptr ? std::string() : hooks->AnswerText(artifact);
  return text.empty() ? artifact : text;
}

WorseAnswer NearMiss(const Environment& environment, const Task& task,
                     const std::string& artifact) {
  const DatasetHooks* hooks = HooksOf(environment);
  return hooks == nullptr ? WorseAnswer{} : hooks->NearMiss(task, artifact);
}

std::unique_ptr<HeldOutTasks> ReadHeldOut(const Environment& environment,
                                          const std::vector<HeldOutEntry>& entries) {
  const DatasetHooks* hooks = HooksOf(environment);
  return hooks == nullptr ? nullptr : hooks->ReadHeldOut(entries);
}

std::optional<std::vector<Action>> ActionsTo(const Environment& environment, const State& state) {
  const DatasetHooks* hooks = HooksOf(environment);
  return hooks == nullptr ? std::nullopt : hooks->ActionsTo(state);
}

std::unique_ptr<TrainingArrays> MakeTrainingArrays(const Environment& environment) {
  const DatasetHooks* hooks = HooksOf(environment);
  return hooks == nullptr ? nullptr : hooks->MakeTrainingArrays();
}

}  // namespace tesuji::env
