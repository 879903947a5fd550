// Datasets are reproducible, survive interruption, overwrite nothing and say what is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "dataset/inspect.h"
#include "dataset/manifest.h"
#include "dataset/random_episode.h"
#include "tests/dataset/support.h"

namespace tesuji::dataset {
namespace {

using ::testing::HasSubstr;

class BuildTest : public testing::Test {
 protected:
  BuildTest() {
    const auto go = registry_.Make("go", {{"size", 5}}).value();
    std::vector<env::Trajectory> rows;
    for (std::uint64_t i = 0; i < 60; ++i) {
      rows.push_back(RandomEpisode(*go, {.episode = i, .max_moves = 20}));
    }
    WriteStore(store_, rows);
  }
  BuildOptions Options(const std::string& name) {
    BuildOptions options;
    options.stores = {store_};
    options.out = folder_ / name;
    options.threads = 2;
    options.recipe.exports.shard_rows = 200;
    options.recipe.split.opening_moves = 2;
    options.recipe.exports.views = ViewNames();
    options.recipe.exports.formats = {"jsonl", "npz", "safetensors", "sgf",
                                      "sgfs",  "trl", "webdataset"};
    return options;
  }
  Result<BuildReport> Try(const BuildOptions& options) {
    const std::atomic<bool> stop{false};
    return BuildDataset(options, registry_, VerifyByReplay, {}, stop);
  }
  std::string Refusal(const BuildOptions& options) {
    const auto report = Try(options);
    return report ? "it worked" : report.error().message;
  }
  static bool Exists(const std::string& path) { return std::filesystem::exists(path); }

  TestFolder folder_;
  std::string store_ = folder_ / "s.db";
  env::Registry registry_ = env::BuiltInEnvironments();
};

TEST_F(BuildTest, OneThreadAndFourGiveTheSameBytes) {
  auto one = Options("one");
  one.threads = 1;
  auto four = Options("four");
  four.threads = 4;
  Build(one);
  Build(four);
  const auto files = ReadFolder(folder_ / "one");
  EXPECT_GT(files.size(), 30U);
  EXPECT_TRUE(files == ReadFolder(folder_ / "four"));
}

TEST_F(BuildTest, StoppedAnywhereItGoesOnToTheSameBytes) {
  Build(Options("whole"));
  const auto whole = ReadFolder(folder_ / "whole");
  bool finished = false;
  int stops = 0;
  for (int after = 0; !finished && after < 200; ++after) {
    std::atomic<bool> stop{false};
    int calls = 0;
    const auto progress = [&](const char*, std::int64_t, std::int64_t) {
      if (++calls > after) stop = true;
    };
    try {
      const auto report = BuildDataset(Options("parts"), registry_, VerifyByReplay, progress, stop);
      ASSERT_TRUE(report.has_value()) << report.error().message;
      EXPECT_TRUE(report->resumed);
      finished = true;
    } catch (const Stopped&) {
      ++stops;
      EXPECT_FALSE(Exists(folder_ / "parts"));
      // As if it had been killed within WriteFileAtomically().
      std::ofstream(folder_ / "parts.partial/manifest.json.a1B2c3.tmp") << "half";
    }
  }
  EXPECT_TRUE(finished);
  EXPECT_GT(stops, 3);
  EXPECT_FALSE(Exists(folder_ / "parts.partial"));
  EXPECT_TRUE(whole == ReadFolder(folder_ / "parts"));
}

TEST_F(BuildTest, ReplayIgnoresRowsAddedSince) {
  Build(Options("first"));
  const auto manifest = ReadManifest(folder_ / "first/manifest.json").value();
  {
    const auto go = registry_.Make("go", {{"size", 5}}).value();
    auto store = storage::Store::Open(store_, storage::OpenMode::kReadWrite).value();
    store->AppendTrajectories({{RandomEpisode(*go, {.episode = 1000}), {}, "train"}});
  }
  auto again = Options("again");
  again.recipe = RecipeFromJson(manifest["recipe"], {"sgf", "sgfs"}).value();
  again.replay_inputs = manifest["inputs"];
  Build(again);
  EXPECT_TRUE(ReadFolder(folder_ / "first") == ReadFolder(folder_ / "again"));
}

TEST_F(BuildTest, ReplayRefusesOtherRows) {
  Build(Options("first"));
  auto again = Options("again");
  again.replay_inputs = ReadManifest(folder_ / "first/manifest.json").value()["inputs"];
  const auto go = registry_.Make("go", {{"size", 5}}).value();
  std::vector<env::Trajectory> others;
  for (std::uint64_t i = 0; i < 60; ++i)
    others.push_back(RandomEpisode(*go, {.seed = 9, .episode = i}));
  WriteStore(folder_ / "other.db", others);
  again.stores = {folder_ / "other.db"};
  EXPECT_THAT(Refusal(again), HasSubstr("other.db: its rows are not those"));
  EXPECT_FALSE(Exists(folder_ / "again"));
}

TEST_F(BuildTest, AnyDamageOfAManifestIsARefusalAndNoCrash) {
  auto options = Options("first");
  options.recipe.exports.views = {"trajectories"};
  options.recipe.exports.formats = {"jsonl"};
  Build(options);
  const Json good = ReadManifest(folder_ / "first/manifest.json").value();
  const std::vector<Json> others = {Json(), Json("x"), Json(-1), Json::array({1}), Json::object()};
  const Json flat = good.flatten();
  int refused = 0;
  for (const auto& [pointer, value] : flat.items()) {
    for (const Json& other : others) {
      Json bad = good;
      bad[Json::json_pointer(pointer)] = other;
      std::ofstream(folder_ / "bad.json") << bad.dump();
      const auto read = ReadManifest(folder_ / "bad.json");
      if (!read) {
        ++refused;
        EXPECT_THAT(read.error().message, HasSubstr("bad.json"));
        continue;
      }
      (void)RecipeFromJson(read->value("recipe", Json()), {"sgf", "sgfs"});
      (void)DescribeManifest(*read);
    }
  }
  EXPECT_GT(refused, 50);
}

TEST_F(BuildTest, ACacheOfFactsChangesNothing) {
  Build(Options("plain"));
  auto cached = Options("cached");
  cached.cache = folder_ / "cache";
  Build(cached);
  auto again = Options("again");
  again.cache = folder_ / "cache";
  Build(again);
  EXPECT_TRUE(ReadFolder(folder_ / "plain") == ReadFolder(folder_ / "cached"));
  EXPECT_TRUE(ReadFolder(folder_ / "plain") == ReadFolder(folder_ / "again"));
}

TEST_F(BuildTest, DamagedFactsAreComputedAgain) {
  auto options = Options("first");
  options.cache = folder_ / "cache";
  Build(options);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "cache")) {
    if (!entry.is_regular_file()) continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(300);
    file.put('\x55');
  }
  options.out = folder_ / "second";
  Build(options);
  EXPECT_TRUE(ReadFolder(folder_ / "first") == ReadFolder(folder_ / "second"));
}

