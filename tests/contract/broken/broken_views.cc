#include <cmath>
#include <limits>

#include "tests/contract/broken/sound.h"

namespace tesuji::broken {
namespace {

struct BigValue : Sound<BigValue> {
  float Value() const override { return 10 * Sound::Value(); }
};
struct NanValue : Sound<NanValue> {
  float Value() const override { return std::numeric_limits<float>::quiet_NaN(); }
};
// From the view of whoever moved last instead of the first player's.
struct MoversValue : Sound<MoversValue> {
  float Value() const override { return 1; }
  FinalTargets Targets() const override { return {.ownership = {}, .score = Sound::Value()}; }
};
struct UnwrittenFloat : Sound<UnwrittenFloat> {
  void Encode(std::span<float> out) const override {
    for (int i = 0; i < kHeap; ++i) out[i] = i == heap_ ? 1.0F : 0.0F;
  }
};
struct InfiniteFloat : Sound<InfiniteFloat> {
  void Encode(std::span<float> out) const override {
    Sound::Encode(out);
    out[0] = 1.0F / static_cast<float>(heap_);
  }
};
// Leaves out whose turn it is.
struct Colliding : Sound<Colliding> {
  Key128 Fingerprint() const override {
    return {.high = 0, .low = static_cast<std::uint64_t>(heap_)};
  }
};
// Equal states, different keys.
struct AddressKey : Sound<AddressKey> {
  Key128 Fingerprint() const override {
    return {.high = 1, .low = reinterpret_cast<std::uintptr_t>(this)};
  }
};
struct LossyArtifact : Sound<LossyArtifact> {
  std::string Artifact() const override { return record_.substr(0, record_.size() / 4 * 2); }
};
struct ForeignArtifact : Sound<ForeignArtifact> {
  std::string Artifact() const override { return "moves: " + record_; }
};
struct LongOwnership : Sound<LongOwnership> {
  FinalTargets Targets() const override { return {.ownership = {1, 1}, .score = Value()}; }
};

}  // namespace

std::vector<Fault> BrokenViews() {
  return {
      MakeState<BigValue>("value-out-of-range", "Value lies in [-1, 1]"),
      MakeState<NanValue>("value-not-a-number", "Value lies in [-1, 1]"),
      MakeState<MoversValue>("value-of-the-mover",
                             "Value and score are both seen by the first player"),
      MakeState<UnwrittenFloat>("unwritten-float", "Encode fills every float with a finite number"),
      MakeState<InfiniteFloat>("infinite-float", "Encode fills every float with a finite number"),
      MakeState<Colliding>("colliding-fingerprints", "equal fingerprints mean equal"),
      MakeState<AddressKey>("address-as-fingerprint", "their fingerprints differ"),
      MakeState<LossyArtifact>("lossy-artifact", "FromArtifact leads back to the same state"),
      MakeState<ForeignArtifact>("unreadable-artifact", "FromArtifact reads what Artifact wrote"),
      MakeState<LongOwnership>("ownership-of-nothing", "ownership has one value a cell")};
}

}  // namespace tesuji::broken
