// Every view of a store of programs, with answers that passed and answers that did not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/inspect.h"
#include "env/program/program_environment.h"
#include "tests/dataset/support.h"

namespace tesuji::dataset {
namespace {

using env::program::Op;
using testing::HasSubstr;
using testing::StartsWith;

class ProgramViews : public testing::Test {
 protected:
  ProgramViews() : environment_(env::program::ProgramEnvironment::Make({}).value()) {
    const auto sorting = Json::parse(R"({"id": "sorting", "seen": [
        {"input": [3, 1], "output": [1, 3]}, {"input": [2, 9, 4], "output": [2, 4, 9]}]})");
    const auto doubling = Json::parse(R"({"id": "doubling", "seen": [
        {"input": [3, 1], "output": [6, 2]}, {"input": [], "output": []}]})");
    Add(sorting, {env::program::kSort, env::program::kXs});
    Add(sorting, {env::program::kReverse, env::program::kXs});
    Add(doubling, {env::program::kMap, env::program::kAdd, env::program::kX, env::program::kX,
                   env::program::kXs});
    WriteStore(folder_ / "store.db", rows_);
  }
  void Add(const Json& task, const std::vector<Op>& code) {
    env::Trajectory row = ProgramEpisode(*environment_, {task["id"], task}, code, 1, rows_.size());
    row.evidence = {{"unseen", Json::parse(R"([{"input": [7, 6], "output": [6, 7]}])")}};
    if (task["id"] == "doubling") row.evidence = nullptr;
    rows_.push_back(std::move(row));
  }
  /// All rows of a view.
  std::vector<Json> Rows(const std::string& view) {
    BuildOptions options;
    options.stores = {folder_ / "store.db"};
    options.out = folder_ / view;
    options.recipe.exports.views = {view};
    options.recipe.split.validation = options.recipe.split.test = 0;
    const auto report = Build(options);
    notes_ = report.notes;
    std::vector<Json> rows;
    for (const Json& file : report.manifest["files"]) {
      EXPECT_TRUE(
          ForEachJsonLine(options.out / file["path"].get<std::string>(), [&](const Json& row) {
            rows.push_back(row);
            return true;
          }));
    }
    return rows;
  }
  TestFolder folder_;
  std::unique_ptr<const env::program::ProgramEnvironment> environment_;
  std::vector<env::Trajectory> rows_;
  std::vector<std::string> notes_;
};

TEST_F(ProgramViews, SolutionsAskForCodeAndAnswerWithCode) {
  const auto rows = Rows("solutions");
  ASSERT_EQ(rows.size(), 2U) << "wrong programs are no solutions";
  EXPECT_THAT(rows[0]["prompt"].get<std::string>(), HasSubstr("xs = [3,1] -> [1,3]"));
  EXPECT_THAT(rows[0]["completion"].get<std::string>(), StartsWith("```cpp\n"));
  EXPECT_THAT(rows[0]["completion"].get<std::string>(), HasSubstr("return Sort(xs);"));
}

TEST_F(ProgramViews, PreferencesTakeFailedEpisodesFirstAndNearMissesElse) {
  const auto rows = Rows("preferences");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_THAT(rows[0]["rejected"].get<std::string>(), HasSubstr("return Reverse(xs);"));
  EXPECT_THAT(rows[0]["evidence"].get<std::string>(), HasSubstr("wrong"));
  EXPECT_THAT(rows[1]["evidence"].get<std::string>(), HasSubstr("answers 1 of 2 examples"));
  EXPECT_NE(rows[1]["chosen"], rows[1]["rejected"]);
}

TEST_F(ProgramViews, TasksForReinforcementLearningComeOnceWithHiddenExamples) {
  const auto rows = Rows("rl");
  ASSERT_EQ(rows.size(), 2U);
  const Json truth = Json::parse(rows[0]["reward_model"]["ground_truth"].get<std::string>());
  EXPECT_EQ(truth["inputs"].size(), 3U);
  EXPECT_EQ(truth["outputs"][2], "6 7\n");
  EXPECT_EQ(rows[0]["prompt"].dump().find("7,6"), std::string::npos);
}

TEST_F(ProgramViews, StepsAndTracesNameProductions) {
  const auto steps = Rows("steps");
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[2]["completions"].dump(), R"(["map","+","x","x","xs"])");
  EXPECT_THAT(steps[2]["prompt"].get<std::string>(), HasSubstr("leftmost hole"));
  const auto traces = Rows("traces");
  ASSERT_EQ(traces.size(), 3U);
  EXPECT_THAT(traces[0]["text"].get<std::string>(), HasSubstr("dead end"));
}

TEST_F(ProgramViews, PositionsAndTrajectoriesWorkAsForGames) {
  EXPECT_EQ(Rows("positions").size(), 8U) << "the empty program of a task is there once";
  EXPECT_EQ(Rows("trajectories").size(), 3U);
}

TEST_F(ProgramViews, AViewWithoutRowsIsSaid) {
  rows_.erase(rows_.begin());
  rows_.pop_back();
  std::filesystem::remove(folder_ / "store.db");
  WriteStore(folder_ / "store.db", rows_);
  EXPECT_TRUE(Rows("solutions").empty());
  ASSERT_EQ(notes_.size(), 1U);
  EXPECT_THAT(notes_[0], HasSubstr("view solutions"));
}

}  // namespace
}  // namespace tesuji::dataset
