#include "env/go/sgf_records.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

#include "api/registry.h"
#include "env/go/game_result.h"
#include "env/go/go_environment.h"
#include "env/go/rule_sets.h"
#include "env/go/sgf.h"
#include "env/go/sgf_file.h"
#include "env/go/sgf_game.h"

namespace tesuji::env::go {
namespace {

// No record of a game is longer: the largest limit that the environment takes.
constexpr int kRecordMoveLimit = 100'000;
constexpr SgfLimits kFileLimits = {.max_bytes = std::size_t{256} << 20,
                                   .max_nodes = std::size_t{1} << 24};

/// Environments by board, made when first needed.
class Boards {
 public:
  explicit Boards(Json parameters) : parameters_(std::move(parameters)) {}

  Result<const GoEnvironment*> Get(int width, int height) {
    auto& made = made_[{width, height}];
    if (made == nullptr) {
      Json parameters = parameters_;
      // Self-play's limit would cut long games of people short.
      if (!parameters.contains("move_limit")) parameters["move_limit"] = kRecordMoveLimit;
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

tl::unexpected<RecordRefusal> Refuse(std::string reason, std::string detail) {
  return tl::unexpected(RecordRefusal{std::move(reason), std::move(detail)});
}

std::string ReasonOf(ResultKind kind) {
  switch (kind) {
    case ResultKind::kScore:
      break;
    case ResultKind::kResigned:
      return "resigned";
    case ResultKind::kTime:
      return "time";
    case ResultKind::kForfeit:
      return "forfeit";
    case ResultKind::kUnscored:
      return "unscored";
  }
  return "unscored";
}

// The option that makes an illegal move legal when the record was played under other rules.
std::string RulesAdvice(const GameRecord& record, std::string message) {
  if (message.find("; ") == std::string::npos) return message;
  const auto known = FindRuleSet(record.rules);
  const KoRule ko = known ? known->ko : KoRule::kSimple;
  const Json parameters = known && known->suicide ? Json{{"ko", KoRuleName(ko)}, {"suicide", true}}
                                                  : Json{{"ko", KoRuleName(ko)}};
  return fmt::format("{}; --parameters '{}' plays by such rules", message, parameters.dump());
}

std::string ScoreDifference(const GameRecord& record, const GoState& state) {
  std::string text = fmt::format("the record says {}, the board as it stands {}", record.result,
                                 ScoreText(state.Score()));
  if (const auto known = FindRuleSet(record.rules); known && known->territory) {
    text +=
        fmt::format("; its rules \"{}\" count territory, this program counts area", record.rules);
  }
  return text;
}

// The stones that follow two passes in a row: the first one's place in `moves`, or the end of it.
std::size_t FirstStoneAfterTwoPasses(const GameRecord& record) {
  const Action pass = record.width * record.height;
  std::size_t passes = 0;
  for (std::size_t i = 0; i < record.moves.size(); ++i) {
    if (record.moves[i].action != pass && passes >= 2) return i;
    passes = record.moves[i].action == pass ? passes + 1 : 0;
  }
  return record.moves.size();
}

GameRecord UpTo(GameRecord record, std::size_t move) {
  record.moves.resize(move);
  record.numbers.resize(move);
  return record;
}

// Without the pairs of passes that a stone follows. The colours still alternate if they did.
GameRecord WithoutPassesInBetween(GameRecord record) {
  for (std::size_t stone = FirstStoneAfterTwoPasses(record); stone < record.moves.size();
       stone = FirstStoneAfterTwoPasses(record)) {
    record.moves.erase(record.moves.begin() + stone - 2, record.moves.begin() + stone);
    record.numbers.erase(record.numbers.begin() + stone - 2, record.numbers.begin() + stone);
  }
  return record;
}

bool Agrees(const GameRecord& record, const GoState& state, const GameResult& result) {
  return state.Score() == result.score ||
         (record.counts_stones && state.Score() == 2 * result.score);
}

// An episode ends at two passes; a record may have stones behind them. Where the board has the
// record's result at the passes, the game ended there, and what follows is no play. Otherwise the
// players went on to settle what is dead, and the passes said nothing: they are left out.
GameRecord OneEnd(const GoEnvironment& environment, const GameRecord& record, std::string* remark) {
  const std::size_t stone = FirstStoneAfterTwoPasses(record);
  if (stone == record.moves.size()) return record;
  GameRecord cut = UpTo(record, stone);
  const auto game = ReplayGame(environment, cut);
  const bool ended = game && Agrees(record, **game, ParseGameResult(record.result));
  *remark = fmt::format("move {} follows two passes; {}", record.numbers[stone],
                        ended ? "the game ends at the passes, where the board has its result"
                              : "play went on, and the passes are left out");
  return ended ? cut : WithoutPassesInBetween(record);
}

tl::expected<std::unique_ptr<GoState>, RecordRefusal> FinishedGame(const GoEnvironment& environment,
                                                                   const GameRecord& record) {
  const GameResult result = ParseGameResult(record.result);
  if (result.kind != ResultKind::kScore) {
    return Refuse(ReasonOf(result.kind), fmt::format("the result is \"{}\"", record.result));
  }
  auto game = ReplayGame(environment, record);
  if (!game) return Refuse("illegal", RulesAdvice(record, game.error().message));
  GoState& state = **game;
  if (!state.alternates()) return Refuse("turns", "the colours do not alternate");
  if (state.moves().empty()) return Refuse("empty", "no move is recorded");
  if (!Agrees(record, state, result)) return Refuse("score", ScoreDifference(record, state));
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
    const auto entries = ReadSgfFile(file, kFileLimits);
    if (!entries) return tl::unexpected(entries.error());
    for (const SgfEntry& entry : *entries) {
      if (!entry.problem.empty()) {
        visit(Refuse("unreadable", entry.problem));
        continue;
      }
      auto episode = ReadEpisode(entry.game);
      if (episode && !entry.remark.empty()) {
        episode->remark += episode->remark.empty() ? entry.remark : "; " + entry.remark;
      }
      visit(std::move(episode));
    }
    return {};
  }

 private:
  tl::expected<RecordedEpisode, RecordRefusal> ReadEpisode(const SgfTree& tree) {
    const auto record = ReadGame(tree);
    if (!record) return tl::unexpected(RecordRefusal{"unreadable", record.error().message});
    const auto environment = boards_.Get(record->width, record->height);
    if (!environment) return tl::unexpected(RecordRefusal{"board", environment.error().message});
    std::string remark;
    const GameRecord played = OneEnd(**environment, *record, &remark);
    const auto game = FinishedGame(**environment, played);
    if (!game) return tl::unexpected(game.error());
    RecordedEpisode episode = ToEpisode(**environment, **game, played);
    episode.remark = std::move(remark);
    return episode;
  }

  Boards boards_;
};

class SgfFormat final : public RecordFormat {
 public:
  std::string name() const override { return "sgf"; }
  std::string collection_name() const override { return "sgfs"; }
  std::string media_type() const override { return "application/x-go-sgf"; }
  Result<std::vector<std::string>> Split(std::string_view file) const override {
    const auto entries = ReadSgfFile(file, kFileLimits);
    if (!entries) return tl::unexpected(entries.error());
    std::vector<std::string> records;
    for (const SgfEntry& entry : *entries) {
      if (!entry.problem.empty()) return Fail(entry.problem);
      records.push_back(WriteSgf(entry.game));
    }
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
