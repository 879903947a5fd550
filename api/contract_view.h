// Everything observable about a state, to compare two of them: for the contract suite.
// Thread-safety: values and free functions.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "api/environment.h"

namespace tesuji::env {

struct StateView {
  Phase phase = Phase::kOngoing;
  Player player = Player::kFirst;
  Key128 fingerprint;
  std::vector<float> observation;
  std::vector<Action> legal;  ///< For chance nodes: the outcomes.
  std::string text;
  float value = 0;  ///< 0 unless scored.
  friend bool operator==(const StateView&, const StateView&) = default;
};

/// Which parts differ, in words: "legal actions and fingerprints"; "" when nothing does.
std::string Difference(const StateView& a, const StateView& b);

/// A view in a few bytes, part by part; see DigestDifference().
using ViewDigest = std::array<std::uint64_t, 6>;
ViewDigest Digest(const StateView& view);
/// As Difference().
std::string DigestDifference(const ViewDigest& a, const ViewDigest& b);

/// Looks at a state without judging what it sees. For a chance node `chance` (may be null) gets the
/// outcomes. Floats that Encode() leaves alone are NaN.
StateView LookAt(const Spec& spec, const State& state, std::vector<ChanceOutcome>* chance);

}  // namespace tesuji::env
