// Plug-ins: the good one works, every other is refused with a reason; the guard around them names
// environment, method and state.
#include "api/plugin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "api/contract.h"
#include "api/guard.h"
#include "api/plugin_loader.h"
#include "cli/families.h"

namespace tesuji::env {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string PluginPath(const std::string& kind) {
  return std::string(PLUGIN_FOLDER "/") + kind + ".so";
}

std::string ErrorOf(const std::string& path) {
  Registry registry = BuiltInEnvironments();
  const auto before = registry.factories().size();
  const Status status = LoadPlugin(path, &registry);
  EXPECT_EQ(registry.factories().size(), before) << "a refused plug-in leaves nothing behind";
  return status ? "(no error)" : status.error().message;
}

Registry WithPlugin(const std::string& kind) {
  Registry registry = BuiltInEnvironments();
  const Status status = LoadPlugin(PluginPath(kind), &registry);
  EXPECT_TRUE(status) << status.error().message;
  return registry;
}

TEST(Plugin, AddsItsEnvironmentsAndTheyKeepTheContract) {
  const Registry registry = WithPlugin("plugin_good");
  const auto environment = registry.Make("heap", Json::object());
  ASSERT_TRUE(environment) << environment.error().message;
  EXPECT_TRUE(CheckContract(**environment).empty());
  EXPECT_EQ((*environment)->spec().id, "heap");
  EXPECT_EQ((*environment)->parameters(), Json({{"fragile", false}}));
  EXPECT_THAT(registry.Find("heap")->plugin, testing::EndsWith("plugin_good.so"));
}

TEST(Plugin, LoadedTwiceIsLoadedOnce) {
  Registry registry = WithPlugin("plugin_good");
  const auto before = registry.factories().size();
  EXPECT_TRUE(LoadPlugin(PluginPath("plugin_good"), &registry));
  EXPECT_EQ(registry.factories().size(), before);
}

TEST(Plugin, OfAnotherInterfaceIsRefused) {
  EXPECT_THAT(ErrorOf(PluginPath("plugin_old_interface")),
              AllOf(HasSubstr("plugin_old_interface.so"), HasSubstr("plug-in interface 0"),
                    HasSubstr("build it again")));
}

TEST(Plugin, OfAnotherCompilerIsRefused) {
  EXPECT_THAT(ErrorOf(PluginPath("plugin_other_compiler")),
              AllOf(HasSubstr("built with Clang 3"), HasSubstr(TESUJI_PLUGIN_BUILD),
                    HasSubstr("CMAKE_CXX_COMPILER")));
}

TEST(Plugin, OfOtherHeadersIsRefused) {
  EXPECT_THAT(ErrorOf(PluginPath("plugin_other_layout")),
              AllOf(HasSubstr("headers of another tesuji"), HasSubstr("0.0.1")));
}

TEST(Plugin, ThatThrowsIsEmptyOrTakesANameIsRefused) {
  EXPECT_THAT(ErrorOf(PluginPath("plugin_throws_at_start")), HasSubstr("no licence"));
  EXPECT_THAT(ErrorOf(PluginPath("plugin_empty")), HasSubstr("registers no environment"));
  EXPECT_THAT(ErrorOf(PluginPath("plugin_name_taken")), HasSubstr("\"go\""));
}

TEST(Plugin, ThatIsNoneIsRefused) {
  EXPECT_THAT(ErrorOf("/nowhere/at-all.so"),
              AllOf(HasSubstr("/nowhere/at-all.so"), HasSubstr("no such file")));
  const auto text = std::filesystem::path(testing::TempDir()) / "text.so";
  std::ofstream(text) << "not a library";
  EXPECT_THAT(ErrorOf(text), HasSubstr("cannot be loaded"));
  std::filesystem::remove(text);
  EXPECT_THAT(ErrorOf("/lib/x86_64-linux-gnu/libm.so.6"),
              testing::AnyOf(HasSubstr("is no tesuji plug-in"), HasSubstr("no such file")));
}

TEST(Guard, NamesEnvironmentMethodAndState) {
  const auto environment = WithPlugin("plugin_good").Make("heap", {{"fragile", true}}).value();
  auto state = environment->NewState({.id = "start"}).value();
  for (const Action action : {2, 1}) state->Apply(action);
  try {
    state->Clone()->Apply(2);
    FAIL() << "nothing was thrown";
  } catch (const EnvironmentFault& fault) {
    EXPECT_THAT(fault.what(),
                AllOf(HasSubstr("heap"), HasSubstr("plugin_good.so"), HasSubstr("State::Apply"),
                      HasSubstr("threw std::runtime_error: \"heap of four\""),
                      HasSubstr("task \"start\", after 2 actions: 2 1; action 2")));
  }
}

std::string FaultOf(const std::string& id) {
  const Registry registry = WithPlugin("broken_environments");
  const auto environment = registry.Make("broken-" + id, Json::object());
  if (!environment) return environment.error().message;
  // As a campaign looks at it.
  try {
    for (std::uint64_t episode = 0; episode < 20; ++episode) {
      RandomStream random({std::uint64_t{1}, episode});
      auto state = (*environment)->NewState((*environment)->SampleTask(random)).value();
      std::vector<float> observation((*environment)->spec().observation.size());
      std::vector<Action> legal;
      std::vector<ChanceOutcome> outcomes;
      while (state->phase() == Phase::kOngoing) {
        state->Encode(observation);
        if (state->to_play() == Player::kChance) {
          state->ChanceOutcomes(&outcomes);
          state->Apply(outcomes[random.Below(outcomes.size())].action);
        } else {
          state->LegalActions(&legal);
          state = state->Clone();
          state->Apply(legal[random.Below(legal.size())]);
        }
      }
      state->Encode(observation);
      state->Value();
      state->Targets();
    }
  } catch (const EnvironmentFault& fault) {
    return fault.what();
  }
  return "(nothing)";
}

TEST(Guard, CatchesIllegalData) {
  EXPECT_THAT(FaultOf("action-out-of-range"),
              HasSubstr("State::LegalActions returned action 3, outside [0, 3)"));
  EXPECT_THAT(FaultOf("descending-actions"), HasSubstr("they must ascend"));
  EXPECT_THAT(FaultOf("no-legal-action"), HasSubstr("returned none"));
  EXPECT_THAT(FaultOf("value-out-of-range"), HasSubstr("State::Value returned"));
  EXPECT_THAT(FaultOf("value-not-a-number"), HasSubstr("State::Value returned nan"));
  EXPECT_THAT(FaultOf("infinite-float"), HasSubstr("State::Encode wrote inf as float 0"));
  EXPECT_THAT(FaultOf("ownership-of-nothing"), HasSubstr("State::Targets"));
  EXPECT_THAT(FaultOf("second-player-of-one"), HasSubstr("State::to_play returned 1"));
  EXPECT_THAT(FaultOf("never-ends"), HasSubstr("still kOngoing after 9 actions"));
  EXPECT_THAT(FaultOf("no-clone"), HasSubstr("State::Clone returned no state"));
  EXPECT_THAT(FaultOf("unfair-dice"), HasSubstr("sum to 0.8"));
  EXPECT_THAT(FaultOf("wrong-action-layout"), HasSubstr("adds up to action_count"));
  EXPECT_THAT(FaultOf("throws"), HasSubstr("std::out_of_range"));
}

}  // namespace
}  // namespace tesuji::env
