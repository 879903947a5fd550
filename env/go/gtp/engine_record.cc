// Game records: loadsgf and printsgf.
#include <fmt/format.h>

#include <filesystem>

#include "core/files.h"
#include "env/go/game_result.h"
#include "env/go/gtp/engine_session.h"
#include "env/go/komi.h"
#include "env/go/sgf_file.h"
#include "env/go/sgf_game.h"

namespace tesuji::gtp {
namespace {

using env::go::GameRecord;

constexpr std::size_t kMaxRecordBytes = std::size_t{16} << 20;

// A path may hold spaces, and may stand between double quotes.
std::string Unquoted(std::string_view path) {
  if (path.size() >= 2 && path.front() == '"' && path.back() == '"') {
    path = path.substr(1, path.size() - 2);
  }
  return std::string(path);
}

// Devices and pipes may never end.
bool IsFile(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

struct LoadRequest {
  std::string path;
  env::go::ReadGameOptions options;
};

// "PATH" or "PATH MOVE_NUMBER". A file whose name ends in a number is meant when it exists.
Result<LoadRequest> ReadLoadRequest(const Call& call) {
  const std::string& words = call.command.rest;
  if (IsFile(Unquoted(words)) || call.arguments().size() == 1)
    return LoadRequest{Unquoted(words), {}};
  const std::string& last = call.arguments().back();
  const auto number = ParseInt(last);
  if (!number) return LoadRequest{Unquoted(words), {}};
  if (*number < 1) return SyntaxError(fmt::format("move number {}, expected 1 or more", last));
  std::string path = words.substr(0, words.size() - last.size());
  path.erase(path.find_last_not_of(' ') + 1);
  return LoadRequest{Unquoted(path), {.before_move = *number}};
}

tl::unexpected<Failure> CannotLoad(std::string_view reason) {
  return Fail(fmt::format("cannot load file: {}", reason));
}

Result<GameRecord> ReadRecord(const LoadRequest& request) {
  if (!IsFile(request.path)) return CannotLoad(fmt::format("{} is no file", request.path));
  const Result<std::string> text = ReadFile(request.path, kMaxRecordBytes);
  if (!text) return CannotLoad(text.error().message);
  const auto entries = env::go::ReadSgfFile(*text);
  if (!entries) return CannotLoad(entries.error().message);
  if (!entries->front().problem.empty()) return CannotLoad(entries->front().problem);
  auto record = ReadGame(entries->front().game, request.options);
  if (!record) return CannotLoad(record.error().message);
  return record;
}

// The table that the record needs: the present one unless the size differs.
Result<PlayingTable> TableForRecord(const Session& session, const GameRecord& record) {
  env::go::Rules rules = session.rules();
  if (record.width == rules.width && record.height == rules.height) return session.table;
  rules.width = record.width;
  rules.height = record.height;
  rules.move_limit = 0;
  Result<PlayingTable> table = session.TableFor(rules);
  if (!table) {
    return CannotLoad(fmt::format("unacceptable size: the record's board is {}x{}; {}",
                                  record.width, record.height,
                                  session.WhySizeRefused(table.error())));
  }
  return table;
}

// Plays the record's moves on a game of its own.
Status Replay(const GameRecord& record, Game* game) {
  for (std::size_t i = 0; i < record.moves.size(); ++i) {
    const env::go::Move& move = record.moves[i];
    const env::go::Legality legality = game->Check(move.action, move.color);
    if (legality != env::go::Legality::kLegal) {
      std::string text = IllegalMoveText(record, i, game->rules(), legality);
      if (!WhyAllowedThere(record.rules, game->rules(), legality).empty()) {
        text += "; kata-set-rules changes the rules";
      }
      return CannotLoad(text);
    }
    game->Play(move.action, move.color);
  }
  return {};
}

// Everything is tried on a game of its own first: a bad record changes nothing.
Result<Answer> LoadSgf(Session& session, const Call& call) {
  if (!session.options.allow_files) return CannotLoad("files are switched off");
  const Result<LoadRequest> request = ReadLoadRequest(call);
  if (!request) return tl::unexpected(request.error());
  Result<GameRecord> record = ReadRecord(*request);
  if (!record) return tl::unexpected(record.error());
  Result<PlayingTable> table = TableForRecord(session, *record);
  if (!table) return tl::unexpected(table.error());
  if (!record->has_komi) record->start.komi = env::go::kKomiOfRecords;
  Game game(table->environment);
  if (const Status status = game.Reset(record->start); !status) {
    return CannotLoad(status.error().message);
  }
  if (const Status status = Replay(*record, &game); !status) return tl::unexpected(status.error());
  if (table->environment != session.table.environment) session.Sit(std::move(*table));
  // Through NewGame() and Play(), so that trees notice the change.
  if (const Status status = session.NewGame(record->start); !status) {
    return CannotLoad(status.error().message);
  }
  for (const env::go::Move& move : game.moves()) session.game.Play(move.action, move.color);
  return std::string(ColorLetter(session.game.state().color_to_play()));
}

Result<Answer> PrintSgf(Session& session, const Call& call) {
  const Game& game = session.game;
  const auto start = session.table.environment->NewGame(game.start());
  if (!start) return tl::unexpected(start.error());
  env::go::SgfTree tree = GameTree(**start);
  int node = 0;
  for (const env::go::Move& move : game.moves()) {
    node = tree.AddNode(node);
    tree.nodes[node].Add(ColorLetter(move.color), env::go::SgfPoint(game.rules(), move.action));
  }
  if (game.over()) tree.nodes[0].Add("RE", env::go::ScoreText(game.state().Score()));
  const std::string text = WriteSgf(tree);
  const std::string path = Unquoted(call.command.rest);
  if (path.empty() || path == "-") return text;
  if (!session.options.allow_files) return Fail("cannot write file: files are switched off");
  try {
    WriteFileAtomically(path, text);
  } catch (const MachineError& error) {
    return Fail(std::string("cannot write file: ") + error.what());
  }
  return "";
}

}  // namespace

std::span<const CommandEntry> RecordCommands() {
  static constexpr CommandEntry kCommands[] = {
      {"loadsgf", LoadSgf, 1, kAnyNumber, "PATH [MOVE_NUMBER]"},
      {"printsgf", PrintSgf, 0, kAnyNumber, "[PATH]"},
  };
  return kCommands;
}

}  // namespace tesuji::gtp
