#include "env/go/final_status.h"

#include <algorithm>
#include <cmath>

#include "core/random.h"
#include "env/go/life.h"
#include "env/go/life_search.h"
#include "env/go/status_playout.h"

namespace tesuji::env::go {
namespace {

// Shares of playouts in which a chain is lost.
constexpr double kSurelyAlive = 0.1;
constexpr double kSurelyDead = 0.9;
// A cell is nobody's when it belongs to neither side in more than this share of playouts.
constexpr double kNobody = 0.5;
// From here on a network's mean ownership is a clear word.
constexpr double kClearOwner = 0.6;

struct Shares {
  explicit Shares(int cells) : black(cells), white(cells) {}
  std::vector<int> black;  // Playouts in which Black owns the cell in the end.
  std::vector<int> white;
};

struct PlayoutSeries {
  Color first = Color::kBlack;
  int playouts = 0;
};

CellSet Union(CellSet set, const CellSet& other) {
  other.ForEach([&](int cell) { set.Insert(cell); });
  return set;
}

void AddPlayouts(const Board& board, const SettledArea (&settled)[2], const PlayoutSeries& series,
                 Shares* shares) {
  const CellSet closed = Union(settled[0].area, settled[1].area);
  std::vector<std::int8_t> area(board.cells());
  RandomStream random({0x6c696665, static_cast<std::uint64_t>(series.first)});
  for (int i = 0; i < series.playouts; ++i) {
    Board end = board;
    StatusPlayout(&end, {.first = series.first}, closed, &random);
    end.Area(area);
    for (int cell = 0; cell < board.cells(); ++cell) {
      int owner = area[cell];
      if (settled[0].area.Contains(cell)) owner = 1;
      if (settled[1].area.Contains(cell)) owner = -1;
      shares->black[cell] += owner > 0 ? 1 : 0;
      shares->white[cell] += owner < 0 ? 1 : 0;
    }
  }
}

class StatusFinder {
 public:
  StatusFinder(const Board& board, const FinalStatusOptions& options)
      : board_(board),
        options_(options),
        settled_{FindSettled(board, Color::kBlack), FindSettled(board, Color::kWhite)},
        closed_(Union(settled_[0].area, settled_[1].area)),
        owned_{std::vector<double>(board.cells()), std::vector<double>(board.cells())},
        status_(board.cells(), StoneStatus::kAlive) {}

  std::vector<StoneStatus> Run() {
    CountPlayouts();
    RandomStream random({0x73656172});
    for (int head = 0; head < board_.cells(); ++head) {
      if (board_.IsHead(head) && IsDead(head, &random)) SetChain(head, StoneStatus::kDead);
    }
    // Found first, marked after: a chain's partner must still look alive.
    std::vector<int> seki;
    for (int head = 0; head < board_.cells(); ++head) {
      if (board_.IsHead(head) && status_[head] == StoneStatus::kAlive &&
          SharesNobodysLiberty(head)) {
        seki.push_back(head);
      }
    }
    for (const int head : seki) SetChain(head, StoneStatus::kSeki);
    return std::move(status_);
  }

 private:
  static int SideOf(Color color) { return static_cast<int>(color) - 1; }

  void SetChain(int head, StoneStatus status) {
    for (const int cell : board_.Chain(head)) status_[cell] = status;
  }

  void CountPlayouts() {
    const int half = std::max(options_.playouts / 2, 1);
    Shares shares(board_.cells());
    for (const Color first : {Color::kBlack, Color::kWhite}) {
      AddPlayouts(board_, settled_, {.first = first, .playouts = half}, &shares);
    }
    for (int cell = 0; cell < board_.cells(); ++cell) {
      owned_[0][cell] = 0.5 * shares.black[cell] / half;
      owned_[1][cell] = 0.5 * shares.white[cell] / half;
    }
  }

  bool IsDead(int head, RandomStream* random) {
    const Color owner = board_.at(head);
    double lost = 0;
    for (const int cell : board_.Chain(head)) lost += owned_[SideOf(Opponent(owner))][cell];
    lost /= board_.ChainSize(head);
    if (lost < kSurelyAlive || lost > kSurelyDead || searched_ >= options_.searched) {
      return lost > 0.5;
    }
    ++searched_;
    if (!Lives(board_, {.chain = head, .first = owner}, closed_, random)) return true;
    if (Lives(board_, {.chain = head, .first = Opponent(owner)}, closed_, random)) return false;
    // Unsettled: the next move there decides.
    const double word = NetworksWord(head);
    return std::abs(word) > kClearOwner ? word < 0 : lost > 0.5;
  }

  // Mean ownership of the chain from its owner's view; 0 without a network.
  double NetworksWord(int head) const {
    if (std::ssize(options_.ownership) != board_.cells()) return 0;
    double sum = 0;
    for (const int cell : board_.Chain(head)) sum += options_.ownership[cell];
    return sum / board_.ChainSize(head) * (board_.at(head) == Color::kBlack ? 1 : -1);
  }

  // Has the chain a liberty that a living chain of the opponent shares and that nobody ever gets?
  bool SharesNobodysLiberty(int head) const {
    const Geometry& geometry = board_.geometry();
    for (const int stone : board_.Chain(head)) {
      for (const int liberty : geometry.neighbors(stone)) {
        if (liberty >= board_.cells() || board_.at(liberty) != Color::kEmpty) continue;
        if (1 - owned_[0][liberty] - owned_[1][liberty] <= kNobody) continue;
        for (const int other : geometry.neighbors(liberty)) {
          if (other < board_.cells() && board_.at(other) == Opponent(board_.at(head)) &&
              status_[other] != StoneStatus::kDead) {
            return true;
          }
        }
      }
    }
    return false;
  }

  const Board& board_;
  const FinalStatusOptions& options_;
  SettledArea settled_[2];
  CellSet closed_;                // Settled for either side.
  std::vector<double> owned_[2];  // Share of playouts in which a side owns a cell in the end.
  std::vector<StoneStatus> status_;
  int searched_ = 0;
};

}  // namespace

std::vector<StoneStatus> FindFinalStatus(const Board& board, const FinalStatusOptions& options) {
  return StatusFinder(board, options).Run();
}

std::vector<float> PlayoutOwnership(const Board& board, Color first, int playouts) {
  const SettledArea settled[2] = {FindSettled(board, Color::kBlack),
                                  FindSettled(board, Color::kWhite)};
  Shares shares(board.cells());
  AddPlayouts(board, settled, {.first = first, .playouts = playouts}, &shares);
  std::vector<float> ownership(board.cells());
  for (int cell = 0; cell < board.cells(); ++cell) {
    ownership[cell] =
        static_cast<float>(shares.black[cell] - shares.white[cell]) / static_cast<float>(playouts);
  }
  return ownership;
}

}  // namespace tesuji::env::go
