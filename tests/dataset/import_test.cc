// SGF records become verified trajectories, or are rejected with a reason.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "api/replay.h"
#include "dataset/import_records.h"
#include "dataset/random_episode.h"
#include "tests/dataset/support.h"

namespace tesuji::dataset {
namespace {

std::string Verify(const env::Environment& environment, const env::Trajectory& trajectory) {
  const auto problems = env::ReplayTrajectory(environment, trajectory, {.limit = 1});
  return problems.empty() ? std::string() : problems.front();
}

class Import : public testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories(folder_ / "games");
    std::ofstream(folder_ / ("games/" + name)) << text;
  }
  Result<ImportReport> Run() {
    ImportOptions options;
    options.format = "sgf";
    options.paths = {folder_ / "games"};
    options.store = folder_ / "records.db";
    const std::atomic<bool> stop{false};
    const auto registry = env::BuiltInEnvironments();
    return ImportRecords(options,
                         {.registry = &registry, .verify = Verify, .progress = {}, .stop = &stop});
  }
  /// The reason for a single record.
  std::string Reason(const std::string& sgf) {
    Write("one.sgf", sgf);
    const auto report = Run().value();
    EXPECT_EQ(report.rejected.size(), 1U);
    return report.rejected.empty() ? "" : report.rejected.front().reason;
  }
  TestFolder folder_;
};

TEST_F(Import, GamesOfTheProgramComeBackEqual) {
  const auto registry = env::BuiltInEnvironments();
  std::map<std::string, env::Trajectory> originals;
  std::string collection;
  for (const Json& parameters : {Json{{"size", 5}}, Json{{"size", 9}, {"handicap", 3}},
                                 Json{{"width", 6}, {"height", 4}, {"komi", 0.5}}}) {
    const auto environment = registry.Make("go", parameters).value();
    for (std::uint64_t i = 0; i < 10; ++i) {
      const auto game = RandomEpisode(*environment, {.episode = i, .max_moves = 30});
      originals[game.artifact] = game;
      collection += game.artifact;
    }
  }
  Write("all.sgfs", collection);
  const auto report = Run().value();
  EXPECT_EQ(report.records, 30);
  EXPECT_EQ(report.imported, 30);
  EXPECT_TRUE(report.rejected.empty());
  const auto store =
      storage::Store::Open(folder_ / "records.db", storage::OpenMode::kReadOnly).value();
  store->ForEachTrajectory(
      1,
      [&](const storage::StoredTrajectory& stored) {
        const auto& original = originals.at(stored.trajectory.artifact);
        EXPECT_EQ(ActionsOfSteps(stored.trajectory), ActionsOfSteps(original));
        EXPECT_EQ(stored.trajectory.outcome, original.outcome);
        EXPECT_EQ(stored.trajectory.task.parameters, original.task.parameters);
        const auto environment =
            registry.Make("go", stored.trajectory.provenance.environment_parameters).value();
        EXPECT_EQ(VerifyByReplay(stored, *environment), "");
        return true;
      },
      {});
  EXPECT_EQ(Run()->already_there, 30) << "a second import stores nothing twice";
}

TEST_F(Import, PassesLeftOutAtTheEndAreAddedWhenTheScoreAgrees) {
  Write("a.sgf", "(;GM[1]FF[4]SZ[3]KM[0]RE[B+9];B[bb];W[];B[])");
  Write("b.sgf", "(;GM[1]FF[4]SZ[3]KM[0]RE[B+9];B[bb])");
  const auto report = Run().value();
  EXPECT_EQ(report.imported, 1);
  EXPECT_EQ(report.already_there, 1) << "both are the same game";
}

TEST_F(Import, EveryRejectionHasItsReason) {
  const std::string head = "(;GM[1]FF[4]SZ[3]KM[0]";
  EXPECT_EQ(Reason(head + "RE[B+9];B[bb];W[bb];B[];W[])"), "illegal");
  EXPECT_EQ(Reason(head + "RE[B+8];B[bb];W[];B[])"), "score");
  EXPECT_EQ(Reason(head + "RE[W+9];B[bb];W[];B[])"), "score");
  EXPECT_EQ(Reason(head + "RE[B+R];B[bb];W[];B[])"), "resigned");
  EXPECT_EQ(Reason(head + "RE[W+T];B[bb])"), "time");
  EXPECT_EQ(Reason(head + "RE[B+F];B[bb])"), "forfeit");
  EXPECT_EQ(Reason(head + ";B[bb];W[];B[])"), "unscored");
  EXPECT_EQ(Reason(head + "RE[B+9];B[bb];B[aa];W[];B[])"), "turns");
  EXPECT_EQ(Reason("(;GM[1]FF[4]SZ[3]KM[0]RE[0])"), "empty");
  EXPECT_EQ(Reason("(;GM[1]FF[4]SZ[25]KM[0]RE[B+1];B[bb])"), "unreadable");
  EXPECT_EQ(Reason("(;GM[2]SZ[8])"), "unreadable");
  EXPECT_EQ(Reason("no game at all"), "unreadable");
}

