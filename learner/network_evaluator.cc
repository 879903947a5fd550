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
  if (options_.symmetry_average && spec_.symmetries.size() > 1) {
    for (std::size_t i = 0; i < requests.size(); ++i) EvaluateOverSymmetries(requests[i], &out[i]);
    return;
  }
  const auto batch = static_cast<std::size_t>(options_.batch);
  for (std::size_t begin = 0; begin < requests.size(); begin += batch) {
    const std::size_t count = std::min(batch, requests.size() - begin);
    EvaluateChunk(requests.subspan(begin, count), out.subspan(begin, count));
  }
}

void NetworkEvaluator::EvaluateChunk(std::span<const search::EvaluationRequest> requests,
                                     std::span<search::Evaluation> out) {
  const auto size = static_cast<std::size_t>(spec_.observation.size());
  observations_.resize(requests.size() * size);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    requests[i].state->Encode(std::span(observations_).subspan(i * size, size));
  }
  forward_->Run(observations_, static_cast<int>(requests.size()), &raw_);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    Clear(requests[i], &out[i]);
    Accumulate(requests[i], static_cast<int>(i), nullptr, 1.0F, &out[i]);
  }
}

void NetworkEvaluator::EvaluateOverSymmetries(const search::EvaluationRequest& request,
                                              search::Evaluation* out) {
  const auto size = static_cast<std::size_t>(spec_.observation.size());
  const auto cells = static_cast<std::size_t>(spec_.observation.cells());
  const std::size_t count = spec_.symmetries.size();
  const auto batch = static_cast<std::size_t>(options_.batch);
  one_observation_.resize(size);
  request.state->Encode(one_observation_);
  Clear(request, out);
  for (std::size_t begin = 0; begin < count; begin += batch) {
    const std::size_t rows = std::min(batch, count - begin);
    observations_.resize(rows * size);
    for (std::size_t row = 0; row < rows; ++row) {
      const std::vector<std::int32_t>& target = spec_.symmetries[begin + row].cells;
      for (std::size_t plane = 0; plane < size; plane += cells) {
        float* to = observations_.data() + row * size + plane;
        for (std::size_t c = 0; c < cells; ++c) to[target[c]] = one_observation_[plane + c];
      }
    }
    forward_->Run(observations_, static_cast<int>(rows), &raw_);
    for (std::size_t row = 0; row < rows; ++row) {
      Accumulate(request, static_cast<int>(row), &spec_.symmetries[begin + row],
                 1.0F / static_cast<float>(count), out);
    }
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
                                  const env::Symmetry* symmetry, float weight,
                                  search::Evaluation* out) {
  assert(!request.legal.empty());
  const float view = request.state->to_play() == env::Player::kSecond ? -1.0F : 1.0F;
  const auto index = static_cast<std::size_t>(row);
  const float* logits = raw_.policy.data() + index * static_cast<std::size_t>(spec_.action_count);
  probabilities_.clear();
  for (const env::Action action : request.legal) {
    const auto a = static_cast<std::size_t>(action);
    probabilities_.push_back(
        logits[symmetry != nullptr ? static_cast<std::size_t>(symmetry->actions[a]) : a]);
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
    const std::size_t from = symmetry != nullptr ? static_cast<std::size_t>(symmetry->cells[c]) : c;
    out->ownership[c] += weight * view * ownership[from];
  }
}

}  // namespace tesuji::learner
