#include "search/episode.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "api/replay.h"
#include "search/episode_codec.h"
#include "search/mcts.h"

namespace tesuji::search {
namespace {

/// What the current move's search is for.
enum class MoveKind : std::uint8_t { kNone, kOpening, kCheap, kFull };

/// Number of failures before a success: mean `mean`.
int DrawGeometric(double mean, RandomStream* random) {
  int count = 0;
  const double go_on = mean / (1 + mean);
  while (mean > 0 && count < 1'000 && random->Chance(go_on)) ++count;
  return count;
}

/// Spreads `share` of the weight of target steps in proportion to their surprise.
void WeighBySurprise(double share, std::vector<env::Step>* steps) {
  double total = 0;
  int targets = 0;
  for (const auto& step : *steps) {
    if (!step.is_target) continue;
    total += step.surprise;
    ++targets;
  }
  if (targets == 0 || total <= 0) return;
  const double mean = total / targets;
  for (auto& step : *steps) {
    if (step.is_target) step.weight = static_cast<float>(1 - share + share * step.surprise / mean);
  }
}

}  // namespace

struct Episode::Impl {
  Impl(const env::Environment& env, EpisodePlan episode_plan, EpisodeRecord start)
      : environment(env),
        plan(std::move(episode_plan)),
        options(plan.options()),
        record(std::move(start)),
        mcts(env, options.full),
        random(RandomStream::FromState(record.random)) {}

  const env::Environment& environment;
  const EpisodePlan plan;
  const EpisodeOptions& options;
  EpisodeRecord record;
  std::unique_ptr<env::State> state;
  Mcts mcts;
  RandomStream random;
  bool tree_ready = false;  ///< mcts stands at `state`.
  MoveKind kind = MoveKind::kNone;
  /// The network that answered during this move; becomes provenance only with the move's step, so
  /// that a move broken off and searched anew leaves no trace.
  std::string checkpoint;
  EpisodePhase phase = EpisodePhase::kSearching;
  std::vector<env::Action> legal;
  std::vector<env::ChanceOutcome> outcomes;

