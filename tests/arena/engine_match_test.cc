// Matches with programs that speak GTP: those that behave and those that do not.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "env/go/gtp/engine_player.h"
#include "env/go/gtp/referee.h"
#include "tests/arena/match_support.h"
#include "tests/env/gtp/scripts.h"

namespace tesuji::arena {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

// GNU Go with the rules that a match needs: area scoring, our ko and suicide rules, and all dead
// stones captured before it passes.
constexpr const char* kGnuGo =
    "gnugo --mode gtp --level 0 --chinese-rules --capture-all-dead --positional-superko "
    "--forbid-suicide";

Contestant Program(const std::string& name, const std::string& command,
                   milliseconds timeout = milliseconds(20'000)) {
  gtp::EnginePlayerOptions options;
  options.command = command;
  // Long: on a busy machine even a shell takes its time to start.
  options.process = {.timeout = milliseconds(60'000), .quit_timeout = milliseconds(50)};
  options.move_timeout = timeout;
  return gtp::EngineContestant(name, options);
}

/// Two games on 9x9 from the empty board, unless a test says otherwise.
class MatchWithEngines : public testing::Test {
 protected:
  MatchWithEngines() { options_.opening.actions = 0; }

  /// An engine that answers each line by the shell code `body` (tests/env/gtp/scripts.h).
  Contestant Engine(const std::string& name, const std::string& body,
                    milliseconds timeout = milliseconds(20'000)) const {
    return Program(name, scripts_.Engine(name, body), timeout);
  }
  Contestant Passer(const std::string& name) const { return Engine(name, gtp::kPasser); }
  /// Passes after `seconds`, under a clock, and knows the time commands named in `known`
  /// ("time_settings|time_left").
  Contestant Sleeper(const std::string& seconds, const std::string& known,
                     const TimeLimits& time) const {
    gtp::EnginePlayerOptions options;
    options.command =
        scripts_.Engine("sleeper", fmt::format("case $1 in genmove) sleep {}; ok pass;; {}) ok;; "
                                               "*time*) no unknown command;; *) ok;; esac",
                                               seconds, known));
    options.time = time;
    return gtp::EngineContestant("sleeper", options);
  }
  MatchReport PlayEach(const Contestant& a, const Contestant& b) const {
    return Play(*go_, a, b, options_);
  }
  MatchReport AgainstSearch(const Contestant& a) const { return PlayEach(a, Searcher(*go_, 2)); }

  const gtp::ScriptFolder scripts_;
  std::unique_ptr<const env::go::GoEnvironment> go_ = MakeGo(9);
  MatchOptions options_;
};

TEST_F(MatchWithEngines, PlaysAnEngineThatBehaves) {
  const MatchReport report = AgainstSearch(Passer("passer"));
  EXPECT_EQ(report.games.size(), 2U);
  EXPECT_EQ(report.forfeits[0], 0);
}

TEST_F(MatchWithEngines, ForfeitsIllegalMovesAndGoesOn) {
  options_.games = 4;
  options_.games_at_once = 2;
  const MatchReport report =
      PlayEach(Engine("cheat", "case $1 in genmove) ok A1;; *) ok;; esac"), Passer("honest"));
  EXPECT_EQ(report.games.size(), 4U);
  EXPECT_EQ(report.forfeits[0], 4);
  EXPECT_EQ(report.forfeits[1], 0);
  EXPECT_EQ(report.losses, 4);  // A forfeit is a loss.
  EXPECT_EQ(report.wins + report.draws, 0);
  EXPECT_EQ(report.games[0].reason, "cheat: illegal move A1 (occupied)");
  EXPECT_EQ(report.games[0].winner, 1);
  EXPECT_THAT(report.games[0].record, HasSubstr("RE[W+F]"));
}

TEST_F(MatchWithEngines, RestartsAnEngineThatCrashes) {
  const auto counter = scripts_.path() / "starts";
  options_.games = 4;
  options_.games_at_once = 1;
  const std::string command = scripts_.Script(
      "crash", fmt::format("echo start >> '{}'\n"
                           "ok() {{ printf '= %s\\n\\n' \"$*\"; }}\n"
                           "while read -r line; do set -- $line\n"
                           "case $1 in genmove) echo 'stack overflow' >&2; exit 9;; *) ok;; esac\n"
                           "done\n",
                           counter.string()));
  const MatchReport report = AgainstSearch(Program("crasher", command));
  EXPECT_EQ(report.forfeits[0], 4);
  EXPECT_THAT(report.games[0].reason, HasSubstr("exit code 9"));
  EXPECT_THAT(report.games[0].reason, HasSubstr("stack overflow"));
  std::ifstream lines(counter);
  int starts = 0;
  for (std::string line; std::getline(lines, line);) ++starts;
  EXPECT_EQ(starts, 5);  // One for the check, one a game.
}

TEST_F(MatchWithEngines, ForfeitsSilenceNonsenseAndRefusals) {
  struct Fault {
    const char* body;
    milliseconds timeout;
    const char* reason;
  };
  const milliseconds enough(20'000);
  for (const Fault& fault : {
           Fault{"case $1 in genmove) sleep 100;; *) ok;; esac", milliseconds(300), "in time"},
           Fault{"case $1 in genmove) echo 'Shall I compare thee';; *) ok;; esac", enough,
                 "Shall I compare thee"},
           Fault{"case $1 in genmove) ok somewhere;; *) ok;; esac", enough, "\"somewhere\""},
           Fault{"case $1 in play) no illegal move;; genmove) ok pass;; *) ok;; esac", enough,
                 "was refused: illegal move"},
       }) {
    const MatchReport report =
        PlayEach(Engine("faulty", fault.body, fault.timeout), CarefulContestant("r"));
    EXPECT_EQ(report.forfeits[0], 2) << fault.body;
    EXPECT_THAT(report.games[0].reason, HasSubstr(fault.reason));
  }
}

TEST_F(MatchWithEngines, CountsResigningAsALoss) {
  const MatchReport report =
      AgainstSearch(Engine("modest", "case $1 in genmove) ok RESIGN;; *) ok;; esac"));
  EXPECT_EQ(report.losses, 2);
  EXPECT_EQ(report.games[0].end, GameEnd::kResigned);
  EXPECT_THAT(report.games[0].record, HasSubstr("RE[W+R]"));
}

TEST_F(MatchWithEngines, FailsAtOnceWhenTheEngineCannotStart) {
  const auto report =
      PlayMatch(*go_, Program("ghost", "/nonexistent/engine"), RandomContestant(), {});
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, HasSubstr("/nonexistent/engine"));
}

TEST_F(MatchWithEngines, BreaksOffAfterTooManyForfeits) {
  options_.games = 100;
  options_.games_at_once = 2;
  options_.forfeit_limit = 3;
  const MatchReport report =
      AgainstSearch(Engine("vague", "case $1 in genmove) ok somewhere;; *) ok;; esac"));
  EXPECT_THAT(report.broken_off, HasSubstr("vague forfeited 3 games"));
  EXPECT_LT(report.games.size(), 8U);
}

TEST_F(MatchWithEngines, TellsTheEngineTheWholeStart) {
  const auto log = scripts_.path() / "log";
  gtp::EnginePlayerOptions player;
  player.command = scripts_.Engine(
      "l",
      fmt::format("echo $line >> '{}'; case $1 in genmove) ok pass;; *) ok;; esac", log.string()));
  player.time = {.overtime = Overtime::kCanadian, .period = Seconds(5), .stones = 1};
  options_.games_at_once = 1;
  options_.opening.task = env::Task{.id = "go", .parameters = {{"komi", 0.5}, {"handicap", 2}}};
  options_.opening_list = {{*ParseAction(go_->rules(), "E5")}};
  PlayEach(gtp::EngineContestant("logger", player), CarefulContestant("r"));
  std::ifstream file(log);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_THAT(text, HasSubstr("name\nboardsize 9\ntime_settings 0 5 1\nquit\nboardsize "
                              "9\nclear_board\nkomi 0.5\nset_free_handicap "));
  EXPECT_THAT(text, HasSubstr("\ntime_settings 0 5 1\nplay W E5\n"));
  EXPECT_THAT(text, HasSubstr("time_left B 5 1\ngenmove B"));
  EXPECT_THAT(text, HasSubstr("time_left W 5 1\ngenmove W"));
}

TEST_F(MatchWithEngines, LetsARefereeTakeDeadStonesOff) {
  go_ = MakeGo(5, 0.5F);
  const std::string referee =
      scripts_.Engine("ref", "case $1 in final_status_list) ok C3;; *) ok;; esac");
  options_.opening_list = {{12}};  // Black at C3, and then both pass.
  const Contestant a = Passer("a");
  const Contestant b = Passer("b");
  EXPECT_EQ(PlayEach(a, b).games[0].score, 24.5F);
  options_.make_referee = [&] { return gtp::MakeEngineReferee(referee); };
  const MatchReport judged = PlayEach(a, b);
  EXPECT_EQ(judged.games[0].score, -0.5F);
  EXPECT_EQ(judged.wins + judged.losses, 2);
  options_.make_referee = [&] { return gtp::MakeEngineReferee("/nonexistent/referee"); };
  const MatchReport unjudged = PlayEach(a, b);
  EXPECT_EQ(unjudged.voids, 2);
  EXPECT_EQ(unjudged.wins + unjudged.losses + unjudged.draws, 0);
}

TEST_F(MatchWithEngines, LosesOnTimeByOurClock) {
  const MatchReport report = AgainstSearch(
      Sleeper("5", "kata-time_settings", {.main = Seconds(0.1), .margin = Seconds(0.1)}));
  ASSERT_EQ(report.games.size(), 2U);
  EXPECT_EQ(report.losses, 2);
  EXPECT_EQ(report.forfeits[0], 0);  // A loss like any other.
  EXPECT_EQ(report.games[0].end, GameEnd::kTime);
  EXPECT_THAT(report.games[0].reason, HasSubstr("out of time"));
  EXPECT_THAT(report.games[0].record, HasSubstr("RE[W+T]"));
}

// The answer comes, but later than main time and its margin allow over several moves.
TEST_F(MatchWithEngines, ChargesTheTimeOfEveryMove) {
  options_.games = 1;
  const MatchReport report = PlayEach(
      Sleeper("0.5", "*", {.main = Seconds(1.3), .margin = Seconds(0.1)}), CarefulContestant("b"));
  ASSERT_EQ(report.games.size(), 1U);
  EXPECT_EQ(report.games[0].end, GameEnd::kTime) << report.games[0].reason;
  EXPECT_LE(report.games[0].actions, 4);  // Two moves of its own at most.
}

TEST_F(MatchWithEngines, AQuickEngineKeepsItsTime) {
  const MatchReport report = AgainstSearch(
      Sleeper("0", "time_settings|time_left", {.main = Seconds(60), .margin = Seconds(60)}));
  ASSERT_EQ(report.games.size(), 2U);
  for (const MatchGame& game : report.games) EXPECT_EQ(game.end, GameEnd::kScored);
}

TEST_F(MatchWithEngines, RefusesAnEngineThatCannotBeToldItsClock) {
  const TimeLimits byo_yomi{
      .main = Seconds(60), .overtime = Overtime::kByoYomi, .period = Seconds(5), .stones = 3};
  options_.games = 1;
  options_.hooks = gtp::GoMatchHooks();
  const auto play = [&](const std::string& known) {
    return PlayMatch(*go_, Sleeper("0", known, byo_yomi), RandomContestant(), options_);
  };
  EXPECT_TRUE(play("kgs-time_settings"));
  EXPECT_TRUE(play("kata-time_settings"));
  const auto refused = play("time_settings");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("cannot be told its clock"));
  EXPECT_THAT(refused.error().message, HasSubstr("byoyomi 60 5 3"));
}

TEST_F(MatchWithEngines, RefusesABoardThatTheEngineDoesNotPlay) {
  options_.hooks = gtp::GoMatchHooks();
  const auto report = PlayMatch(
      *go_, Engine("nineteen", "case $1 in boardsize) no unacceptable size;; *) ok;; esac"),
      RandomContestant(), options_);
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, HasSubstr("\"boardsize 9\" was refused: unacceptable size"));
}

TEST_F(MatchWithEngines, BoundsTheProcessesOfAllWorkers) {
  const auto folder = scripts_.path() / "alive";
  std::filesystem::create_directories(folder);
  // Each process is a file while it lives; the most seen at once goes into "most".
  const std::string command =
      scripts_.Script("counted", fmt::format("cd '{}'; touch $$; trap 'rm -f $$' EXIT\n"
                                             "ok() {{ printf '= %s\\n\\n' \"$*\"; }}\n"
                                             "while read -r line; do set -- $line\n"
                                             "case $1 in genmove) ls | wc -l >> ../most; ok pass;; "
                                             "quit) ok; exit 0;; *) ok;; esac\ndone\n",
                                             folder.string()));
  options_.games = 24;
  options_.threads = 3;
  options_.engine_processes = 4;
  PlayEach(Program("a", command), Program("b", command));
  std::ifstream file(scripts_.path() / "most");
  int most = 0;
  int seen = 0;
  for (int count = 0; file >> count; ++seen) most = std::max(most, count);
  EXPECT_GE(seen, 24);
  EXPECT_LE(most, 4);
  EXPECT_GE(most, 2);
}

TEST_F(MatchWithEngines, GnuGoBeatsRandomMoves) {
  if (!std::filesystem::exists("/usr/games/gnugo")) GTEST_SKIP() << "gnugo is not installed";
  go_ = MakeGo(7, 0.5F);
  options_.games_at_once = 2;
  options_.opening.actions = OpeningOptions().actions;
  const MatchReport report = PlayEach(Program("gnugo-0", kGnuGo), CarefulContestant("random"));
  EXPECT_EQ(report.wins, 2) << report.games[0].record;
  EXPECT_EQ(report.forfeits[0] + report.forfeits[1], 0);
  for (const MatchGame& game : report.games) EXPECT_EQ(game.reason, "two-passes");
}

// The real thing on both sides: no forfeits means that both agree on rules and captures.
TEST_F(MatchWithEngines, GnuGoAgreesWithOurRules) {
  if (!std::filesystem::exists("/usr/games/gnugo")) GTEST_SKIP() << "gnugo is not installed";
  go_ = MakeGo(7);
  options_.games = 6;
  options_.games_at_once = 3;
  options_.opening.actions = OpeningOptions().actions;
  const MatchReport report = PlayEach(Program("gnugo-a", kGnuGo), Program("gnugo-b", kGnuGo));
  EXPECT_EQ(report.games.size(), 6U);
  EXPECT_EQ(report.forfeits[0] + report.forfeits[1], 0) << report.games[0].reason;
}

}  // namespace
}  // namespace tesuji::arena
