// Plays games between two GNU Gos on 9x9, 13x13 and 19x19 and replays them with our rules. Checked
// against GNU Go: after every move the numbers of captures; at sampled positions, and wherever
// there is a ko, the legality of every point for the player to move; at others the stones; at the
// end the score.
//
// GNU Go passes while connections are owed: points that one colour alone surrounds, but must fill
// once the neutral points around are taken. It counts them for nobody, area rules for their owner.
// As players do, the owner fills them instead of passing; then nothing is left to judge.
//
// GNU Go's is_legal() knows simple ko and (without --allow-suicide) no suicide, so our side uses
// these rules too; positional superko is compared where it differs and only counted. Dead stones
// are played out (--chinese-rules --capture-all-dead), so that area counting as the board stands
// is the score. Games are seeded: the same number gives the same game.
#include <fmt/format.h>
#include <getopt.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <set>
#include <sstream>

#include "core/random.h"
#include "core/result.h"
#include "env/go/go_environment.h"
#include "tests/env/gnugo_process.h"

namespace tesuji::env::go {
namespace {

struct Tally {
  int games = 0;
  int failed_games = 0;
  std::set<Key128> finals;  // Final positions: shows that the games differ.
  long moves = 0;
  long legality_checks = 0;
  long stone_lists = 0;
  long connections = 0;          // Owed connections that were filled before the end.
  long ko_points = 0;            // Points that simple ko forbade, seen by both.
  long superko_differences = 0;  // Legal by simple ko, repeated by superko.
  int over_limit = 0;            // Games cut at the move limit; their score is still compared.
};

class Replayer {
 public:
  Replayer(std::string program, int level, int sample)
      : program_(std::move(program)), level_(level), sample_(sample) {}

  const Tally& tally() const { return tally_; }

  /// Plays and checks game `number`; prints what differs.
  void Play(int number, int size) {
    GnuGo gnugo(program_, {"--mode", "gtp", "--seed", std::to_string(number + 1), "--level",
                           std::to_string(level_), "--boardsize", std::to_string(size),
                           "--chinese-rules", "--capture-all-dead", "--never-resign"});
    gnugo.Ask(fmt::format("boardsize {}", size));
    gnugo.Ask("clear_board");
    gnugo.Ask("komi 7.5");
    const auto simple = MakeEnvironment(size, KoRule::kSimple);
    const auto superko = MakeEnvironment(size, KoRule::kPositional);
    state_ = simple->NewGame(simple->default_start()).value();
    superko_ = superko->NewGame(superko->default_start()).value();
    RandomStream random({0x6e75676f, static_cast<std::uint64_t>(number)});
    failures_ = 0;
    label_ = fmt::format("game {} ({}x{})", number, size, size);
    PlayMoves(&gnugo, &random);
    const std::string score = gnugo.Ask("final_score");
    // GNU Go writes a fraction always: "W+12.5", and "0" for a draw.
    if (score != Score()) Fail(fmt::format("score {} against our {}", score, Score()));
    ++tally_.games;
    tally_.finals.insert(state_->Fingerprint());
    tally_.failed_games += failures_ > 0 ? 1 : 0;
    state_.reset();  // Before the environments they belong to.
    superko_.reset();
  }

 private:
  static std::unique_ptr<const GoEnvironment> MakeEnvironment(int size, KoRule ko) {
    GoOptions options;
    options.rules.width = options.rules.height = size;
    options.rules.ko = ko;
    // Playing out dead stones takes long.
    options.rules.move_limit = 6 * size * size;
    return GoEnvironment::Make(options).value();
  }

  std::string Score() const {
    const float score = state_->Score();
    if (score == 0) return "0";
    return fmt::format("{}+{:.1f}", score > 0 ? 'B' : 'W', std::abs(score));
  }

  void Fail(const std::string& what) {
    if (++failures_ > 5) return;
    fmt::print("{}: {}\n{}\n", label_, what, state_->ToText());
  }

