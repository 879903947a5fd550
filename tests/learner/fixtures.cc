#include "tests/learner/fixtures.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "cli/families.h"

namespace tesuji::learner::testing {
namespace {

constexpr int kLength = 4;
constexpr int kDigits = 3;

class DigitsState final : public env::State {
 public:
  std::unique_ptr<State> Clone() const override { return std::make_unique<DigitsState>(*this); }
  env::Phase phase() const override {
    return digits_.size() < kLength ? env::Phase::kOngoing : env::Phase::kScored;
  }
  env::Player to_play() const override { return env::Player::kFirst; }
  void LegalActions(std::vector<env::Action>* out) const override { *out = {0, 1, 2}; }
  void Apply(env::Action action) override { digits_ += static_cast<char>('0' + action); }
  float Value() const override {
    int right = 0;
    for (std::size_t i = 0; i < digits_.size(); ++i) {
      right += digits_[i] - '0' == static_cast<int>(i) % kDigits;
    }
    return static_cast<float>(right) / 2 - 1;
  }
  Key128 Fingerprint() const override { return {1, std::hash<std::string>()(digits_)}; }
  void Encode(std::span<float> out) const override {
    std::fill(out.begin(), out.end(), 0.0F);
    for (std::size_t i = 0; i < digits_.size(); ++i) {
      out[static_cast<std::size_t>(digits_[i] - '0') * kLength + i] = 1;
    }
  }
  std::string Artifact() const override { return digits_; }
  std::string ToText() const override { return digits_; }

 private:
  std::string digits_;
};

class DigitsEnvironment final : public env::Environment {
 public:
  DigitsEnvironment() {
    spec_.id = "digits";
    spec_.action_count = kDigits;
    spec_.player_count = 1;
    spec_.max_steps = kLength;
    spec_.observation = {kDigits, 1, kLength};
    spec_.actions = {0, kDigits};
    spec_.symmetries.resize(1);
    spec_.symmetries[0].cells.resize(kLength);
    spec_.symmetries[0].actions.resize(kDigits);
    std::iota(spec_.symmetries[0].cells.begin(), spec_.symmetries[0].cells.end(), 0);
    std::iota(spec_.symmetries[0].actions.begin(), spec_.symmetries[0].actions.end(), 0);
  }
  const env::Spec& spec() const override { return spec_; }
  Json parameters() const override { return {{"length", kLength}}; }
  Result<std::unique_ptr<env::State>> NewState(const env::Task&) const override {
    return std::make_unique<DigitsState>();
  }
  Result<std::unique_ptr<env::State>> FromArtifact(std::string_view) const override {
    return Fail("digits are not read");
  }

