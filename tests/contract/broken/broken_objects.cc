#include <atomic>

#include "tests/contract/broken/sound.h"

namespace tesuji::broken {
namespace {

// The heap lives outside the state.
struct SharedHeap : Sound<SharedHeap> {
  std::shared_ptr<int> taken = std::make_shared<int>(0);
  void Encode(std::span<float> out) const override {
    Sound::Encode(out);
    out[0] = static_cast<float>(*taken);
  }
  void Apply(Action action) override {
    *taken += action + 1;
    Sound::Apply(action);
  }
};
// A global counts all moves ever made and now and then changes the rules.
std::atomic<int> moves_ever = 0;
struct HiddenGlobal : Sound<HiddenGlobal> {
  int moves_then = moves_ever / 150;
  void Apply(Action action) override {
    ++moves_ever;
    Sound::Apply(action);
  }
  std::string ToText() const override { return Sound::ToText() + std::to_string(moves_then); }
};
// Draws a number of its own instead of the stream that is passed in.
struct OwnDice : Sound<OwnDice> {
  void Apply(Action action) override {
    static std::atomic<unsigned> seed = 1;
    const unsigned dice = seed++ * 2654435761U;
    Sound::Apply((dice >> 16) % 2 == 0 || heap_ < 2 ? std::min(action, heap_ - 1) : 0);
  }
};
// Looking at it changes it.
struct Counting : Sound<Counting> {
  mutable float looks = 0;
  void Encode(std::span<float> out) const override {
    Sound::Encode(out);
    out[0] = ++looks;
  }
};
struct NoClone : Sound<NoClone> {
  std::unique_ptr<State> Clone() const override { return nullptr; }
};
// All states of the program write through one buffer.
int shared_buffer[kHeap + 1];
struct SharedBuffer : Sound<SharedBuffer> {
  void Encode(std::span<float> out) const override {
    for (int i = 0; i <= kHeap; ++i) {
      *const_cast<volatile int*>(&shared_buffer[i]) = i == heap_ ? 1 : 0;
    }
    for (int round = 0; round < 20000; ++round) {
      std::atomic_signal_fence(std::memory_order_seq_cst);
    }
    for (int i = 0; i <= kHeap; ++i) {
      out[i] = static_cast<float>(*const_cast<volatile int*>(&shared_buffer[i]));
    }
  }
};

}  // namespace

std::vector<Fault> BrokenObjects() {
  return {MakeState<SharedHeap>("clones-share-state", "a clone does not share state"),
          MakeState<HiddenGlobal>("hidden-global-state", "no hidden state"),
          MakeState<OwnDice>("dice-of-its-own", "Apply is deterministic"),
          MakeState<Counting>("looking-changes-it", "looking at a state does not change it"),
          MakeState<NoClone>("no-clone", "State::Clone keeps its contract"),
          MakeState<SharedBuffer>("threads-share-a-buffer",
                                  "threads that share an environment do not disturb each other")};
}

}  // namespace tesuji::broken