TEST_F(BuildTest, DryRunWritesNothing) {
  auto options = Options("out");
  options.dry_run = true;
  const auto report = Build(options);
  EXPECT_EQ(report.rows_in, 60);
  EXPECT_FALSE(Exists(folder_ / "out"));
  EXPECT_FALSE(Exists(folder_ / "out.partial"));
}

TEST_F(BuildTest, ExistingOutputIsNeverTouched) {
  std::filesystem::create_directory(folder_ / "out");
  std::ofstream(folder_ / "out/mine") << "mine";
  EXPECT_THAT(Refusal(Options("out")), HasSubstr("exists"));
  std::ofstream(folder_ / "file") << "mine";
  EXPECT_THAT(Refusal(Options("file")), HasSubstr("exists"));
  std::filesystem::create_directory(folder_ / "new.partial");
  std::ofstream(folder_ / "new.partial/mine") << "mine";
  EXPECT_THAT(Refusal(Options("new")), HasSubstr("in the way"));
  EXPECT_EQ(ReadFolder(folder_ / "out").at("mine"), "mine");
  EXPECT_EQ(ReadFolder(folder_ / "new.partial").at("mine"), "mine");
}

TEST_F(BuildTest, AFolderThatWasLeftBeforeItsPlanWasWrittenIsUsed) {
  std::filesystem::create_directories(folder_ / "out.partial/.work");
  std::ofstream(folder_ / "out.partial/.work/lock") << "";
  EXPECT_EQ(Build(Options("out")).rows_in, 60);
  EXPECT_TRUE(Exists(folder_ / "out"));
}

TEST_F(BuildTest, AnUnfinishedDatasetOfAnotherRecipeIsNotMixedIn) {
  std::atomic<bool> stop{true};
  EXPECT_THROW((void)BuildDataset(Options("out"), registry_, VerifyByReplay, {}, stop), Stopped);
  auto other = Options("out");
  other.recipe.split.test = 0.3;
  EXPECT_THAT(Refusal(other), HasSubstr("unfinished dataset of other rows or another recipe"));
}

TEST_F(BuildTest, AFullDiskLeavesNothingAndTheNextRunGoesOn) {
  Build(Options("whole"));
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  rlimit tight = before;
  tight.rlim_cur = 60000;  // No file may grow beyond this.
  ::setrlimit(RLIMIT_FSIZE, &tight);
  EXPECT_THROW((void)Try(Options("out")), MachineError);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_FALSE(Exists(folder_ / "out"));
  Build(Options("out"));
  EXPECT_TRUE(ReadFolder(folder_ / "whole") == ReadFolder(folder_ / "out"));
}

