// A family that is not Go hands in a record format: imports, datasets and suites then know it.
#include "api/record_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "api/guard.h"
#include "api/record.h"
#include "api/replay.h"
#include "dataset/import_records.h"
#include "dataset/random_episode.h"
#include "tests/dataset/support.h"

namespace tesuji::dataset {
namespace {

using testing::HasSubstr;

/// Games of tic-tac-toe, one a line, as names of cells: "a3 b2 b3 c1 c3".
class Lines : public env::RecordFormat {
 public:
  explicit Lines(const env::Registry& registry)
      : environment_(registry.Make("tictactoe", Json::object()).value()) {}
  std::string name() const override { return "ttt"; }
  std::string collection_name() const override { return "ttts"; }
  std::string media_type() const override { return "text/x-ttt"; }
  Result<std::vector<std::string>> Split(std::string_view file) const override {
    std::vector<std::string> lines;
    std::istringstream in{std::string(file)};
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }
  Result<std::unique_ptr<env::RecordReader>> NewReader(const Json& parameters) const override {
    if (!parameters.empty()) return Fail("there are no parameters");
    return std::make_unique<Reader>(*this);
  }
  Result<std::string> Write(const env::Trajectory& trajectory) const override {
    if (trajectory.provenance.environment_id != "tictactoe") return Fail("not tic-tac-toe");
    auto state = environment_->NewState(trajectory.task).value();
    std::string line;
    for (const env::Step& step : trajectory.steps) {
      line += (line.empty() ? "" : " ") + state->ActionToText(step.action);
      state->Apply(step.action);
    }
    return line + "\n";
  }

 private:
  class Reader final : public env::RecordReader {
   public:
    explicit Reader(const Lines& lines) : lines_(lines) {}
    Status Read(std::string_view file, const env::RecordVisitor& visit) override {
      const auto games = lines_.Split(file).value();
      for (const std::string& line : games) visit(lines_.ReadGame(line));
      return {};
    }

   private:
    const Lines& lines_;
  };

  tl::expected<env::RecordedEpisode, env::RecordRefusal> ReadGame(const std::string& line) const {
    env::RecordedEpisode episode;
    env::Trajectory& trajectory = episode.trajectory;
    trajectory.task.id = "tictactoe";
    auto state = environment_->NewState(trajectory.task).value();
    const auto actions = env::PlayActions(state.get(), line);
    if (!actions) return tl::unexpected(env::RecordRefusal{"illegal", actions.error().message});
    if (state->phase() == env::Phase::kOngoing) {
      return tl::unexpected(env::RecordRefusal{"unfinished", line});
    }
    for (const env::Action action : *actions) {
      env::Step step;
      step.action = action;
      trajectory.steps.push_back(step);
    }
    trajectory.outcome.value = state->Value();
    trajectory.outcome.termination = state->Termination();
    trajectory.artifact = state->Artifact();
    trajectory.final_fingerprint = state->Fingerprint();
    trajectory.provenance.environment_id = "tictactoe";
    trajectory.provenance.environment_version = environment_->spec().version;
    trajectory.provenance.environment_parameters = environment_->parameters();
    return episode;
  }

  std::unique_ptr<const env::Environment> environment_;
};

class Throwing final : public Lines {
 public:
  using Lines::Lines;
  Result<std::string> Write(const env::Trajectory&) const override {
    throw std::runtime_error("no ink");
  }
};

env::Registry WithRecords(std::shared_ptr<const env::RecordFormat> records) {
  const env::Registry built_in = env::BuiltInEnvironments();
  env::Registry registry;
  for (env::EnvironmentFactory factory : built_in.factories()) {
    if (factory.id == "tictactoe") factory.records = records;
    registry.Add(std::move(factory));
  }
  return registry;
}

class RecordFormats : public testing::Test {
 protected:
  RecordFormats()
      : registry_(WithRecords(std::make_shared<const Lines>(env::BuiltInEnvironments()))) {}

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  Result<ImportReport> Import(const std::string& path, const std::string& format = "ttt") {
    ImportContext context;
    context.registry = &registry_;
    context.verify = [](const env::Environment& environment, const env::Trajectory& trajectory) {
      const auto problems = env::ReplayTrajectory(environment, trajectory, {.limit = 1});
      return problems.empty() ? std::string() : problems.front();
    };
    context.stop = &stop_;
    ImportOptions options;
    options.format = format;
    options.paths = {path};
    options.store = folder_ / "games.db";
    return ImportRecords(options, context);
  }
  BuildOptions Options(const std::vector<std::string>& formats) {
    BuildOptions options;
    options.stores = {folder_ / "games.db"};
    options.out = folder_ / "out";
    options.recipe.exports.views = {"trajectories"};
    options.recipe.exports.formats = formats;
    options.recipe.split = {.by = 3, .validation = 0, .test = 0};
    options.recipe.dedup.exact = false;
    return options;
  }
  Result<BuildReport> Build(const BuildOptions& options) {
    return BuildDataset(options, registry_, VerifyByReplay, {}, stop_);
  }

