#include "api/contract_view.h"

#include <bit>
#include <limits>

namespace tesuji::env {
namespace {

constexpr std::array<const char*, 6> kParts = {"phase and player", "fingerprints", "observations",
                                               "legal actions",    "texts",        "values"};

class Hash {
 public:
  Hash& Add(std::uint64_t number) {
    hash_ = (hash_ ^ number) * 0x9E3779B97F4A7C15ULL;
    hash_ ^= hash_ >> 29;
    return *this;
  }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0x243F6A8885A308D3ULL;
};

}  // namespace

ViewDigest Digest(const StateView& view) {
  ViewDigest digest{};
  digest[0] = Hash()
                  .Add(static_cast<std::uint64_t>(view.phase))
                  .Add(static_cast<std::uint64_t>(view.player))
                  .value();
  digest[1] = Hash().Add(view.fingerprint.high).Add(view.fingerprint.low).value();
  Hash observation;
  for (const float x : view.observation) observation.Add(std::bit_cast<std::uint32_t>(x));
  digest[2] = observation.value();
  Hash legal;
  for (const Action action : view.legal) legal.Add(static_cast<std::uint32_t>(action));
  digest[3] = legal.value();
  Hash text;
  for (const char c : view.text) text.Add(static_cast<unsigned char>(c));
  digest[4] = text.value();
  digest[5] = Hash().Add(std::bit_cast<std::uint32_t>(view.value)).value();
  return digest;
}

std::string DigestDifference(const ViewDigest& a, const ViewDigest& b) {
  std::string words;
  for (std::size_t part = 0; part < a.size(); ++part) {
    if (a[part] == b[part]) continue;
    if (!words.empty()) words += " and ";
    words += kParts[part];
  }
  return words;
}

std::string Difference(const StateView& a, const StateView& b) {
  return a == b ? std::string() : DigestDifference(Digest(a), Digest(b));
}

StateView LookAt(const Spec& spec, const State& state, std::vector<ChanceOutcome>* chance) {
  StateView view;
  view.phase = state.phase();
  view.observation.assign(spec.observation.size(), std::numeric_limits<float>::quiet_NaN());
  state.Encode(view.observation);
  if (view.phase == Phase::kOngoing) {
    view.player = state.to_play();
    if (view.player == Player::kChance) {
      std::vector<ChanceOutcome> outcomes;
      state.ChanceOutcomes(&outcomes);
      for (const ChanceOutcome& outcome : outcomes) view.legal.push_back(outcome.action);
      if (chance != nullptr) *chance = std::move(outcomes);
    } else {
      view.legal = {-1, -1, -1};  // Must be replaced, not appended to.
      state.LegalActions(&view.legal);
    }
  } else if (view.phase == Phase::kScored) {
    view.value = state.Value();
  }
  view.fingerprint = state.Fingerprint();
  view.text = state.ToText();
  return view;
}

}  // namespace tesuji::env
