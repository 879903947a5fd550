#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/contract.h"
#include "env/program/program_environment.h"
#include "tests/program/helpers.h"

namespace tesuji::env::program {
namespace {

std::unique_ptr<const ProgramEnvironment> Default() {
  return std::move(*ProgramEnvironment::Make({}));
}

std::unique_ptr<State> Play(const Environment& environment, const Task& task,
                            const std::string& text) {
  auto state = std::move(*environment.NewState(task));
  const auto read = TaskFromJson(task.parameters, "task").value();
  const Program program = ParseProgram(text, read.EmptyProgram()).value();
  for (const Op op : program.code) state->Apply(op);
  return state;
}

TEST(ProgramEnvironment, KeepsTheContract) {
  for (const auto& violation : CheckContract(*Default())) {
    ADD_FAILURE() << violation.rule << ": " << violation.detail;
  }
}

TEST(ProgramEnvironment, ValuesSolvedProgramsAboveAllOthers) {
  const auto environment = Default();
  const Task task = ProgramEnvironment::ToTask(
      TaskOf({{{3, 1}, {1, 3}}, {{2}, {2}}, {{9, 8, 7}, {7, 8, 9}}, {{1, 0, 5}, {0, 1, 5}}}));
  EXPECT_EQ(Play(*environment, task, "(sort xs)")->Value(), 1);
  EXPECT_EQ(Play(*environment, task, "(reverse xs)")->Value(), -0.25F);
  EXPECT_EQ(Play(*environment, task, "empty")->Value(), -1);
  EXPECT_EQ(Play(*environment, task, "(sort xs)")->Termination(), "solved");
}

TEST(ProgramEnvironment, NeverShowsUnseenExamples) {
  ProgramTask task = TaskOf({{{3, 1}, {1, 3}}});
  task.unseen.push_back({{ListOf({77})}, ListOf({77})});
  const Task shown = ProgramEnvironment::ToTask(task);
  EXPECT_EQ(shown.parameters.dump().find("77"), std::string::npos);
}

TEST(ProgramEnvironment, ArtifactsHoldTaskProgramAndCpp) {
  const auto environment = Default();
  const Task task = ProgramEnvironment::ToTask(TaskOf({{{3, 1}, {1, 3}}, {{2}, {2}}}));
  const std::string artifact = Play(*environment, task, "(sort xs)")->Artifact();
  EXPECT_THAT(artifact, testing::HasSubstr("return Sort(xs);"));
  EXPECT_EQ(ParseArtifact(artifact)->code, (std::vector<Op>{kSort, kXs}));
}

TEST(ProgramEnvironment, RefusesTasksThatContradictThemselves) {
  const auto state =
      Default()->NewState({"bad", Json::parse(R"({"seen": [{"input": [1], "output": [1]},
                                       {"input": [1], "output": [2]}]})")});
  ASSERT_FALSE(state);
  EXPECT_THAT(state.error().message, testing::HasSubstr("contradict"));
}

}  // namespace
}  // namespace tesuji::env::program
