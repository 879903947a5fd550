// The contract of api/environment.h over every built-in environment, and the checker itself over
// environments that each break one promise.
#include "api/contract.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "cli/families.h"
#include "env/tictactoe/tictactoe.h"

namespace tesuji::env {
namespace {

std::string Describe(const std::vector<ContractViolation>& violations) {
  std::string text;
  for (const auto& [rule, detail] : violations) text += rule + " (" + detail + ")\n";
  return text;
}

struct Case {
  std::string name;
  std::string id;
  Json parameters = Json::object();
  int episodes = 10;
};

// Every registered environment with its defaults, then variants that take other paths.
std::vector<Case> Cases() {
  std::vector<Case> cases;
  const Registry registry = BuiltInEnvironments();
  for (const EnvironmentFactory& factory : registry.factories()) {
    cases.push_back({.name = factory.id + "_default", .id = factory.id});
  }
  cases.push_back({"go_2x2", "go", {{"size", 2}}, 100});
  cases.push_back({"go_3x3_situational", "go", {{"size", 3}, {"ko", "situational"}}, 100});
  cases.push_back({"go_3x3_simple", "go", {{"size", 3}, {"ko", "simple"}}, 50});
  cases.push_back({"go_3x2_suicide", "go", {{"width", 3}, {"height", 2}, {"suicide", true}}, 100});
  cases.push_back(
      {"go_4x4_suicide_simple", "go", {{"size", 4}, {"ko", "simple"}, {"suicide", true}}, 50});
  cases.push_back({"go_5x7_komi", "go", {{"width", 5}, {"height", 7}, {"komi_jitter", 4}}, 20});
  cases.push_back({"go_9x9_handicap", "go", {{"random_handicap", 9}, {"komi", 0.5}}, 10});
  cases.push_back({"go_19x19", "go", {{"size", 19}, {"move_limit", 60}}, 2});
  cases.push_back({"mnk_3x3", "mnk", {{"width", 3}, {"height", 3}, {"line", 3}}, 50});
  cases.push_back({"mnk_7x4", "mnk", {{"width", 7}, {"height", 4}, {"line", 4}}, 50});
  cases.push_back({"mnk_1x6", "mnk", {{"width", 1}, {"height", 6}, {"line", 2}}, 50});
  cases.push_back({"2048_short", "2048", {{"move_limit", 20}}, 50});
  return cases;
}

class EveryEnvironment : public testing::TestWithParam<Case> {};

TEST_P(EveryEnvironment, KeepsTheContract) {
  const auto environment = BuiltInEnvironments().Make(GetParam().id, GetParam().parameters);
  ASSERT_TRUE(environment.has_value()) << environment.error().message;
  const auto violations = CheckContract(**environment, {.episodes = GetParam().episodes});
  EXPECT_TRUE(violations.empty()) << Describe(violations);
}

TEST_P(EveryEnvironment, IsMadeAgainFromItsParameters) {
  const Registry registry = BuiltInEnvironments();
  const auto environment = registry.Make(GetParam().id, GetParam().parameters);
  ASSERT_TRUE(environment.has_value()) << environment.error().message;
  const auto again = registry.Make(GetParam().id, (*environment)->parameters());
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ((*again)->parameters(), (*environment)->parameters());
  EXPECT_EQ((*again)->spec().observation.size(), (*environment)->spec().observation.size());
}

INSTANTIATE_TEST_SUITE_P(BuiltIn, EveryEnvironment, testing::ValuesIn(Cases()),
                         [](const auto& parameters) { return parameters.param.name; });

// Tic-tac-toe with one promise broken.
struct Sabotage {
  std::function<void(Spec*)> spec = {};
  std::function<void(std::vector<Action>*)> legal = {};
  std::function<void(std::span<float>)> encode = {};
  std::function<Key128(Key128)> fingerprint = {};
  std::function<float(float)> value = {};
  std::function<std::string(std::string)> artifact = {};
  bool shares_state = false;
};

class BrokenState final : public State {
 public:
  BrokenState(const Sabotage* sabotage, std::shared_ptr<State> state)
      : sabotage_(sabotage), state_(std::move(state)) {}
  std::unique_ptr<State> Clone() const override {
    return std::make_unique<BrokenState>(
        sabotage_, sabotage_->shares_state ? state_ : std::shared_ptr<State>(state_->Clone()));
  }
  Phase phase() const override { return state_->phase(); }
  Player to_play() const override { return state_->to_play(); }
  void LegalActions(std::vector<Action>* out) const override {
    if (!sabotage_->legal) return state_->LegalActions(out);
    std::vector<Action> legal;
    state_->LegalActions(&legal);
    sabotage_->legal(&legal);
    *out = legal;
  }
  void Apply(Action action) override { state_->Apply(action); }
  float Value() const override {
    return sabotage_->value ? sabotage_->value(state_->Value()) : state_->Value();
  }
  Key128 Fingerprint() const override {
    const Key128 key = state_->Fingerprint();
    return sabotage_->fingerprint ? sabotage_->fingerprint(key) : key;
  }
  void Encode(std::span<float> out) const override {
    state_->Encode(out);
    if (sabotage_->encode) sabotage_->encode(out);
  }
  std::string Artifact() const override {
    return sabotage_->artifact ? sabotage_->artifact(state_->Artifact()) : state_->Artifact();
  }
  std::string ToText() const override { return state_->ToText(); }

