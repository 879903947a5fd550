#include "campaign/judge_again.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace tesuji::campaign {

JudgeAgain::Opened& JudgeAgain::Open(const std::shared_ptr<const env::Environment>& environment,
                                     const env::Provenance& provenance) {
  const std::string& id = provenance.environment_id;
  const auto [entry, is_new] = opened_.try_emplace(id + provenance.environment_parameters.dump());
  Opened& opened = entry->second;
  if (!is_new) return opened;
  const JudgeMaker make = [registry = registry_, id, environment] {
    return registry.MakeJudge(id, *environment);
  };
  auto judge = make();
  if (!judge) {
    opened.problem = judge.error().message;
  } else if (*judge != nullptr && (*judge)->repeats()) {
    opened.identity = (*judge)->identity();
    opened.queue = std::make_unique<JudgeQueue>(make, JudgeQueueOptions());
  }
  return opened;
}

std::string JudgeAgain::Check(const std::shared_ptr<const env::Environment>& environment,
                              const env::Trajectory& stored, const env::State& end) {
  Opened& opened = Open(environment, stored.provenance);
  if (!opened.problem.empty()) return "cannot be judged again: " + opened.problem;
  if (opened.queue == nullptr) return {};
  if (stored.provenance.judge != opened.identity) {
    return fmt::format("was judged by {}, the judge is now {}", stored.provenance.judge.dump(),
                       opened.identity.dump());
  }
  std::unique_ptr<env::State> state = end.Clone();
  if (!opened.queue->Put(stored.provenance.episode, state)) return "cannot be judged again";
  std::vector<JudgeAnswer> answers;
  while (answers.empty()) answers = opened.queue->Take(std::chrono::milliseconds(500));
  const auto& judgement = answers.front().judgement;
  if (!judgement) return "cannot be judged again: " + answers.front().reason;
  const std::string termination = fmt::format("judged:{}", env::VerdictName(judgement->verdict));
  if (termination == stored.outcome.termination && *judgement->value == stored.outcome.value) {
    return {};
  }
  return fmt::format("judged again: {} with value {}, stored is {} with value {}", termination,
                     *judgement->value, stored.outcome.termination, stored.outcome.value);
}

}  // namespace tesuji::campaign
