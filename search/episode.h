// One episode of self-play (or of a lone agent's attempt) as a state machine without threads or
// I/O: it says which leaves it wants evaluated, is given their evaluations, and in the end yields a
// Trajectory. One thread interleaves dozens of them and evaluates their leaves as one batch.
//
// Protocol, until phase() leaves kSearching:
//     episode.CollectRequests(&requests);   // appends up to options.full.max_pending requests
//     evaluator.Evaluate(requests, out);
//     episode.Provide(out, checkpoint);     // in the same order
// Thread-safety: one thread at a time. Deterministic in (options, task, random stream,
// evaluations).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "api/environment.h"
#include "api/judge.h"
#include "api/trajectory.h"
#include "core/random.h"
#include "core/result.h"
#include "search/episode_plan.h"
#include "search/evaluator.h"

namespace tesuji::search {

enum class EpisodePhase : std::uint8_t {
  kSearching,    ///< Wants evaluations.
  kAwaitsJudge,  ///< finished_state() must be judged; the trajectory lacks its outcome.
  kFinished,     ///< TakeTrajectory().
};

class Episode {
 public:
  /// `environment` must outlive the episode. `provenance` carries what the caller knows
  /// (environment, seed, episode number, software, settings); checkpoints are added by Provide().
  static Result<std::unique_ptr<Episode>> Start(const env::Environment& environment,
                                                const EpisodePlan& plan, env::Task task,
                                                env::Provenance provenance, RandomStream random);
  /// Goes on with what Serialise() wrote, exactly: with the same evaluations the trajectory is the
  /// one that an uninterrupted run makes. The current move is searched anew from the tree that it
  /// inherited. A judged episode waits for its judge again. Fails on damaged bytes and on another
  /// environment or other search settings than it was begun with.
  static Result<std::unique_ptr<Episode>> Resume(const env::Environment& environment,
                                                 const EpisodePlan& plan, std::string_view bytes);
  ~Episode();

  EpisodePhase phase() const;
  std::uint64_t number() const;  ///< provenance.episode
  /// Appends the leaves it wants evaluated now, at least one, or none when the episode came to its
  /// end without asking (phase() is not kSearching then). The requests' pointers stay valid until
  /// Provide(). REQUIRES: kSearching.
  void CollectRequests(std::vector<EvaluationRequest>* requests);
  /// Takes the evaluations of the last CollectRequests(), in order, advances the search and plays
  /// moves as searches end. `checkpoint` names the network that made them.
  void Provide(std::span<Evaluation> evaluations, const std::string& checkpoint);

  const env::State& finished_state() const;  ///< REQUIRES: kAwaitsJudge.
  /// Once. REQUIRES: not kSearching. That of an episode in kAwaitsJudge lacks its outcome.
  env::Trajectory TakeTrajectory();

  std::int64_t evaluations() const;
  std::size_t step_count() const;  ///< Actions played so far.
  /// Everything needed to go on after a restart: task, moves and targets so far, random state.
  std::string Serialise() const;

 private:
  struct Impl;
  explicit Episode(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tesuji::search