 private:
  const Sabotage* sabotage_;
  std::shared_ptr<State> state_;
};

class BrokenEnvironment final : public Environment {
 public:
  explicit BrokenEnvironment(Sabotage sabotage)
      : sabotage_(std::move(sabotage)), sound_(MakeTicTacToe()), spec_(sound_->spec()) {
    if (sabotage_.spec) sabotage_.spec(&spec_);
  }
  const Spec& spec() const override { return spec_; }
  Json parameters() const override { return Json::object(); }
  Result<std::unique_ptr<State>> NewState(const Task& task) const override {
    return Wrap(sound_->NewState(task));
  }
  Result<std::unique_ptr<State>> FromArtifact(std::string_view artifact) const override {
    return Wrap(sound_->FromArtifact(artifact));
  }

 private:
  Result<std::unique_ptr<State>> Wrap(Result<std::unique_ptr<State>> state) const {
    if (!state) return state;
    return std::make_unique<BrokenState>(&sabotage_, std::shared_ptr<State>(std::move(*state)));
  }

  Sabotage sabotage_;
  std::unique_ptr<const Environment> sound_;
  Spec spec_;
};

testing::AssertionResult Finds(std::string_view rule, Sabotage sabotage) {
  const auto violations = CheckContract(BrokenEnvironment(std::move(sabotage)));
  for (const ContractViolation& violation : violations) {
    if (violation.rule == rule) return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "found only:\n" << Describe(violations);
}

TEST(CheckContract, FindsNothingInASoundEnvironment) {
  const auto violations = CheckContract(BrokenEnvironment({}));
  EXPECT_TRUE(violations.empty()) << Describe(violations);
}

TEST(CheckContract, FindsBrokenSpecs) {
  EXPECT_TRUE(Finds("spec: the action layout adds up to action_count",
                    {.spec = [](Spec* spec) { spec->actions.other_actions = 1; }}));
  EXPECT_TRUE(Finds("spec: symmetries are permutations of cells and actions",
                    {.spec = [](Spec* spec) { spec->symmetries[3].cells[0] = 1; }}));
  EXPECT_TRUE(Finds("spec: symmetries are all different",
                    {.spec = [](Spec* spec) { spec->symmetries[3] = spec->symmetries[2]; }}));
  EXPECT_TRUE(Finds("spec: the first symmetry is the identity", {.spec = [](Spec* spec) {
                      std::swap(spec->symmetries[0], spec->symmetries[1]);
                    }}));
  EXPECT_TRUE(Finds("no episode is longer than max_steps",
                    {.spec = [](Spec* spec) { spec->max_steps = 4; }}));
  EXPECT_TRUE(Finds("spec: a value_anchor_plane is for one player",
                    {.spec = [](Spec* spec) { spec->value_anchor_plane = 0; }}));
}

TEST(CheckContract, FindsWrongSymmetries) {
  EXPECT_TRUE(Finds("symmetric play has transformed observations", {.spec = [](Spec* spec) {
                      std::swap(spec->symmetries[1].cells, spec->symmetries[2].cells);
                    }}));
}

TEST(CheckContract, FindsBadLegalActions) {
  EXPECT_TRUE(Finds("legal actions ascend, each once", {.legal = [](std::vector<Action>* legal) {
                      std::reverse(legal->begin(), legal->end());
                    }}));
  EXPECT_TRUE(Finds("legal actions lie in [0, action_count)",
                    {.legal = [](std::vector<Action>* legal) { legal->push_back(9); }}));
  EXPECT_TRUE(Finds("an ongoing state has legal actions",
                    {.legal = [](std::vector<Action>* legal) { legal->clear(); }}));
}

TEST(CheckContract, FindsBadObservations) {
  EXPECT_TRUE(Finds(
      "Encode fills every float with a finite number",
      {.encode = [](std::span<float> out) { out[3] = std::numeric_limits<float>::infinity(); }}));
  int calls = 0;
  EXPECT_TRUE(Finds("looking at a state does not change it", {.encode = [&](std::span<float> out) {
                      out[0] = static_cast<float>(++calls);
                    }}));
}

TEST(CheckContract, FindsFingerprintsThatMeetTooEarly) {
  EXPECT_TRUE(Finds("equal fingerprints mean equal observations, actions, phase and player",
                    {.fingerprint = [](Key128 key) {
                      return Key128{0, key.low & 7};
                    }}));
}

TEST(CheckContract, FindsValuesOutOfRange) {
  EXPECT_TRUE(Finds("Value lies in [-1, 1]", {.value = [](float value) { return 2 + value; }}));
}

TEST(CheckContract, FindsClonesThatShareState) {
  EXPECT_TRUE(Finds("a clone does not share state with its original", {.shares_state = true}));
}

TEST(CheckContract, FindsArtifactsThatLoseSomething) {
  EXPECT_TRUE(
      Finds("FromArtifact leads back to the same state", {.artifact = [](const std::string& text) {
              return text.substr(0, text.empty() ? 0 : text.size() - 1);
            }}));
  EXPECT_TRUE(Finds("FromArtifact reads what Artifact wrote",
                    {.artifact = [](const std::string& text) { return "!" + text; }}));
}

}  // namespace
}  // namespace tesuji::env
