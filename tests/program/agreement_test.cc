// The three executions of the language on random programs and inputs: the in-process evaluator, C
// through the C compiler, C++ through the C++ compiler, must print the same.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "env/program/language/cpp_helpers.h"
#include "env/program/language/print_c.h"
#include "env/program/language/print_cpp.h"
#include "env/program/tasks/dream.h"
#include "tests/program/helpers.h"

namespace tesuji::env::program {
namespace {

constexpr int kInputs = 10;

int ProgramCount() {
  const char* text = std::getenv("TESUJI_AGREEMENT_PROGRAMS");
  return text == nullptr ? 1000 : std::max(1, std::atoi(text));
}

struct Batch {
  std::vector<Program> programs;
  std::vector<std::vector<Input>> inputs;  ///< Of each program.
  std::string expected;
};

Input RandomInput(const Signature& signature, RandomStream* random) {
  Input input;
  for (const Type type : signature.inputs) {
    if (type == Type::kInt) {
      input.push_back(NumberOf(static_cast<std::int32_t>(random->Below(21)) - 5));
    } else {
      input.push_back(ListOf(RandomList(random)));
      // Now and then numbers that overflow soon, or are negative.
      for (auto& x : input.back().list) {
        if (random->Chance(0.02)) x = 1'500'000'000;
        if (random->Chance(0.05)) x = -x;
      }
    }
  }
  return input;
}

Batch MakeBatch(int count, RandomStream* random, std::map<std::string, int>* endings) {
  Batch batch;
  Runner runner;
  while (static_cast<int>(batch.programs.size()) < count) {
    Program like;
    if (random->Chance(0.3)) like.signature.inputs = {Type::kList, Type::kInt, Type::kList};
    if (random->Chance(0.3)) like.signature.output = Type::kInt;
    like.constants.ints = {47, -3, 2'000'000'000};
    like.constants.lists = {{8, 2, 7}};
    const Program program =
        SampleProgram(like, {}, 4 + static_cast<int>(random->Below(20)), random);
    if (program.code.size() < 3) continue;
    std::vector<Input> inputs;
    std::string expected;
    bool stopped = false;
    for (int i = 0; i < kInputs; ++i) {
      inputs.push_back(RandomInput(program.signature, random));
      const RunOutcome outcome = runner.Run(program, inputs.back());
      stopped = stopped || outcome.ending == Ending::kOutOfFuel;
      if (outcome.ending == Ending::kValue) {
        const auto& value = outcome.value;
        if (value.type == Type::kInt) expected += fmt::format("{} ", value.number);
        for (const std::int32_t x : value.list) expected += fmt::format("{} ", x);
        expected += ".\n";
        ++(*endings)["value"];
      } else {
        expected += "failed\n";
        ++(*endings)["failed"];
      }
    }
    if (stopped) continue;
    batch.programs.push_back(program);
    batch.inputs.push_back(std::move(inputs));
    batch.expected += expected;
  }
  return batch;
}

std::string CUnit(const Batch& batch) {
  std::ostringstream text;
  for (std::size_t i = 0; i < batch.programs.size(); ++i) {
    text << "#define solve solve_" << i << "\n"
         << ToC(batch.programs[i], fmt::format("p{}", i)) << "#undef solve\n";
  }
  text << "#include <stdio.h>\ntypedef int (*solver)(const long long *, int, long long *);\n"
       << "static const solver all[] = {";
  for (std::size_t i = 0; i < batch.programs.size(); ++i) text << "solve_" << i << ",";
  text << "};\nstatic const long long data[] = {";
  for (std::size_t i = 0; i < batch.programs.size(); ++i) {
    for (const Input& input : batch.inputs[i]) {
      const auto flat = FlattenInput(batch.programs[i].signature, input);
      text << flat.size() << ",";
      for (const long long x : flat) text << x << ",";
    }
  }
  text << "0};\nint main(void) {\n  const long long *at = data;\n  static long long out[2048];\n"
       << "  for (int p = 0; p < " << batch.programs.size() << "; ++p)\n    for (int i = 0; i < "
       << kInputs
       << "; ++i) {\n      int n = (int)*at++;\n      int made = all[p](at, n, out);\n"
          "      at += n;\n      if (made < 0) { puts(\"failed\"); continue; }\n"
          "      for (int j = 0; j < made; ++j) printf(\"%lld \", out[j]);\n"
          "      puts(\".\");\n    }\n}\n";
  return text.str();
}

std::string CppUnit(const Batch& batch) {
  std::ostringstream text;
  text << CppPrologue();
  for (const CppHelper& helper : CppHelpers()) text << "\n" << helper.text;
  text << "\n#include <sstream>\n";
  for (std::size_t i = 0; i < batch.programs.size(); ++i) {
    CppOptions options;
    options.with_main = options.with_helpers = false;
    options.solve_name = fmt::format("Solve{}", i);
    text << ToCpp(batch.programs[i], options);
  }
  text << "static void Show(Int value) { std::cout << value << \" .\\n\"; }\n"
          "static void Show(const List& list) {\n"
          "  for (const Int x : list) std::cout << x << ' ';\n  std::cout << \".\\n\";\n}\n"
          "static void Failed() { std::cout << \"failed\\n\"; }\n";
  // Inputs come from a table: as initialisers they would be most of the compiler's work.
  text << "static const Int data[] = {";
  for (std::size_t i = 0; i < batch.programs.size(); ++i) {
    for (const Input& input : batch.inputs[i]) {
      for (const auto& value : input) {
        if (value.type == Type::kInt) {
          text << value.number << ",";
        } else {
          text << value.list.size() << ",";
          for (const std::int32_t x : value.list) text << x << ",";
        }
      }
    }
  }
  text << "0};\nstatic const Int* at = data;\nstatic Int NextInt() { return *at++; }\n"
          "static List NextList() {\n  const auto size = static_cast<std::size_t>(*at++);\n"
          "  at += size;\n  return List(at - size, at);\n}\n";
  for (std::size_t i = 0; i < batch.programs.size(); ++i) {
    text << "static void Run" << i << "() {\n  for (int i = 0; i < " << kInputs << "; ++i) {\n";
    std::string arguments;
    for (const Type type : batch.programs[i].signature.inputs) {
      const std::size_t k = std::ranges::count(arguments, 'x');
      text << "    const auto x" << k
           << (type == Type::kInt ? " = NextInt();\n" : " = NextList();\n");
      arguments += fmt::format("{}x{}", k > 0 ? ", " : "", k);
    }
    text << "    try { Show(Solve" << i << "(" << arguments
         << ")); } catch (const std::exception&) { Failed(); }\n  }\n}\n";
  }
  text << "int main() {\n";
  for (std::size_t i = 0; i < batch.programs.size(); ++i) text << "  Run" << i << "();\n";
  text << "}\n";
  return text.str();
}

class ProgramAgreement : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / ("agreement" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// Standard output of the compiled text, or what went wrong.
  std::string CompileAndRun(const std::string& text, const std::string& name,
                            const std::string& compiler) {
    const std::string source = (folder_ / name).string();
    std::ofstream(source) << text;
    const std::string program = source + ".run";
    const std::string build = fmt::format("{} -w -O0 -o {} {}", compiler, program, source);
    if (std::system(build.c_str()) != 0) return "does not compile";
    const std::string out = source + ".out";
    if (std::system(fmt::format("{} > {}", program, out).c_str()) != 0) return "does not run";
    std::ifstream file(out);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void Compare(const Batch& batch, const std::string& actual, const std::string& language) {
    if (actual == batch.expected) return;
    std::istringstream mine(batch.expected);
    std::istringstream theirs(actual);
    std::string a;
    std::string b;
    for (int line = 0; std::getline(mine, a); ++line) {
      if (std::getline(theirs, b) && a == b) continue;
      const int program = line / kInputs;
      FAIL() << language << " differs on " << ToText(batch.programs[program])
             << "\nin process: " << a << "\n"
             << language << ": " << b;
    }
  }

  std::filesystem::path folder_;
};

TEST_F(ProgramAgreement, EvaluatorCAndCppGiveTheSameOutputsAndFailures) {
  if (std::system("cc --version > /dev/null 2>&1") != 0 ||
      std::system("c++ --version > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "needs cc and c++";
  }
  constexpr int kPerBatch = 500;
  RandomStream random(2024);
  std::map<std::string, int> endings;
  for (int done = 0; done < ProgramCount(); done += kPerBatch) {
    const Batch batch = MakeBatch(std::min(kPerBatch, ProgramCount() - done), &random, &endings);
    Compare(batch, CompileAndRun(CUnit(batch), "unit.c", "cc -std=c11"), "C");
    if (HasFatalFailure()) return;
    Compare(batch, CompileAndRun(CppUnit(batch), "unit.cc", "c++ -std=c++20"), "C++");
    if (HasFatalFailure()) return;
  }
  std::cout << ProgramCount() << " programs: " << endings["value"] << " values, "
            << endings["failed"] << " failures\n";
  EXPECT_GT(endings["value"], endings["failed"]);
  EXPECT_GT(endings["failed"], 0);
}

}  // namespace
}  // namespace tesuji::env::program
