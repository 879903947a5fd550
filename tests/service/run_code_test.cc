// The shapes of /run_code: what a request may say and what an answer says.
#include "service/run_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service/base64.h"

namespace tesuji::service {
namespace {

using testing::HasSubstr;

const verifier::LanguageTable& Languages() {
  static const verifier::LanguageTable table = verifier::LanguageTable::BuiltIn();
  return table;
}
Result<verifier::ProgramRun> Parse(const std::string& body) {
  return ParseRunCode(body, Languages(), {});
}
std::string WhyNot(const std::string& body) {
  auto parsed = Parse(body);
  return parsed ? "accepted" : parsed.error().message;
}

TEST(RunCode, ReadsEveryField) {
  auto run = Parse(R"j({"code": "print(1)", "language": "python", "stdin": "in",
    "compile_timeout": 3, "run_timeout": 2.5, "memory_limit_MB": 100,
    "files": {"data/a.txt": "aGk=", "none": null}, "fetch_files": ["out.txt"]})j");
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->code, "print(1)");
  EXPECT_EQ(run->language->id, "python3");
  EXPECT_EQ(run->standard_input, "in");
  EXPECT_EQ(run->compile_seconds, 3);
  EXPECT_EQ(run->limits.wall.count(), 2500);
  EXPECT_EQ(run->limits.memory_bytes, 100 << 20);
  ASSERT_EQ(run->files.size(), 1U);
  EXPECT_EQ(run->files[0].name, "data/a.txt");
  EXPECT_EQ(run->files[0].text, "hi");
  EXPECT_EQ(run->fetch, std::vector<std::string>{"out.txt"});
}

TEST(RunCode, HasDefaultsForAllButCodeAndLanguage) {
  auto run = Parse(R"({"code": "", "language": "cpp", "stdin": null, "memory_limit_MB": -1})");
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->language->id, "cpp20");
  EXPECT_EQ(run->limits.wall.count(), 10'000);
  EXPECT_EQ(run->compile_seconds, 10);
  EXPECT_EQ(run->limits.memory_bytes, RunBounds().memory_mib << 20);
}

TEST(RunCode, SaysWhatIsWrong) {
  EXPECT_THAT(WhyNot(""), HasSubstr("no valid JSON"));
  EXPECT_THAT(WhyNot(R"({"code": x})"), HasSubstr("no valid JSON (byte 10 of 11)"));
  EXPECT_THAT(WhyNot(R"({"run_timeout": 5.5E99999})"), HasSubstr("a number is too large"));
  EXPECT_THAT(WhyNot("[1]"), HasSubstr("must be an object, not array"));
  EXPECT_THAT(WhyNot(std::string(100, '[')), HasSubstr("deeper"));
  EXPECT_THAT(WhyNot(R"({"language": "cpp"})"), HasSubstr("code is missing"));
  EXPECT_THAT(WhyNot(R"({"code": 1, "language": "cpp"})"),
              HasSubstr("code must be a string, not number"));
  EXPECT_THAT(WhyNot(R"({"code": "", "language": "cobol"})"), HasSubstr("'cobol'"));
  const std::string start = R"({"code": "", "language": "python", )";
  EXPECT_THAT(WhyNot(start + R"("run_timeout": 1e9})"), HasSubstr("run_timeout is"));
  EXPECT_THAT(WhyNot(start + R"("run_timeout": 0})"), HasSubstr("run_timeout is 0"));
  EXPECT_THAT(WhyNot(start + R"("compile_timeout": "x"})"), HasSubstr("compile_timeout must be"));
  EXPECT_THAT(WhyNot(start + R"("memory_limit_MB": 1e9})"), HasSubstr("memory_limit_MB is"));
  EXPECT_THAT(WhyNot(start + R"("files": []})"), HasSubstr("files must be an object"));
  EXPECT_THAT(WhyNot(start + R"("files": {"a": "%%%"}})"), HasSubstr("'a' is no base64"));
  EXPECT_THAT(WhyNot(start + R"("fetch_files": [1]})"), HasSubstr("fetch_files"));
}