TEST_F(BuildTest, BadStoresAndSuitesAreNamed) {
  auto options = Options("out");
  options.stores = {folder_ / "none.db"};
  EXPECT_THAT(Refusal(options), HasSubstr("none.db"));
  std::ofstream(folder_ / "text.db") << "no store";
  options.stores = {folder_ / "text.db"};
  EXPECT_THAT(Refusal(options), HasSubstr("text.db"));
  options.stores = {store_, store_};
  EXPECT_THAT(Refusal(options), HasSubstr("named twice"));
  options = Options("out");
  options.recipe.decontaminate.suites = {folder_ / "none.jsonl"};
  EXPECT_THAT(Refusal(options), HasSubstr("none.jsonl"));
  std::ofstream(folder_ / "bad.jsonl") << "{}\nnot json\n";
  options.recipe.decontaminate.suites = {folder_ / "bad.jsonl"};
  EXPECT_THAT(Refusal(options), HasSubstr("bad.jsonl:2"));
  EXPECT_FALSE(Exists(folder_ / "out"));
}

TEST_F(BuildTest, ARecipeThatDropsEverythingSaysSo) {
  auto options = Options("out");
  options.recipe.filter.min_length = 1000;
  EXPECT_THAT(Refusal(options), HasSubstr("drops everything"));
}

TEST_F(BuildTest, BoardsOfDifferentSizesDoNotShareAFile) {
  const auto go = registry_.Make("go", {{"size", 7}}).value();
  WriteStore(folder_ / "seven.db", {RandomEpisode(*go, {.seed = 4, .max_moves = 9})});
  auto options = Options("out");
  options.stores = {store_, folder_ / "seven.db"};
  options.recipe.exports.views = {"positions"};
  EXPECT_THAT(Refusal(options), HasSubstr("board sizes"));
  options.out = folder_ / "games";
  options.recipe.exports.views = {"trajectories"};
  EXPECT_EQ(Build(options).rows_in, 61);
}

TEST_F(BuildTest, CapsAndBalanceDoNotDependOnTheOrderOfRows) {
  auto options = Options("out");
  options.dry_run = true;
  options.recipe.balance.outcomes = true;
  options.recipe.balance.per_task = 40;
  const auto report = Build(options);
  EXPECT_EQ(report.rows_out + Dropped(report, "cap:task") + Dropped(report, "balance:outcome") +
                Dropped(report, "duplicate:exact"),
            report.rows_in);
  EXPECT_EQ(Dropped(report, "cap:task"), 20);
  EXPECT_LE(report.rows_out, 40);
}

TEST(Recipe, UnknownKeysAndNamesAreToldWithTheirLine) {
  const auto parse = [](const std::string& text) {
    const auto file = ConfigFile::Parse(text, "r.toml");
    const auto recipe = ReadRecipe(*file, {"sgf", "sgfs"});
    return recipe ? std::string("fine") : recipe.error().message;
  };
  EXPECT_EQ(parse(""), "fine");
  EXPECT_THAT(parse("[filter]\nmin_lenght = 3\n"), HasSubstr("r.toml:2"));
  EXPECT_THAT(parse("[filter]\nmin_lenght = 3\n"), HasSubstr("min_length"));
  EXPECT_THAT(parse("[export]\nviews = [\"position\"]\n"), HasSubstr("positions"));
  EXPECT_THAT(parse("[export]\n\nformats = [\"parket\"]\n"), HasSubstr("r.toml:3"));
  EXPECT_THAT(parse("[split]\ntest = 0.7\nvalidation = 0.7\n"), HasSubstr("more than everything"));
  EXPECT_THAT(parse("[splits]\n"), HasSubstr("split"));
}

TEST(Recipe, JsonAndBack) {
  Recipe recipe;
  recipe.dataset.name = "a \"quoted\" name\nand more";
  recipe.dedup.threshold = 0.8125;
  recipe.decontaminate.suites = {"a b.jsonl", "c"};
  recipe.split.by = 2;
  const Json json = RecipeToJson(recipe);
  const auto back = RecipeFromJson(json, {});
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(RecipeToJson(*back), json);
  EXPECT_EQ(back->dataset.name, recipe.dataset.name);
}

TEST(Recipe, TheReferenceIsInTheDocumentation) {
  std::ifstream file(TESUJI_SOURCE_DIR "/docs/datasets.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(text, HasSubstr(RecipeReference()));
}

}  // namespace
}  // namespace tesuji::dataset
