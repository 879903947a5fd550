// A scheme in the hands of one agent that may flip, go up by a plus transition, or stop.
//
// The state is (scheme, actions taken, whether it was stopped). Terms are kept in canonical form
// and order, reductions are taken at once, so that equal schemes make equal states. Every state is
// a scheme for the product: the moves keep it one.
// Actions, on a square grid whose cell (i, j) is an ordered pair of terms (rows of `grid` cells):
//   plane s                    flip: i and j share factor s; i takes j's next factor
//   plane 3 + s (ternary only) the same with the opposite sign
//   the next 3 planes          plus transition of i and j, factor s in the role of a
//   last action                stop
// Value: -1 at the standard rank, +1 at the target, linear between.
// Thread-safety: as the contract says.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/environment.h"
#include "env/matmul/scheme.h"

namespace tesuji::env::matmul {

/// What all states of an environment share; owned by it.
struct StateContext {
  Format format;
  Ring ring = Ring::kZ2;
  int max_steps = 100;
  int max_rank = 0;     ///< Plus transitions lead no further; the side of the grid.
  int target_rank = 0;  ///< Worth +1.

  int signs() const { return ring == Ring::kZ2 ? 1 : 2; }
  int cells() const { return max_rank * max_rank; }
  int action_planes() const { return 3 * signs() + 3; }
  int stop_action() const { return action_planes() * cells(); }
  int observation_planes() const { return 3 * 5 + 3 * signs() + 3; }
};

class MatmulState final : public State {
 public:
  /// REQUIRES: `scheme` passes CheckScheme() and has at most max_rank terms. `end` is "" for an
  /// ongoing state, or why it is over ("stop", "walk").
  MatmulState(const StateContext& context, Scheme scheme, int steps, std::string end);

  std::unique_ptr<State> Clone() const override { return std::make_unique<MatmulState>(*this); }
  Phase phase() const override { return end_.empty() ? Phase::kOngoing : Phase::kScored; }
  Player to_play() const override { return Player::kFirst; }
  void LegalActions(std::vector<Action>* out) const override;
  void Apply(Action action) override;
  float Value() const override;
  Key128 Fingerprint() const override;
  void Encode(std::span<float> out) const override;
  /// The scheme as JSON, with "steps" and, once over, "end".
  std::string Artifact() const override;
  std::string ToText() const override;
  std::string ActionToText(Action action) const override;
  FinalTargets Targets() const override;
  std::string Termination() const override { return end_; }

  const Scheme& scheme() const { return scheme_; }

 private:
  /// A term pair's move, decoded.
  struct Move {
    bool plus = false;
    int side = 0;
    bool subtract = false;
    int i = 0;
    int j = 0;
  };
  Move Decode(Action action) const;
  /// The terms that i and j (and a third, for plus) become; false: illegal.
  bool MakeFlip(const Move& move, Term* i, Term* j) const;
  bool MakePlus(const Move& move, Term* i, Term* j, Term* third) const;
  bool MayPlus() const { return scheme_.rank() < context_->max_rank; }
  void Normalise();

  const StateContext* context_;
  Scheme scheme_;
  int steps_ = 0;
  std::string end_;
};

}  // namespace tesuji::env::matmul
