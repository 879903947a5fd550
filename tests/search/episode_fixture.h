// Starts, plays and compares whole episodes.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "search/episode.h"

namespace tesuji::search {

/// Self-play as a campaign would set it, with everything turned on.
inline EpisodeOptions Everything(const std::string& root) {
  EpisodeOptions options;
  options.full.root = root;
  options.full.simulations = 24;
  options.full.root_noise = true;
  options.full.forced_playouts = 2;
  options.full.root_policy_temperature = 1.1;
  options.full.gumbel_considered = 6;
  options.cheap_simulations = 6;
  options.full_search_probability = 0.5;
  options.opening_policy_moves = 0.5;
  options.full.prove = false;  // Longer games with fewer proofs show more.
  return options;
}

inline std::unique_ptr<Episode> StartEpisode(const env::Environment& environment,
                                             const EpisodeOptions& options, std::uint64_t seed) {
  env::Provenance provenance;
  provenance.environment_id = environment.spec().id;
  provenance.environment_version = environment.spec().version;
  provenance.environment_parameters = environment.parameters();
  provenance.campaign_seed = 1;
  provenance.episode = seed;
  auto episode = Episode::Start(environment, EpisodePlan::Make(options).value(),
                                env::Task{.id = "start"}, provenance, RandomStream({1, seed}));
  EXPECT_TRUE(episode.has_value()) << episode.error().message;
  return std::move(*episode);
}

/// One round of the protocol.
inline void Step(Episode* episode, Evaluator* evaluator) {
  std::vector<EvaluationRequest> requests;
  episode->CollectRequests(&requests);
  if (requests.empty()) {
    ASSERT_NE(episode->phase(), EpisodePhase::kSearching);
    return;
  }
  std::vector<Evaluation> evaluations(requests.size());
  evaluator->Evaluate(requests, evaluations);
  episode->Provide(evaluations, evaluator->checkpoint_hash());
}

inline env::Trajectory Finish(Episode* episode, Evaluator* evaluator) {
  while (episode->phase() == EpisodePhase::kSearching) Step(episode, evaluator);
  EXPECT_EQ(episode->phase(), EpisodePhase::kFinished);
  return episode->TakeTrajectory();
}

/// Every promise of api/trajectory.h that can be checked by replaying.
inline void ExpectSound(const env::Environment& environment, const env::Trajectory& trajectory) {
  auto state = std::move(*environment.NewState(trajectory.task));
  double weights = 0;
  int targets = 0;
  for (const env::Step& step : trajectory.steps) {
    ASSERT_EQ(state->phase(), env::Phase::kOngoing);
    std::vector<env::Action> legal;
    if (state->to_play() != env::Player::kChance) {
      state->LegalActions(&legal);
      ASSERT_TRUE(std::binary_search(legal.begin(), legal.end(), step.action));
    }
    ASSERT_LT(step.checkpoint, trajectory.provenance.checkpoints.size());
    EXPECT_EQ(step.is_target, !step.policy.empty());
    double sum = 0;
    env::Action last = -1;
    for (const env::PolicyEntry& entry : step.policy) {
      EXPECT_TRUE(std::binary_search(legal.begin(), legal.end(), entry.action));
      EXPECT_GT(entry.action, last);
      EXPECT_GT(entry.probability, 0);
      last = entry.action;
      sum += entry.probability;
    }
    if (step.is_target) {
      EXPECT_NEAR(sum, 1, 1e-5);
      EXPECT_GE(step.surprise, 0);
      EXPECT_GE(step.weight, 0);
      weights += step.weight;
      ++targets;
    }
    EXPECT_LE(std::abs(step.root_value), 1);
    state->Apply(step.action);
  }
  EXPECT_NE(state->phase(), env::Phase::kOngoing);
  EXPECT_EQ(state->Fingerprint(), trajectory.final_fingerprint);
  EXPECT_NEAR(weights, targets, 1e-3);  // Surprise moves weight about, it makes none.
}

inline void ExpectEqual(const env::Trajectory& a, const env::Trajectory& b) {
  EXPECT_EQ(a.steps, b.steps);
  EXPECT_EQ(a.outcome, b.outcome);
  EXPECT_EQ(a.provenance, b.provenance);
  EXPECT_EQ(a.artifact, b.artifact);
  EXPECT_EQ(a.final_fingerprint, b.final_fingerprint);
}

}  // namespace tesuji::search
