#include "search/mcts.h"

#include <algorithm>
#include <cassert>
#include <optional>

#include "search/backup.h"
#include "search/mcts_impl.h"
#include "search/root_rule.h"
#include "search/tree_codec.h"

namespace tesuji::search {

Mcts::Impl::Impl(const env::Environment& env, const SearchOptions& search_options,
                 const RootRuleKind& kind)
    : environment(env), options(search_options), rule(kind.make(options)) {
  // Two players cannot both maximise: max backup is for a lone agent.
  if (env.spec().player_count != 1) options.backup = Backup::kMean;
  tree.Clear();
}

void Mcts::Impl::Begin(RandomStream* random, int simulations, bool with_noise) {
  assert(root_state && root_state->phase() == env::Phase::kOngoing);
  assert(root_state->to_play() != env::Player::kChance);
  assert(pending_count == 0);
  stream = RandomStream({random ? (*random)() : 0, 0x6d637473});
  budget = simulations;
  started = 0;
  noise = with_noise;
  rule->Reset();
  if (root_evaluated()) PrepareRoot();
}

void Mcts::Impl::PrepareRoot() {
  if (tree.node(0).solved || budget == 0) return;
  rule->Prepare(tree, budget, noise, &stream);
}

bool Mcts::Impl::done() const {
  return pending_count == 0 && root_evaluated() && (tree.node(0).solved || started >= budget);
}

void Mcts::Impl::CollectRequests(std::vector<EvaluationRequest>* requests) {
  assert(pending_count == 0);
  if (!root_evaluated()) {
    path.assign(1, 0);
    path_actions.clear();
    Request(root_state->Clone(), requests);
    return;
  }
  while (started < budget && !tree.node(0).solved &&
         pending_count < static_cast<std::size_t>(std::max(1, options.max_pending))) {
    if (tree.memory_bytes() > static_cast<std::size_t>(options.tree_memory_bytes)) {
      budget = started;
      return;
    }
    if (!Simulate(requests)) return;  // Must wait for what is pending.
    ++started;
    ++leaves;
    leaf_depths += static_cast<std::int64_t>(path.size()) - 1;
  }
}

std::uint32_t Mcts::Impl::SelectEdge(NodeIndex index) {
  if (tree.node(index).kind == NodeKind::kChance) return SampleOutcome(index);
  return rule->SelectBelow(&tree, index);
}

std::uint32_t Mcts::Impl::SampleOutcome(NodeIndex index) {
  const std::span<const Edge> edges = tree.edges(index);
  double total = 0;
  for (const Edge& edge : edges) total += edge.prior;
  double left = stream.Uniform() * total;
  std::uint32_t last_possible = 0;
  for (std::uint32_t i = 0; i < edges.size(); ++i) {
    if (edges[i].prior <= 0) continue;
    last_possible = i;
    left -= edges[i].prior;
    if (left < 0) break;
  }
  return last_possible;
}

bool Mcts::Impl::Simulate(std::vector<EvaluationRequest>* requests) {
  path.assign(1, 0);
  path_actions.clear();
  std::unique_ptr<env::State> state;  // Of path.back(), once the path left the known tree.
  const std::optional<std::uint32_t> first = rule->SelectRoot(&tree);
  if (!first) return false;
  std::uint32_t edge = *first;
  while (true) {
    const NodeIndex parent = path.back();
    const Edge taken = tree.edges(parent)[edge];
    NodeIndex child = taken.child;
    if (child == kNoNode) {
      if (parent == 0) rule->BeforeOpen(tree.node(0).opened, edge);
      child = tree.Open(parent, edge);
    }
    path.push_back(child);
    path_actions.push_back(taken.action);
    if (taken.child == kNoNode) {
      if (state) {
        state->Apply(taken.action);
      } else {
        state = StateOfPath();
      }
      if (!Enter(child, *state)) {
        Request(std::move(state), requests);
        return true;
      }
    }
    const Node& node = tree.node(child);
    if (node.solved || node.over()) {
      BackUp(&tree, path, node.solved ? node.exact : node.evaluation, node.evaluation_score,
             options.backup);
      if (options.prove && node.kind == NodeKind::kTerminal && !node.solved) {
        BackUpProof(&tree, path, node.evaluation, options.backup);
      }
      return true;
    }
    if (node.kind == NodeKind::kUnevaluated) {  // Waits for its evaluation already.
      rule->Undo();
      return false;
    }
    edge = SelectEdge(child);
  }
}

std::unique_ptr<env::State> Mcts::Impl::StateOfPath() const {
  std::size_t from = path.size() - 1;
  while (from > 0 && !tree.state(path[from])) --from;
  std::unique_ptr<env::State> state =
      from == 0 ? root_state->Clone() : tree.state(path[from])->Clone();
  for (; from < path_actions.size(); ++from) state->Apply(path_actions[from]);
  return state;
}

bool Mcts::Impl::Enter(NodeIndex index, const env::State& state) {
  Node& node = tree.node(index);
  switch (state.phase()) {
    case env::Phase::kScored:
      node.kind = NodeKind::kTerminal;
      node.evaluation = state.Value();
      if (environment.spec().has_score) node.evaluation_score = state.Targets().score;
      return true;
    case env::Phase::kAwaitsJudge: {
      node.kind = NodeKind::kUnjudged;
      for (std::size_t i = path.size() - 1; i-- > 0;) {
        const Node& ancestor = tree.node(path[i]);
        if (!ancestor.decides()) continue;
        node.evaluation = ancestor.evaluation;
        node.evaluation_score = ancestor.evaluation_score;
        break;
      }
      return true;
    }
    case env::Phase::kOngoing:
      break;
  }
  if (state.to_play() != env::Player::kChance) return false;
  state.ChanceOutcomes(&outcomes);
  actions.clear();
  priors.clear();
  for (const env::ChanceOutcome& outcome : outcomes) {
    actions.push_back(outcome.action);
    priors.push_back(static_cast<float>(outcome.probability));
  }
  tree.Expand(index, NodeKind::kChance, actions, priors);
  return true;
}

void Mcts::Impl::Request(std::unique_ptr<env::State> state,
                         std::vector<EvaluationRequest>* requests) {
  if (pending.size() == pending_count) pending.emplace_back(std::make_unique<Pending>());
  Pending& leaf = *pending[pending_count++];
  leaf.path.assign(path.begin(), path.end());
  leaf.state = std::move(state);
  leaf.state->LegalActions(&leaf.legal);
  for (NodeIndex index : leaf.path) ++tree.node(index).pending;
  requests->push_back({.state = leaf.state.get(), .legal = leaf.legal});
}

void Mcts::Impl::Provide(std::span<Evaluation> evaluations) {
  assert(evaluations.size() == pending_count);
  const bool root_was_evaluated = root_evaluated();
  for (std::size_t i = 0; i < pending_count; ++i) {
    Pending& leaf = *pending[i];
    const Evaluation& evaluation = evaluations[i];
    const NodeIndex index = leaf.path.back();
    assert(evaluation.priors.size() == leaf.legal.size());
    assert(evaluation.value >= -1.001F && evaluation.value <= 1.001F);
    const NodeKind kind =
        leaf.state->to_play() == env::Player::kSecond ? NodeKind::kSecond : NodeKind::kFirst;
    tree.Expand(index, kind, leaf.legal, evaluation.priors);
    Node& node = tree.node(index);
    node.evaluation = std::clamp(evaluation.value, -1.0F, 1.0F);
    node.evaluation_score = evaluation.score;
    for (NodeIndex on_path : leaf.path) --tree.node(on_path).pending;
    BackUp(&tree, leaf.path, node.evaluation, node.evaluation_score, options.backup);
    if (options.look_ahead) LookAhead(leaf);
    if (index != 0 && tree.stored_states() < static_cast<std::size_t>(options.stored_states)) {
      tree.StoreState(index, std::move(leaf.state));
    }
    leaf.state.reset();
  }
  pending_count = 0;
  if (!root_was_evaluated && root_evaluated()) PrepareRoot();
}

void Mcts::Impl::LookAhead(const Pending& leaf) {
  // Another leaf of the same batch may have solved a node above.
  for (NodeIndex index : leaf.path) {
    if (tree.node(index).solved) return;
  }
  const NodeIndex index = leaf.path.back();
  for (env::Action action : leaf.legal) {
    const std::unique_ptr<env::State> next = leaf.state->Clone();
    next->Apply(action);
    if (next->phase() != env::Phase::kScored) continue;
    const NodeIndex end = tree.Open(index, tree.FindEdge(index, action));
    Enter(end, *next);
    tree.node(end).Prove(tree.node(end).evaluation);
  }
  if (tree.node(index).opened == 0) return;
  const std::optional<float> proven = ProvenByChildren(tree, index);
  if (proven) BackUpProof(&tree, leaf.path, *proven, options.backup);
}

void Mcts::Impl::Advance(env::Action action) {
  assert(pending_count == 0);
  root_state->Apply(action);
  rule->Reset();
  budget = started = 0;
  if (options.reuse_tree && tree.node(0).edge_count > 0) {
    const Edge edge = tree.edges(0)[tree.FindEdge(0, action)];
    if (edge.child != kNoNode) {
      tree.KeepSubtree(edge.child);
      if (tree.memory_bytes() <= static_cast<std::size_t>(options.tree_memory_bytes) / 2) return;
    }
  }
  tree.Clear();
}

namespace {

const RootRuleKind& KnownRule(const std::string& name) {
  const RootRuleKind* kind = FindRootRule(name);
  assert(kind != nullptr && "Validate() knows the names");
  return *kind;
}

}  // namespace

Mcts::Mcts(const env::Environment& environment, const SearchOptions& options)
    : Mcts(environment, options, KnownRule(options.root)) {}

Mcts::Mcts(const env::Environment& environment, const SearchOptions& options,
           const RootRuleKind& rule)
    : impl_(std::make_unique<Impl>(environment, options, rule)) {}

Mcts::~Mcts() = default;

void Mcts::SetRoot(const env::State& state) {
  impl_->root_state = state.Clone();
  impl_->tree.Clear();
  impl_->pending_count = 0;
  impl_->budget = impl_->started = 0;
}

void Mcts::Advance(env::Action action) { impl_->Advance(action); }

const env::State& Mcts::root_state() const { return *impl_->root_state; }

std::string Mcts::SaveTree() const {
  assert(impl_->pending_count == 0);
  return impl_->root_evaluated() ? EncodeTree(impl_->tree) : std::string();
}

Status Mcts::RestoreTree(std::string_view bytes) {
  if (bytes.empty()) return {};
  return DecodeTree(bytes, *impl_->root_state, impl_->environment.spec(), impl_->options,
                    &impl_->tree);
}

void Mcts::Begin(RandomStream* random, int simulations, bool noise) {
  impl_->Begin(random, simulations > 0 ? simulations : impl_->options.simulations, noise);
}

void Mcts::BeginRootEvaluation() { impl_->Begin(nullptr, 0, false); }

bool Mcts::done() const { return impl_->done(); }

int Mcts::simulations() const { return impl_->started; }

double Mcts::mean_leaf_depth() const {
  return impl_->leaves == 0 ? 0 : static_cast<double>(impl_->leaf_depths) / impl_->leaves;
}

void Mcts::CollectRequests(std::vector<EvaluationRequest>* requests) {
  impl_->CollectRequests(requests);
}

void Mcts::Provide(std::span<Evaluation> evaluations) { impl_->Provide(evaluations); }

SearchResult Mcts::result(bool with_variations) const { return impl_->Result(with_variations); }

SearchResult RunSearch(Mcts* mcts, Evaluator* evaluator, RandomStream* random, int simulations,
                       bool noise) {
  mcts->Begin(random, simulations, noise);
  std::vector<EvaluationRequest> requests;
  std::vector<Evaluation> evaluations;
  while (!mcts->done()) {
    requests.clear();
    mcts->CollectRequests(&requests);
    if (requests.empty()) break;
    evaluations.resize(requests.size());
    evaluator->Evaluate(requests, evaluations);
    mcts->Provide(evaluations);
  }
  return mcts->result();
}

}  // namespace tesuji::search
