#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "env/program/language/features.h"
#include "env/program/tasks/dream.h"
#include "tests/program/helpers.h"

namespace tesuji::env::program {
namespace {

using testing::HasSubstr;

std::string Problem(const std::string& json) {
  const auto task = TaskFromJson(Json::parse(json), "file:1");
  return task ? "" : task.error().message;
}

TEST(ProgramTaskFile, NamesWhatIsWrongAndWhere) {
  EXPECT_THAT(Problem("[]"), HasSubstr("file:1: expected an object"));
  EXPECT_THAT(Problem("{}"), HasSubstr("expected \"seen\" or \"examples\""));
  EXPECT_THAT(Problem(R"({"seen": []})"), HasSubstr("no examples"));
  EXPECT_THAT(Problem(R"({"seen": [{"input": [1]}]})"), HasSubstr("example 1: expected"));
  EXPECT_THAT(Problem(R"({"seen": [{"input": [1.5], "output": [1]}]})"),
              HasSubstr("expected an integer, found 1.5"));
  EXPECT_THAT(Problem(R"({"seen": [{"input": [1], "output": "x"}]})"),
              HasSubstr("output: expected an integer or a list of integers"));
  EXPECT_THAT(Problem(R"({"seen": [{"input": [99999999999], "output": [1]}]})"),
              HasSubstr("outside"));
  EXPECT_THAT(Problem(R"({"seen": [{"input": [18446744073709551615], "output": [1]}]})"),
              HasSubstr("outside"));
  EXPECT_THAT(Problem(R"({"id": 3, "seen": [{"input": [1], "output": [1]}]})"),
              HasSubstr("id: expected text"));
  EXPECT_THAT(Problem(R"({"seen": [{"input": [1], "output": [1]}, {"input": 1, "output": [1]}]})"),
              HasSubstr("example 2 has other types"));
}

TEST(ProgramTaskFile, ContradictionsAreFoundAcrossSeenAndUnseen) {
  EXPECT_THAT(Problem(R"({"seen": [{"input": [1], "output": [1]}],
                          "unseen": [{"input": [1], "output": [2]}]})"),
              HasSubstr("examples 1 and 2 contradict each other"));
}

TEST(ProgramTaskFile, ReadsNumbersListsAndManyArguments) {
  const auto task =
      TaskFromJson(Json::parse(R"({"examples": [{"input": [[1, 2], 3], "output": 4}]})"), "x")
          .value();
  EXPECT_EQ(task.signature.inputs, (std::vector<Type>{Type::kList, Type::kInt}));
  EXPECT_EQ(task.signature.output, Type::kInt);
  EXPECT_EQ(TaskFromJson(ToJson(task), "x")->seen, task.seen);
}

TEST(ProgramTaskFile, TwoNumbersAreArgumentsWhereTheyAreCalledInputs) {
  const auto gcd =
      TaskFromJson(Json::parse(R"({"examples": [{"inputs": [48, 18], "output": 6}]})"), "file:1");
  ASSERT_TRUE(gcd) << gcd.error().message;
  EXPECT_EQ(gcd->signature.inputs, (std::vector<Type>{Type::kInt, Type::kInt}));
  const auto list =
      TaskFromJson(Json::parse(R"({"examples": [{"inputs": [[48, 18]], "output": 6}]})"), "file:1");
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->signature.inputs, (std::vector<Type>{Type::kList}));
  // What is written is read as the same task.
  for (const auto& task : {*gcd, *list}) {
    const auto again = TaskFromJson(ToJson(task), "again");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->signature, task.signature);
    EXPECT_EQ(again->seen, task.seen);
  }
  EXPECT_THAT(Problem(R"({"seen": [{"inputs": 5, "output": 1}]})"),
              HasSubstr("example 1: inputs: expected a list of arguments"));
  EXPECT_THAT(Problem(R"({"seen": [{"inputs": [1], "input": 1, "output": 1}]})"),
              HasSubstr("example 1: expected"));
  EXPECT_THAT(Problem(R"({"seen": [{"inputs": [1, 2, 3], "output": 1}]})"),
              HasSubstr("at most two lists and two numbers"));
}

TEST(ProgramTaskFile, NamesTheLine) {
  const auto path =
      std::filesystem::path(testing::TempDir()) / ("tasks" + std::to_string(getpid()) + ".jsonl");
  std::ofstream(path) << R"({"id": "a", "seen": [{"input": [1], "output": [1]}]})"
                      << "\n\n{broken\n";
  const auto tasks = LoadTasks(path);
  ASSERT_FALSE(tasks);
  EXPECT_THAT(tasks.error().message, HasSubstr(".jsonl:3: no valid JSON"));
  std::filesystem::remove(path);
}

TEST(ProgramConstants, AreWhatOutputsShareAndInputsDoNotExplain) {
  const auto task =
      TaskOf({{{1, 2}, {50, 60, 1, 2, 70}}, {{3}, {50, 60, 3, 70}}, {{}, {50, 60, 70}}});
  EXPECT_EQ(task.constants.ints, (std::vector<std::int32_t>{50, 60, 70}));
  ASSERT_FALSE(task.constants.lists.empty());
  EXPECT_EQ(task.constants.lists[0], (std::vector<std::int32_t>{50, 60}));
}

TEST(ProgramConstants, HoldTheThresholdThatSeparatesKeptFromDropped) {
  const auto task = TaskOf({{{10, 80, 47}, {80}}, {{53, 20}, {53}}});
  EXPECT_EQ(task.constants.ints, (std::vector<std::int32_t>{47, 53}));
}

TEST(ProgramConstants, HoldNumbersThatHalfOfTheInputsHave) {
  const auto task = TaskOf({{{42, 8}, {8}}, {{1, 42}, {1}}, {{42}, {}}, {{9, 5}, {9, 5}}});
  EXPECT_EQ(task.constants.ints, (std::vector<std::int32_t>{42}));
}

TEST(ProgramDream, AnswersItsOwnExamplesAndDependsOnItsStreamAlone) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    RandomStream random(seed);
    RandomStream again(seed);
    const Dream dream = DreamTask({}, &random);
    EXPECT_EQ(ToJson(dream.task), ToJson(DreamTask({}, &again).task));
    Runner runner;
    EXPECT_EQ(CountRight(&runner, dream.program, dream.task.seen), 8);
    EXPECT_EQ(CountRight(&runner, dream.program, dream.task.unseen), 8);
    ASSERT_TRUE(TaskFromJson(ToJson(dream.task), "dream"));
  }
}

TEST(ProgramFeatures, HaveOneSizeAndStaySmall) {
  RandomStream random(3);
  for (int i = 0; i < 50; ++i) {
    const auto features = TaskFeatures(DreamTask({}, &random).task);
    ASSERT_EQ(static_cast<int>(features.size()), FeatureCount());
    for (const float x : features) ASSERT_TRUE(x >= -1 && x <= 2);
  }
}

TEST(ProgramFeatures, TellSimpleTasksApart) {
  const auto reverse = TaskFeatures(TaskOf({{{1, 2, 3}, {3, 2, 1}}, {{4, 5}, {5, 4}}}));
  const auto sort = TaskFeatures(TaskOf({{{2, 1, 3}, {1, 2, 3}}, {{5, 4}, {4, 5}}}));
  EXPECT_NE(reverse, sort);
}

}  // namespace
}  // namespace tesuji::env::program
