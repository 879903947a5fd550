#include "tests/contract/broken/sound.h"

namespace tesuji::broken {
namespace {

// After a move it is the same player's turn again.
struct WrongPlayer : Sound<WrongPlayer> {
  Player to_play() const override { return Player::kFirst; }
};
// The player to move is counted outside the state that is cloned.
struct ForgetfulClone : Sound<ForgetfulClone> {
  std::unique_ptr<State> Clone() const override {
    auto clone = std::make_unique<ForgetfulClone>(*this);
    clone->moves_ = 0;
    return clone;
  }
};
// Taking three is offered when two are left, and then ignored.
struct IllegalOffered : Sound<IllegalOffered> {
  void LegalActions(std::vector<Action>* out) const override { *out = {0, 1, 2}; }
  void Apply(Action action) override {
    if (action < heap_) Sound::Apply(action);
  }
};
struct OutOfRange : Sound<OutOfRange> {
  void LegalActions(std::vector<Action>* out) const override {
    Sound::LegalActions(out);
    out->push_back(3);
  }
};
struct Descending : Sound<Descending> {
  void LegalActions(std::vector<Action>* out) const override {
    Sound::LegalActions(out);
    std::reverse(out->begin(), out->end());
  }
};
// Appends to whatever the caller's vector held.
struct Appends : Sound<Appends> {
  void LegalActions(std::vector<Action>* out) const override {
    for (int take = 1; take <= std::min(3, heap_); ++take) out->push_back(take - 1);
  }
};
struct NoMoveLeft : Sound<NoMoveLeft> {
  void LegalActions(std::vector<Action>* out) const override {
    Sound::LegalActions(out);
    if (heap_ == 1) out->clear();
  }
};
// One token can never be taken: the last move puts it back.
struct NeverEnds : Sound<NeverEnds> {
  void Apply(Action action) override {
    Sound::Apply(action);
    if (heap_ == 0) heap_ = 1;
  }
};
struct Twins : Sound<Twins> {
  std::string ActionToText(Action /*action*/) const override { return "take"; }
};
struct EndsEarly : Sound<EndsEarly> {
  std::string Termination() const override { return "empty"; }
};

}  // namespace

std::vector<Fault> BrokenRules() {
  return {MakeState<WrongPlayer>("wrong-player", "both players move if player_count is 2"),
          MakeState<ForgetfulClone>("forgetful-clone", "a clone equals its original"),
          MakeState<IllegalOffered>("illegal-offered", "an applied action changes the state"),
          MakeState<OutOfRange>("action-out-of-range", "legal actions lie in [0, action_count)"),
          MakeState<Descending>("descending-actions", "legal actions ascend, each once"),
          MakeState<Appends>("appended-actions", "legal actions lie in [0, action_count)"),
          MakeState<NoMoveLeft>("no-legal-action", "an ongoing state has legal actions"),
          MakeState<NeverEnds>("never-ends", "no episode is longer than max_steps"),
          MakeState<Twins>("equal-names", "legal actions have different names"),
          MakeState<EndsEarly>("ended-while-ongoing", "Termination is empty while ongoing")};
}

}  // namespace tesuji::broken
