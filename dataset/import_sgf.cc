#include "dataset/import_sgf.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "api/registry.h"
#include "core/files.h"
#include "core/sha256.h"
#include "core/version.h"
#include "dataset/curate/hash.h"
#include "env/go/go_environment.h"
#include "env/go/sgf_game.h"

namespace tesuji::dataset {
namespace {

namespace go = env::go;
namespace fs = std::filesystem;

struct Rejection {
  std::string reason;
  std::string detail;
};

Result<std::vector<std::string>> ListFiles(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::exists(path, error)) return Fail(fmt::format("{}: does not exist", path));
    if (!fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    for (fs::recursive_directory_iterator it(path, error), end; !error && it != end;
         it.increment(error)) {
      const auto extension = it->path().extension();
      if (extension == ".sgf" || extension == ".sgfs") found.push_back(it->path().string());
    }
    if (error) return Fail(fmt::format("{}: {}", path, error.message()));
    std::ranges::sort(found);
    std::ranges::move(found, std::back_inserter(files));
  }
  if (files.empty()) return Fail("no .sgf or .sgfs file there");
  return files;
}

/// Environments by board, made when first needed.
class Boards {
 public:
  explicit Boards(Json parameters)
      : factory_(go::GoFactory()), parameters_(std::move(parameters)) {}

  Result<const go::GoEnvironment*> Get(int width, int height) {
    auto& made = made_[{width, height}];
    if (made == nullptr) {
      Json parameters = parameters_;
      parameters["size"] = width == height ? width : 0;
      parameters["width"] = width == height ? 0 : width;
      parameters["height"] = width == height ? 0 : height;
      auto complete = env::CompleteParameters(factory_, parameters);
      if (!complete) return tl::unexpected(complete.error());
      auto environment = go::GoEnvironment::FromParameters(*complete);
      if (!environment) return tl::unexpected(environment.error());
      made = std::move(*environment);
    }
    return made.get();
  }

 private:
  env::EnvironmentFactory factory_;
  Json parameters_;
  std::map<std::pair<int, int>, std::unique_ptr<const go::GoEnvironment>> made_;
};

/// The record's score, Black's points minus White's, or why it has none.
Result<float> RecordedScore(const std::string& result) {
  if (result == "0" || result == "Draw" || result == "draw") return 0.0F;
  if (result.size() < 3 || result[1] != '+') return Fail("unscored");
  const std::string rest = result.substr(2);
  if (rest[0] == 'R' || rest[0] == 'r') return Fail("resigned");
  if (rest[0] == 'T' || rest[0] == 't') return Fail("time");
  if (rest[0] == 'F' || rest[0] == 'f') return Fail("forfeit");
  char* end = nullptr;
  const float points = std::strtof(rest.c_str(), &end);
  if (end == rest.c_str() || !std::isfinite(points)) return Fail("unscored");
  return result[0] == 'B' || result[0] == 'b' ? points : -points;
}

tl::expected<std::unique_ptr<go::GoState>, Rejection> FinishedGame(
    const go::GoEnvironment& environment, const go::GameRecord& record) {
  const auto score = RecordedScore(record.result);
  if (!score) {
    return tl::unexpected(
        Rejection{score.error().message, fmt::format("the result is \"{}\"", record.result)});
  }
  auto game = go::ReplayGame(environment, record);
  if (!game) return tl::unexpected(Rejection{"illegal", game.error().message});
  go::GoState& state = **game;
  if (!state.alternates()) {
    return tl::unexpected(Rejection{"turns", "the colours do not alternate"});
  }
  if (state.moves().empty()) return tl::unexpected(Rejection{"empty", "no move is recorded"});
  if (state.Score() != *score) {
    return tl::unexpected(
        Rejection{"score", fmt::format("the record says {}, the board as it stands {}",
                                       record.result, go::ScoreText(state.Score()))});
  }
  while (state.phase() == env::Phase::kOngoing) state.Apply(state.rules().pass());
  return std::move(*game);
}

env::Trajectory ToTrajectory(const go::GoEnvironment& environment, const go::GoState& game,
                             const go::GameRecord& record, const std::string& file) {
  env::Trajectory trajectory;
  trajectory.task = game.StartTask();
  for (const go::Move& move : game.moves()) {
    env::Step step;
    step.action = move.action;
    step.is_target = true;
    step.root_value = game.Value();
    step.policy = {{step.action, 1.0F}};
    trajectory.steps.push_back(std::move(step));
  }
  env::FinalTargets targets = game.Targets();
  trajectory.outcome = {game.Value(), targets.score, std::move(targets.ownership),
                        game.Termination()};
  trajectory.artifact = game.Artifact();
  trajectory.final_fingerprint = game.Fingerprint();
  env::Provenance& made_by = trajectory.provenance;
  made_by.environment_id = environment.spec().id;
  made_by.environment_version = environment.spec().version;
  made_by.environment_parameters = environment.parameters();
  made_by.software_version = kSoftwareVersion;
  // The game itself is its seed: bringing it in twice changes nothing.
  made_by.campaign_seed = Fold(IdentityKey(trajectory.artifact));
  made_by.checkpoints = {"record"};
  made_by.search_settings = {{"import",
                              {{"file", fs::path(file).filename().string()},
                               {"black", record.black_name},
                               {"white", record.white_name},
                               {"result", record.result},
                               {"rules", record.rules}}}};
  return trajectory;
}

class Importer {
 public:
  Importer(const ImportOptions& options, const VerifyTrajectory& verify, storage::Store* store)
      : boards_(options.parameters), verify_(verify), store_(store), split_(options.split) {}

