#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include "tests/contract/broken/sound.h"

namespace tesuji::broken {
namespace {

struct Throws : Sound<Throws> {
  void Apply(Action action) override {
    if (heap_ < 4) throw std::out_of_range("no such heap");
    Sound::Apply(action);
  }
};
// Trusts every text that it is given.
struct TrustingReader : SoundEnvironment<Plain> {
  Result<std::unique_ptr<State>> FromArtifact(std::string_view artifact) const override {
    auto state = std::make_unique<Plain>();
    for (std::size_t i = 0; i + 1 < artifact.size(); i += 2) {
      state->Apply(std::stoi(std::string(artifact.substr(i, 1))) - 1);
    }
    return state;
  }
};
struct Crashes : Sound<Crashes> {
  void Apply(Action action) override {
    if (heap_ < 4) std::raise(SIGSEGV);
    Sound::Apply(action);
  }
};
struct Aborts : Sound<Aborts> {
  float Value() const override { std::abort(); }
};
struct Hangs : Sound<Hangs> {
  void LegalActions(std::vector<Action>* out) const override {
    volatile bool for_ever = true;
    while (heap_ < 4 && for_ever) {
    }
    Sound::LegalActions(out);
  }
};
// Endless recursion.
struct Overflows : Sound<Overflows> {
  void Apply(Action action) override {
    if (heap_ < 4) Fall(1);
    Sound::Apply(action);
  }
  int Fall(int depth) {
    std::array<volatile char, 4096> frame{};
    frame[static_cast<std::size_t>(depth) % frame.size()] = 1;
    return heap_ < 0 ? frame[0] : Fall(depth + 1) + frame[1];
  }
};
struct Leaves : Sound<Leaves> {
  void Apply(Action action) override {
    if (heap_ < 4) std::exit(0);
    Sound::Apply(action);
  }
};
struct Exits : Sound<Exits> {
  std::string ToText() const override { std::_Exit(0); }
};

}  // namespace

std::vector<Fault> BrokenCalls() {
  return {MakeState<Throws>("throws", "threw std::out_of_range: \"no such heap\""),
          Make<TrustingReader>("trusting-reader", "Environment::FromArtifact keeps its contract"),
          MakeState<Crashes>("crashes", "crashes (Segmentation fault) in State::Apply", true),
          MakeState<Aborts>("aborts", "crashes (Aborted) in State::Value", true),
          MakeState<Hangs>("hangs", "does not return from State::LegalActions", true),
          MakeState<Overflows>("overflows", "crashes (Segmentation fault) in State::Apply", true),
          MakeState<Leaves>("leaves", "ends the program (exit code 0) in State::Apply", true),
          MakeState<Exits>("exits", "ends the program (exit code 0) in State::ToText", true)};
}

}  // namespace tesuji::broken
