#include "env/go/sgf_game.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/random.h"
#include "tests/env/go_testing.h"

namespace tesuji::env::go {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::unique_ptr<const GoEnvironment> Environment(int width, int height = 0) {
  GoOptions options;
  options.rules.width = width;
  options.rules.height = height == 0 ? width : height;
  return GoEnvironment::Make(options).value();
}

GameRecord Read(std::string_view text) {
  const auto games = ParseSgf(text);
  EXPECT_TRUE(games.has_value()) << games.error().message;
  auto record = ReadGame(games->front());
  EXPECT_TRUE(record.has_value()) << record.error().message;
  return record ? *record : GameRecord{};
}

std::string GameMessage(int size, std::string_view text) {
  const auto environment = Environment(size);
  const auto state = environment->FromArtifact(text);
  return state ? std::string("read") : state.error().message;
}

TEST(SgfGame, ReadsHeaderAndMoves) {
  const GameRecord record =
      Read("(;GM[1]FF[4]SZ[13]KM[6.5]PB[Ann]PW[Bob\\: x]RE[B+R]RU[Chinese];B[dd];W[jj];B[];W[tt])");
  EXPECT_EQ(record.width, 13);
  EXPECT_EQ(record.height, 13);
  EXPECT_EQ(record.start.komi, 6.5F);
  EXPECT_EQ(record.black_name, "Ann");
  EXPECT_EQ(record.white_name, "Bob: x");
  EXPECT_EQ(record.result, "B+R");
  EXPECT_EQ(record.rules, "Chinese");
  ASSERT_EQ(record.moves.size(), 4U);
  EXPECT_EQ(record.moves[0], (Move{.action = 3 * 13 + 3, .color = Color::kBlack}));
  EXPECT_EQ(record.moves[2].action, 169);
  EXPECT_EQ(record.moves[3].action, 169);
}

TEST(SgfGame, UnderstandsRectangles) {
  const GameRecord record = Read("(;SZ[7:9];B[gi])");
  EXPECT_EQ(record.width, 7);
  EXPECT_EQ(record.height, 9);
  EXPECT_EQ(record.moves[0].action, 8 * 7 + 6);
}

TEST(SgfGame, TakesSetUpStonesFromPointsAndRectangles) {
  const GameRecord record = Read("(;SZ[5]AB[aa:ba][ee]AW[cc]PL[W])");
  EXPECT_THAT(record.start.black, ElementsAre(0, 1, 24));
  EXPECT_THAT(record.start.white, ElementsAre(12));
  EXPECT_EQ(record.start.to_play, Color::kWhite);
}

TEST(SgfGame, TurnsHandicapWrittenAsMovesIntoStones) {
  const GameRecord record = Read("(;SZ[9]HA[2];B[cc];B[gg];W[ee])");
  EXPECT_EQ(record.start.handicap, 2);
  EXPECT_THAT(record.start.black, ElementsAre(20, 60));
  ASSERT_EQ(record.moves.size(), 1U);
  EXPECT_EQ(record.start.to_play, Color::kWhite);
}

TEST(SgfGame, KeepsWhoIsToPlayThoughTheHandicapSaysOtherwise) {
  const auto environment = Environment(9);
  const auto state = ReplayGame(*environment, Read("(;SZ[9]HA[4]PL[B])")).value();
  EXPECT_EQ(state->color_to_play(), Color::kBlack);
  const auto again = environment->FromArtifact(state->Artifact()).value();
  EXPECT_EQ(again->Fingerprint(), state->Fingerprint());
  const GameRecord moves = Read("(;SZ[9]HA[2]PL[B];B[cc];B[gg];W[ee])");
  EXPECT_EQ(moves.moves.size(), 3U) << "with PL these are moves, not handicap stones";
}

TEST(SgfGame, KeepsMovesOutOfTurn) {
  const auto environment = Environment(9);
  const auto state = ReplayGame(*environment, Read("(;SZ[9];B[aa];B[bb];W[cc])")).value();
  EXPECT_FALSE(state->alternates());
  EXPECT_EQ(state->at(10), Color::kBlack);
  const auto again = environment->FromArtifact(state->Artifact()).value();
  EXPECT_EQ(again->Fingerprint(), state->Fingerprint());
}

TEST(SgfGame, IgnoresPassesAfterTheEnd) {
  const auto environment = Environment(9);
  const auto state = ReplayGame(*environment, Read("(;SZ[9];B[aa];W[];B[];W[])")).value();
  EXPECT_EQ(state->moves().size(), 3U);
  EXPECT_EQ(state->phase(), Phase::kScored);
}

TEST(SgfGame, TakesKomiFromTheRecordOrTheEnvironment) {
  const auto environment = Environment(9);
  EXPECT_EQ(ReplayGame(*environment, Read("(;SZ[9]KM[0])")).value()->komi(), 0);
  EXPECT_EQ(ReplayGame(*environment, Read("(;SZ[9])")).value()->komi(), 7.5F);
}

TEST(SgfGame, NumbersMovesAsTheRecordDoes) {
  EXPECT_THAT(GameMessage(9, "(;SZ[9]HA[2];B[cc];B[gg];W[ee];B[ee])"), HasSubstr("move 4 (B E5)"));
  EXPECT_THAT(GameMessage(9, "(;SZ[9];B[cc]MN[57];W[gg];B[gg])"), HasSubstr("move 59 (B G3)"));
  EXPECT_THAT(GameMessage(9, "(;SZ[9];B[cc];W[jj])"), HasSubstr("move 2: W[jj] is no point"));
}

TEST(SgfGame, ReadsUpToAMove) {
  const auto tree = ParseSgf("(;SZ[9]HA[2];B[cc];B[gg];W[ee];AB[aa];B[dd];W[zz])").value().front();
  EXPECT_FALSE(ReadGame(tree));
  EXPECT_EQ(ReadGame(tree, {.before_move = 4})->moves.size(), 1U);
  EXPECT_EQ(ReadGame(tree, {.before_move = 1})->moves.size(), 0U);
  EXPECT_FALSE(ReadGame(tree, {.before_move = 5}));
}

TEST(SgfGame, NamesTheRecordsRulesWhereTheyWouldAllowAMove) {
  // A game under the simple ko that repeats a position after a longer cycle.
  GoOptions options;
  options.rules.width = options.rules.height = 3;
  options.rules.ko = KoRule::kSimple;
  options.rules.move_limit = 1000;
  const auto simple = GoEnvironment::Make(options).value();
  std::string message = "read";
  for (std::uint64_t seed = 0; seed < 100 && message == "read"; ++seed) {
    RandomStream random({seed});
    const auto state = simple->NewGame(simple->default_start()).value();
    std::vector<Action> legal;
    for (int i = 0; i < 60 && state->phase() == Phase::kOngoing; ++i) {
      state->LegalActions(&legal);
      if (legal.size() > 1) legal.pop_back();  // The pass.
      state->Apply(legal[random.Below(legal.size())]);
    }
    SgfTree tree = GameTree(*state);
    for (auto& property : tree.nodes[0].properties) {
      if (property.name == "RU") property.values = {"Japanese"};
    }
    message = GameMessage(3, WriteSgf(tree));
  }
  EXPECT_THAT(message,
              HasSubstr("is illegal: superko (repeats an earlier position); the record's rules "
                        "are \"Japanese\", which have the simple ko only"));
}

TEST(SgfGame, AdvisesNoRulesWhereAllForbidAMove) {
  // Black takes back at once in a ko.
  const std::string message =
      GameMessage(5, "(;SZ[5]RU[Japanese]AB[ba][ab][bc]AW[ca][cc][db]PL[B];B[cb];W[bb];B[cb])");
  EXPECT_EQ(message, "SGF: move 3 (B C4) is illegal: ko");
}

TEST(SgfGame, SaysWhatIsWrongWithARecord) {
  EXPECT_THAT(GameMessage(9, "(;GM[2]SZ[9])"), HasSubstr("GM is \"2\", expected 1 (Go)"));
  EXPECT_THAT(GameMessage(9, "(;SZ[25])"), HasSubstr("SZ is \"25\", expected sides from 2 to 19"));
  EXPECT_THAT(GameMessage(9, "(;SZ[9:x])"), HasSubstr("SZ is \"9:x\""));
  EXPECT_THAT(GameMessage(9, "(;SZ[99999999999])"), HasSubstr("SZ is"));
  EXPECT_THAT(GameMessage(9, "(;SZ[9]KM[lots])"), HasSubstr("KM is \"lots\""));
  EXPECT_THAT(GameMessage(9, "(;SZ[9]KM[nan])"), HasSubstr("KM is \"nan\""));
  EXPECT_THAT(GameMessage(9, "(;SZ[9]KM[6.9])"), HasSubstr("expected a multiple of 0.5"));
  EXPECT_THAT(GameMessage(9, "(;SZ[9]KM[82])"), HasSubstr("at most 81"));
  EXPECT_THAT(GameMessage(9, "(;SZ[9];B[jj])"), HasSubstr("B[jj] is no point of a 9x9 board"));
  EXPECT_THAT(GameMessage(9, "(;SZ[9];B[aa];AB[bb])"), HasSubstr("set up after move 1"));
  EXPECT_THAT(GameMessage(9, "(;SZ[13];B[aa])"),
              HasSubstr("the record's board is 13x13, this environment's is 9x9"));
  EXPECT_THAT(GameMessage(9, "(;SZ[9];B[aa];W[aa])"),
              HasSubstr("move 2 (W A9) is illegal: occupied"));
  EXPECT_THAT(GameMessage(9, "(;SZ[9];B[];W[];B[aa])"), HasSubstr("the game is over"));
  EXPECT_THAT(GameMessage(2, "(;SZ[2]AB[aa][ab]AW[ba][bb])"), HasSubstr("no liberties"));
}

TEST(SgfGame, WritesResultAndStart) {
  Game game(". X .\n. X O\n. X .", Color::kWhite, {}, 0.5F);
  game.Play("pass pass");
  const std::string text = game->Artifact();
  EXPECT_THAT(text, HasSubstr("RE[B+"));
  EXPECT_THAT(text, HasSubstr("AB[ba][bb][bc]AW[cb]PL[W]"));
  EXPECT_THAT(text, HasSubstr("KM[0.5]"));
  EXPECT_THAT(text, HasSubstr(";W[]"));
}

Trajectory SmallTrajectory() {
  Trajectory trajectory;
  trajectory.provenance.environment_id = "go";
  trajectory.provenance.environment_parameters = {{"size", 9}};
  trajectory.provenance.checkpoints = {"0123456789abcdef0123"};
  trajectory.provenance.episode = 17;
  trajectory.task.parameters = {{"komi", 6.5}};
  Step step;
  step.action = 40;
  step.is_target = true;
  step.visits = 100;
  step.root_value = 0.25F;
  step.policy = {{.action = 20, .probability = 0.25F}, {.action = 40, .probability = 0.75F}};
  trajectory.steps.push_back(step);
  Step pass;
  pass.action = 81;
  trajectory.steps.push_back(pass);
  return trajectory;
}

TEST(SgfTrajectory, ShowsWhatSearchFound) {
  const std::string text = TrajectoryToSgf(SmallTrajectory(), {.variations = true}).value();
  const SgfTree tree = ParseSgf(text).value().front();
  EXPECT_EQ(tree.nodes[0].Value("KM"), "6.5");
  EXPECT_EQ(tree.nodes[0].Value("PB"), "0123456789abcdef");
  ASSERT_THAT(tree.nodes[0].children.size(), 2U);
  const SgfNode& first = tree.nodes[tree.nodes[0].children[0]];
  EXPECT_EQ(first.Value("B"), "ee");
  EXPECT_THAT(SgfSimpleText(first.Value("C")), HasSubstr("visits 100, value +0.250 for Black"));
  EXPECT_THAT(SgfSimpleText(first.Value("C")), HasSubstr("E5 75.0 % C7 25.0 %"));
  const SgfNode& other = tree.nodes[tree.nodes[0].children[1]];
  EXPECT_EQ(other.Value("B"), "cc");
  EXPECT_EQ(
      Environment(9)->FromArtifact(text).value()->Artifact(),
      Environment(9)->FromArtifact(TrajectoryToSgf(SmallTrajectory()).value()).value()->Artifact());
}

TEST(SgfTrajectory, KeepsThePlayersOfAnImportedRecord) {
  Trajectory imported = SmallTrajectory();
  imported.provenance.checkpoints = {"record"};
  imported.provenance.search_settings = {
      {"import", {{"file", "1846.sgf"}, {"black", "Shusaku"}, {"white", "Inseki [8p]"}}}};
  const SgfTree tree = ParseSgf(TrajectoryToSgf(imported).value()).value().front();
  EXPECT_EQ(SgfSimpleText(tree.nodes[0].Value("PB")), "Shusaku");
  EXPECT_EQ(SgfSimpleText(tree.nodes[0].Value("PW")), "Inseki [8p]");
  EXPECT_EQ(tree.nodes[0].Value("GN"), "1846.sgf");
  imported.provenance.search_settings["import"]["black"] = "";
  EXPECT_EQ(ParseSgf(TrajectoryToSgf(imported).value())->front().nodes[0].Find("PB"), nullptr);
}

TEST(SgfTrajectory, RefusesOtherGamesAndIllegalMoves) {
  Trajectory other = SmallTrajectory();
  other.provenance.environment_id = "tictactoe";
  EXPECT_THAT(TrajectoryToSgf(other).error().message, HasSubstr("\"tictactoe\""));
  Trajectory illegal = SmallTrajectory();
  illegal.steps[1].action = 40;
  EXPECT_THAT(TrajectoryToSgf(illegal).error().message, HasSubstr("step 2"));
  illegal.steps[1].action = 5000;
  EXPECT_THAT(TrajectoryToSgf(illegal).error().message, HasSubstr("off the board"));
}

}  // namespace
}  // namespace tesuji::env::go