  TestFolder folder_;
  env::Registry registry_;
  std::atomic<bool> stop_{false};
};

constexpr const char* kGames =
    "a3 b2 b3 c1 c3\n"
    "b2 a3 b3 b1 c3 a1 a2 c2 c1\n";

TEST_F(RecordFormats, AreImportedAndComeBackAsFilesAndAsCollections) {
  const auto report = Import(Write("two.ttts", std::string(kGames) + "a3 a3\na3 b3\n"));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->imported, 2);
  ASSERT_EQ(report->rejected.size(), 2U);
  EXPECT_EQ(report->rejected[0].reason, "illegal");
  EXPECT_EQ(report->rejected[1].reason, "unfinished");
  EXPECT_EQ(report->rejected[1].number, 4);

  const auto built = Build(Options({"ttt", "ttts"}));
  ASSERT_TRUE(built) << built.error().message;
  const auto files = ReadFolder(folder_ / "out");
  EXPECT_EQ(files.at("trajectories/ttts/train-00000.ttts"), kGames);
  std::string all;
  for (const auto& [path, text] : files) {
    if (path.starts_with("trajectories/ttt/")) all += text;
  }
  EXPECT_EQ(all.size(), std::string(kGames).size());
  EXPECT_THAT(files.at("croissant.json"), HasSubstr("text/x-ttt"));
  EXPECT_THAT(files.at("croissant.json"), HasSubstr("/*.ttt\""));
}

TEST_F(RecordFormats, AreHeldOutGameByGame) {
  ASSERT_TRUE(Import(Write("two.ttts", kGames)));
  auto options = Options({"jsonl"});
  options.recipe.decontaminate.suites = {
      Write("held.ttts", "c1 b2 b1 a3 a1\nb3 a3 c3 b2 c1 a2 c2\n")};  // The first, turned round.
  options.recipe.decontaminate.ngram = 4;
  const auto built = Build(options);
  ASSERT_TRUE(built) << built.error().message;
  EXPECT_EQ(built->rows_out, 1) << "one of the two is a held-out game, turned round";
}

TEST_F(RecordFormats, OfNoFamilyAreRefusedByName) {
  EXPECT_THAT(Import(folder_ / "x", "pgn").error().message,
              testing::AllOf(HasSubstr("\"pgn\""), HasSubstr("sgf"), HasSubstr("ttt")));
}

TEST_F(RecordFormats, RefuseRowsOfAnotherFamilyWithoutBlamingTheMachine) {
  ASSERT_TRUE(Import(Write("two.ttts", kGames)));
  {
    auto store = storage::Store::Open(folder_ / "games.db", storage::OpenMode::kReadWrite).value();
    const auto go = registry_.Make("go", {{"size", 5}}).value();
    store->AppendTrajectories({{RandomEpisode(*go, {}), {}, "train"}});
  }
  const auto built = Build(Options({"ttt"}));
  ASSERT_FALSE(built);
  EXPECT_THAT(built.error().message,
              testing::AllOf(HasSubstr("export.formats: ttt: not tic-tac-toe"),
                             HasSubstr("select.environments")));
}

TEST_F(RecordFormats, ThatThrowAreNamedByTheGuard) {
  const auto guarded = env::GuardRecords(
      std::make_shared<const Throwing>(env::BuiltInEnvironments()), "tictactoe (lines.so)");
  EXPECT_EQ(guarded->name(), "ttt");
  try {
    (void)guarded->Write({});
    FAIL() << "nothing was thrown";
  } catch (const env::EnvironmentFault& fault) {
    EXPECT_THAT(fault.what(), testing::AllOf(HasSubstr("lines.so"), HasSubstr("no ink"),
                                             HasSubstr("RecordFormat::Write")));
  }
}

TEST_F(RecordFormats, PassTheCallersOwnExceptionsThroughTheGuard) {
  const auto guarded = env::GuardRecords(std::make_shared<const Lines>(env::BuiltInEnvironments()),
                                         "tictactoe (lines.so)");
  const auto reader = guarded->NewReader(Json::object()).value();
  EXPECT_THROW((void)reader->Read("a3\n", [](const auto&) { throw std::logic_error("mine"); }),
               std::logic_error);
}

}  // namespace
}  // namespace tesuji::dataset
