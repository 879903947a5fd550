#include "env/go/gtp/client.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include <fstream>
#include <thread>

#include "tests/env/gtp/scripts.h"

namespace tesuji::gtp {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

EngineProcessOptions Impatient() {
  return {.timeout = milliseconds(400), .start_timeout = milliseconds(400)};
}

// The answer's text, or the failure's.
std::string Ask(EngineProcess* engine, std::string_view line) {
  const Result<Response> answer = engine->Request(line);
  return answer ? answer->text : answer.error().message;
}

// The failure of a request that must not be answered.
std::string FailureOf(EngineProcess* engine, std::string_view line) {
  const Result<Response> answer = engine->Request(line);
  EXPECT_FALSE(answer) << "answered: " << (answer ? answer->text : "");
  return answer ? std::string() : answer.error().message;
}

// The next answer to commands that were sent ahead; none when it does not come in a minute.
std::optional<Result<Response>> Await(EngineProcess* engine) {
  std::optional<Result<Response>> answer;
  for (int i = 0; i < 600 && !(answer = engine->Poll()); ++i) {
    EngineProcess::WaitAny({&engine, 1}, milliseconds(100));
  }
  return answer;
}

TEST(EngineProcess, AsksAndAnswers) {
  const ScriptFolder scripts;
  EngineProcess engine(scripts.Engine("e",
                                      "case $1 in name) ok Fake Go;; two) printf "
                                      "'= a\\nb\\n\\n';; crlf) printf '= x\\r\\n\\r\\n';; "
                                      "*) no unknown command;; esac"));
  EXPECT_EQ(Ask(&engine, "name"), "Fake Go");
  EXPECT_EQ(Ask(&engine, "two"), "a\nb");
  EXPECT_EQ(Ask(&engine, "crlf"), "x");
  const auto refused = engine.Request("foo");
  ASSERT_TRUE(refused);
  EXPECT_FALSE(refused->success);
  EXPECT_EQ(refused->text, "unknown command");
}

TEST(EngineProcess, AnswersCommandsSentAheadInOrder) {
  const ScriptFolder scripts;
  EngineProcess engine(scripts.Engine("e", "ok $1"));
  for (int i = 0; i < 50; ++i) engine.Send(fmt::format("c{}", i));
  for (int i = 0; i < 50; ++i) {
    const auto answer = Await(&engine);
    ASSERT_TRUE(answer && *answer);
    EXPECT_EQ((*answer)->text, fmt::format("c{}", i));
  }
  EXPECT_EQ(engine.pending(), 0U);
}

TEST(EngineProcess, SaysThatAProgramIsMissing) {
  EngineProcess engine("/nonexistent/go-engine --gtp");
  const std::string failure = FailureOf(&engine, "name");
  EXPECT_THAT(failure, HasSubstr("exit code 127"));
  EXPECT_THAT(failure, HasSubstr("/nonexistent/go-engine"));
  EXPECT_EQ(failure.find('\n'), std::string::npos);
}

TEST(EngineProcess, ReportsACrashWithTheLastWords) {
  const ScriptFolder scripts;
  EngineProcess engine(scripts.Engine("e", "echo 'out of joseki' >&2; kill -SEGV $$"));
  const std::string failure = FailureOf(&engine, "genmove b");
  EXPECT_THAT(failure, HasSubstr("signal 11"));
  EXPECT_THAT(failure, HasSubstr("out of joseki"));
  EXPECT_FALSE(engine.alive());
  EXPECT_FALSE(engine.Request("name"));  // Dead for good.
}

TEST(EngineProcess, ReportsSilence) {
  const ScriptFolder scripts;
  EngineProcess engine(scripts.Engine("e", "sleep 100"), Impatient());
  EXPECT_THAT(FailureOf(&engine, "genmove b"), HasSubstr("no answer to \"genmove b\" in time"));
}

TEST(EngineProcess, ReportsAnswersThatNeverEnd) {
  const ScriptFolder scripts;
  EngineProcessOptions options;
  options.max_response_bytes = 100'000;
  EngineProcess engine(scripts.Engine("e", "printf '= '; yes"), options);
  EXPECT_THAT(FailureOf(&engine, "name"), HasSubstr("has no end"));
}

TEST(EngineProcess, ReportsGarbage) {
  const ScriptFolder scripts;
  EngineProcess engine(scripts.Engine("e", "echo 'Hello, I am not a GTP engine'"));
  EXPECT_THAT(FailureOf(&engine, "name"), HasSubstr("Hello, I am not a GTP engine"));
}

TEST(EngineProcess, ReportsBytesNobodyAskedFor) {
  const ScriptFolder scripts;
  EngineProcess engine(scripts.Engine("e", "ok one; ok two"));
  EXPECT_EQ(Ask(&engine, "name"), "one");
  const auto answer = Await(&engine);
  ASSERT_TRUE(answer && !*answer);
  EXPECT_THAT((*answer).error().message, HasSubstr("without being asked"));
}

TEST(EngineProcess, DoesNotBlockOnAnEngineThatNeverReads) {
  const ScriptFolder scripts;
  EngineProcess engine(scripts.Script("e", "sleep 100\n"), Impatient());
  for (int i = 0; i < 100; ++i) engine.Send(std::string(10'000, 'x'));
  EXPECT_FALSE(engine.Poll());
  EXPECT_EQ(engine.pending(), 100U);
}

TEST(EngineProcess, SurvivesAnEngineThatClosedItsInput) {
  const ScriptFolder scripts;
  EngineProcess engine(scripts.Script("e", "exec 0<&-\nsleep 0.2\nexit 3\n"));
  std::this_thread::sleep_for(milliseconds(50));
  engine.Send("name");  // Would raise SIGPIPE.
  EXPECT_THAT(FailureOf(&engine, "version"), HasSubstr("exit code 3"));
}

TEST(EngineProcess, KeepsTheEndOfStderrOnly) {
  const ScriptFolder scripts;
  EngineProcessOptions options;
  options.kept_stderr_bytes = 100;
  EngineProcess engine(scripts.Script("e",
                                      "i=0; while [ $i -lt 2000 ]; do echo line $i >&2; "
                                      "i=$((i+1)); done; exit 3\n"),
                       options);
  const std::string failure = FailureOf(&engine, "name");
  EXPECT_THAT(failure, HasSubstr("line 1999"));
  EXPECT_THAT(failure, Not(HasSubstr("line 1900")));
}

TEST(EngineProcess, KillsTheWholeProcessGroupAndLeavesNoZombie) {
  const ScriptFolder scripts;
  pid_t child = 0;
  pid_t grandchild = 0;
  {
    EngineProcess engine(scripts.Engine("e", "sleep 1000 & ok $!"));
    const auto answer = engine.Request("name");
    ASSERT_TRUE(answer);
    grandchild = std::stoi(answer->text);
    child = engine.pid();
    EXPECT_EQ(kill(grandchild, 0), 0);
  }
  // Reaped: no such child of ours any more.
  EXPECT_EQ(waitpid(child, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
  // The grandchild is init's to reap; dead it must be: gone, or a zombie.
  bool dead = false;
  for (int i = 0; i < 100 && !dead; ++i) {
    std::ifstream stat(fmt::format("/proc/{}/stat", grandchild));
    std::string pid, name, state;
    dead = !(stat >> pid >> name >> state) || state == "Z";
    if (!dead) std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_TRUE(dead);
}

TEST(EngineProcess, QuitsPolitely) {
  const ScriptFolder scripts;
  const auto marker = scripts.path() / "said-goodbye";
  {
    EngineProcess engine(scripts.Engine(
        "e", "case $1 in quit) touch '" + marker.string() + "'; ok; exit 0;; *) ok;; esac"));
    ASSERT_TRUE(engine.Request("name"));
    engine.Quit();
    EXPECT_FALSE(engine.alive());
  }
  EXPECT_TRUE(std::filesystem::exists(marker));
}

TEST(EngineProcess, TalksToGnuGo) {
  if (!std::filesystem::exists("/usr/games/gnugo")) GTEST_SKIP() << "gnugo is not installed";
  EngineProcess engine("gnugo --mode gtp --level 0");
  EXPECT_EQ(Ask(&engine, "protocol_version"), "2");
  EXPECT_EQ(Ask(&engine, "name"), "GNU Go");
  EXPECT_TRUE(engine.Request("boardsize 9")->success);
  EXPECT_TRUE(engine.Request("play b e5")->success);
  EXPECT_FALSE(engine.Request("play w e5")->success);
  EXPECT_THAT(Ask(&engine, "showboard"), HasSubstr("A B C D E F G H J"));
  engine.Quit();
}

}  // namespace
}  // namespace tesuji::gtp