  void PlayMoves(GnuGo* gnugo, RandomStream* random) {
    while (state_->phase() == Phase::kOngoing) {
      if (random->Below(sample_) == 0 || HasKo()) CompareLegality(gnugo);
      const bool black = state_->color_to_play() == Color::kBlack;
      std::string answer = gnugo->Ask(black ? "genmove black" : "genmove white");
      if (answer == "PASS") answer = FillConnection(gnugo);
      const auto action = ParseAction(state_->rules(), answer);
      if (!action) return Fail("genmove answers " + answer);
      if (state_->Check(*action) != Legality::kLegal) {
        return Fail(
            fmt::format("{} is illegal for us: {}", answer, LegalityName(state_->Check(*action))));
      }
      state_->Apply(*action);
      if (superko_ != nullptr) {
        if (superko_->Check(*action) == Legality::kLegal) {
          superko_->Apply(*action);
        } else {
          superko_.reset();  // The game repeats a position: superko cannot follow it further.
          ++tally_.superko_differences;
        }
      }
      ++tally_.moves;
      CompareCaptures(gnugo);
      if (random->Below(sample_) == 0) CompareStones(gnugo);
    }
    CompareStones(gnugo);
    if (state_->Termination() == "move-limit") ++tally_.over_limit;
  }

  /// Plays a connection that the player to move owes in place of the pass just generated.
  std::string FillConnection(GnuGo* gnugo) {
    const Color color = state_->color_to_play();
    std::istringstream neutral(gnugo->Ask("final_status_list dame"));
    for (std::string point; neutral >> point;) {
      const auto action = ParseAction(state_->rules(), point);
      if (!action || !IsSurroundedBy(color, *action)) continue;
      if (state_->Check(*action) != Legality::kLegal) continue;  // A ko: nobody may fill it now.
      gnugo->Ask("undo");
      gnugo->Ask(fmt::format("play {} {}", color == Color::kBlack ? "black" : "white", point));
      ++tally_.connections;
      return point;
    }
    return "PASS";
  }

  bool IsSurroundedBy(Color color, Action cell) const {
    const int width = state_->rules().width;
    const int x = cell % width;
    const int y = cell / width;
    const auto is_ours = [&](int to_x, int to_y) {
      const bool on_board = to_x >= 0 && to_x < width && to_y >= 0 && to_y < state_->rules().height;
      return !on_board || state_->at(to_y * width + to_x) == color;
    };
    return state_->at(cell) == Color::kEmpty && is_ours(x - 1, y) && is_ours(x + 1, y) &&
           is_ours(x, y - 1) && is_ours(x, y + 1);
  }

  bool HasKo() const {
    for (Action cell = 0; cell < state_->rules().cells(); ++cell) {
      if (IsKo(state_->Check(cell))) return true;
    }
    return false;
  }

  void CompareLegality(GnuGo* gnugo) {
    const std::string color = state_->color_to_play() == Color::kBlack ? "black" : "white";
    std::vector<std::string> questions;
    for (Action cell = 0; cell < state_->rules().cells(); ++cell) {
      questions.push_back(fmt::format("is_legal {} {}", color, ActionText(state_->rules(), cell)));
    }
    const auto answers = gnugo->AskAll(questions);
    for (Action cell = 0; cell < state_->rules().cells(); ++cell) {
      const Legality legality = state_->Check(cell);
      ++tally_.legality_checks;
      tally_.ko_points += IsKo(legality) ? 1 : 0;
      if ((legality == Legality::kLegal) != (answers[cell] == "1")) {
        Fail(fmt::format("{} gives {}, ours is {}", questions[cell], answers[cell],
                         LegalityName(legality)));
      }
      if (superko_ != nullptr && legality == Legality::kLegal &&
          superko_->Check(cell) != Legality::kLegal) {
        ++tally_.superko_differences;
      }
    }
  }

