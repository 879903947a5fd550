// Elo ratings from match results, with error bars.
//
// Model: Bradley-Terry, P(a beats b) = 1 / (1 + 10^((elo_b - elo_a) / 400)); a draw counts as half
// a win and half a loss. Maximum likelihood with a weak prior, solved by Newton's method; error
// bars from the inverse Hessian (normal approximation), 95 %.
//
// Prior: each player gets `prior_draws` imaginary draws, spread over its real opponents in
// proportion to games played (as in R. Coulom's BayesElo). So perfect scores stay finite, and long
// ladders are not squeezed, as they would be by a pull towards one common rating.
//
// Players that no chain of games links to the anchor cannot be compared with it: they are rated
// among themselves (mean at the anchor's rating), say so in `connected`, and have no error bar.
// Thread-safety: pure functions on values. Deterministic.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "core/result.h"

namespace tesuji::arena {

/// Games between two players, from the first one's view. Several between one pair add up.
struct PairResult {
  std::string player = {};
  std::string opponent = {};
  double wins = 0;
  double draws = 0;
  double losses = 0;
};

struct EloOptions {
  std::string anchor = {};  ///< Its rating is given; "": the first player named in the results.
  double anchor_elo = 0;
  double prior_draws = 2;  ///< Imaginary draws a player; 0: none, perfect scores are then refused.
};

struct Rating {
  std::string player;
  double elo = 0;
  /// Half the width of the 95 % interval of the difference to the anchor: 0 for the anchor itself,
  /// infinite when not connected.
  double error = std::numeric_limits<double>::infinity();
  bool connected = true;
  double games = 0;
  double wins = 0;
  double draws = 0;
  double losses = 0;
  double score() const { return wins + draws / 2; }
};

/// Ratings in order of first appearance. Fails on negative or non-finite counts, a player against
/// itself, an unknown anchor, and, without a prior, when no finite maximum exists.
Result<std::vector<Rating>> EstimateElo(const std::vector<PairResult>& results,
                                        const EloOptions& options = {});

}  // namespace tesuji::arena
