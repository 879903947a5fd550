#include "search/levin.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <unordered_set>

namespace tesuji::search {
namespace {

struct OpenNode {
  std::shared_ptr<const OpenNode> parent;
  env::Action action = 0;
  int depth = 0;
  double bits = 0;
  std::unique_ptr<env::State> state;
};
using NodePtr = std::shared_ptr<OpenNode>;

/// log2(depth / probability), then order of arrival: no ties are left to chance.
using Key = std::pair<double, std::int64_t>;

std::vector<env::Action> PathTo(const OpenNode& node) {
  std::vector<env::Action> actions;
  for (const OpenNode* at = &node; at->parent != nullptr; at = at->parent.get()) {
    actions.push_back(at->action);
  }
  std::ranges::reverse(actions);
  return actions;
}

}  // namespace

LevinResult LevinSearch(const env::State& root, Evaluator* evaluator, const LevinOptions& options) {
  LevinResult result;
  std::map<Key, NodePtr> open;
  std::unordered_set<Key128> seen;
  std::int64_t arrivals = 0;
  auto start = std::make_shared<OpenNode>();
  start->state = root.Clone();
  open.emplace(Key{0, arrivals++}, start);
  const auto started = std::chrono::steady_clock::now();
  std::vector<NodePtr> batch;
  std::vector<std::vector<env::Action>> legal;
  std::vector<EvaluationRequest> requests;
  std::vector<Evaluation> answers;
  while (!open.empty() && result.expansions < options.expansions && !result.solved) {
    if (options.stop != nullptr && *options.stop) break;
    if (options.time.count() > 0 && std::chrono::steady_clock::now() - started > options.time) {
      break;
    }
    batch.clear();
    requests.clear();
    while (!open.empty() && static_cast<int>(batch.size()) < options.batch) {
      batch.push_back(open.begin()->second);
      open.erase(open.begin());
    }
    legal.resize(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      batch[i]->state->LegalActions(&legal[i]);
      requests.push_back({batch[i]->state.get(), legal[i]});
    }
    answers.resize(batch.size());
    evaluator->Evaluate(requests, answers);
    for (std::size_t i = 0; i < batch.size() && !result.solved; ++i) {
      ++result.expansions;
      for (std::size_t j = 0; j < legal[i].size() && !result.solved; ++j) {
        const double probability = answers[i].priors[j];
        if (probability <= 0) continue;
        auto child = std::make_shared<OpenNode>();
        child->state = batch[i]->state->Clone();
        child->state->Apply(legal[i][j]);
        if (!seen.insert(child->state->Fingerprint()).second) continue;
        child->parent = batch[i];
        child->action = legal[i][j];
        child->depth = batch[i]->depth + 1;
        child->bits = batch[i]->bits - std::log2(probability);
        if (child->state->phase() == env::Phase::kOngoing) {
          open.emplace(Key{child->bits + std::log2(child->depth), arrivals++}, std::move(child));
          continue;
        }
        // Only the judge knows what such a state is worth.
        if (child->state->phase() == env::Phase::kAwaitsJudge) continue;
        ++result.finished;
        const float value = child->state->Value();
        if (value <= result.value && result.finished > 1) continue;
        result.value = value;
        result.actions = PathTo(*child);
        result.bits = child->bits;
        result.solved = value >= options.target;
      }
      batch[i]->state.reset();  // Children have their own; only the path is still needed.
    }
    while (open.size() > options.most_open) open.erase(std::prev(open.end()));
  }
  return result;
}

}  // namespace tesuji::search
