// The compiler: cache, canary, language table, and batches of C functions.
#include "verifier/compile/compiler.h"

#include <gmock/gmock.h>

#include "tests/verifier/judging_test.h"
#include "verifier/judge/c_batch.h"

namespace tesuji::verifier {
namespace {

using testing::HasSubstr;

class CompilerTest : public JudgingTest {};

TEST_F(CompilerTest, CompilesOnceAndDistrustsDamagedEntries) {
  CompilerOptions options;
  options.cache_folder = root_ / "cache";
  Compiler compiler(LanguageTable::BuiltIn(), options);
  const Language& c = *compiler.languages().Find("c");
  const std::vector<SourceFile> source = {{"a.c", "int main(void) { return 0; }\n"}};
  EXPECT_FALSE(compiler.Compile(*workplace_, c, source).from_cache);
  EXPECT_TRUE(compiler.Compile(*workplace_, c, source).from_cache);
  for (const auto& entry : std::filesystem::directory_iterator(root_ / "cache/programs")) {
    std::filesystem::resize_file(entry.path(), 1000);
  }
  EXPECT_FALSE(compiler.Compile(*workplace_, c, source).from_cache);
}

TEST_F(CompilerTest, BoundsItsCache) {
  CompileCache cache(root_ / "small", 100'000);
  for (int i = 0; i < 50; ++i) cache.Put("key" + std::to_string(i), std::string(10'000, 'x'));
  std::uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(root_ / "small")) {
    bytes += entry.file_size();
  }
  EXPECT_LE(bytes, 100'000);
  EXPECT_TRUE(cache.Get("key49"));
}

TEST_F(CompilerTest, ABrokenCompilerIsNotACompileError) {
  auto languages = LanguageTable::BuiltIn();
  ASSERT_TRUE(languages.Extend("[c]\ncompile = [\"/usr/bin/false\", \"{files}\"]\n", "t"));
  Compiler compiler(languages, {});
  const auto outcome = compiler.Compile(*workplace_, *compiler.languages().Find("c"),
                                        {{"a.c", "int main(void) { return 0; }\n"}});
  EXPECT_EQ(outcome.state, CompileOutcome::State::kBroken);
}

/// Compiles with precompiled headers, light ones where they will do, and with none.
class LightHeaderTest : public CompilerTest {
 protected:
  void SetUp() override {
    CompilerTest::SetUp();
    if (sandbox_ == nullptr) return;
    std::filesystem::permissions(root_, std::filesystem::perms(0755));
    CompilerOptions options;
    options.cache_folder = root_ / "cache";
    with_ = std::make_unique<Compiler>(LanguageTable::BuiltIn(), options);
    if (with_->mounts().empty()) GTEST_SKIP() << root_ << " is not open to containers";
    place_ = std::make_unique<Workplace>(sandbox_, 6, with_->mounts());
  }
  CompileOutcome With(const std::string& source) {
    return with_->Compile(*place_, *with_->languages().Find("cpp20"), {{"a.cc", source}});
  }
  CompileOutcome Without(const std::string& source) {
    return compiler_->Compile(*workplace_, *compiler_->languages().Find("cpp20"),
                              {{"a.cc", source}});
  }
  /// Sizes and names of all functions and objects, as another program sees them; their order in the
  /// file is the compiler's affair.
  std::vector<std::string> Symbols(const Program& program) {
    const auto file = root_ / "symbols";
    std::ofstream(file, std::ios::binary)
        << ReadDescriptor(program.binary.get(), 1 << 26).value_or("");
    FILE* pipe =
        popen(("nm -S --defined-only " + file.string() + " | cut -d' ' -f2-").c_str(), "r");
    std::vector<std::string> lines;
    char line[4096];
    while (pipe != nullptr && fgets(line, sizeof line, pipe) != nullptr) lines.emplace_back(line);
    if (pipe != nullptr) pclose(pipe);
    EXPECT_GT(lines.size(), 20U);
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  /// How many precompiled headers there are, light and whole.
  std::size_t Made() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root_ / "cache/pch")) {
      count += entry.path().extension() == ".gch" ? 1 : 0;
    }
    return count;
  }
  std::unique_ptr<Compiler> with_;
  std::unique_ptr<Workplace> place_;
};

constexpr char kAll[] = "#include <bits/stdc++.h>\nusing namespace std;\n";

TEST_F(LightHeaderTest, MakesTheSameFunctionsAsThePlainHeader) {
  const std::string programs[] = {
      "int main() { map<int, int> m; int x; while (cin >> x) ++m[x];\n"
      "for (auto [a, v] : m) cout << a << v; }\n",
      "int main() { vector<string> v(9, \"a\"); sort(v.begin(), v.end());\n"
      "for (int i = 0, d = 1, k = 2, t = 3, h = 5; i < d; ++i) v[i + k + t - h] = 'y';\n"
      "priority_queue<double> q; q.push(sqrt(2.0));\n"
      "cout << fixed << setprecision(3) << q.top() << v[0] << stoi(\"12\"); }\n",
      "struct S { unordered_map<string, vector<int>> m; }; int main() { S s; s.m[\"x\"] = {1}; "
      "function<int(int)> f = [&](int n) { return n < 2 ? n : f(n - 1) + f(n - 2); }; "
      "printf(\"%d\", f(20) + (int)s.m.size()); }\n"};
  for (const std::string& program : programs) {
    const auto with = With(kAll + program);
    const auto without = Without(kAll + program);
    ASSERT_EQ(with.state, CompileOutcome::State::kDone) << with.messages;
    EXPECT_EQ(Symbols(*with.program), Symbols(*without.program)) << program;
  }
  EXPECT_EQ(Made(), 1U) << "the lightest header alone";
  const std::string clock =
      "int main() { mt19937 g(chrono::steady_clock::now().time_since_epoch().count()); "
      "long long sum = 0; for (int i = 0; i < 9; ++i) sum += g() % 2; cout << sum; }\n";
  EXPECT_EQ(Symbols(*With(kAll + clock).program), Symbols(*Without(kAll + clock).program));
  EXPECT_EQ(Made(), 2U) << "and the second one";
}

TEST_F(LightHeaderTest, IsNotTakenWhereItCouldBeTold) {
  // Each is valid or not as under the whole header.
  const std::pair<std::string, bool> programs[] = {
      {"int main() { auto f = async([] { return 1; }); return f.get() - 1; }\n", true},
      {"int main() { return regex_match(\"ab\", regex(\"a.\")) ? 0 : 1; }\n", true},
      {"int main() { auto t = chrono::steady_clock::now(); return t.time_since_epoch() > 1ms ? 0 : "
       "1; "
       "}\n",
       true},
      {"int main() { return hermite(1, 2.0) == 4.0 ? 0 : 1; }\n", true},
      {"int promise = 1;\nint main() { return promise; }\n", false},
      {"int barrier, latch;\nint main() { return latch + barrier; }\n", false},
      {"#define JOIN(a, b) a##b\nint JOIN(th, read) = 1;\nint main() { return JOIN(th, read); }\n",
       false}};
  for (const auto& [program, valid] : programs) {
    const auto wanted = valid ? CompileOutcome::State::kDone : CompileOutcome::State::kRejected;
    EXPECT_EQ(With(kAll + program).state, wanted) << program;
    EXPECT_EQ(Without(kAll + program).state, wanted) << program;
  }
}

TEST(LanguageTable, NamesTheLineOfAMistake) {
  auto table = LanguageTable::BuiltIn();
  const auto message = [&](const char* text) {
    return table.Extend(text, "my.toml").error().message;
  };
  EXPECT_THAT(message("[d]\nrun = [\"x\"]\ncolour = 1\n"), HasSubstr("my.toml:3: d.colour"));
  EXPECT_THAT(message("[d]\nrun = 5\n"), HasSubstr("my.toml:2: d.run must be a list of strings"));
  EXPECT_THAT(message("[d\n"), HasSubstr("my.toml:1:"));
}

TEST(LanguageTable, KnowsAScriptByItsInterpreter) {
  const auto table = LanguageTable::BuiltIn();
  for (const char* line :
       {"#!/usr/bin/python3", "#!/usr/bin/env python3", "#! /usr/bin/python3 ",
        "#!/usr/bin/python3\r", "#!/usr/bin/python3 -u", "#!/usr/bin/env -S python3 -u",
        "#!/usr/bin/env A=1 python", "print(1)"}) {
    EXPECT_TRUE(table.ForFile("a.py", std::string(line) + "\nprint(1)\n")) << line;
    EXPECT_TRUE(table.ForFile("a.py", line)) << line;
  }
  for (const char* line : {"#!/usr/bin/env python2", "#!/usr/bin/jython python3", "#!"}) {
    EXPECT_FALSE(table.ForFile("a.py", line)) << line;
  }
  EXPECT_EQ((*table.ForFile("a.py", "print(1)"))->id, "python3") << "the table's first one";
  EXPECT_EQ((*table.ForFile("a.py", "#!/usr/bin/pypy3 -u"))->id, "pypy3");
}

TEST(LanguageTable, NothingCompiledIsNoBinary) {
  auto table = LanguageTable::BuiltIn();
  ASSERT_TRUE(table.Extend("[of-my-own]\nrun = [\"/usr/bin/python3\", \"{main}\"]\n", "my.toml"));
  EXPECT_FALSE(table.Find("of-my-own")->makes_binary);
}

TEST_F(CompilerTest, BatchesKeepFunctionsApart) {
  const std::string head = "int solve(const long long *in, int n, long long *out) {";
  const std::string right = head + " out[0] = in[0] + in[1]; return 1; }";
  const std::vector<std::string> candidates = {
      right,
      head + " for (;;); }",
      right,
      head + " *(volatile int *)0 = 1; return 0; }",
      head + " syntax }",
      head + " out[0] = 3; return 1; }",
      "int kill(int, int);\nint getppid(void);\n" + head + " kill(getppid(), 9); return 1; }",
      head + " for (int i = -100000; i < 100000; ++i) out[i] = 9; return 1; }",
      right};
  const auto verdicts =
      JudgeFunctions(*compiler_, *workplace_, candidates, {{{1, 2}, {3}}, {{4, 5}, {9}}});
  std::string text;
  for (const CVerdict& verdict : verdicts)
    text += std::string(env::VerdictName(verdict.verdict)) + " ";
  EXPECT_EQ(text, "AC TLE AC RTE CE WA RTE RTE AC ");
}

}  // namespace
}  // namespace tesuji::verifier