TEST_F(Import, ABrokenGameCostsItselfOnly) {
  const std::string game = "(;GM[1]FF[4]SZ[3]KM[0]RE[B+9];B[bb];W[];B[])\n";
  Write("a.sgf", game + "(;GM[1]FF[4]SZ[3]KM[1]RE[B+8];B[bb]\n" +
                     "(;GM[1]FF[4]SZ[3]KM[2]RE[B+7];B[bb];W[];B[])");
  const auto report = Run().value();
  EXPECT_EQ(report.records, 3);
  EXPECT_EQ(report.imported, 2);
  ASSERT_EQ(report.rejected.size(), 1U);
  EXPECT_EQ(report.rejected[0].number, 2);
  EXPECT_THAT(report.rejected[0].detail, ::testing::HasSubstr("line 3"));
}

TEST_F(Import, KomiAndResultsFollowOneRule) {
  const auto game = [](const std::string& head) { return "(;GM[1]SZ[3]" + head + ";B[bb];W[])"; };
  const std::vector<std::string> same = {"KM[7.5]RE[B+1.5]", "KM[3.75]RE[B+0.75]",
                                         "KM[375]RE[B+1.5]", "KM[7,5]RE[B+1,5]",
                                         "KM[]RE[B+1.5]",    "RE[b+1.50]"};
  std::string collection;
  for (const std::string& head : same) collection += game(head);
  Write("a.sgf", collection + game("KM[9]RE[Jigo]"));
  const auto report = Run().value();
  EXPECT_EQ(report.imported, 2);
  EXPECT_EQ(report.already_there, 5) << "all but the draw are one game";
  EXPECT_EQ(Reason(game("KM[6.9]RE[B+2.1]")), "unreadable");
  EXPECT_EQ(Reason(game("KM[9.5]RE[W+0.5]")), "unreadable");
  EXPECT_EQ(Reason(game("KM[0]RE[B+9 points]")), "unscored");
}

TEST_F(Import, PlayMayGoOnBehindTwoPasses) {
  const std::string head = "(;GM[1]FF[4]SZ[3]KM[0]";
  // The board at the passes has the result: what follows is no play, whatever it is.
  Write("a.sgf", head + "RE[B+9];B[bb];W[];B[];W[aa];B[];W[bb])");
  // Black's stone has yet to take what is dead.
  Write("b.sgf", head + "RE[B+9];B[bb];W[aa];B[];W[];B[ba];W[];B[ab];W[];B[];W[])");
  const auto report = Run().value();
  EXPECT_EQ(report.imported, 2) << (report.rejected.empty() ? "" : report.rejected[0].detail);
  ASSERT_EQ(report.remarks.size(), 2U);
  EXPECT_EQ(
      report.remarks[0].text,
      "move 4 follows two passes; the game ends at the passes, where the board has its result");
  EXPECT_EQ(report.remarks[1].text,
            "move 5 follows two passes; play went on, and the passes are left out");
  std::vector<std::size_t> lengths;
  const auto store =
      storage::Store::Open(folder_ / "records.db", storage::OpenMode::kReadOnly).value();
  store->ForEachTrajectory(1,
                           [&](const storage::StoredTrajectory& stored) {
                             lengths.push_back(stored.trajectory.steps.size());
                             return true;
                           },
                           {});
  EXPECT_THAT(lengths, ::testing::ElementsAre(3, 7));
  EXPECT_EQ(Reason(head + "RE[B+5];B[bb];W[];B[];W[bb];B[];W[])"), "illegal");
}

