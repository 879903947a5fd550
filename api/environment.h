// The contract between a family of tasks and everything that searches it.
//
// Values lie in [-1, 1] from the FIRST player's view, whoever is to play; a lone agent is always
// the first player, so one backup rule serves games and puzzles. Only Encode() takes the view of
// the player to move.
//
// Thread-safety: an Environment is immutable and may be shared by any number of threads; it must
// outlive its states. A State is used by one thread at a time.
// A broken REQUIRES is a bug of the caller: implementations assert it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/key128.h"
#include "core/random.h"
#include "core/result.h"

namespace tesuji::env {

/// An index in [0, spec().action_count).
using Action = std::int32_t;

/// kChance moves by ChanceOutcomes(), never by choice.
enum class Player : std::int8_t { kFirst = 0, kSecond = 1, kChance = 2 };

/// kOngoing: actions remain. kScored: over, Value() is known. kAwaitsJudge: over, but only a Judge
/// can tell the value.
enum class Phase : std::int8_t { kOngoing, kScored, kAwaitsJudge };

/// Observation: `planes` planes of height x width floats, row-major, plane by plane (NCHW).
struct ObservationShape {
  int planes = 0;
  int height = 0;
  int width = 0;
  int cells() const { return height * width; }
  int size() const { return planes * cells(); }
};

/// How actions relate to the board, so that a network can give them a convolutional head:
/// first `planes_over_cells * cells` actions (plane-major, then row-major), then `other_actions`
/// that belong to no cell (a pass, a column). Both may be zero, their sum is action_count.
struct ActionLayout {
  int planes_over_cells = 0;
  int other_actions = 0;
};

/// A symmetry of the task: playing the transformed actions leads to transformed observations with
/// the same values. Cell `c` goes to `cells[c]` in every plane, action `a` to `actions[a]`.
struct Symmetry {
  std::vector<std::int32_t> cells;
  std::vector<std::int32_t> actions;
};

/// What is fixed about an environment. Owned by it.
struct Spec {
  std::string id;   ///< "go", "tictactoe"; lower case, stable.
  int version = 1;  ///< Raised whenever rules or encoding change.
  int action_count = 0;
  int player_count = 2;  ///< 1 or 2, chance not counted.
  bool has_chance = false;
  int max_steps = 0;  ///< No episode is longer.
  ObservationShape observation;
  ActionLayout actions;
  bool has_ownership = false;  ///< FinalTargets carries one value a cell.
  bool has_score = false;      ///< FinalTargets carries a score.
  float score_scale = 1.0F;    ///< Typical magnitude of the score; networks predict score/scale.
  /// Of a lone agent's environment whose value grows on the way (a score): a plane of the
  /// observation that holds in each cell the odds (1 + v) / (1 - v) of the value v that would be if
  /// nothing more were won. Networks learn how much is added to it and see nothing else of that
  /// plane: what is still to come is told apart more finely than what it adds up to. Errors of odds
  /// count as they are, so values should stay well below 1. -1: none.
  int value_anchor_plane = -1;
  std::vector<Symmetry> symmetries;        ///< [0] is the identity; at least that one.
  std::string artifact_extension = "txt";  ///< "sgf", "cc", "json".
};

/// One start. `parameters` are what varies from task to task (komi, handicap, a problem's name).
struct Task {
  std::string id;
  Json parameters = Json::object();
};

/// What the end of an episode teaches besides its value; both from the first player's view.
struct FinalTargets {
  std::vector<std::int8_t> ownership;  ///< Per cell: +1 first player, -1 second, 0 neither.
  float score = 0;                     ///< First player's points minus the second's.
};

struct ChanceOutcome {
  Action action;
  double probability;
};

class State {
 public:
  virtual ~State() = default;
  virtual std::unique_ptr<State> Clone() const = 0;

  virtual Phase phase() const = 0;
  /// REQUIRES: phase() == kOngoing.
  virtual Player to_play() const = 0;
  /// Replaces *out by the legal actions in ascending order; never empty. REQUIRES: kOngoing and
  /// to_play() != kChance.
  virtual void LegalActions(std::vector<Action>* out) const = 0;
  /// REQUIRES: kOngoing and `action` legal (or a chance outcome).
  virtual void Apply(Action action) = 0;
  /// In [-1, 1], first player's view. REQUIRES: phase() == kScored.
  virtual float Value() const = 0;
  /// Equal keys mean: equal Encode(), equal LegalActions(), equal phase and player.
  virtual Key128 Fingerprint() const = 0;
  /// Fills spec().observation.size() floats, from to_play()'s view. Any phase.
  virtual void Encode(std::span<float> out) const = 0;
  /// What this state is to the outside world: SGF, source code, a scheme as JSON.
  virtual std::string Artifact() const = 0;
  /// A picture of the state in text, for people.
  virtual std::string ToText() const = 0;
  /// One action in the field's notation ("D4", "pass").
  virtual std::string ActionToText(Action action) const;

  /// REQUIRES: to_play() == kChance. Probabilities sum to 1, actions ascend.
  virtual void ChanceOutcomes(std::vector<ChanceOutcome>* out) const;
  /// REQUIRES: kScored and (spec().has_ownership or spec().has_score).
  virtual FinalTargets Targets() const;
  /// A short word for how the episode ended: "two-passes", "move-limit"; "" while ongoing.
  virtual std::string Termination() const { return {}; }
};

class Environment {
 public:
  virtual ~Environment() = default;
  virtual const Spec& spec() const = 0;
  /// The parameters this environment was made with, complete; equal parameters make equal
  /// environments.
  virtual Json parameters() const = 0;
  /// A start drawn for one episode (komi, handicap, problem). Default: the only task there is.
  virtual Task SampleTask(RandomStream& random) const;
  virtual Result<std::unique_ptr<State>> NewState(const Task& task) const = 0;
  /// Reads what Artifact() wrote, and the field's format in general (any SGF for Go). Never
  /// crashes on bad text.
  virtual Result<std::unique_ptr<State>> FromArtifact(std::string_view artifact) const = 0;
};

}  // namespace tesuji::env
