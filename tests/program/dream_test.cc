#include "env/program/tasks/dream.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "env/program/language/shrink.h"
#include "tests/program/helpers.h"

namespace tesuji::env::program {
namespace {

/// `text` shrunk on what it answers for some lists.
std::string Shrunk(const std::string& text) {
  Program program = Parse(text);
  Runner runner;
  RandomStream random(4);
  std::vector<Example> examples;
  while (examples.size() < 16) {
    Example example{{ListOf(RandomList(&random))}, {}};
    const RunOutcome outcome = runner.Run(program, example.input);
    if (outcome.ending != Ending::kValue) continue;
    example.output = outcome.value;
    examples.push_back(std::move(example));
  }
  Shrink(examples, &runner, &program);
  EXPECT_TRUE(CheckProgram(program));
  EXPECT_EQ(CountRight(&runner, program, examples), 16) << text;
  return ToText(program);
}

TEST(ProgramShrink, DropsPartsThatDoNothing) {
  EXPECT_EQ(Shrunk("(concat (reverse xs) empty)"), "(reverse xs)");
  EXPECT_EQ(Shrunk("(sort (unique (sort xs)))"), "(unique (sort xs))");
  EXPECT_EQ(Shrunk("(map (+ 0 x) (filter (< 3 x) xs))"), "(filter (< 3 x) xs)");
  EXPECT_EQ(Shrunk("(if_list (< 1 0) xs (reverse xs))"), "(reverse xs)");
}

TEST(ProgramShrink, PrefersFewerArguments) {
  EXPECT_EQ(Shrunk("(slice 1 3 xs)"), "(take 3 xs)");
  EXPECT_EQ(Shrunk("(cons (nth 1 xs) xs)"), "(cons (first xs) xs)");
}

TEST(ProgramShrink, PutsOperandsInOneOrder) {
  EXPECT_EQ(Shrunk("(map (+ 3 x) xs)"), "(map (+ x 3) xs)");
  EXPECT_EQ(Shrunk("(map (+ x 3) xs)"), "(map (+ x 3) xs)");
  EXPECT_EQ(Shrunk("(map (- 3 x) xs)"), "(map (- 3 x) xs)");
}

TEST(ProgramDream, ShrinksNoFurther) {
  RandomStream random(8);
  Runner runner;
  for (int i = 0; i < 200; ++i) {
    Dream dream = DreamTask({.max_nodes = 20}, &random);
    std::vector<Example> examples = dream.task.seen;
    examples.insert(examples.end(), dream.task.unseen.begin(), dream.task.unseen.end());
    const auto code = dream.program.code;
    Shrink(examples, &runner, &dream.program);
    EXPECT_EQ(dream.program.code.size(), code.size()) << ToText(dream.program);
  }
}

TEST(ProgramDream, HasProgramsOfManySizesAndManyProductions) {
  RandomStream random(9);
  std::map<std::size_t, int> sizes;
  std::set<Op> used;
  for (int i = 0; i < 2000; ++i) {
    const Dream dream = DreamTask({.max_nodes = 20}, &random);
    ++sizes[dream.program.code.size()];
    used.insert(dream.program.code.begin(), dream.program.code.end());
  }
  int large = 0;
  for (const auto& [size, count] : sizes) {
    EXPECT_LT(count, 500) << size << " productions";
    if (size >= 8) large += count;
  }
  EXPECT_GT(large, 400);
  EXPECT_GT(used.size(), 80U);
}

TEST(ProgramDream, ReadsAndWritesNumbersWhenAsked) {
  RandomStream random(10);
  Runner runner;
  int numbers_in = 0;
  int numbers_out = 0;
  for (int i = 0; i < 100; ++i) {
    const Dream dream = DreamTask({.other_signatures = 1}, &random);
    numbers_out += dream.task.signature.output == Type::kInt ? 1 : 0;
    for (const Type type : dream.task.signature.inputs) numbers_in += type == Type::kInt ? 1 : 0;
    EXPECT_EQ(CountRight(&runner, dream.program, dream.task.seen), 8);
    EXPECT_TRUE(TaskFromJson(ToJson(dream.task), "dream"));
  }
  EXPECT_GT(numbers_in, 30);
  EXPECT_GT(numbers_out, 30);
}

}  // namespace
}  // namespace tesuji::env::program
