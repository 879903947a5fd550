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
  EXPECT_LE(cache.size_bytes(), 100'000);
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

TEST(LanguageTable, NamesTheLineOfAMistake) {
  auto table = LanguageTable::BuiltIn();
  const auto message = [&](const char* text) {
    return table.Extend(text, "my.toml").error().message;
  };
  EXPECT_THAT(message("[d]\nrun = [\"x\"]\ncolour = 1\n"), HasSubstr("my.toml:3: d.colour"));
  EXPECT_THAT(message("[d]\nrun = 5\n"), HasSubstr("my.toml:2: d.run must be a list of strings"));
  EXPECT_THAT(message("[d\n"), HasSubstr("my.toml:1:"));
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