 private:
  env::Spec spec_;
};

}  // namespace

std::unique_ptr<const env::Environment> MakeDigits() {
  return std::make_unique<DigitsEnvironment>();
}

std::unique_ptr<const env::Environment> MakeSmallGo() {
  return std::move(env::BuiltInEnvironments().Make("go", {{"size", 5}}).value());
}

std::unique_ptr<const env::Environment> Make2048() {
  return std::move(env::BuiltInEnvironments().Make("2048", Json::object()).value());
}

env::Trajectory RandomGame(const env::Environment& environment, std::uint64_t seed) {
  RandomStream random(seed);
  env::Trajectory game;
  game.task = environment.SampleTask(random);
  auto state = std::move(environment.NewState(game.task).value());
  std::vector<env::Action> legal;
  std::vector<env::ChanceOutcome> outcomes;
  while (state->phase() == env::Phase::kOngoing) {
    env::Step step;
    if (state->to_play() == env::Player::kChance) {
      state->ChanceOutcomes(&outcomes);
      step.action = outcomes[random.Below(outcomes.size())].action;
      state->Apply(step.action);
      game.steps.push_back(std::move(step));
      continue;
    }
    state->LegalActions(&legal);
    step.is_target = true;
    step.weight = static_cast<float>(random.Uniform()) + 0.5F;
    double sum = 0;
    for (const env::Action action : legal) {
      step.policy.push_back({action, static_cast<float>(random.Gamma(0.3) + 1e-3)});
      sum += step.policy.back().probability;
    }
    for (env::PolicyEntry& entry : step.policy) entry.probability /= static_cast<float>(sum);
    step.action = legal[random.Below(legal.size())];
    state->Apply(step.action);
    game.steps.push_back(std::move(step));
  }
  CompleteGame(environment, &game);
  return game;
}

void CompleteGame(const env::Environment& environment, env::Trajectory* game) {
  const env::Spec& spec = environment.spec();
  game->provenance.environment_id = spec.id;
  game->provenance.environment_version = spec.version;
  game->provenance.environment_parameters = environment.parameters();
  game->provenance.checkpoints = {"random"};
  const auto end = std::move(environment.NewState(game->task).value());
  for (const env::Step& step : game->steps) end->Apply(step.action);
  game->outcome.value = end->Value();
  game->outcome.termination = end->Termination();
  if (spec.has_ownership || spec.has_score) {
    env::FinalTargets targets = end->Targets();
    game->outcome.ownership = std::move(targets.ownership);
    game->outcome.score = targets.score;
  }
  game->artifact = end->Artifact();
  game->final_fingerprint = end->Fingerprint();
}

std::vector<search::EvaluationRequest> Positions::Requests() const {
  std::vector<search::EvaluationRequest> requests;
  for (std::size_t i = 0; i < states.size(); ++i) requests.push_back({states[i].get(), legal[i]});
  return requests;
}

Positions RandomPositions(const env::Environment& environment, int count, std::uint64_t seed) {
  Positions positions;
  for (std::uint64_t game = 0; std::cmp_less(positions.states.size(), count); ++game) {
    const env::Trajectory trajectory = RandomGame(environment, seed * 1000 + game);
    auto state = std::move(environment.NewState(trajectory.task).value());
    for (const env::Step& step : trajectory.steps) {
      if (std::cmp_equal(positions.states.size(), count)) break;
      positions.states.push_back(state->Clone());
      state->LegalActions(&positions.legal.emplace_back());
      state->Apply(step.action);
    }
  }
  return positions;
}

std::vector<search::Evaluation> EvaluateAll(search::Evaluator* evaluator,
                                            const Positions& positions) {
  std::vector<search::Evaluation> out(positions.states.size());
  evaluator->Evaluate(positions.Requests(), out);
  return out;
}

double LargestDifference(const std::vector<search::Evaluation>& a,
                         const std::vector<search::Evaluation>& b) {
  if (a.size() != b.size()) return INFINITY;
  double largest = 0;
  const auto compare = [&](double x, double y) {
    if (!(std::abs(x - y) <= largest)) largest = std::abs(x - y);
  };
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].priors.size() != b[i].priors.size()) return INFINITY;
    if (a[i].ownership.size() != b[i].ownership.size()) return INFINITY;
    for (std::size_t k = 0; k < a[i].priors.size(); ++k) compare(a[i].priors[k], b[i].priors[k]);
    compare(a[i].value, b[i].value);
    compare(a[i].score / 10, b[i].score / 10);
    for (std::size_t k = 0; k < a[i].ownership.size(); ++k) {
      compare(a[i].ownership[k], b[i].ownership[k]);
    }
  }
  return largest;
}

void PlaneForward::Run(std::span<const float> observations, int rows, RawOutput* out) {
  batches.push_back(rows);
  *out = {};
  const auto size = static_cast<std::size_t>(spec_.observation.size());
  const auto cells = static_cast<std::size_t>(spec_.observation.cells());
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
    const std::span<const float> planes = observations.subspan(row * size, size);
    const std::span<const float> first = planes.first(cells);
    const float mean = std::accumulate(planes.begin(), planes.end(), 0.0F) / size;
    const float first_mean = std::accumulate(first.begin(), first.end(), 0.0F) / cells;
    for (int action = 0; action < spec_.action_count; ++action) {
      const auto a = static_cast<std::size_t>(action);
      out->policy.push_back(a < spec_.actions.planes_over_cells * cells ? 3 * first[a % cells]
                                                                        : mean);
    }
    out->outcome.insert(out->outcome.end(), {5 * first_mean, 0, mean});
    if (spec_.has_score) out->score.push_back(first_mean);
    if (spec_.has_ownership) {
      out->ownership.insert(out->ownership.end(), first.begin(), first.end());
    }
  }
}

}  // namespace tesuji::learner::testing