TEST_F(Import, OtherThingsThanFilesAreNamedAndNotRead) {
  Write("a.sgf", "(;GM[1]FF[4]SZ[3]KM[0]RE[B+9];B[bb];W[];B[])");
  // Whoever opens a pipe waits for its other end.
  ASSERT_EQ(::mkfifo((folder_ / "games/pipe.sgf").c_str(), 0600), 0);
  std::filesystem::create_symlink("nowhere", folder_ / "games/dangling.sgf");
  const auto report = Run().value();
  EXPECT_EQ(report.imported, 1);
  ASSERT_EQ(report.rejected.size(), 2U);
  EXPECT_THAT(report.rejected[0].file, ::testing::HasSubstr("dangling.sgf"));
  EXPECT_THAT(report.rejected[1].file, ::testing::HasSubstr("pipe.sgf"));
  EXPECT_EQ(report.rejected[1].detail, "is no regular file");
}

TEST_F(Import, AStoreOfAnotherEnvironmentIsRefusedOnce) {
  {
    const auto store =
        storage::Store::Open(folder_ / "records.db", storage::OpenMode::kCreateOrOpen).value();
    const auto game = env::BuiltInEnvironments().Make("tictactoe", Json::object()).value();
    store->AppendTrajectories({{.trajectory = RandomEpisode(*game, {}), .split = "train"}});
  }
  for (const char* name : {"a.sgf", "b.sgf"}) {
    Write(name, "(;GM[1]FF[4]SZ[3]KM[0]RE[B+9];B[bb];W[];B[])");
  }
  EXPECT_THAT(Run().error().message,
              ::testing::HasSubstr("holds 1 episode of environment tictactoe (here go)"));
}

TEST_F(Import, LongGamesHaveNoLimitOfMoves) {
  // 2 * 9 + 16 moves end a game of self-play on this board: this one captures on.
  std::string moves;
  const auto environment = env::BuiltInEnvironments()
                               .Make("go", {{"size", 3}, {"move_limit", 1000}, {"komi", 0.5}})
                               .value();
  const auto game = RandomEpisode(*environment, {.episode = 3, .max_moves = 60});
  ASSERT_GT(game.steps.size(), 34U);
  Write("long.sgf", game.artifact);
  const auto report = Run().value();
  EXPECT_EQ(report.imported, 1) << (report.rejected.empty() ? "" : report.rejected[0].detail);
}

TEST_F(Import, FilesAreFoundWhateverTheirNamesLookLike) {
  const std::string game = "(;GM[1]FF[4]SZ[3]KM[0]RE[B+9];B[bb];W[];B[])";
  Write("A.SGF", game);
  Write("b.Sgfs", game);
  std::string utf16 = "\xff\xfe";
  for (const char c : game) utf16 += std::string{c, '\0'};
  Write("wide.sgf", utf16);
  Write("c.sgf.gz", "no gzip at all");
  Write("readme.txt", "games");
  const auto report = Run().value();
  EXPECT_EQ(report.files, 4);
  EXPECT_EQ(report.other_files, 1);
  EXPECT_EQ(report.imported + report.already_there, 3);
  EXPECT_EQ(report.rejected.size(), 1U);
}

TEST_F(Import, NamesAreReadInTheRecordsCharacterSet) {
  Write("a.sgf",
        "(;GM[1]CA[Shift_JIS]SZ[3]KM[0]RE[B+9]PB[\x83\x5c]PW[x];B[bb];W[];B[])"
        "(;GM[1]CA[martian]SZ[3]KM[1]RE[B+8]PB[\x83\x84]PW[x];B[bb];W[];B[])");
  const auto report = Run().value();
  EXPECT_EQ(report.imported, 2);
  ASSERT_EQ(report.remarks.size(), 1U);
  EXPECT_EQ(report.remarks[0].number, 2);
  EXPECT_THAT(report.remarks[0].text, ::testing::HasSubstr("martian"));
}

TEST_F(Import, UnreadablePathsAreFailures) {
  EXPECT_FALSE(Run());
  std::filesystem::create_directories(folder_ / "games");
  EXPECT_THAT(Run().error().message, ::testing::HasSubstr("no .sgf"));
  Write("a.sgf", "(;GM[1]SZ[3]RE[B+9];B[bb])");
  std::ofstream(folder_ / "records.db") << "no store";
  EXPECT_THAT(Run().error().message, ::testing::HasSubstr("records.db"));
}

}  // namespace
}  // namespace tesuji::dataset