  void CompareCaptures(GnuGo* gnugo) {
    const auto answers = gnugo->AskAll({"captures black", "captures white"});
    const std::string black = std::to_string(state_->captures(Color::kBlack));
    const std::string white = std::to_string(state_->captures(Color::kWhite));
    if (answers[0] != black || answers[1] != white) {
      Fail(fmt::format("captures {}/{} against our {}/{}", answers[0], answers[1], black, white));
    }
  }

  void CompareStones(GnuGo* gnugo) {
    ++tally_.stone_lists;
    for (const Color color : {Color::kBlack, Color::kWhite}) {
      std::istringstream answer(
          gnugo->Ask(color == Color::kBlack ? "list_stones black" : "list_stones white"));
      std::vector<std::string> theirs;
      for (std::string stone; answer >> stone;) theirs.push_back(stone);
      std::vector<std::string> ours;
      for (Action cell = 0; cell < state_->rules().cells(); ++cell) {
        if (state_->at(cell) == color) ours.push_back(ActionText(state_->rules(), cell));
      }
      std::ranges::sort(theirs);
      std::ranges::sort(ours);
      if (theirs != ours) Fail("the stones differ");
    }
  }

  std::string program_;
  int level_;
  int sample_;
  Tally tally_;
  std::string label_;
  int failures_ = 0;
  std::unique_ptr<GoState> state_;
  std::unique_ptr<GoState> superko_;
};

int Main(int argc, char** argv) {
  // Games: of twelve, six are on 9x9, five on 13x13, one on 19x19. First: number of the first game,
  // for splitting a long run. Sample: legality and stones at one position in this many.
  int games = 500, first = 0, level = 1, sample = 8;
  int* const values[] = {&games, &first, &level, &sample};
  const option options[] = {{"games", required_argument, nullptr, 0},
                            {"first", required_argument, nullptr, 1},
                            {"level", required_argument, nullptr, 2},
                            {"sample", required_argument, nullptr, 3},
                            {}};
  for (int which = 0; (which = ::getopt_long(argc, argv, "", options, nullptr)) != -1;) {
    if (which == '?') return 2;
    int number = 0;
    const auto read = std::from_chars(optarg, optarg + std::strlen(optarg), number);
    if (read.ec != std::errc() || *read.ptr != '\0' || number < (values[which] == &first ? 0 : 1)) {
      fmt::print(stderr, "gnugo_replay: {}: expected a number, at least 1 (--first: 0)\n", optarg);
      return 2;
    }
    *values[which] = number;
  }
  if (optind != argc) {
    fmt::print(stderr, "gnugo_replay: {}: expected options only\n", argv[optind]);
    return 2;
  }
  const std::string program = GnuGo::Find();
  if (program.empty()) {
    fmt::print("skipped: gnugo is not installed\n");
    return 77;
  }
  Replayer replayer(program, level, sample);
  // GNU Go takes twenty times as long for a game on 19x19 as for one on 9x9.
  constexpr int kSizes[] = {9, 13, 9, 13, 9, 13, 9, 13, 9, 13, 9, 19};
  for (int number = first; number < first + games; ++number) {
    replayer.Play(number, kSizes[static_cast<std::size_t>(number) % std::size(kSizes)]);
    if ((number + 1) % 10 == 0) {
      fmt::print(stderr, "{} games, {} failed\n", replayer.tally().games,
                 replayer.tally().failed_games);
    }
  }
  const Tally& t = replayer.tally();
  fmt::print(
      "{} games ({} different), {} moves, {} failed games\n"
      "{} legality checks ({} ko points), {} stone lists, captures after every move\n"
      "{} points or moves where positional superko is stricter, {} games cut at the move limit\n"
      "{} owed connections filled\n",
      t.games, t.finals.size(), t.moves, t.failed_games, t.legality_checks, t.ko_points,
      t.stone_lists, t.superko_differences, t.over_limit, t.connections);
  return t.failed_games == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tesuji::env::go

int main(int argc, char** argv) {
  try {
    return tesuji::env::go::Main(argc, argv);
  } catch (const tesuji::MachineError& error) {
    fmt::print(stderr, "gnugo_replay: {}\n", error.what());
    return 3;
  }
}
