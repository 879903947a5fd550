// How a campaign explores. A producer makes finished episodes: self-play (campaign/), enumeration
// of programs (env/program), flip walks (env/matmul), or the producer of a plug-in. The campaign
// gives out episode numbers and takes finished episodes. It has them judged, replays them, stores
// them and trains on them. It does not know how they were made.
//
// A family lists its producers by factories in the registry (api/registry.h). A campaign makes one
// Producer and asks it for one worker a thread. Workers get all that they need of the campaign from
// their ProducerHost.
// Failures: bad settings are a Failure when the producer is made; the machine throws MachineError.
// Thread-safety: a Producer's methods may be called while its workers run. One thread calls the
// methods of one worker. A ProducerHost may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/environment.h"
#include "api/training_rows.h"
#include "api/trajectory.h"
#include "core/json.h"
#include "core/result.h"

namespace tesuji::search {
class Evaluator;
}

namespace tesuji::env {

/// Second component of every episode's random streams, behind the campaign's seed and before the
/// episode's number: what the stream is for.
inline constexpr std::uint64_t kTaskStream = 1;
inline constexpr std::uint64_t kEpisodeStream = 2;

/// An episode that a worker was making when the campaign stopped, in the producer's own bytes.
struct EpisodeInFlight {
  std::uint64_t episode = 0;
  std::string bytes;
};

struct FinishedEpisode {
  Trajectory trajectory;
  /// The end of an episode whose value only a judge can tell (phase() is kAwaitsJudge); null when
  /// the trajectory has its outcome.
  std::unique_ptr<State> awaits_judge = nullptr;
  /// What Adopt() takes, for an episode that awaits its judge when the campaign stops.
  std::string bytes = {};
};

/// A policy that campaigns improve: a network, or what else has a name and answers for states.
class Policy {
 public:
  virtual ~Policy() = default;
  /// Goes into Provenance::checkpoints.
  virtual const std::string& hash() const = 0;
  /// For one thread, up to `batch` states at once. Needs nothing of this object afterwards.
  virtual std::unique_ptr<search::Evaluator> MakeEvaluator(int batch) const = 0;
};

struct CurrentPolicy {
  std::shared_ptr<const Policy> policy;  ///< Null when the producer does not learn.
  std::uint64_t version = 0;             ///< Grows with every new policy.
  bool trained = false;                  ///< False: the one that a campaign begins with.
};

/// Work done, for progress and benchmarks.
struct Effort {
  std::int64_t actions = 0;
  std::int64_t evaluations = 0;  ///< States or candidates looked at.
  std::int64_t batches = 0;
};

/// What a campaign offers to the workers of its producer.
class ProducerHost {
 public:
  virtual ~ProducerHost() = default;
  virtual const Environment& environment() const = 0;
  /// What all episodes of the campaign have in common: environment, software, seed. The producer
  /// adds the number, the checkpoints and how it searched.
  virtual const Provenance& provenance() const = 0;
  /// The number of a new episode; empty: no more are wanted. Each number is given out once in a
  /// process; one that is neither finished nor in flight at the end is given out again by the next.
  virtual std::optional<std::uint64_t> NextEpisode() = 0;
  /// Takes a finished episode. Blocks while judge or disk are behind.
  virtual void Finish(FinishedEpisode episode) = 0;
  virtual CurrentPolicy policy() const = 0;
  /// CurrentPolicy::version without a lock.
  virtual std::uint64_t policy_version() const = 0;
  /// True when the worker should return from Step() soon.
  virtual bool stopping() const = 0;
  virtual void Count(const Effort& effort) = 0;
  /// Shows a line to people, which stays.
  virtual void Announce(const std::string& line) = 0;
};

class ProducerWorker {
 public:
  virtual ~ProducerWorker() = default;
  /// Goes on with an episode that an earlier process left; before the first Step(). On failure it
  /// is made anew.
  virtual Status Adopt(const EpisodeInFlight& episode) = 0;
  /// A bounded piece of work, a few seconds at most. False: nothing is in flight and no more
  /// episodes are wanted or can be made.
  virtual bool Step() = 0;
  /// The episodes in flight; after the last Step().
  virtual std::vector<EpisodeInFlight> Unfinished() const = 0;
};

/// Rows to train on: `rows` mixes stored ones with more, of which `stored_share` are stored ones.
struct MixedRows {
  std::unique_ptr<TrainingRows> rows;  ///< Null: stored rows alone.
  double stored_share = 1;
};

/// One figure of a checkpoint: ("tasks_solved", 12).
struct Figure {
  std::string name;
  double value = 0;
};

class Producer {
 public:
  virtual ~Producer() = default;
  /// False: there is nothing to learn from its episodes; the campaign makes no network.
  virtual bool learns() const { return true; }
  /// Workers that it can use, where the campaign has `threads`.
  virtual int workers(int threads) const { return threads; }
  /// True: Recall() gets every verified episode of the store before the first worker is made.
  virtual bool recalls() const { return false; }
  /// A failure refuses the store.
  virtual Status Recall(const Trajectory& /*stored*/) { return {}; }
  /// `index` counts from 0. The producer and the host outlive the worker. A failure ends the run.
  virtual Result<std::unique_ptr<ProducerWorker>> MakeWorker(int index, ProducerHost* host) = 0;
  /// `stored` outlives the result.
  virtual MixedRows TeachFrom(const TrainingRows& /*stored*/) { return {}; }
  /// Scores a checkpoint in the producer's own way; empty when `stop` interrupted it.
  virtual std::vector<Figure> Score(const Policy& /*policy*/,
                                    const std::function<bool()>& /*stop*/) {
    return {};
  }
  /// A few words for the progress line. Any thread.
  virtual std::string Progress() const { return {}; }
};

}  // namespace tesuji::env
