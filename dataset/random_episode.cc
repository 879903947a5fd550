#include "dataset/random_episode.h"

#include <algorithm>

#include "core/random.h"
#include "core/version.h"

namespace tesuji::dataset {
namespace {

constexpr std::uint64_t kPurpose = 0xda7a;

std::vector<env::PolicyEntry> RandomPolicy(const std::vector<env::Action>& legal, int most,
                                           RandomStream* random) {
  std::vector<env::Action> chosen;
  if (legal.size() <= static_cast<std::size_t>(most)) chosen = legal;
  const std::size_t count = std::min(legal.size(), static_cast<std::size_t>(most));
  while (chosen.size() < count) {
    const env::Action action = legal[random->Below(legal.size())];
    if (std::ranges::find(chosen, action) == chosen.end()) chosen.push_back(action);
  }
  std::ranges::sort(chosen);
  std::vector<env::PolicyEntry> policy;
  float sum = 0;
  for (const env::Action action : chosen) {
    policy.push_back({action, static_cast<float>(random->Gamma(0.5)) + 1e-3F});
    sum += policy.back().probability;
  }
  for (auto& entry : policy) entry.probability /= sum;
  return policy;
}

env::Action ChanceAction(const env::State& state, RandomStream* random) {
  std::vector<env::ChanceOutcome> outcomes;
  state.ChanceOutcomes(&outcomes);
  std::vector<float> weights;
  for (const auto& outcome : outcomes) weights.push_back(static_cast<float>(outcome.probability));
  return outcomes[random->Pick(weights)].action;
}

void Finish(const env::Environment& environment, const env::State& end,
            env::Trajectory* trajectory) {
  trajectory->outcome = {};
  trajectory->outcome.value = end.Value();
  trajectory->outcome.termination = end.Termination();
  const env::Spec& spec = environment.spec();
  if (spec.has_ownership || spec.has_score) {
    env::FinalTargets targets = end.Targets();
    trajectory->outcome.score = spec.has_score ? targets.score : 0;
    if (spec.has_ownership) trajectory->outcome.ownership = std::move(targets.ownership);
  }
  trajectory->artifact = end.Artifact();
  trajectory->final_fingerprint = end.Fingerprint();
}

}  // namespace

env::Trajectory RandomEpisode(const env::Environment& environment,
                              const RandomEpisodeOptions& options) {
  RandomStream random({options.seed, kPurpose, options.episode});
  const env::Spec& spec = environment.spec();
  env::Trajectory trajectory;
  trajectory.provenance = {.environment_id = spec.id,
                           .environment_version = spec.version,
                           .environment_parameters = environment.parameters(),
                           .software_version = kSoftwareVersion,
                           .campaign_seed = options.seed,
                           .episode = options.episode,
                           .checkpoints = {"random"},
                           .search_settings = {{"play", "random"}},
                           .judge = Json::object()};
  trajectory.task = environment.SampleTask(random);
  auto state = environment.NewState(trajectory.task).value();
  std::vector<env::Action> legal;
  while (state->phase() == env::Phase::kOngoing) {
    env::Step step;
    if (state->to_play() == env::Player::kChance) {
      step.action = ChanceAction(*state, &random);
    } else {
      state->LegalActions(&legal);
      // The last action is the pass where there is one.
      const bool end_now =
          options.max_moves > 0 && static_cast<int>(trajectory.steps.size()) >= options.max_moves;
      const std::size_t choices =
          legal.size() > 1 && spec.actions.other_actions == 1 ? legal.size() - 1 : legal.size();
      step.action = end_now ? legal.back() : legal[random.Below(choices)];
      if (random.Chance(options.target_share)) {
        step.is_target = true;
        step.policy = RandomPolicy(legal, options.policy_entries, &random);
        step.visits = 16 + static_cast<std::uint32_t>(random.Below(64));
        step.root_value = static_cast<float>(2 * random.Uniform() - 1);
        step.surprise = static_cast<float>(random.Uniform());
      }
    }
    state->Apply(step.action);
    trajectory.steps.push_back(std::move(step));
  }
  Finish(environment, *state, &trajectory);
  return trajectory;
}

}  // namespace tesuji::dataset
