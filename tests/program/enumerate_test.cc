#include "env/program/enumerate/enumerate.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "env/program/tasks/dream.h"
#include "tests/program/helpers.h"

namespace tesuji::env::program::enumerate {
namespace {

using namespace env::program;

Costs Uniform(const ProgramTask& task) {
  return Costs(Costs::UniformWeights(), task.EmptyProgram().vocabulary());
}

std::string Found(const ProgramTask& task, const EnumerationOptions& options = {}) {
  const EnumerationResult result = Enumerate(task, Uniform(task), options);
  if (result.solutions.empty()) return std::string(EndName(result.end));
  Program program = task.EmptyProgram();
  program.code = result.solutions[0].code;
  return ToReadableText(program);
}

/// A task whose examples are what `text` makes of some lists.
ProgramTask TaskFor(const std::string& text) {
  Program like;
  const Program program = ParseProgram(text, like).value();
  ProgramTask task;
  Runner runner;
  RandomStream random(5);
  for (int i = 0; task.seen.size() < 8 && i < 100; ++i) {
    Example example{{ListOf(RandomList(&random))}, {}};
    const RunOutcome outcome = runner.Run(program, example.input);
    if (outcome.ending != Ending::kValue) continue;
    example.output = outcome.value;
    task.seen.push_back(std::move(example));
  }
  task.constants = MineConstants(task.seen);
  return task;
}

TEST(ProgramSearch, FindsTheShortestProgramFirst) {
  EXPECT_EQ(Found(TaskFor("(reverse xs)")), "(reverse xs)");
  EXPECT_EQ(Found(TaskFor("(sort (unique xs))")), "(sort (unique xs))");
  EXPECT_EQ(Found(TaskFor("(filter (is_even x) xs)")), "(filter (is_even x) xs)");
}

TEST(ProgramSearch, FindsLambdasInsideLambdas) {
  const ProgramTask task = TaskFor("(map (count (== x y) xs) xs)");
  EXPECT_EQ(Found(task, {.candidates = 5'000'000}), "(map (count (== x y) xs) xs)");
}

TEST(ProgramSearch, FindsALambdaByTheValuesThatItMustHave) {
  // Far beyond what as many candidates reach in order: both halves are found on their own.
  for (const std::string text :
       {"(map (* x x) (reverse (drop 1 xs)))", "(filter (is_even (/ x 2)) (reverse (drop 1 xs)))",
        "(mapi (* x y) (unique (drop_last 2 xs)))",
        "(filteri (< x y) (unique (drop_last 2 xs)))"}) {
    const ProgramTask task = TaskFor(text);
    EnumerationOptions options{.candidates = 600'000};
    const auto result = Enumerate(task, Uniform(task), options);
    ASSERT_FALSE(result.solutions.empty()) << text;
    options.put_together = false;
    const auto plain = Enumerate(task, Uniform(task), options);
    EXPECT_TRUE(plain.solutions.empty()) << text;
  }
}

TEST(ProgramSearch, EndsWhenAnotherSearchHasWon) {
  const ProgramTask task = TaskFor("(reverse xs)");
  const std::atomic<bool> won{true};
  EnumerationOptions options{.candidates = 100'000, .won = &won};
  options.accept = [](const Solution&) { return false; };
  EXPECT_EQ(Enumerate(task, Uniform(task), options).end, EnumerationEnd::kStopped);
}

TEST(ProgramSearch, EverySolutionAnswersEverySeenExample) {
  RandomStream random(11);
  Runner runner;
  int solved = 0;
  for (int i = 0; i < 60; ++i) {
    const Dream dream = DreamTask({}, &random);
    const EnumerationResult result =
        Enumerate(dream.task, Uniform(dream.task), {.candidates = 20'000, .solutions = 3});
    for (const Solution& solution : result.solutions) {
      Program program = dream.task.EmptyProgram();
      program.code = solution.code;
      EXPECT_EQ(CountRight(&runner, program, dream.task.seen), 8) << ToReadableText(program);
      ++solved;
    }
  }
  EXPECT_GT(solved, 20);
}

TEST(ProgramSearch, IsDeterministic) {
  const ProgramTask task = TaskFor("(map (+ x (first xs)) (drop 1 xs))");
  const EnumerationOptions options{.candidates = 300'000, .solutions = 4};
  const auto a = Enumerate(task, Uniform(task), options);
  const auto b = Enumerate(task, Uniform(task), options);
  EXPECT_EQ(a.candidates, b.candidates);
  EXPECT_EQ(a.distinct, b.distinct);
  ASSERT_EQ(a.solutions.size(), b.solutions.size());
  for (std::size_t i = 0; i < a.solutions.size(); ++i) {
    EXPECT_EQ(a.solutions[i].code, b.solutions[i].code);
  }
}

TEST(ProgramSearch, FindsDifferentSolutionsWhenAsked) {
  const ProgramTask task = TaskFor("(drop 1 xs)");
  const auto result = Enumerate(task, Uniform(task), {.candidates = 200'000, .solutions = 5});
  EXPECT_EQ(result.solutions.size(), 5U);
  std::set<std::vector<Op>> different;
  for (const auto& solution : result.solutions) different.insert(solution.code);
  EXPECT_EQ(different.size(), 5U);
}

/// No program of the language answers it within the budgets: the outputs are noise.
ProgramTask Unsolvable() {
  return TaskOf({{{1, 2}, {77, 3, 12}},
                 {{3, 4}, {5}},
                 {{5, 6}, {91, 2}},
                 {{2, 2}, {}},
                 {{9, 1}, {4, 4, 17, 60}},
                 {{8}, {23, 1}}});
}

TEST(ProgramSearch, KeepsItsBudgetOfCandidates) {
  const auto result = Enumerate(Unsolvable(), Uniform(Unsolvable()), {.candidates = 50'000});
  EXPECT_EQ(result.end, EnumerationEnd::kCandidates);
  EXPECT_NEAR(static_cast<double>(result.candidates), 50'000, 256);
}

TEST(ProgramSearch, KeepsItsMemoryBounded) {
  const std::size_t limit = 8 << 20;
  const auto result = Enumerate(Unsolvable(), Uniform(Unsolvable()),
                                {.candidates = 600'000, .memory_bytes = limit});
  EXPECT_TRUE(result.memory_full);
  EXPECT_LT(result.memory_bytes, 2 * limit);
}

TEST(ProgramSearch, StopsWhenTold) {
  std::atomic<bool> stop{false};
  std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stop = true;
  });
  const auto result = Enumerate(Unsolvable(), Uniform(Unsolvable()),
                                {.time = std::chrono::seconds(60), .stop = &stop});
  EXPECT_EQ(result.end, EnumerationEnd::kStopped);
}

TEST(ProgramCosts, AreProbabilitiesInEveryPlaceAndScope) {
  const Costs costs(Costs::UniformWeights(), {});
  for (const Scope scope : {Scope::kClosed, Scope::kOne, Scope::kTwo, Scope::kRow}) {
    double total = 0;
    for (int op = 0; op < kOps; ++op) {
      const double bits = costs.Bits(scope, PlaceOf(kAdd, 0), static_cast<Op>(op));
      if (bits < 1e6) total += std::exp2(-bits);
    }
    EXPECT_NEAR(total, 1, 1e-4);
  }
}

TEST(ProgramCosts, CheaperProductionsAreTriedEarlier) {
  const ProgramTask task = TaskFor("(map (* x x) xs)");
  auto weights = Costs::UniformWeights();
  for (int place = 0; place < kScopes * kPlaces; ++place) {
    for (const Op op : {kMap, kMul, kX}) weights[static_cast<std::size_t>(place) * kOps + op] = 30;
  }
  const Costs guided(weights, task.EmptyProgram().vocabulary());
  const auto fast = Enumerate(task, guided, {.candidates = 1'000'000});
  const auto slow = Enumerate(task, Uniform(task), {.candidates = 1'000'000});
  ASSERT_FALSE(fast.solutions.empty());
  ASSERT_FALSE(slow.solutions.empty());
  EXPECT_LT(10 * fast.candidates, slow.candidates);
}

}  // namespace
}  // namespace tesuji::env::program::enumerate