TEST(RunCode, RefusesNamesThatLeaveTheBox) {
  const auto with = [](const std::string& name) {
    return WhyNot(R"({"code": "", "language": "python", "files": {")" + name + R"(": ""}})");
  };
  for (const char* name :
       {"../a", "a/../../b", "/etc/passwd", "", ".", "a//b", "a/", "./a", "a\\u0000b", "a\\nb",
        "tmp/x", "program", "main.py", "a/b/c/d/e/f/g/h/i"}) {
    EXPECT_THAT(with(name), HasSubstr("files: ")) << name;
  }
  EXPECT_THAT(with(std::string(300, 'a')), HasSubstr("files: "));
  EXPECT_EQ(with("..a/b..c"), "accepted");
  EXPECT_THAT(WhyNot(R"({"code": "", "language": "python", "files": {"a": "", "a/b": ""}})"),
              HasSubstr("a file and a folder"));
  EXPECT_THAT(WhyNot(R"({"code": "", "language": "python", "fetch_files": ["../../etc/passwd"]})"),
              HasSubstr("'..'"));
}

verifier::ProgramRun PythonRun() { return *Parse(R"({"code": "", "language": "python"})"); }

verifier::ProgramOutput Ended(verifier::Ending ending, int code, int signal = 0) {
  verifier::ProgramOutput output;
  output.run.emplace();
  output.run->ending = ending;
  output.run->exit_code = code;
  output.run->signal = signal;
  output.run->standard_output = "out";
  return output;
}

TEST(RunCode, AnswersEveryEndingInItsWords) {
  const auto run = PythonRun();
  Json answer = RunCodeAnswer(Ended(verifier::Ending::kExited, 0), run);
  EXPECT_EQ(answer["status"], "Success");
  EXPECT_EQ(answer["run_result"]["status"], "Finished");
  EXPECT_EQ(answer["run_result"]["return_code"], 0);
  EXPECT_EQ(answer["run_result"]["stdout"], "out");
  EXPECT_TRUE(answer["compile_result"].is_null());

  answer = RunCodeAnswer(Ended(verifier::Ending::kExited, 3), run);
  EXPECT_EQ(answer["status"], "Failed");
  EXPECT_EQ(answer["run_result"]["return_code"], 3);

  answer = RunCodeAnswer(Ended(verifier::Ending::kWallLimit, 0), run);
  EXPECT_EQ(answer["status"], "Failed");
  EXPECT_EQ(answer["run_result"]["status"], "TimeLimitExceeded");
  EXPECT_TRUE(answer["run_result"]["return_code"].is_null());

  answer = RunCodeAnswer(Ended(verifier::Ending::kSignalled, 0, 11), run);
  EXPECT_EQ(answer["status"], "Failed");
  EXPECT_EQ(answer["run_result"]["return_code"], -11);

  answer = RunCodeAnswer(Ended(verifier::Ending::kMemoryLimit, 0), run);
  EXPECT_EQ(answer["status"], "Failed");
  EXPECT_EQ(answer["run_result"]["status"], "Finished");
  EXPECT_NE(answer["run_result"]["return_code"], 0);
}

TEST(RunCode, AFailureOfOursIsASandboxErrorAndNeverAResult) {
  verifier::ProgramOutput broken;
  broken.broken = "the container fell silent";
  std::vector<verifier::ProgramOutput> outputs;
  outputs.push_back(std::move(broken));
  outputs.push_back(Ended(verifier::Ending::kCannotStart, 0));
  outputs.push_back(Ended(verifier::Ending::kCancelled, 0));
  for (const auto& output : outputs) {
    const Json answer = RunCodeAnswer(output, PythonRun());
    EXPECT_EQ(answer["status"], "SandboxError");
    EXPECT_TRUE(answer["run_result"].is_null());
  }
}

TEST(Base64, ReadsTheVectorsOfRfc4648) {
  for (const auto& [text, code] : std::vector<std::pair<std::string, std::string>>{
           {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(EncodeBase64(text), code);
    EXPECT_EQ(*DecodeBase64(code), text);
  }
  for (const char* bad : {"Z", "Zg", "Zg=", "Zg===", "====", "Zg==Zg==", "Zm 9", "Zm\n9", "Z-_9"}) {
    EXPECT_FALSE(DecodeBase64(bad)) << bad;
  }
}

}  // namespace
}  // namespace tesuji::service
