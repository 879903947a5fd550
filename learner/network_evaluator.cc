#include "learner/network_evaluator.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <utility>

namespace tesuji::learner {
namespace {

/// Softmax in place. REQUIRES: not empty.
void Softmax(std::span<float> logits) {
  const float largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (float& x : logits) {
    x = std::exp(x - largest);
    sum += x;
  }
  const auto scale = static_cast<float>(1.0 / sum);
  for (float& x : logits) x *= scale;
}

}  // namespace

NetworkEvaluator::NetworkEvaluator(env::Spec spec, std::string checkpoint_hash,
                                   const EvaluatorOptions& options,
                                   std::unique_ptr<ForwardPass> forward)
    : spec_(std::move(spec)),
      checkpoint_hash_(std::move(checkpoint_hash)),
      options_(options),
      forward_(std::move(forward)) {
  assert(options_.batch > 0);
}

void NetworkEvaluator::Evaluate(std::span<const search::EvaluationRequest> requests,
                                std::span<search::Evaluation> out) {
  assert(requests.size() == out.size());
  for (std::size_t i = 0; i < requests.size(); ++i) Clear(requests[i], &out[i]);
  const std::size_t views = options_.symmetry_average ? spec_.symmetries.size() : 1;
  const std::size_t rows = requests.size() * views;
  const auto batch = static_cast<std::size_t>(options_.batch);
  for (std::size_t begin = 0; begin < rows; begin += batch) {
    EvaluateRows(requests, views, begin, std::min(rows, begin + batch), out);
  }
}

void NetworkEvaluator::EvaluateRows(std::span<const search::EvaluationRequest> requests,
                                    std::size_t views, std::size_t begin, std::size_t end,
                                    std::span<search::Evaluation> out) {
  const auto size = static_cast<std::size_t>(spec_.observation.size());
  const auto cells = static_cast<std::size_t>(spec_.observation.cells());
  observations_.resize((end - begin) * size);
  one_observation_.resize(size);
  for (std::size_t row = begin; row < end; ++row) {
    const std::span<float> to = std::span(observations_).subspan((row - begin) * size, size);
    const std::size_t view = row % views;
    const env::State& state = *requests[row / views].state;
    if (views == 1) {
      state.Encode(to);
      continue;
    }
    // A batch may begin amid the views of a position.
    if (view == 0 || row == begin) state.Encode(one_observation_);
    const std::vector<std::int32_t>& target = spec_.symmetries[view].cells;
    for (std::size_t plane = 0; plane < size; plane += cells) {
      for (std::size_t c = 0; c < cells; ++c) to[plane + target[c]] = one_observation_[plane + c];
    }
  }
  forward_->Run(observations_, static_cast<int>(end - begin), &raw_);
  for (std::size_t row = begin; row < end; ++row) {
    Accumulate(requests[row / views], static_cast<int>(row - begin), spec_.symmetries[row % views],
               1.0F / static_cast<float>(views), &out[row / views]);
  }
}

void NetworkEvaluator::Clear(const search::EvaluationRequest& request,
                             search::Evaluation* out) const {
  out->priors.assign(request.legal.size(), 0.0F);
  out->value = 0;
  out->score = 0;
  out->ownership.assign(options_.ownership && spec_.has_ownership
                            ? static_cast<std::size_t>(spec_.observation.cells())
                            : 0,
                        0.0F);
}

void NetworkEvaluator::Accumulate(const search::EvaluationRequest& request, int row,
                                  const env::Symmetry& symmetry, float weight,
                                  search::Evaluation* out) {
  assert(!request.legal.empty());
  const float view = request.state->to_play() == env::Player::kSecond ? -1.0F : 1.0F;
  const auto index = static_cast<std::size_t>(row);
  const float* logits = raw_.policy.data() + index * static_cast<std::size_t>(spec_.action_count);
  probabilities_.clear();
  for (const env::Action action : request.legal) {
    const auto a = static_cast<std::size_t>(action);
    probabilities_.push_back(logits[symmetry.actions[a]]);
  }
  Softmax(probabilities_);
  for (std::size_t i = 0; i < probabilities_.size(); ++i) {
    out->priors[i] += weight * probabilities_[i];
  }
  std::array<float, 3> outcome{};
  std::copy_n(raw_.outcome.data() + 3 * index, 3, outcome.begin());
  Softmax(outcome);
  out->value += weight * view * (outcome[0] - outcome[2]);
  if (!raw_.score.empty()) out->score += weight * view * raw_.score[index] * spec_.score_scale;
  if (out->ownership.empty() || raw_.ownership.empty()) return;
  const std::size_t cells = out->ownership.size();
  const float* ownership = raw_.ownership.data() + index * cells;
  for (std::size_t c = 0; c < cells; ++c) {
    out->ownership[c] += weight * view * ownership[symmetry.cells[c]];
  }
}

}  // namespace tesuji::learner
