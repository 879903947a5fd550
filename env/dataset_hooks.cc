#include "env/dataset_hooks.h"

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

TaskText DescribeTask(const Environment& environment, const Task& task) {
  const DatasetHooks* hooks = HooksOf(environment);
  return hooks == nullptr ? TaskText{} : hooks->DescribeTask(task);
}

}  // namespace tesuji::env
