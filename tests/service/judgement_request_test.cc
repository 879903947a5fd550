// What a request for judgements may say.
#include "service/judgement_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service/judgements.h"

namespace tesuji::service {
namespace {

using testing::HasSubstr;

Result<JudgementRequest> ParseAsked(const std::string& body) {
  static const verifier::LanguageTable table = verifier::LanguageTable::BuiltIn();
  return ParseJudgementRequest(body, table, {});
}
std::string WhyRefused(const std::string& body) {
  auto parsed = ParseAsked(body);
  return parsed ? "accepted" : parsed.error().message;
}

TEST(JudgementRequest, ReadsProblemsByName) {
  auto request =
      ParseAsked(R"({"problem": "sum", "all_tests": true, "confirm": true, "time_limit": 2,
    "memory_limit": 64, "deadline": 30,
    "submissions": [{"name": "a", "language": "cpp", "code": "x"}, {"files": {"b.py": "y"}}]})");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->problem, "sum");
  EXPECT_TRUE(request->options.all_tests);
  EXPECT_TRUE(request->options.confirm);
  EXPECT_FALSE(request->options.sanitize);
  EXPECT_EQ(request->options.time_limit_seconds, 2);
  EXPECT_EQ(request->options.memory_limit_mib, 64);
  EXPECT_EQ(request->deadline_seconds, 30);
  ASSERT_EQ(request->submissions.size(), 2U);
  EXPECT_EQ(request->submissions[0].name, "a");
  EXPECT_EQ(request->submissions[0].language, "cpp20");
  EXPECT_EQ(request->submissions[0].files[0].name, "main.cc");
  EXPECT_EQ(request->submissions[1].name, "1");
  EXPECT_EQ(request->submissions[1].language, "");
  EXPECT_EQ(request->submissions[1].files[0].name, "b.py");
}

TEST(JudgementRequest, MakesAProblemOfItsOwnTests) {
  auto request =
      ParseAsked(R"({"tests": [{"input": "1", "output": "2"}, {"name": "x", "output": ""}],
    "validator_flags": "float_tolerance 1e-6", "submission": {"language": "c", "code": ""}})");
  ASSERT_TRUE(request) << request.error().message;
  const verifier::Problem problem = MakeInlineProblem(*request);
  ASSERT_EQ(problem.tests.size(), 2U);
  EXPECT_EQ(problem.tests[0].name, "1");
  EXPECT_EQ(*verifier::ReadDescriptor(problem.tests[0].input.get(), 10), "1");
  EXPECT_EQ(problem.tests[0].answer, "2");
  EXPECT_EQ(problem.tests[1].name, "x");
  EXPECT_EQ(problem.tests[0].validator_flags,
            (std::vector<std::string>{"float_tolerance", "1e-6"}));
  request->tests[0].output = "3";
  EXPECT_NE(MakeInlineProblem(*request).sha256, problem.sha256);
}

TEST(JudgementRequest, ReadsAnswersToTasksWithoutALanguage) {
  auto request = ParseAsked(R"({"task": {"test_list": ["assert f(1) == 2"]},
    "submissions": [{"code": "x"}, {"code": "y", "language": "python"}]})");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->asks_task());
  EXPECT_EQ(request->submissions[0].language, "");
  EXPECT_EQ(request->submissions[1].language, "python3");
  EXPECT_EQ(request->submissions[1].files[0].text, "y");
  const auto task = MakeInlineTask(*request, {});
  ASSERT_TRUE(task) << task.error().message;
  EXPECT_EQ(task->format, "MBPP");
  request = ParseAsked(R"({"problem": "a.jsonl", "task_id": "7", "submission": {"code": ""}})");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->asks_task());
  EXPECT_EQ(request->task_id, "7");
}

TEST(JudgementRequest, ATaskOfTheRequestStaysWithinTheServicesLimits) {
  const auto made = [](const std::string& more, const RunBounds& bounds) {
    const auto request =
        ParseAsked(R"({"task": {"inputs": ["1"], "outputs": ["2"], "time_limit": 50,
      "memory_limit": 2048}, "submission": {"code": ""})" +
                   more + "}");
    EXPECT_TRUE(request);
    const auto task = MakeInlineTask(*request, bounds);
    return task ? "made" : task.error().message;
  };
  EXPECT_EQ(made("", {}), "made");
  EXPECT_THAT(made("", {.seconds = 20}), HasSubstr("time limit is 50 s, expected at most 20"));
  EXPECT_THAT(made("", {.memory_mib = 100}), HasSubstr("2048 MiB, expected at most 100"));
  EXPECT_EQ(made(R"(, "time_limit": 2, "memory_limit": 64)", {.seconds = 20, .memory_mib = 100}),
            "made");
}

