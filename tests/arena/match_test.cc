#include "arena/match.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>

#include "env/go/gtp/engine_player.h"
#include "env/go/gtp/match_hooks.h"
#include "env/go/gtp/referee.h"
#include "env/go/sgf_game.h"
#include "env/tictactoe/tictactoe.h"
#include "search/uniform_evaluator.h"
#include "tests/arena/careful.h"
#include "tests/env/gtp/fakes.h"
#include "tests/env/gtp/scripts.h"

namespace tesuji::arena {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

std::unique_ptr<const env::go::GoEnvironment> MakeGo(int side, float komi = 7.5F) {
  return *env::go::GoEnvironment::Make({.rules = {.width = side, .height = side}, .komi = komi});
}

Contestant Searcher(const env::Environment& environment, int simulations,
                    const std::string& name = "searcher") {
  SearchPlayerOptions options;
  options.search.simulations = simulations;
  if (dynamic_cast<const env::go::GoEnvironment*>(&environment)) {
    options.hooks = gtp::GoMatchHooks();
  }
  return SearchContestant(
      name, environment,
      []() -> Result<std::unique_ptr<search::Evaluator>> {
        return std::make_unique<search::UniformEvaluator>(/*rollouts=*/2, /*seed=*/1);
      },
      options);
}

Contestant Script(const std::string& name, const std::string& command,
                  milliseconds timeout = milliseconds(20'000)) {
  gtp::EnginePlayerOptions options;
  options.command = command;
  // Long: on a busy machine even a shell takes its time to start.
  options.process = {.timeout = milliseconds(60'000), .quit_timeout = milliseconds(50)};
  options.move_timeout = timeout;
  return gtp::EngineContestant(name, options);
}

MatchReport Play(const env::Environment& environment, const Contestant& a, const Contestant& b,
                 MatchOptions options) {
  const bool go = dynamic_cast<const env::go::GoEnvironment*>(&environment) != nullptr;
  if (go && options.hooks == nullptr) options.hooks = gtp::GoMatchHooks();
  Result<MatchReport> report = PlayMatch(environment, a, b, options);
  EXPECT_TRUE(report) << (report ? "" : report.error().message);
  return report ? *report : MatchReport{};
}

TEST(Match, PlaysPairsWithColorsSwapped) {
  const auto go = MakeGo(5);
  MatchOptions options;
  options.games = 5;  // The third opening is played once only.
  options.opening.actions = 3;
  const MatchReport report = Play(*go, RandomContestant("a"), RandomContestant("b"), options);
  ASSERT_EQ(report.games.size(), 5U);
  EXPECT_EQ(report.wins + report.draws + report.losses, 5);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(report.games[i].number, i);
    EXPECT_EQ(report.games[i].first, i % 2);
  }
  std::set<std::string> openings;
  for (int pair = 0; pair < 3; ++pair) {
    std::string beginnings[2];
    for (int game = 0; game < (pair < 2 ? 2 : 1); ++game) {
      const auto trees = env::go::ParseSgf(report.games[2 * pair + game].record);
      ASSERT_TRUE(trees);
      const auto record = ReadGame(trees->front());
      ASSERT_TRUE(record);
      EXPECT_EQ(record->black_name, game == 0 ? "a" : "b");
      EXPECT_EQ(record->white_name, game == 0 ? "b" : "a");
      for (int move = 0; move < 3; ++move) {
        beginnings[game] += fmt::format("{} ", record->moves[move].action);
      }
    }
    if (pair == 2) beginnings[1] = beginnings[0];
    EXPECT_EQ(beginnings[0], beginnings[1]);
    openings.insert(beginnings[0]);
  }
  EXPECT_EQ(openings.size(), 3U);
}

TEST(Match, RecordsAgreeWithResults) {
  const auto go = MakeGo(5);
  MatchOptions options;
  options.games = 20;
  const MatchReport report = Play(*go, CarefulContestant("a"), RandomContestant("b"), options);
  int wins = 0;
  for (const MatchGame& game : report.games) {
    ASSERT_EQ(game.end, GameEnd::kScored);
    auto state = go->FromArtifact(game.record);
    ASSERT_TRUE(state) << state.error().message;
    ASSERT_EQ((*state)->phase(), env::Phase::kScored);
    EXPECT_EQ((*state)->Targets().score, game.score);
    EXPECT_EQ((*state)->Termination(), game.reason);
    const int winner = (*state)->Value() > 0 ? game.first : 1 - game.first;
    EXPECT_EQ(game.winner, winner);
    wins += winner == 0;
  }
  EXPECT_EQ(report.wins, wins);
  EXPECT_GT(report.wins, 15);  // Not filling one's eyes is a great advantage.
}

TEST(Match, SearchBeatsRandomMoves) {
  const auto go = MakeGo(5, 0.5F);
  MatchOptions options;
  options.games = 10;
  options.games_at_once = 4;
  const MatchReport report = Play(*go, Searcher(*go, 100), RandomContestant(), options);
  EXPECT_GE(report.wins, 9);
}

TEST(Match, IsTheSameWhateverTheThreadsAndTheInterleaving) {
  const auto go = MakeGo(5);
  std::vector<std::string> records[2];
  for (int run = 0; run < 2; ++run) {
    MatchOptions options;
    options.games = 8;
    options.seed = 3;
    options.threads = run == 0 ? 1 : 2;
    options.games_at_once = run == 0 ? 1 : 3;
    const MatchReport report = Play(*go, Searcher(*go, 20), CarefulContestant("r"), options);
    for (const MatchGame& game : report.games) records[run].push_back(game.record);
  }
  EXPECT_EQ(records[0], records[1]);
}

TEST(Match, DifferentSeedsGiveDifferentOpenings) {
  const auto go = MakeGo(7);
  std::string records[2];
  for (int run = 0; run < 2; ++run) {
    MatchOptions options;
    options.seed = run;
    records[run] = Play(*go, Searcher(*go, 2), Searcher(*go, 2), options).games[0].record;
  }
  EXPECT_NE(records[0], records[1]);
}

TEST(Match, BatchesTheLeavesOfGamesThatRunTogether) {
  const auto go = MakeGo(5);
  const auto counting =
      std::make_shared<gtp::ScriptedEvaluator>([](const env::go::GoState&) { return 0.0F; });
  // Hands out the one evaluator, so that it can be asked afterwards.
  class Shared final : public search::Evaluator {
   public:
    explicit Shared(search::Evaluator* inner) : inner_(inner) {}
    void Evaluate(std::span<const search::EvaluationRequest> requests,
                  std::span<search::Evaluation> out) override {
      inner_->Evaluate(requests, out);
    }
    std::string checkpoint_hash() const override { return inner_->checkpoint_hash(); }

   private:
    search::Evaluator* inner_;
  };
  SearchPlayerOptions player;
  player.search.simulations = 16;
  const Contestant a = SearchContestant(
      "a", *go,
      [&counting]() -> Result<std::unique_ptr<search::Evaluator>> {
        return std::make_unique<Shared>(counting.get());
      },
      player);
  MatchOptions options;
  options.games = 32;
  options.games_at_once = 32;
  options.opening_by_policy = false;
  Play(*go, a, CarefulContestant("r"), options);
  EXPECT_GT(counting->positions, 10 * counting->batches);
}

TEST(Match, PlaysOtherGamesThanGo) {
  const auto tictactoe = env::MakeTicTacToe();
  MatchOptions options;
  options.games = 20;
  options.opening.actions = 1;
  const MatchReport report =
      Play(*tictactoe, Searcher(*tictactoe, 400), RandomContestant(), options);
  EXPECT_EQ(report.games.size(), 20U);
  EXPECT_EQ(report.losses, 0);
  EXPECT_GT(report.wins, 10);
  EXPECT_EQ(report.forfeits[0] + report.forfeits[1], 0);
}

TEST(Match, PlaysListedOpenings) {
  const auto go = MakeGo(5);
  MatchOptions options;
  options.games = 6;
  options.opening_list = *ParseOpenings(*gtp::GoMatchHooks(), **go->NewGame({}),
                                        "C3 B2\n# a comment\nD4 D2 # and another\n");
  const MatchReport report = Play(*go, RandomContestant("a"), RandomContestant("b"), options);
  ASSERT_EQ(report.games.size(), 6U);
  for (const int game : {0, 1, 4, 5}) {
    EXPECT_THAT(report.games[game].record, HasSubstr(";B[cc]\n;W[bd]"));
  }
  EXPECT_THAT(report.games[2].record, HasSubstr(";B[db]\n;W[dd]"));
  options.opening_list = {{12, 12}};
  options.hooks = gtp::GoMatchHooks();
  const auto bad = PlayMatch(*go, RandomContestant("a"), RandomContestant("b"), options);
  ASSERT_FALSE(bad);
  EXPECT_THAT(bad.error().message, HasSubstr("illegal move C3 (occupied)"));
}

TEST(Match, SamplesOpeningsFromPolicies) {
  // An evaluator that knows one move only: the highest action but the pass.
  class Stubborn final : public search::Evaluator {
   public:
    void Evaluate(std::span<const search::EvaluationRequest> requests,
                  std::span<search::Evaluation> out) override {
      for (std::size_t i = 0; i < requests.size(); ++i) {
        const std::size_t n = requests[i].legal.size();
        out[i].priors.assign(n, 0.0F);
        out[i].priors[n >= 2 ? n - 2 : 0] = 1.0F;
      }
    }
    std::string checkpoint_hash() const override { return "stubborn"; }
  };
  const auto go = MakeGo(5);
  Stubborn stubborn;
  OpeningOptions options;
  options.actions = 3;
  options.evaluators = {&stubborn};
  const auto openings = MakeOpenings(*go, *gtp::GoMatchHooks(), options);
  ASSERT_TRUE(openings);
  EXPECT_THAT((*openings)[0].actions, testing::ElementsAre(24, 23, 22));
}

TEST(Match, StopsWhenAsked) {
  const auto go = MakeGo(9);
  std::atomic<int> finished{0};
  MatchOptions options;
  options.games = 1000;
  options.games_at_once = 4;
  options.progress = [&](const MatchGame&, int done) { finished = done; };
  options.stop = [&] { return finished >= 3; };
  const MatchReport report = Play(*go, CarefulContestant("a"), CarefulContestant("b"), options);
  EXPECT_TRUE(report.stopped);
  EXPECT_GE(report.games.size(), 3U);
  EXPECT_LT(report.games.size(), 20U);
}

// GNU Go with the rules that a match needs: area scoring, our ko and suicide rules, and all dead
// stones captured before it passes.
constexpr const char* kGnuGo =
    "gnugo --mode gtp --level 0 --chinese-rules --capture-all-dead --positional-superko "
    "--forbid-suicide";

// --- engines that misbehave --------------------------------------------------------------------

TEST(MatchWithEngines, PlaysAnEngineThatBehaves) {
  const gtp::ScriptFolder scripts;
  const auto go = MakeGo(9);
  MatchOptions options;
  options.opening.actions = 0;
  const MatchReport report =
      Play(*go, Script("passer", scripts.Engine("p", gtp::kPasser)), Searcher(*go, 2), options);
  EXPECT_EQ(report.games.size(), 2U);
  EXPECT_EQ(report.forfeits[0], 0);
}

TEST(MatchWithEngines, ForfeitsIllegalMovesAndGoesOn) {
  const gtp::ScriptFolder scripts;
  const auto go = MakeGo(9);
  MatchOptions options;
  options.games = 4;
  options.games_at_once = 2;
  options.opening.actions = 0;
  const MatchReport report =
      Play(*go, Script("cheat", scripts.Engine("c", "case $1 in genmove) ok A1;; *) ok;; esac")),
           Script("honest", scripts.Engine("h", gtp::kPasser)), options);
  EXPECT_EQ(report.games.size(), 4U);
  EXPECT_EQ(report.forfeits[0], 4);
  EXPECT_EQ(report.forfeits[1], 0);
  EXPECT_EQ(report.losses, 4);  // A forfeit is a loss.
  EXPECT_EQ(report.wins + report.draws, 0);
  EXPECT_EQ(report.games[0].reason, "cheat: illegal move A1 (occupied)");
  EXPECT_EQ(report.games[0].winner, 1);
  EXPECT_THAT(report.games[0].record, HasSubstr("RE[W+F]"));
}

TEST(MatchWithEngines, RestartsAnEngineThatCrashes) {
  const gtp::ScriptFolder scripts;
  const auto go = MakeGo(9);
  const auto counter = scripts.path() / "starts";
  MatchOptions options;
  options.games = 4;
  options.games_at_once = 1;
  options.opening.actions = 0;
  const std::string command = scripts.Script(
      "crash", fmt::format("echo start >> '{}'\n"
                           "ok() {{ printf '= %s\\n\\n' \"$*\"; }}\n"
                           "while read -r line; do set -- $line\n"
                           "case $1 in genmove) echo 'stack overflow' >&2; exit 9;; *) ok;; esac\n"
                           "done\n",
                           counter.string()));
  const MatchReport report = Play(*go, Script("crasher", command), Searcher(*go, 2), options);
  EXPECT_EQ(report.forfeits[0], 4);
  EXPECT_THAT(report.games[0].reason, HasSubstr("exit code 9"));
  EXPECT_THAT(report.games[0].reason, HasSubstr("stack overflow"));
  std::ifstream lines(counter);
  int starts = 0;
  for (std::string line; std::getline(lines, line);) ++starts;
  EXPECT_EQ(starts, 5);  // One for the check, one a game.
}

TEST(MatchWithEngines, ForfeitsSilenceAndNonsense) {
  const gtp::ScriptFolder scripts;
  const auto go = MakeGo(9);
  MatchOptions options;
  options.opening.actions = 0;
  const MatchReport silent =
      Play(*go,
           Script("mute", scripts.Engine("m", "case $1 in genmove) sleep 100;; *) ok;; esac"),
                  milliseconds(300)),
           Searcher(*go, 2), options);
  EXPECT_EQ(silent.forfeits[0], 2);
  EXPECT_THAT(silent.games[0].reason, HasSubstr("in time"));
  const MatchReport garbage =
      Play(*go,
           Script("poet", scripts.Engine("g",
                                         "case $1 in genmove) echo 'Shall I compare thee';; "
                                         "*) ok;; esac")),
           Searcher(*go, 2), options);
  EXPECT_EQ(garbage.forfeits[0], 2);
  EXPECT_THAT(garbage.games[0].reason, HasSubstr("Shall I compare thee"));
  const MatchReport vague = Play(
      *go, Script("vague", scripts.Engine("v", "case $1 in genmove) ok somewhere;; *) ok;; esac")),
      Searcher(*go, 2), options);
  EXPECT_EQ(vague.forfeits[0], 2);
  EXPECT_THAT(vague.games[0].reason, HasSubstr("\"somewhere\""));
}

TEST(MatchWithEngines, ForfeitsARefusalOfALegalMove) {
  const gtp::ScriptFolder scripts;
  const auto go = MakeGo(9);
  MatchOptions options;
  options.opening.actions = 0;
  const MatchReport report =
      Play(*go,
           Script("picky", scripts.Engine("r",
                                          "case $1 in play) no illegal move;; genmove) "
                                          "ok pass;; *) ok;; esac")),
           CarefulContestant("r"), options);
  EXPECT_EQ(report.forfeits[0], 2);
  EXPECT_THAT(report.games[0].reason, HasSubstr("was refused: illegal move"));
}

TEST(MatchWithEngines, CountsResigningAsALoss) {
  const gtp::ScriptFolder scripts;
  const auto go = MakeGo(9);
  const MatchReport report = Play(
      *go, Script("modest", scripts.Engine("m", "case $1 in genmove) ok RESIGN;; *) ok;; esac")),
      Searcher(*go, 2), MatchOptions{});
  EXPECT_EQ(report.losses, 2);
  EXPECT_EQ(report.games[0].end, GameEnd::kResigned);
  EXPECT_THAT(report.games[0].record, HasSubstr("RE[W+R]"));
}

TEST(MatchWithEngines, FailsAtOnceWhenTheEngineCannotStart) {
  const auto go = MakeGo(9);
  const auto report =
      PlayMatch(*go, Script("ghost", "/nonexistent/engine"), RandomContestant(), {});
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, HasSubstr("/nonexistent/engine"));
}

TEST(MatchWithEngines, BreaksOffAfterTooManyForfeits) {
  const gtp::ScriptFolder scripts;
  const auto go = MakeGo(9);
  MatchOptions options;
  options.games = 100;
  options.games_at_once = 2;
  options.forfeit_limit = 3;
  const MatchReport report = Play(
      *go, Script("vague", scripts.Engine("v", "case $1 in genmove) ok somewhere;; *) ok;; esac")),
      Searcher(*go, 2), options);
  EXPECT_THAT(report.broken_off, HasSubstr("vague forfeited 3 games"));
  EXPECT_LT(report.games.size(), 8U);
}

TEST(MatchWithEngines, TellsTheEngineTheWholeStart) {
  const gtp::ScriptFolder scripts;
  const auto go = MakeGo(9);
  const auto log = scripts.path() / "log";
  gtp::EnginePlayerOptions player;
  player.command = scripts.Engine(
      "l",
      fmt::format("echo $line >> '{}'; case $1 in genmove) ok pass;; *) ok;; esac", log.string()));
  player.time = {.overtime = Overtime::kCanadian, .period = Seconds(5), .stones = 1};
  MatchOptions options;
  options.games_at_once = 1;
  options.opening.task = env::Task{.id = "go", .parameters = {{"komi", 0.5}, {"handicap", 2}}};
  options.opening_list = {{*ParseAction(go->rules(), "E5")}};
  Play(*go, gtp::EngineContestant("logger", player), CarefulContestant("r"), options);
  std::ifstream file(log);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_THAT(text, HasSubstr("name\nboardsize 9\ntime_settings 0 5 1\nquit\nboardsize "
                              "9\nclear_board\nkomi 0.5\nset_free_handicap "));
  EXPECT_THAT(text, HasSubstr("\ntime_settings 0 5 1\nplay W E5\n"));
  EXPECT_THAT(text, HasSubstr("time_left B 5 1\ngenmove B"));
  EXPECT_THAT(text, HasSubstr("time_left W 5 1\ngenmove W"));
}

TEST(MatchWithEngines, LetsARefereeTakeDeadStonesOff) {
  const gtp::ScriptFolder scripts;
  const auto go = MakeGo(5, 0.5F);
  const std::string referee =
      scripts.Engine("ref", "case $1 in final_status_list) ok C3;; *) ok;; esac");
  MatchOptions options;
  options.opening_list = {{12}};  // Black at C3, and then both pass.
  const std::string passer = scripts.Engine("p", gtp::kPasser);
  const MatchReport plain = Play(*go, Script("a", passer), Script("b", passer), options);
  EXPECT_EQ(plain.games[0].score, 24.5F);
  options.make_referee = [&] { return gtp::MakeEngineReferee(referee); };
  const MatchReport judged = Play(*go, Script("a", passer), Script("b", passer), options);
  EXPECT_EQ(judged.games[0].score, -0.5F);
  EXPECT_EQ(judged.wins + judged.losses, 2);
  options.make_referee = [&] { return gtp::MakeEngineReferee("/nonexistent/referee"); };
  const MatchReport unjudged = Play(*go, Script("a", passer), Script("b", passer), options);
  EXPECT_EQ(unjudged.voids, 2);
  EXPECT_EQ(unjudged.wins + unjudged.losses + unjudged.draws, 0);
}

// A command that answers genmove with a pass after `seconds`, and knows the time commands named in
// `known` ("time_settings|time_left").
std::string Sleeper(const gtp::ScriptFolder& scripts, const std::string& seconds,
                    const std::string& known) {
  return scripts.Engine("sleeper", fmt::format("case $1 in genmove) sleep {}; ok pass;; {}) ok;; "
                                               "*time*) no unknown command;; *) ok;; esac",
                                               seconds, known));
}

Contestant Timed(const std::string& name, const std::string& command, const TimeLimits& time) {
  gtp::EnginePlayerOptions options;
  options.command = command;
  options.time = time;
  return gtp::EngineContestant(name, options);
}

TEST(MatchWithEngines, LosesOnTimeByOurClock) {
  const gtp::ScriptFolder scripts;
  const auto go = MakeGo(9);
  MatchOptions options;
  options.opening.actions = 0;
  const TimeLimits time{.main = Seconds(0.1), .margin = Seconds(0.1)};
  const std::string slow = Sleeper(scripts, "5", "kata-time_settings");
  const MatchReport report = Play(*go, Timed("slow", slow, time), Searcher(*go, 2), options);
  ASSERT_EQ(report.games.size(), 2U);
  EXPECT_EQ(report.losses, 2);
  EXPECT_EQ(report.forfeits[0], 0);  // A loss like any other.
  EXPECT_EQ(report.games[0].end, GameEnd::kTime);
  EXPECT_THAT(report.games[0].reason, HasSubstr("out of time"));
  EXPECT_THAT(report.games[0].record, HasSubstr("RE[W+T]"));
}

// The answer comes, but later than main time and its margin allow over several moves.
TEST(MatchWithEngines, ChargesTheTimeOfEveryMove) {
  const gtp::ScriptFolder scripts;
  const auto go = MakeGo(9);
  MatchOptions options;
  options.games = 1;
  options.opening.actions = 0;
  const TimeLimits time{.main = Seconds(1.3), .margin = Seconds(0.1)};
  const std::string command =
      scripts.Engine("ladder", "case $1 in genmove) sleep 0.5; ok pass;; *) ok;; esac");
  const MatchReport report =
      Play(*go, Timed("ladder", command, time), CarefulContestant("b"), options);
  ASSERT_EQ(report.games.size(), 1U);
  EXPECT_EQ(report.games[0].end, GameEnd::kTime) << report.games[0].reason;
  EXPECT_LE(report.games[0].actions, 4);  // Two moves of its own at most.
}

TEST(MatchWithEngines, AQuickEngineKeepsItsTime) {
  const gtp::ScriptFolder scripts;
  const auto go = MakeGo(9);
  MatchOptions options;
  options.opening.actions = 0;
  const TimeLimits time{.main = Seconds(60), .margin = Seconds(60)};
  const std::string quick = Sleeper(scripts, "0", "time_settings|time_left");
  const MatchReport report = Play(*go, Timed("quick", quick, time), Searcher(*go, 2), options);
  for (const MatchGame& game : report.games) EXPECT_EQ(game.end, GameEnd::kScored);
}

TEST(MatchWithEngines, RefusesAnEngineThatCannotBeToldItsClock) {
  const gtp::ScriptFolder scripts;
  const auto go = MakeGo(9);
  const TimeLimits byo_yomi{
      .main = Seconds(60), .overtime = Overtime::kByoYomi, .period = Seconds(5), .stones = 3};
  const auto play = [&](const std::string& known) {
    MatchOptions options;
    options.games = 1;
    options.hooks = gtp::GoMatchHooks();
    return PlayMatch(*go, Timed("e", Sleeper(scripts, "0", known), byo_yomi), RandomContestant(),
                     options);
  };
  EXPECT_TRUE(play("kgs-time_settings"));
  EXPECT_TRUE(play("kata-time_settings"));
  const auto refused = play("time_settings");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("cannot be told its clock"));
  EXPECT_THAT(refused.error().message, HasSubstr("byoyomi 60 5 3"));
}

TEST(MatchWithEngines, RefusesABoardThatTheEngineDoesNotPlay) {
  const gtp::ScriptFolder scripts;
  const auto go = MakeGo(9);
  MatchOptions options;
  options.hooks = gtp::GoMatchHooks();
  const auto report = PlayMatch(
      *go,
      Script("nineteen", scripts.Engine("n",
                                        "case $1 in boardsize) no unacceptable size;; *) ok;; "
                                        "esac")),
      RandomContestant(), options);
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, HasSubstr("\"boardsize 9\" was refused: unacceptable size"));
}

