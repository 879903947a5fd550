// Game records: loadsgf and printsgf.
#include <filesystem>

#include "core/files.h"
#include "env/go/gtp/engine_session.h"
#include "env/go/sgf_game.h"

namespace tesuji::gtp {
namespace {

constexpr std::size_t kMaxRecordBytes = std::size_t{16} << 20;

Result<env::go::GameRecord> ReadRecord(const std::string& path) {
  std::error_code error;
  // Devices and pipes may never end.
  if (!std::filesystem::is_regular_file(path, error)) return Fail("cannot load file");
  const Result<std::string> text = ReadFile(path, kMaxRecordBytes);
  if (!text) return Fail("cannot load file");
  const auto trees = env::go::ParseSgf(*text);
  if (!trees) return Fail("cannot load file: " + trees.error().message);
  auto record = ReadGame(trees->front());
  if (!record) return Fail("cannot load file: " + record.error().message);
  return record;
}

// Everything is tried on a game of its own first: a bad record changes nothing.
Result<Answer> LoadSgf(Session& session, const Call& call) {
  if (const Status status = Expect(call, 1, 2); !status) return tl::unexpected(status.error());
  if (!session.options.allow_files) return Fail("cannot load file: files are switched off");
  std::optional<int> move_number;
  if (call.arguments().size() == 2) {
    move_number = ParseInt(call.arguments()[1]);
    if (!move_number || *move_number < 1) return Fail("syntax error");
  }
  Result<env::go::GameRecord> record = ReadRecord(call.arguments()[0]);
  if (!record) return tl::unexpected(record.error());
  if (!record->has_komi) record->start.komi = session.game.start().komi;

  env::go::Rules rules = session.rules();
  const bool resize = record->width != rules.width || record->height != rules.height;
  PlayingTable table = session.table;
  if (resize) {
    rules.width = record->width;
    rules.height = record->height;
    rules.move_limit = 0;
    Result<PlayingTable> other = session.TableFor(rules);
    if (!other) return Fail("cannot load file: unacceptable size");
    table = std::move(*other);
  }
  Game game(table.environment);
  if (const Status status = game.Reset(record->start); !status) {
    return Fail("cannot load file: " + status.error().message);
  }
  std::size_t moves = record->moves.size();
  if (move_number) moves = std::min(moves, static_cast<std::size_t>(*move_number - 1));
  for (std::size_t i = 0; i < moves; ++i) {
    const env::go::Move& move = record->moves[i];
    const env::go::Legality legality = game.Check(move.action, move.color);
    if (legality != env::go::Legality::kLegal) {
      return Fail("cannot load file: move " + std::to_string(i + 1) +
                  " is illegal: " + std::string(LegalityName(legality)));
    }
    game.Play(move.action, move.color);
  }
  if (resize) session.Sit(std::move(table));
  // Through NewGame() and Play(), so that trees notice the change.
  (void)session.NewGame(record->start);
  for (const env::go::Move& move : game.moves()) session.game.Play(move.action, move.color);
  return std::string(ColorLetter(session.game.state().color_to_play()));
}

Result<Answer> PrintSgf(Session& session, const Call& call) {
  if (const Status status = Expect(call, 0, 1); !status) return tl::unexpected(status.error());
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
  if (call.arguments().empty() || call.arguments()[0] == "-") return text;
  if (!session.options.allow_files) return Fail("cannot write file: files are switched off");
  try {
    WriteFileAtomically(call.arguments()[0], text);
  } catch (const MachineError& error) {
    return Fail(std::string("cannot write file: ") + error.what());
  }
  return "";
}

}  // namespace

std::span<const CommandEntry> RecordCommands() {
  static constexpr CommandEntry kCommands[] = {
      {"loadsgf", LoadSgf},
      {"printsgf", PrintSgf},
  };
  return kCommands;
}

}  // namespace tesuji::gtp