TEST(JudgementRequest, SaysWhatIsWrong) {
  const std::string code = R"("submission": {"language": "c", "code": ""})";
  EXPECT_THAT(WhyRefused("{" + code + "}"), HasSubstr("one of problem, tests and task"));
  EXPECT_THAT(WhyRefused(R"({"problem": "a", "tests": [], )" + code + "}"),
              HasSubstr("one of problem, tests and task"));
  EXPECT_THAT(WhyRefused(R"({"tests": [], )" + code + "}"), HasSubstr("tests has 0 entries"));
  EXPECT_THAT(WhyRefused(R"({"tests": [1], )" + code + "}"),
              HasSubstr("tests[0] must be an object, not number"));
  EXPECT_THAT(WhyRefused(R"({"tests": [{"output": ""}, {"input": ""}], )" + code + "}"),
              HasSubstr("tests[1].output is missing"));
  EXPECT_THAT(WhyRefused(R"({"tests": [{"output": "", "outptu": ""}], )" + code + "}"),
              HasSubstr("'outptu' is no key"));
  EXPECT_THAT(WhyRefused(R"({"problem": "a", "time_limit": -1, )" + code + "}"),
              HasSubstr("time_limit is -1"));
  EXPECT_THAT(WhyRefused(R"({"problem": "a", "all_tests": 1, )" + code + "}"),
              HasSubstr("all_tests must be true or false"));
  EXPECT_THAT(WhyRefused(R"({"tests": [{"output": ""}], "validator_flags": "what", )" + code + "}"),
              HasSubstr("validator_flags"));
  EXPECT_THAT(WhyRefused(R"({"problem": "a"})"), HasSubstr("either submission or submissions"));
  const auto with = [](const std::string& submission) {
    return WhyRefused(R"({"problem": "a", "submissions": [)" + submission + "]}");
  };
  EXPECT_THAT(with(""), HasSubstr("submissions has 0 entries"));
  EXPECT_THAT(with("{}"), HasSubstr("submissions[0].expected either code or files"));
  EXPECT_THAT(with(R"({"code": ""})"), HasSubstr("submissions[0].language is missing"));
  EXPECT_THAT(with(R"({"code": "", "language": "cobol"})"), HasSubstr("'cobol'"));
  EXPECT_THAT(with(R"({"files": {"../a.c": ""}})"), HasSubstr("'..'"));
  EXPECT_THAT(with(R"({"files": {"a": "", "a/b": ""}})"), HasSubstr("a file and a folder"));
  EXPECT_THAT(with(R"({"files": {"a.c": 1}})"), HasSubstr("'a.c' must be a string"));
}

TEST(Judgements, AreFoundByTheirIdsUntilTooManyOthersAreDone) {
  JudgementStore store({.kept = 2});
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    auto judgement = store.Make({"a"});
    ids.push_back(judgement->id());
    judgement->Finish(0, "done", Json{{"verdict", "AC"}}, [&] { store.Done(judgement); });
  }
  EXPECT_EQ(store.Find(ids[0]), nullptr);
  ASSERT_NE(store.Find(ids[1]), nullptr);
  EXPECT_EQ(Json::parse(store.Find(ids[1])->Text())["results"][0]["verdict"], "AC");
  EXPECT_EQ(ids[0].size(), 32U);
  EXPECT_NE(ids[0], ids[1]);
}

TEST(Judgements, TellWhoWaitsOnceTheLastSubmissionIsFinished) {
  Judgement judgement("id", {"a", "b"});
  int told = 0;
  int last = 0;
  const auto waiting = std::make_shared<const std::function<void()>>([&] { ++told; });
  judgement.WhenDone(waiting);
  judgement.Finish(1, "done", Json::object(), [&] { ++last; });
  EXPECT_EQ(told, 0);
  EXPECT_EQ(Json::parse(judgement.Text())["state"], "running");
  judgement.Finish(0, "late", Json::object(), [&] { ++last; });
  EXPECT_EQ(told, 1);
  EXPECT_EQ(last, 1);
  judgement.WhenDone(waiting);
  EXPECT_EQ(told, 2);
}

// Clients may ask and go for as long as a judgement takes: nothing of them stays.
TEST(Judgements, ForgetWhoWaitsNoMore) {
  Judgement judgement("id", {"a"});
  int told = 0;
  const auto held = std::make_shared<int>();
  judgement.WhenDone(std::make_shared<const std::function<void()>>([&told, held] { ++told; }));
  EXPECT_EQ(held.use_count(), 1);
  judgement.Finish(0, "done", Json::object(), [] {});
  EXPECT_EQ(told, 0);
}

}  // namespace
}  // namespace tesuji::service
