// Planted duplicates and contamination are found, clean rows stay, no group lies in two splits.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "core/random.h"
#include "dataset/inspect.h"
#include "dataset/random_episode.h"
#include "env/go/go_environment.h"
#include "tests/dataset/support.h"

namespace tesuji::dataset {
namespace {

constexpr std::size_t kClean = 10000;
constexpr std::size_t kPlanted = 1000;

class Leaks : public testing::Test {
 protected:
  Leaks() : environment_(env::BuiltInEnvironments().Make("go", {{"size", 7}}).value()) {
    for (std::size_t i = 0; i < kClean; ++i) clean_.push_back(Game(i));
  }
  env::Trajectory Game(std::uint64_t episode) const {
    return RandomEpisode(*environment_,
                         {.seed = 1, .episode = episode, .policy_entries = 2, .max_moves = 60});
  }
  BuildOptions Options(const std::vector<env::Trajectory>& rows) {
    const std::string path = folder_ / fmt::format("store{}.db", ++stores_);
    WriteStore(path, rows);
    BuildOptions options;
    options.stores = {path};
    options.dry_run = true;
    options.threads = 1;
    options.recipe.exports.views = {"trajectories"};
    return options;
  }
  TestFolder folder_;
  int stores_ = 0;
  std::unique_ptr<const env::Environment> environment_;
  std::vector<env::Trajectory> clean_;
};

TEST_F(Leaks, EveryImageOfAGameIsADuplicateAndNoCleanGameIs) {
  auto rows = clean_;
  for (std::size_t i = 0; i < kPlanted; ++i) {
    const auto& original = clean_[i * 7 % kClean];
    auto copy =
        WithActions(*environment_, original, Image(*environment_, i % 8, ActionsOfSteps(original)));
    copy.provenance.campaign_seed = 2;
    copy.provenance.episode = i;
    rows.push_back(std::move(copy));
  }
  const auto report = Build(Options(rows));
  const auto found = Dropped(report, "duplicate:exact");
  EXPECT_EQ(report.rows_out + found, report.rows_in) << "nothing else was dropped";
  EXPECT_EQ(found, static_cast<std::int64_t>(kPlanted));
}

TEST_F(Leaks, GamesThatDifferInTheirLastMoveAreNearDuplicates) {
  auto rows = clean_;
  for (std::size_t i = 0; i < kPlanted; ++i) {
    // The same game but for its last move, turned: J is 0.9.
    const auto& original = clean_[i * 7 % kClean];
    const auto actions = ActionsOfSteps(original);
    auto state = environment_->NewState(original.task).value();
    std::vector<env::Action> changed(actions.begin(), actions.begin() + 59);
    for (const auto action : changed) state->Apply(action);
    std::vector<env::Action> legal;
    state->LegalActions(&legal);
    const std::size_t moves = std::max<std::size_t>(1, legal.size() - 1);
    changed.push_back(legal[i % moves]);
    state->Apply(changed.back());
    while (state->phase() == env::Phase::kOngoing) {
      changed.push_back(environment_->spec().action_count - 1);
      state->Apply(changed.back());
    }
    auto copy = WithActions(*environment_, original, Image(*environment_, i % 8, changed));
    copy.provenance.campaign_seed = 2;
    copy.provenance.episode = i;
    rows.push_back(std::move(copy));
  }
  auto options = Options(rows);
  options.recipe.dedup.near = true;
  const auto report = Build(options);
  const auto found = Dropped(report, "duplicate:near") + Dropped(report, "duplicate:exact");
  EXPECT_GE(found, static_cast<std::int64_t>(kPlanted * 99 / 100));
  EXPECT_LE(found, static_cast<std::int64_t>(kPlanted + kClean / 100));
}

TEST_F(Leaks, GamesOfAHeldOutSuiteAreContaminationInEveryOrientation) {
  // The suite: 100 games of its own. Planted: turned copies of their first 30 moves, played on.
  std::ofstream suite(folder_ / "suite.sgf");
  std::vector<env::Trajectory> held_out;
  for (std::size_t i = 0; i < 100; ++i) {
    held_out.push_back(Game(kClean + i));
    suite << held_out.back().artifact;
  }
  suite.close();
  auto rows = clean_;
  for (std::size_t i = 0; i < kPlanted; ++i) {
    const auto& original = held_out[i % held_out.size()];
    auto actions = ActionsOfSteps(original);
    actions.resize(30);
    auto state = environment_->NewState(original.task).value();
    for (const auto action : actions) state->Apply(action);
    RandomStream random({3, i});
    std::vector<env::Action> legal;
    while (state->phase() == env::Phase::kOngoing) {
      state->LegalActions(&legal);
      const bool end = actions.size() >= 36 + i % 5;
      actions.push_back(end ? legal.back() : legal[random.Below(legal.size() - 1)]);
      state->Apply(actions.back());
    }
    auto copy = WithActions(*environment_, original, Image(*environment_, i % 8, actions));
    copy.provenance.campaign_seed = 2;
    copy.provenance.episode = i;
    rows.push_back(std::move(copy));
  }
  auto options = Options(rows);
  options.recipe.decontaminate.suites = {folder_ / "suite.sgf"};
  const auto report = Build(options);
  const auto found = Dropped(report, "contaminated:ngram") +
                     Dropped(report, "contaminated:longest") + Dropped(report, "duplicate:exact");
  EXPECT_GE(found, static_cast<std::int64_t>(kPlanted * 99 / 100));
  EXPECT_LE(found, static_cast<std::int64_t>(kPlanted + kClean / 100));
}

TEST_F(Leaks, NoOpeningAndNoPositionIsInTwoSplits) {
  std::vector<env::Trajectory> rows(clean_.begin(), clean_.begin() + 1500);
  auto options = Options(rows);
  options.dry_run = false;
  options.out = folder_ / "out";
  options.recipe.split.opening_moves = 2;
  options.recipe.split.validation = options.recipe.split.test = 0.2;
  options.recipe.dedup.positions = false;
  options.recipe.exports.views = {"positions"};
  options.recipe.view.text = true;
  const auto report = Build(options);
  EXPECT_GT(Dropped(report, "duplicate:other-split"), 0);
  std::map<std::string, std::set<std::string>> groups;
  std::map<std::string, std::set<std::string>> boards;
  for (const Json& file : report.manifest["files"]) {
    const std::string split = file["split"];
    const auto path = std::filesystem::path(folder_ / "out") / file["path"].get<std::string>();
    ASSERT_TRUE(ForEachJsonLine(path, [&](const Json& row) {
      groups[row["group"]].insert(split);
      boards[row["features"].dump()].insert(split);
      return true;
    }));
  }
  EXPECT_GT(groups.size(), 20U);
  for (const auto& [group, splits] : groups) EXPECT_EQ(splits.size(), 1U) << group;
  for (const auto& [board, splits] : boards) EXPECT_EQ(splits.size(), 1U);
}

}  // namespace
}  // namespace tesuji::dataset