  void ReadFile(const std::string& path) {
    ++report_.files;
    const auto bytes = tesuji::ReadFile(path, std::size_t{256} << 20);
    if (!bytes) return Reject(path, 0, {"unreadable", bytes.error().message});
    const auto games = go::ParseSgf(*bytes);
    if (!games) return Reject(path, 0, {"unreadable", games.error().message});
    for (std::size_t i = 0; i < games->size(); ++i) {
      ++report_.games;
      AddGame(path, static_cast<std::int64_t>(i) + 1, (*games)[i]);
    }
  }

  void Flush() {
    for (const auto id : store_->AppendTrajectories(waiting_)) {
      ++(id == 0 ? report_.already_there : report_.imported);
    }
    waiting_.clear();
  }
  ImportReport Take() { return std::move(report_); }

 private:
  void Reject(const std::string& file, std::int64_t game, Rejection why) {
    report_.rejected.push_back({file, game, std::move(why.reason), std::move(why.detail)});
  }

  void AddGame(const std::string& file, std::int64_t number, const go::SgfTree& tree) {
    const auto record = go::ReadGame(tree);
    if (!record) return Reject(file, number, {"unreadable", record.error().message});
    const auto environment = boards_.Get(record->width, record->height);
    if (!environment) return Reject(file, number, {"board", environment.error().message});
    auto game = FinishedGame(**environment, *record);
    if (!game) return Reject(file, number, game.error());
    storage::Store::Append append;
    append.trajectory = ToTrajectory(**environment, **game, *record, file);
    if (auto wrong = verify_(**environment, append.trajectory); !wrong.empty()) {
      return Reject(file, number, {"verify", std::move(wrong)});
    }
    append.split = split_;
    waiting_.push_back(std::move(append));
    if (waiting_.size() >= 256) Flush();
  }

  Boards boards_;
  const VerifyTrajectory& verify_;
  storage::Store* store_;
  std::string split_;
  std::vector<storage::Store::Append> waiting_;
  ImportReport report_;
};

}  // namespace

Result<ImportReport> ImportSgf(
    const ImportOptions& options, const VerifyTrajectory& verify,
    const std::function<void(std::int64_t files, std::int64_t of)>& progress,
    const std::atomic<bool>& stop) {
  const auto files = ListFiles(options.paths);
  if (!files) return tl::unexpected(files.error());
  if (auto board = Boards(options.parameters).Get(9, 9); !board) {
    return Fail("--parameters: " + board.error().message);
  }
  auto store = storage::Store::Open(options.store, storage::OpenMode::kCreateOrOpen);
  if (!store) return tl::unexpected(store.error());
  Importer importer(options, verify, store->get());
  std::int64_t done = 0;
  for (const std::string& file : *files) {
    if (stop) break;
    importer.ReadFile(file);
    if (progress) progress(++done, static_cast<std::int64_t>(files->size()));
  }
  importer.Flush();
  return importer.Take();
}

}  // namespace tesuji::dataset