TEST(MatchWithEngines, BoundsTheProcessesOfAllWorkers) {
  const gtp::ScriptFolder scripts;
  const auto go = MakeGo(9);
  const auto folder = scripts.path() / "alive";
  std::filesystem::create_directories(folder);
  // Each process is a file while it lives; the most seen at once goes into "most".
  const std::string command =
      scripts.Script("counted", fmt::format("cd '{}'; touch $$; trap 'rm -f $$' EXIT\n"
                                            "ok() {{ printf '= %s\\n\\n' \"$*\"; }}\n"
                                            "while read -r line; do set -- $line\n"
                                            "case $1 in genmove) ls | wc -l >> ../most; ok pass;; "
                                            "quit) ok; exit 0;; *) ok;; esac\ndone\n",
                                            folder.string()));
  MatchOptions options;
  options.games = 24;
  options.threads = 3;
  options.engine_processes = 4;
  options.opening.actions = 0;
  Play(*go, Script("a", command), Script("b", command), options);
  std::ifstream file(scripts.path() / "most");
  int most = 0;
  int seen = 0;
  for (int count = 0; file >> count; ++seen) most = std::max(most, count);
  EXPECT_GE(seen, 24);
  EXPECT_LE(most, 4);
  EXPECT_GE(most, 2);
}

