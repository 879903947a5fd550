// Planted duplicates and contamination among programs are found, clean rows stay, and no task and
// no function lies in two splits.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include "core/random.h"
#include "dataset/inspect.h"
#include "env/program/language/derivation.h"
#include "env/program/program_environment.h"
#include "tests/dataset/support.h"

namespace tesuji::dataset {
namespace {

using env::program::Datum;
using env::program::Ending;
using env::program::Example;
using env::program::Input;
using env::program::Op;
using env::program::Program;
using env::program::ProgramTask;
using env::program::Runner;
using env::program::Signature;
using env::program::Type;
namespace language = env::program;

/// Clean rows; a tenth as many are planted. TESUJI_LEAK_ROWS=10000 is the whole of it.
std::size_t Rows() {
  const char* rows = std::getenv("TESUJI_LEAK_ROWS");
  return rows == nullptr ? 3000 : std::max(1000UL, std::strtoul(rows, nullptr, 10));
}
const std::size_t kClean = Rows();
const std::size_t kPlanted = kClean / 10;
const std::size_t kHeldOut = kClean / 100;

Datum RandomDatum(Type type, RandomStream* random) {
  if (type == Type::kInt) {
    return {type, static_cast<std::int32_t>(random->Below(random->Chance(0.7) ? 6 : 90)), {}};
  }
  Datum datum;
  const std::uint64_t limit = random->Chance(0.5) ? 10 : 100;
  for (std::uint64_t n = random->Below(12); n > 0; --n) {
    datum.list.push_back(static_cast<std::int32_t>(random->Below(limit)));
  }
  return datum;
}

Input RandomInput(const Signature& signature, RandomStream* random) {
  Input input;
  for (const Type type : signature.inputs) input.push_back(RandomDatum(type, random));
  return input;
}

/// A program and a task that it answers.
struct Solved {
  Program program;
  ProgramTask task;
};

bool Holds(const Program& program, const std::vector<Example>& examples) {
  Runner runner(200'000);
  return language::CountRight(&runner, program, examples, false) ==
         static_cast<int>(examples.size());
}

/// A task that `program` answers, with results that differ; none when it fails too often.
std::optional<Solved> TaskFor(Program program, RandomStream* random, std::size_t examples = 8) {
  Runner runner(200'000);
  Solved solved;
  for (int tries = 0; solved.task.seen.size() < examples; ++tries) {
    if (tries > 150) return std::nullopt;
    Example example{RandomInput(program.signature, random), {}};
    const auto outcome = runner.Run(program, example.input);
    if (outcome.ending != Ending::kValue) continue;
    example.output = outcome.value;
    if (std::ranges::find(solved.task.seen, example.input, &Example::input) !=
        solved.task.seen.end()) {
      continue;
    }
    solved.task.seen.push_back(std::move(example));
  }
  std::set<std::string> results;
  for (const auto& example : solved.task.seen) {
    results.insert(language::ToJson(example.output).dump());
  }
  if (results.size() < examples / 2) return std::nullopt;
  solved.task.signature = program.signature;
  solved.task.constants = language::MineConstants(solved.task.seen);
  program.constants = solved.task.constants;
  solved.program = std::move(program);
  return solved;
}

std::string OutputsAsNamed(const Program& program) {
  RandomStream random({99});
  Runner runner(200'000);
  std::string text;
  for (const Type type : program.signature.inputs) text += type == Type::kInt ? "i" : "l";
  for (int i = 0; i < 200; ++i) {
    const auto outcome = runner.Run(program, RandomInput(program.signature, &random));
    if (outcome.ending == Ending::kOutOfFuel) return {};
    text += outcome.ending == Ending::kValue ? language::ToJson(outcome.value).dump() : "f";
  }
  return text;
}

/// Two lists, or two numbers, under each other's names.
void RenameVariables(Program* program) {
  const auto& inputs = program->signature.inputs;
  const bool lists = std::ranges::count(inputs, Type::kList) == 2;
  const bool ints = std::ranges::count(inputs, Type::kInt) == 2;
  for (Op& op : program->code) {
    if (lists && (op == language::kXs || op == language::kYs)) {
      op = op == language::kXs ? language::kYs : language::kXs;
    } else if (ints && (op == language::kK || op == language::kM)) {
      op = op == language::kK ? language::kM : language::kK;
    }
  }
}

/// Outputs on 200 inputs that the program under test does not know, whatever the inputs' names:
/// what these tell apart is not the same.
std::string OutputsOf(const Program& program) {
  Program renamed = program;
  RenameVariables(&renamed);
  return std::min(OutputsAsNamed(program), OutputsAsNamed(renamed));
}

std::vector<Signature> Signatures() {
  constexpr Type kL = Type::kList;
  constexpr Type kI = Type::kInt;
  return {{{kL}, kL},     {{kL}, kI},         {{kL, kI}, kL},
          {{kL, kL}, kL}, {{kI, kL, kI}, kL}, {{kL, kL}, kI}};
}

class ProgramLeaks : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    clean_ = new std::vector<Solved>;
    held_out_ = new std::vector<Solved>;
    std::set<std::string> known;
    RandomStream random({5});
    const auto signatures = Signatures();
    while (held_out_->size() < kHeldOut) {
      Program like;
      like.signature = signatures[random.Below(signatures.size())];
      const bool all_clean = clean_->size() == kClean;
      auto solved =
          TaskFor(language::SampleProgram(like, {}, 14, &random), &random, all_clean ? 60 : 8);
      if (!solved || solved->program.code.size() < 3) continue;
      const std::string behaviour = OutputsOf(solved->program);
      if (behaviour.empty() || !known.insert(behaviour).second) continue;
      (all_clean ? held_out_ : clean_)->push_back(std::move(*solved));
    }
    suite_folder_ = new TestFolder;
    std::vector<env::Trajectory> rows;
    const auto environment = Programs();
    for (std::size_t i = 0; i < clean_->size(); ++i) {
      rows.push_back(Episode(*environment, (*clean_)[i], 1, i));
    }
    WriteStore(*suite_folder_ / "clean.db", rows);
  }
  static void TearDownTestSuite() {
    delete clean_;
    delete held_out_;
    delete suite_folder_;
  }

  static std::unique_ptr<const env::Environment> Programs() {
    return env::BuiltInEnvironments().Make("program", Json::object()).value();
  }

  static env::Trajectory Episode(const env::Environment& environment, const Solved& solved,
                                 std::uint64_t seed, std::uint64_t number) {
    ProgramTask task = solved.task;
    task.id = fmt::format("task-{}-{}", seed, number);
    return ProgramEpisode(environment, language::ProgramEnvironment::ToTask(task),
                          solved.program.code, seed, number);
  }

  /// Clean rows, then `planted`.
  BuildOptions Options(const std::vector<Solved>& planted) {
    std::vector<env::Trajectory> rows;
    const auto environment = Programs();
    for (std::size_t i = 0; i < planted.size(); ++i) {
      rows.push_back(Episode(*environment, planted[i], 2, i));
    }
    const std::string path = folder_ / "planted.db";
    WriteStore(path, rows);
    BuildOptions options;
    options.stores = {*suite_folder_ / "clean.db", path};
    options.out = folder_ / "out";
    options.threads = 2;
    options.recipe.exports.views = {"trajectories"};
    return options;
  }

  /// Builds and counts dropped rows by reason: among the clean ones, and among the planted.
  void Run(const BuildOptions& options) {
    report_ = Build(options);
    std::int64_t row = 0;
    ASSERT_TRUE(ForEachJsonLine(std::filesystem::path(folder_ / "out") / "ledger.jsonl.zst",
                                [&](const Json& line) {
                                  const bool is_clean = row++ < static_cast<std::int64_t>(kClean);
                                  if (line.value("reason", "").empty()) return true;
                                  ++(is_clean ? false_drops_ : found_)[line["reason"]];
                                  return true;
                                }));
    EXPECT_EQ(row, report_.rows_in);
  }
  static std::int64_t Total(const std::map<std::string, std::int64_t>& counts) {
    std::int64_t sum = 0;
    for (const auto& [reason, rows] : counts) sum += rows;
    return sum;
  }
  void ExpectCleanRowsStay() const {
    EXPECT_LE(Total(false_drops_), static_cast<std::int64_t>(kClean / 100));
    RecordProperty("false_drops", std::to_string(Total(false_drops_)));
    for (const auto& [reason, rows] : false_drops_) std::cout << reason << " " << rows << "\n";
  }

  static std::vector<Solved>* clean_;
  static std::vector<Solved>* held_out_;
  static TestFolder* suite_folder_;
  TestFolder folder_;
  BuildReport report_;
  std::map<std::string, std::int64_t> found_;
  std::map<std::string, std::int64_t> false_drops_;
};

std::vector<Solved>* ProgramLeaks::clean_ = nullptr;
std::vector<Solved>* ProgramLeaks::held_out_ = nullptr;
TestFolder* ProgramLeaks::suite_folder_ = nullptr;

/// The inputs of a task in the opposite order, and the program's variables renamed to match.
std::optional<Solved> Renamed(const Solved& original) {
  const auto& inputs = original.task.signature.inputs;
  const auto lists = std::ranges::count(inputs, Type::kList);
  const auto ints = std::ranges::count(inputs, Type::kInt);
  if (lists < 2 && ints < 2) return std::nullopt;
  Solved copy = original;
  std::ranges::reverse(copy.task.signature.inputs);
  for (Example& example : copy.task.seen) std::ranges::reverse(example.input);
  std::ranges::reverse(copy.task.seen);
  copy.task.constants = language::MineConstants(copy.task.seen);
  copy.program.signature = copy.task.signature;
  copy.program.constants = copy.task.constants;
  RenameVariables(&copy.program);
  if (!Holds(copy.program, copy.task.seen)) return std::nullopt;
  return copy;
}

/// Operands of + * max2 min2 == and or the other way round; nothing when there are none that
/// differ, or when an operand fails where the other was not looked at.
std::optional<Solved> Reordered(const Solved& original) {
  Solved copy = original;
  auto& code = copy.program.code;
  const std::set<Op> commutative = {language::kAdd,  language::kMul, language::kMax2,
                                    language::kMin2, language::kAnd, language::kOr,
                                    language::kEqual};
  for (std::size_t at = 0; at < code.size(); ++at) {
    if (!commutative.contains(code[at])) continue;
    const auto begin = code.begin() + static_cast<std::ptrdiff_t>(at) + 1;
    const std::size_t middle = language::SubtreeEnd(code, at + 1);
    const std::size_t end = language::SubtreeEnd(code, middle);
    std::rotate(begin, code.begin() + static_cast<std::ptrdiff_t>(middle),
                code.begin() + static_cast<std::ptrdiff_t>(end));
  }
  if (code == original.program.code || !Holds(copy.program, copy.task.seen)) return std::nullopt;
  return copy;
}

/// Another program that does the same, on another task.
std::optional<Solved> Rewritten(const Solved& original, std::uint64_t kind, RandomStream* random) {
  Program program = original.program;
  auto& code = program.code;
  if (program.signature.output == Type::kInt) {
    code.insert(code.begin(), kind % 2 == 0 ? language::kAdd : language::kMul);
    code.push_back(kind % 2 == 0 ? language::kDigit0 : static_cast<Op>(language::kDigit0 + 1));
  } else if (kind % 3 == 0) {
    code.insert(code.begin(), {language::kReverse, language::kReverse});
  } else if (kind % 3 == 1) {
    code.insert(code.begin(), {language::kConcat, language::kEmpty});
  } else {
    code.insert(code.begin(), {language::kMap, language::kX});
  }
  return TaskFor(std::move(program), random);
}

template <class Plant>
std::vector<Solved> PlantFrom(const std::vector<Solved>& originals, Plant plant) {
  std::vector<Solved> planted;
  for (std::size_t i = 0; planted.size() < kPlanted; ++i) {
    auto one = plant(originals[i % originals.size()], i);
    if (one) planted.push_back(std::move(*one));
    if (i > 100 * originals.size()) {
      ADD_FAILURE() << "only " << planted.size() << " could be planted";
      break;
    }
  }
  return planted;
}

TEST_F(ProgramLeaks, RenamedVariablesAreExactDuplicates) {
  auto options =
      Options(PlantFrom(*clean_, [](const Solved& one, std::size_t) { return Renamed(one); }));
  options.recipe.dedup.behaviour = false;
  Run(options);
  EXPECT_GE(found_["duplicate:exact"], static_cast<std::int64_t>(kPlanted * 99 / 100));
  ExpectCleanRowsStay();
}

TEST_F(ProgramLeaks, ReorderedOperandsAreExactDuplicates) {
  auto options =
      Options(PlantFrom(*clean_, [](const Solved& one, std::size_t) { return Reordered(one); }));
  options.recipe.dedup.behaviour = false;
  Run(options);
  EXPECT_GE(found_["duplicate:exact"], static_cast<std::int64_t>(kPlanted * 99 / 100));
  ExpectCleanRowsStay();
}

TEST_F(ProgramLeaks, ProgramsThatDoTheSameOnAnotherTaskAreDuplicatesByBehaviour) {
  RandomStream random({7});
  Run(Options(PlantFrom(
      *clean_, [&](const Solved& one, std::size_t i) { return Rewritten(one, i, &random); })));
  EXPECT_GE(found_["duplicate:behaviour"], static_cast<std::int64_t>(kPlanted * 99 / 100));
  ExpectCleanRowsStay();
}

TEST_F(ProgramLeaks, AnswersOfHeldOutTasksAreContamination) {
  std::ofstream suite(folder_ / "suite.jsonl");
  for (const Solved& one : *held_out_) {
    suite << Json{{"examples", language::ToJson(one.task)["seen"]}}.dump() << "\n";
  }
  suite.close();
  RandomStream random({8});
  // In other words, on examples of their own; every third with its arguments in another order.
  auto options = Options(PlantFrom(*held_out_, [&](const Solved& one, std::size_t i) {
    auto other = Rewritten(one, i / kHeldOut, &random);
    if (other && i % 3 == 0) {
      if (auto renamed = Renamed(*other)) return renamed;
    }
    return other;
  }));
  options.recipe.dedup.behaviour = false;
  options.recipe.decontaminate.suites = {folder_ / "suite.jsonl"};
  Run(options);
  EXPECT_GE(found_["contaminated:behaviour"], static_cast<std::int64_t>(kPlanted * 99 / 100));
  ExpectCleanRowsStay();
  ASSERT_EQ(report_.notes.size(), 1U);
  EXPECT_EQ(report_.notes[0],
            fmt::format("suites: {0} of {0} JSON objects are tasks of program", kHeldOut));
}

TEST_F(ProgramLeaks, HeldOutTasksAreContaminationThemselvesWhateverAnsweredThem) {
  std::ofstream suite(folder_ / "suite.jsonl");
  for (const Solved& one : *held_out_) suite << language::ToJson(one.task).dump() << "\n";
  suite.close();
  // The held-out tasks with half of their examples gone and wrong answers.
  std::vector<Solved> planted = *held_out_;
  for (Solved& one : planted) {
    one.task.seen.resize(30);
    std::ranges::reverse(one.task.seen);
    one.task.constants = language::MineConstants(one.task.seen);
    one.program = one.task.EmptyProgram();
    one.program.code = {one.task.signature.output == Type::kInt ? language::kDigit0
                                                                : language::kEmpty};
  }
  auto options = Options(planted);
  options.recipe.dedup.behaviour = false;
  options.recipe.decontaminate.behaviour = false;
  options.recipe.decontaminate.suites = {folder_ / "suite.jsonl"};
  Run(options);
  EXPECT_GE(found_["contaminated:examples"], static_cast<std::int64_t>(kHeldOut * 99 / 100));
  ExpectCleanRowsStay();
}

TEST_F(ProgramLeaks, NoTaskAndNoFunctionIsInTwoSplits) {
  RandomStream random({9});
  const auto planted = PlantFrom(
      *clean_, [&](const Solved& one, std::size_t i) { return Rewritten(one, i, &random); });
  auto options = Options(planted);
  options.recipe.dedup.behaviour = false;  // All stay: they must end up beside their originals.
  options.recipe.split.validation = options.recipe.split.test = 0.2;
  Run(options);
  EXPECT_EQ(Total(found_), 0);
  std::map<std::string, std::set<std::string>> splits_of_group;
  std::map<std::string, std::set<std::string>> splits_of_function;
  for (const Json& file : report_.manifest["files"]) {
    const std::string split = file["split"];
    const auto path = std::filesystem::path(folder_ / "out") / file["path"].get<std::string>();
    ASSERT_TRUE(ForEachJsonLine(path, [&](const Json& row) {
      splits_of_group[row["group"]].insert(split);
      const auto read = language::ParseArtifact(row["text"].get<std::string>()).value();
      Program program = read.task.EmptyProgram();
      program.code = read.code;
      splits_of_function[OutputsOf(program)].insert(split);
      return true;
    }));
  }
  EXPECT_GT(splits_of_group.size(), kClean / 2);
  std::size_t split_functions = 0;
  for (const auto& [group, splits] : splits_of_group) EXPECT_EQ(splits.size(), 1U) << group;
  for (const auto& [function, splits] : splits_of_function) split_functions += splits.size() > 1;
  EXPECT_EQ(split_functions, 0U);
}

}  // namespace
}  // namespace tesuji::dataset
