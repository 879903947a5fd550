#include "env/go/sgf_records.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>

#include "api/registry.h"
#include "env/go/go_environment.h"
#include "env/go/sgf.h"
#include "env/go/sgf_game.h"

namespace tesuji::env::go {
namespace {

/// Environments by board, made when first needed.
class Boards {
 public:
  explicit Boards(Json parameters) : parameters_(std::move(parameters)) {}

  Result<const GoEnvironment*> Get(int width, int height) {
    auto& made = made_[{width, height}];
    if (made == nullptr) {
      Json parameters = parameters_;
      parameters["size"] = width == height ? width : 0;
      parameters["width"] = width == height ? 0 : width;
      parameters["height"] = width == height ? 0 : height;
      auto environment = GoEnvironment::FromParameters(parameters);
      if (!environment) return tl::unexpected(environment.error());
      made = std::move(*environment);
    }
    return made.get();
  }

 private:
  Json parameters_;
  std::map<std::pair<int, int>, std::unique_ptr<const GoEnvironment>> made_;
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

tl::expected<std::unique_ptr<GoState>, RecordRefusal> FinishedGame(const GoEnvironment& environment,
                                                                   const GameRecord& record) {
  const auto score = RecordedScore(record.result);
  if (!score) {
    return tl::unexpected(
        RecordRefusal{score.error().message, fmt::format("the result is \"{}\"", record.result)});
  }
  auto game = ReplayGame(environment, record);
  if (!game) return tl::unexpected(RecordRefusal{"illegal", game.error().message});
  GoState& state = **game;
  if (!state.alternates()) {
    return tl::unexpected(RecordRefusal{"turns", "the colours do not alternate"});
  }
  if (state.moves().empty()) return tl::unexpected(RecordRefusal{"empty", "no move is recorded"});
  if (state.Score() != *score) {
    return tl::unexpected(
        RecordRefusal{"score", fmt::format("the record says {}, the board as it stands {}",
                                           record.result, ScoreText(state.Score()))});
  }
  while (state.phase() == Phase::kOngoing) state.Apply(state.rules().pass());
  return std::move(*game);
}

RecordedEpisode ToEpisode(const GoEnvironment& environment, const GoState& game,
                          const GameRecord& record) {
  RecordedEpisode episode;
  Trajectory& trajectory = episode.trajectory;
  trajectory.task = game.StartTask();
  for (const Move& move : game.moves()) {
    Step step;
    step.action = move.action;
    step.is_target = true;
    step.root_value = game.Value();
    step.policy = {{step.action, 1.0F}};
    trajectory.steps.push_back(std::move(step));
  }
  FinalTargets targets = game.Targets();
  trajectory.outcome = {game.Value(), targets.score, std::move(targets.ownership),
                        game.Termination()};
  trajectory.artifact = game.Artifact();
  trajectory.final_fingerprint = game.Fingerprint();
  trajectory.provenance.environment_id = environment.spec().id;
  trajectory.provenance.environment_version = environment.spec().version;
  trajectory.provenance.environment_parameters = environment.parameters();
  episode.notes = {{"black", record.black_name},
                   {"white", record.white_name},
                   {"result", record.result},
                   {"rules", record.rules}};
  return episode;
}

class SgfReader final : public RecordReader {
 public:
  explicit SgfReader(Boards boards) : boards_(std::move(boards)) {}
  Status Read(std::string_view file, const RecordVisitor& visit) override {
    const auto games = ParseSgf(file);
    if (!games) return tl::unexpected(games.error());
    for (const SgfTree& tree : *games) visit(ReadEpisode(tree));
    return {};
  }

 private:
  tl::expected<RecordedEpisode, RecordRefusal> ReadEpisode(const SgfTree& tree) {
    const auto record = ReadGame(tree);
    if (!record) return tl::unexpected(RecordRefusal{"unreadable", record.error().message});
    const auto environment = boards_.Get(record->width, record->height);
    if (!environment) return tl::unexpected(RecordRefusal{"board", environment.error().message});
    const auto game = FinishedGame(**environment, *record);
    if (!game) return tl::unexpected(game.error());
    return ToEpisode(**environment, **game, *record);
  }

  Boards boards_;
};

class SgfFormat final : public RecordFormat {
 public:
  std::string name() const override { return "sgf"; }
  std::string collection_name() const override { return "sgfs"; }
  std::string media_type() const override { return "application/x-go-sgf"; }
  Result<std::vector<std::string>> Split(std::string_view file) const override {
    const auto games = ParseSgf(file);
    if (!games) return tl::unexpected(games.error());
    std::vector<std::string> records;
    for (const SgfTree& tree : *games) records.push_back(WriteSgf(tree));
    return records;
  }
  Result<std::unique_ptr<RecordReader>> NewReader(const Json& parameters) const override {
    Boards boards(parameters);
    if (auto board = boards.Get(9, 9); !board) return tl::unexpected(board.error());
    return std::make_unique<SgfReader>(std::move(boards));
  }
  Result<std::string> Write(const Trajectory& trajectory) const override {
    return TrajectoryToSgf(trajectory);
  }
};

}  // namespace

std::shared_ptr<const RecordFormat> SgfRecords() { return std::make_shared<const SgfFormat>(); }

}  // namespace tesuji::env::go