TEST(MatchWithEngines, GnuGoBeatsRandomMoves) {
  if (!std::filesystem::exists("/usr/games/gnugo")) GTEST_SKIP() << "gnugo is not installed";
  const auto go = MakeGo(7, 0.5F);
  gtp::EnginePlayerOptions gnugo;
  gnugo.command = kGnuGo;
  MatchOptions options;
  options.games = 2;
  options.games_at_once = 2;
  const MatchReport report =
      Play(*go, gtp::EngineContestant("gnugo-0", gnugo), CarefulContestant("random"), options);
  EXPECT_EQ(report.wins, 2) << report.games[0].record;
  EXPECT_EQ(report.forfeits[0] + report.forfeits[1], 0);
  for (const MatchGame& game : report.games) EXPECT_EQ(game.reason, "two-passes");
}

// The real thing on both sides: no forfeits means that both agree on rules and captures.
TEST(MatchWithEngines, GnuGoAgreesWithOurRules) {
  if (!std::filesystem::exists("/usr/games/gnugo")) GTEST_SKIP() << "gnugo is not installed";
  const auto go = MakeGo(7);
  gtp::EnginePlayerOptions gnugo;
  gnugo.command = kGnuGo;
  MatchOptions options;
  options.games = 6;
  options.games_at_once = 3;
  const MatchReport report = Play(*go, gtp::EngineContestant("gnugo-a", gnugo),
                                  gtp::EngineContestant("gnugo-b", gnugo), options);
  EXPECT_EQ(report.games.size(), 6U);
  EXPECT_EQ(report.forfeits[0] + report.forfeits[1], 0) << report.games[0].reason;
}

}  // namespace
}  // namespace tesuji::arena
