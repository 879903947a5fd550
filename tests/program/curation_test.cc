// What datasets ask of programs: normal forms, behaviour, held-out tasks, near misses, prompts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "env/program/language/behaviour.h"
#include "env/program/language/normal_form.h"
#include "env/program/language/renaming.h"
#include "env/program/program_environment.h"
#include "env/program/tasks/held_out.h"
#include "env/program/tasks/near_miss.h"
#include "tests/program/helpers.h"

namespace tesuji::env::program {
namespace {

using testing::HasSubstr;

Program Over(std::vector<Type> inputs, const std::string& text) {
  Program like;
  like.signature.inputs = std::move(inputs);
  return ParseProgram(text, like).value();
}

std::unique_ptr<State> Finished(const Environment& environment, const ProgramTask& task,
                                const std::string& text) {
  auto state = environment.NewState(ProgramEnvironment::ToTask(task)).value();
  const Program program = ParseProgram(text, task.EmptyProgram()).value();
  for (const Op op : program.code) state->Apply(op);
  return state;
}

ProgramTask Sorting() { return TaskOf({{{3, 1}, {1, 3}}, {{2}, {2}}, {{9, 7, 8}, {7, 8, 9}}}); }

TEST(NormalForm, OrdersOperandsWhereOrderSaysNothing) {
  EXPECT_EQ(NormalForm(Parse("(map (+ x (* 2 x)) xs)")),
            NormalForm(Parse("(map (+ (* x 2) x) xs)")));
  EXPECT_EQ(NormalForm(Parse("(filter (or (is_even x) (== 3 x)) xs)")),
            NormalForm(Parse("(filter (or (== x 3) (is_even x)) xs)")));
  EXPECT_NE(NormalForm(Parse("(map (- x 2) xs)")), NormalForm(Parse("(map (- 2 x) xs)")));
  EXPECT_NE(NormalForm(Parse("(filter (< x 2) xs)")), NormalForm(Parse("(filter (< 2 x) xs)")));
}

TEST(NormalForm, KnowsConstantsByValueAndNotByName) {
  Program named = Parse("(cons c0 k0)");
  Program renamed = named;
  renamed.constants.ints = {5, 47};
  renamed.constants.lists = {{1, 1}, {8, 2, 7}};
  renamed.code = {kCons, static_cast<Op>(kCopyInt + 1), static_cast<Op>(kCopyList + 1)};
  EXPECT_EQ(NormalForm(named), NormalForm(renamed));
  renamed.constants.ints[1] = 48;
  EXPECT_NE(NormalForm(named), NormalForm(renamed));
}

TEST(NormalForm, RenamesInputsAndTheVariablesOfZipWith) {
  const std::vector<Type> lists = {Type::kList, Type::kList};
  EXPECT_EQ(NormalForm(Over(lists, "(concat xs (reverse ys))")),
            NormalForm(Over(lists, "(concat ys (reverse xs))")));
  EXPECT_NE(NormalForm(Over(lists, "(concat xs (reverse ys))")),
            NormalForm(Over(lists, "(concat (reverse xs) ys)")));
  EXPECT_EQ(NormalForm(Over(lists, "(zip_with (- x y) xs (sort ys))")),
            NormalForm(Over(lists, "(zip_with (- y x) (sort ys) xs)")));
  EXPECT_NE(NormalForm(Over(lists, "(zip_with (- x y) xs (sort ys))")),
            NormalForm(Over(lists, "(zip_with (- x y) (sort ys) xs)")));
}

TEST(ExamplesIdentity, IsThatOfTheQuestionAndNotOfItsName) {
  const auto task = [](const char* text) { return TaskFromJson(Json::parse(text), "").value(); };
  const auto identity = [](const ProgramTask& one) {
    return ExamplesIdentity(one.signature, one.seen);
  };
  const auto first = task(
      R"({"id": "a", "seen": [{"input": [[1], 2], "output": [2]}, {"input": [[3], 0], "output": []}]})");
  const auto same = task(
      R"({"id": "b", "seen": [{"input": [0, [3]], "output": []}, {"input": [2, [1]], "output": [2]}]})");
  const auto other = task(
      R"({"id": "a", "seen": [{"input": [[1], 2], "output": [2]}, {"input": [[3], 0], "output": [3]}]})");
  EXPECT_EQ(identity(first), identity(same));
  EXPECT_NE(identity(first), identity(other));
}

TEST(BehaviourOf, IsEqualForProgramsThatDoTheSameAndForNoOthers) {
  EXPECT_EQ(BehaviourOf(Parse("(reverse (sort xs))")), BehaviourOf(Parse("(sort_by (- 0 x) xs)")));
  EXPECT_EQ(BehaviourOf(Parse("(map (* 2 x) xs)")), BehaviourOf(Parse("(map (+ x x) xs)")));
  EXPECT_NE(BehaviourOf(Parse("(sort xs)")), BehaviourOf(Parse("(unique (sort xs))")));
  EXPECT_NE(BehaviourOf(Parse("(take 5 xs)")), BehaviourOf(Parse("(take 6 xs)")));
  const std::vector<Type> order = {Type::kList, Type::kInt};
  EXPECT_EQ(BehaviourOf(Over(order, "(take k xs)")),
            BehaviourOf(Over({Type::kInt, Type::kList}, "(take k xs)")));
}

TEST(BehaviourOf, SaysNothingOfProgramsThatAlwaysFail) {
  EXPECT_EQ(BehaviourOf(Parse("(take (/ 1 0) xs)")), "");
}

TEST(HeldOut, FindsAnswersAndTasksButNotOthers) {
  const auto environment = ProgramEnvironment::Make({}).value();
  const auto suite =
      MakeHeldOut({{"s:1", ToJson(Sorting())},
                   {"s:2", Json::parse(R"({"prompt": "write a poem", "tags": ["x"]})")},
                   {"s:3", Json::parse(R"({"examples": [{"input": 3, "output": "three"}]})")}});
  EXPECT_EQ(suite->size(), 1U);
  const ProgramTask other = TaskOf({{{5, 4, 4}, {4, 4, 5}}, {{}, {}}});
  const auto by_behaviour = suite->Find(*Finished(*environment, other, "(sort xs)"), true);
  ASSERT_TRUE(by_behaviour);
  EXPECT_EQ(by_behaviour->how, "behaviour");
  EXPECT_THAT(by_behaviour->detail, HasSubstr("s:1"));
  EXPECT_FALSE(suite->Find(*Finished(*environment, other, "(sort xs)"), false));
  EXPECT_FALSE(suite->Find(*Finished(*environment, other, "(reverse xs)"), true));
  const auto by_task = suite->Find(*Finished(*environment, Sorting(), "xs"), false);
  ASSERT_TRUE(by_task);
  EXPECT_EQ(by_task->how, "examples");
}

TEST(NearMiss, IsWrongAndAsCloseAsOneProductionCanBe) {
  const ProgramTask task = Sorting();
  Program right = task.EmptyProgram();
  right.code = {kSort, kXs};
  const auto miss = FindNearMiss(right, task.seen);
  ASSERT_TRUE(miss);
  EXPECT_EQ(miss->right, 2);  // Reversing.
  EXPECT_LT(miss->right, static_cast<int>(task.seen.size()));
  Runner runner;
  EXPECT_EQ(CountRight(&runner, miss->program, task.seen), miss->right);
}

TEST(Prompts, HoldEveryExampleAndAnswersThatAreChecked) {
  const auto environment = ProgramEnvironment::Make({}).value();
  const Task task = ProgramEnvironment::ToTask(Sorting());
  const Json evidence = {{"unseen", Json::parse(R"([{"input": [6, 5], "output": [5, 6]}])")}};
  const TaskText text = environment->DescribeTask(task, evidence);
  EXPECT_THAT(text.prompt, HasSubstr("xs = [9,7,8] -> [7,8,9]"));
  EXPECT_EQ(text.prompt.find("6,5"), std::string::npos) << "unseen examples are not shown";
  const Json truth = Json::parse(text.ground_truth);
  ASSERT_EQ(truth["inputs"].size(), 4U);
  EXPECT_EQ(truth["inputs"][3], "2\n6 5\n");
  EXPECT_EQ(truth["outputs"][3], "5 6\n");
  const std::string answer =
      environment->AnswerText(Finished(*environment, Sorting(), "(sort xs)")->Artifact());
  EXPECT_TRUE(answer.starts_with("```cpp\n#include"));
  EXPECT_EQ(answer.find("Task:"), std::string::npos);
}

TEST(Hooks, TakeAnyArtifactAndTask) {
  const auto environment = ProgramEnvironment::Make({}).value();
  for (const char* bad : {"", "// Task: {", "// Task: {}\n// Productions: sort", "\xff\xfe",
                          "// Task: {\"seen\":[{\"input\":[1],\"output\":[1]}]}\n"
                          "// Productions: sort sort"}) {
    EXPECT_EQ(environment->AnswerText(bad), "");
    EXPECT_EQ(environment->NearMiss({"x", Json::parse("{\"seen\": 3}")}, bad).text, "");
  }
  EXPECT_EQ(environment->DescribeTask({"x", nullptr}, nullptr).prompt, "");
  EXPECT_TRUE(environment->TaskIdentity({"x", nullptr}).is_null());
}

}  // namespace
}  // namespace tesuji::env::program
