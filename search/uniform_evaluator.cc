#include "search/uniform_evaluator.h"

#include <cassert>

namespace tesuji::search {

void PlayRandomly(env::State* state, RandomStream* random) {
  std::vector<env::Action> legal;
  std::vector<env::ChanceOutcome> outcomes;
  std::vector<float> weights;
  while (state->phase() == env::Phase::kOngoing) {
    if (state->to_play() == env::Player::kChance) {
      state->ChanceOutcomes(&outcomes);
      weights.clear();
      for (const auto& outcome : outcomes)
        weights.push_back(static_cast<float>(outcome.probability));
      state->Apply(outcomes[random->Pick(weights)].action);
    } else {
      state->LegalActions(&legal);
      state->Apply(legal[random->Below(legal.size())]);
    }
  }
}

void UniformEvaluator::Evaluate(std::span<const EvaluationRequest> requests,
                                std::span<Evaluation> out) {
  assert(requests.size() == out.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const std::size_t count = requests[i].legal.size();
    out[i].priors.assign(count, 1.0F / static_cast<float>(count));
    out[i].value = 0;
    out[i].score = 0;
    out[i].ownership.clear();
    if (rollouts_ == 0) continue;
    const Key128 key = requests[i].state->Fingerprint();
    RandomStream random({seed_, key.high, key.low});
    double sum = 0;
    for (int rollout = 0; rollout < rollouts_; ++rollout) {
      const std::unique_ptr<env::State> state = requests[i].state->Clone();
      PlayRandomly(state.get(), &random);
      if (state->phase() == env::Phase::kScored) sum += state->Value();
    }
    out[i].value = static_cast<float>(sum / rollouts_);
  }
}

}  // namespace tesuji::search