  void Record(env::Step step);
  void Play(env::Action action);
  void PlayChance();
  void PlayForced();
  void PlayFromSearch();
  bool Decided() const;
  env::Action Choose(const SearchResult& result);
  double Temperature() const;
  void BeginMove();
  Status RestoreTree();
  void Run();
  void Finish();
  std::uint16_t CheckpointIndex();
};

std::uint16_t Episode::Impl::CheckpointIndex() {
  auto& known = record.provenance.checkpoints;
  // A move that asked nothing (forced, chance, proven) goes with the network before it.
  if (checkpoint.empty()) return record.steps.empty() ? 0 : record.steps.back().checkpoint;
  const auto found = std::find(known.begin(), known.end(), checkpoint);
  const auto index = static_cast<std::uint16_t>(found - known.begin());
  if (found == known.end()) known.push_back(checkpoint);
  checkpoint.clear();
  return index;
}

void Episode::Impl::Play(env::Action action) {
  state->Apply(action);
  if (tree_ready) mcts.Advance(action);
  kind = MoveKind::kNone;
}

void Episode::Impl::Record(env::Step step) {
  step.checkpoint = CheckpointIndex();
  const env::Action action = step.action;
  record.steps.push_back(std::move(step));
  Play(action);
}

void Episode::Impl::PlayChance() {
  state->ChanceOutcomes(&outcomes);
  std::vector<float> weights;
  for (const auto& outcome : outcomes) weights.push_back(static_cast<float>(outcome.probability));
  env::Step step;
  step.action = outcomes[random.Pick(weights)].action;
  Record(std::move(step));
}

void Episode::Impl::PlayForced() {
  env::Step step;
  step.action = legal[0];
  Record(std::move(step));
}

double Episode::Impl::Temperature() const {
  const double decay =
      std::exp2(-static_cast<double>(record.steps.size()) / options.temperature_halflife);
  return options.final_temperature + (options.temperature - options.final_temperature) * decay;
}

env::Action Episode::Impl::Choose(const SearchResult& result) {
  const double temperature = Temperature();
  if (result.best_is_drawn || temperature < 0.01) return result.best;
  std::vector<float> weights;
  for (const auto& entry : result.target) {
    weights.push_back(static_cast<float>(std::pow(entry.probability, 1 / temperature)));
  }
  if (std::all_of(weights.begin(), weights.end(), [](float weight) { return weight <= 0; })) {
    return result.best;
  }
  return result.target[random.Pick(weights)].action;
}

void Episode::Impl::PlayFromSearch() {
  SearchResult result = mcts.result();
  env::Step step;
  step.root_value = result.root_value;
  if (record.opening_left > 0) --record.opening_left;
  if (kind == MoveKind::kOpening) {
    std::vector<float> priors;
    const auto exponent = static_cast<float>(1 / options.opening_temperature);
    for (const auto& action : result.actions) priors.push_back(std::pow(action.prior, exponent));
    step.action = result.actions[random.Pick(priors)].action;
  } else {
    step.visits = result.visits;
    step.action = Choose(result);
    if (kind == MoveKind::kFull) {
      step.is_target = true;
      step.surprise = result.surprise;
      step.policy = std::move(result.target);
    }
  }
  Record(std::move(step));
}

bool Episode::Impl::Decided() const {
  constexpr std::size_t kMoves = 4;
  if (options.decided_value <= 0 || record.steps.size() < kMoves) return false;
  return std::all_of(record.steps.end() - kMoves, record.steps.end(), [&](const env::Step& step) {
    return std::abs(step.root_value) >= options.decided_value;
  });
}

void Episode::Impl::BeginMove() {
  // What Serialise() keeps: a resumed episode draws this move's numbers again.
  record.random = random.state();
  if (!tree_ready) {
    mcts.SetRoot(*state);
    tree_ready = true;
  }
  record.tree = mcts.SaveTree();
  if (record.opening_left > 0) {
    if (record.opening_player.value_or(state->to_play()) == state->to_play()) {
      kind = MoveKind::kOpening;
      mcts.BeginRootEvaluation();
    } else {
      kind = MoveKind::kCheap;
      mcts.Begin(&random, options.cheap_simulations, false);  // 0: as many as a full search.
    }
    return;
  }
  int cheap_simulations = options.cheap_simulations;
  bool full = cheap_simulations <= 0 || random.Chance(options.full_search_probability);
  if (Decided() && !random.Chance(options.decided_full_probability)) {
    cheap_simulations = options.decided_simulations;
    full = false;
  }
  kind = full ? MoveKind::kFull : MoveKind::kCheap;
  mcts.Begin(&random, full ? options.full.simulations : cheap_simulations, full);
}

Status Episode::Impl::RestoreTree() {
  // Exactly where a move is about to be searched can there be a tree to go on with.
  if (record.tree.empty()) return {};
  if (state->phase() != env::Phase::kOngoing || state->to_play() == env::Player::kChance) {
    return Fail("a saved search tree belongs to no move; the episode must be dropped");
  }
  mcts.SetRoot(*state);
  tree_ready = true;
  return mcts.RestoreTree(record.tree);
}

void Episode::Impl::Run() {
  while (state->phase() == env::Phase::kOngoing) {
    if (kind == MoveKind::kNone) {
      if (state->to_play() == env::Player::kChance) {
        PlayChance();
        continue;
      }
      state->LegalActions(&legal);
      if (legal.size() == 1) {
        PlayForced();
        continue;
      }
      BeginMove();
    }
    if (!mcts.done()) return;
    PlayFromSearch();
  }
  Finish();
}

void Episode::Impl::Finish() {
  record.random = random.state();
  record.tree.clear();
  WeighBySurprise(options.surprise_weight, &record.steps);
  if (state->phase() == env::Phase::kAwaitsJudge) {
    phase = EpisodePhase::kAwaitsJudge;
    return;
  }
  record.outcome.value = state->Value();
  record.outcome.termination = state->Termination();
  const auto& spec = environment.spec();
  if (spec.has_ownership || spec.has_score) {
    env::FinalTargets targets = state->Targets();
    if (spec.has_score) record.outcome.score = targets.score;
    if (spec.has_ownership) record.outcome.ownership = std::move(targets.ownership);
  }
  phase = EpisodePhase::kFinished;
}

Episode::Episode(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Episode::~Episode() = default;

Result<std::unique_ptr<Episode>> Episode::Start(const env::Environment& environment,
                                                const EpisodePlan& plan, env::Task task,
                                                env::Provenance provenance, RandomStream random) {
  const EpisodeOptions& options = plan.options();
  EpisodeRecord record;
  record.settings = plan.json();
  record.task = std::move(task);
  record.provenance = std::move(provenance);
  record.opening_left = DrawGeometric(options.opening_policy_moves, &random);
  if (options.opening_one_sided > 0 && record.opening_left > 0 &&
      environment.spec().player_count == 2 && random.Chance(options.opening_one_sided)) {
    record.opening_player = random.Chance(0.5) ? env::Player::kFirst : env::Player::kSecond;
  }
  record.random = random.state();
  auto state = environment.NewState(record.task);
  if (!state) return tl::unexpected(state.error());
  auto impl = std::make_unique<Impl>(environment, plan, std::move(record));
  impl->state = std::move(*state);
  impl->Run();
  return std::unique_ptr<Episode>(new Episode(std::move(impl)));
}

Result<std::unique_ptr<Episode>> Episode::Resume(const env::Environment& environment,
                                                 const EpisodePlan& plan, std::string_view bytes) {
  const EpisodeOptions& options = plan.options();
  auto record = DecodeEpisode(bytes);
  if (!record) return tl::unexpected(record.error());
  const env::Provenance& made_by = record->provenance;
  const env::Spec& spec = environment.spec();
  // Benchmarks and tests leave the environment unnamed.
  if (!made_by.environment_id.empty() &&
      (made_by.environment_id != spec.id || made_by.environment_version != spec.version ||
       made_by.environment_parameters != environment.parameters())) {
    return Fail(fmt::format(
        "unfinished episode {} belongs to environment {} version {} with parameters {}; this is {} "
        "version {} with {}",
        made_by.episode, made_by.environment_id, made_by.environment_version,
        made_by.environment_parameters.dump(), spec.id, spec.version,
        environment.parameters().dump()));
  }
  if (record->settings != plan.json()) {
    return Fail(
        fmt::format("unfinished episode {} was begun with other search settings", made_by.episode));
  }
  if (record->opening_player && options.opening_one_sided <= 0) {
    return Fail(
        fmt::format("unfinished episode {} has an opening of one side, which its settings "
                    "do not know",
                    made_by.episode));
  }
  auto state = env::ReplaySteps(environment, record->task, record->steps);
  if (!state) {
    return Fail(fmt::format("unfinished episode {}: {}", made_by.episode, state.error().message));
  }
  auto impl = std::make_unique<Impl>(environment, plan, std::move(*record));
  impl->state = std::move(*state);
  if (Status restored = impl->RestoreTree(); !restored) return tl::unexpected(restored.error());
  impl->Run();
  return std::unique_ptr<Episode>(new Episode(std::move(impl)));
}

EpisodePhase Episode::phase() const { return impl_->phase; }
std::uint64_t Episode::number() const { return impl_->record.provenance.episode; }
std::int64_t Episode::evaluations() const { return impl_->record.evaluations; }
std::size_t Episode::step_count() const { return impl_->record.steps.size(); }
std::string Episode::Serialise() const { return EncodeEpisode(impl_->record); }

void Episode::CollectRequests(std::vector<EvaluationRequest>* requests) {
  assert(impl_->phase == EpisodePhase::kSearching);
  const std::size_t before = requests->size();
  while (impl_->phase == EpisodePhase::kSearching && requests->size() == before) {
    impl_->mcts.CollectRequests(requests);
    if (requests->size() == before) impl_->Run();
  }
}

void Episode::Provide(std::span<Evaluation> evaluations, const std::string& checkpoint) {
  impl_->checkpoint = checkpoint;
  impl_->record.evaluations += static_cast<std::int64_t>(evaluations.size());
  impl_->mcts.Provide(evaluations);
  impl_->Run();
}

const env::State& Episode::finished_state() const {
  assert(impl_->phase == EpisodePhase::kAwaitsJudge);
  return *impl_->state;
}

env::Trajectory Episode::TakeTrajectory() {
  assert(impl_->phase != EpisodePhase::kSearching);
  auto& record = impl_->record;
  env::Trajectory trajectory;
  trajectory.provenance = std::move(record.provenance);
  // An episode of forced moves alone asked no network.
  if (trajectory.provenance.checkpoints.empty()) {
    trajectory.provenance.checkpoints.emplace_back("none");
  }
  trajectory.task = std::move(record.task);
  trajectory.steps = std::move(record.steps);
  trajectory.outcome = std::move(record.outcome);
  trajectory.evidence = std::move(record.evidence);
  trajectory.artifact = impl_->state->Artifact();
  trajectory.final_fingerprint = impl_->state->Fingerprint();
  trajectory.timing.evaluations = record.evaluations;
  return trajectory;
}

}  // namespace tesuji::search
