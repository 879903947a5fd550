#include "env/go/board.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace tesuji::env::go {

Board::Board(const Geometry* geometry)
    : geometry_(geometry),
      cells_(static_cast<std::size_t>(geometry->cells()) + 1),
      key_(geometry->empty_key()) {
  cells_[cells()].color = kWall;
  for (int cell = 0; cell < cells(); ++cell) AddToEmpty(cell);
}

bool Board::IsSuicide(int cell, Color color) const {
  for (const int neighbor : geometry_->neighbors(cell)) {
    const Cell& beside = cells_[neighbor];
    if (beside.color == 0) return false;
    if (beside.color == kWall) continue;
    const bool own = beside.color == static_cast<std::uint8_t>(color);
    if (own != InAtari(cells_[beside.head])) return false;
  }
  return true;
}

bool Board::IsEyeOf(int cell, Color color) const {
  const auto own = static_cast<std::uint8_t>(color);
  for (const int neighbor : geometry_->neighbors(cell)) {
    if (cells_[neighbor].color != own && cells_[neighbor].color != kWall) return false;
  }
  const auto enemy = static_cast<std::uint8_t>(Opponent(color));
  int enemies = 0;
  int walls = 0;
  for (const int diagonal : geometry_->diagonals(cell)) {
    enemies += cells_[diagonal].color == enemy ? 1 : 0;
    walls += cells_[diagonal].color == kWall ? 1 : 0;
  }
  return enemies + (walls > 0 ? 1 : 0) < 2;
}

Key128 Board::KeyAfter(int cell, Color color) const {
  assert(at(cell) == Color::kEmpty);
  Key128 key = key_ ^ geometry_->stone_key(cell, color);
  std::array<int, 4> seen{};
  int seen_count = 0;
  const auto toggle_chain = [&](int head) {
    if (std::find(seen.begin(), seen.begin() + seen_count, head) != seen.begin() + seen_count) {
      return;
    }
    seen[seen_count++] = head;
    int stone = head;
    do {
      key ^= geometry_->stone_key(stone, at(stone));
      stone = cells_[stone].next;
    } while (stone != head);
  };
  const auto enemy = static_cast<std::uint8_t>(Opponent(color));
  for (const int neighbor : geometry_->neighbors(cell)) {
    const Cell& beside = cells_[neighbor];
    if (beside.color == enemy && InAtari(cells_[beside.head])) toggle_chain(beside.head);
  }
  if (seen_count > 0 || !IsSuicide(cell, color)) return key;
  for (const int neighbor : geometry_->neighbors(cell)) {
    const Cell& beside = cells_[neighbor];
    if (beside.color == static_cast<std::uint8_t>(color)) toggle_chain(beside.head);
  }
  return key ^ geometry_->stone_key(cell, color);
}

PlayResult Board::Play(int cell, Color color) {
  assert(at(cell) == Color::kEmpty);
  RemoveFromEmpty(cell);
  const auto number = static_cast<std::uint32_t>(cell);
  const auto own = static_cast<std::uint8_t>(color);
  Cell& placed = cells_[cell];
  placed.color = own;
  placed.head = placed.next = static_cast<std::uint16_t>(cell);
  placed.stones = 1;
  placed.liberties = 0;
  placed.sum = placed.squares = 0;
  key_ ^= geometry_->stone_key(cell, color);

  const auto& neighbors = geometry_->neighbors(cell);
  for (const std::uint32_t neighbor : neighbors) {
    Cell& beside = cells_[neighbor];
    if (beside.color == 0) {
      ++placed.liberties;
      placed.sum += neighbor;
      placed.squares += neighbor * neighbor;
    } else if (beside.color != kWall) {
      Cell& head = cells_[beside.head];
      --head.liberties;
      head.sum -= number;
      head.squares -= number * number;
    }
  }
  for (const int neighbor : neighbors) {
    if (cells_[neighbor].color == own) Merge(cell, neighbor);
  }

  PlayResult result;
  int last_taken = -1;
  for (const int neighbor : neighbors) {
    const Cell& beside = cells_[neighbor];
    if (beside.color == static_cast<std::uint8_t>(Opponent(color)) &&
        cells_[beside.head].liberties == 0) {
      result.captured += RemoveChain(neighbor);
      last_taken = neighbor;
    }
  }
  const Cell& head = cells_[placed.head];
  if (head.liberties == 0) {
    result.suicide = RemoveChain(cell);
  } else if (result.captured == 1 && head.stones == 1 && head.liberties == 1) {
    result.ko_cell = last_taken;
  }
  return result;
}

void Board::SetUp(std::span<const Action> black, std::span<const Action> white) {
  // In any order: on the way every chain has at least the liberties it has in the end.
  for (const Action cell : black) Play(cell, Color::kBlack);
  for (const Action cell : white) Play(cell, Color::kWhite);
}

int Board::Liberties(int cell, int most) const {
  assert(cells_[cell].color != 0 && most <= 8);
  const int head = cells_[cell].head;
  if (InAtari(cells_[head])) return 1;
  std::array<int, 8> found;
  int count = 0;
  int stone = head;
  do {
    for (const int neighbor : geometry_->neighbors(stone)) {
      if (cells_[neighbor].color != 0) continue;
      if (std::find(found.begin(), found.begin() + count, neighbor) != found.begin() + count) {
        continue;
      }
      found[count++] = neighbor;
      if (count == most) return count;
    }
    stone = cells_[stone].next;
  } while (stone != head);
  return count;
}

std::vector<int> Board::Chain(int cell) const {
  std::vector<int> chain;
  int stone = cell;
  do {
    chain.push_back(stone);
    stone = cells_[stone].next;
  } while (stone != cell);
  return chain;
}

void Board::Area(std::span<std::int8_t> out) const {
  assert(out.size() == static_cast<std::size_t>(cells()));
  constexpr std::int8_t kUnknown = 2;
  for (int cell = 0; cell < cells(); ++cell) {
    const Color color = at(cell);
    out[cell] = color == Color::kEmpty ? kUnknown : color == Color::kBlack ? 1 : -1;
  }
  std::array<std::uint16_t, kMaxCells> region;
  for (int start = 0; start < cells(); ++start) {
    if (out[start] != kUnknown) continue;
    int size = 0;
    bool reaches[4] = {false, false, false, false};
    out[start] = 0;
    region[size++] = static_cast<std::uint16_t>(start);
    for (int i = 0; i < size; ++i) {
      for (const std::uint16_t neighbor : geometry_->neighbors(region[i])) {
        reaches[cells_[neighbor].color] = true;
        if (neighbor == cells() || out[neighbor] != kUnknown) continue;
        out[neighbor] = 0;
        region[size++] = neighbor;
      }
    }
    if (reaches[1] == reaches[2]) continue;
    const std::int8_t owner = reaches[1] ? 1 : -1;
    for (int i = 0; i < size; ++i) out[region[i]] = owner;
  }
}

int Board::AreaScore() const {
  std::array<std::int8_t, kMaxCells> owner;
  Area(std::span(owner).first(cells()));
  int score = 0;
  for (int cell = 0; cell < cells(); ++cell) score += owner[cell];
  return score;
}

void Board::RemoveFromEmpty(int cell) {
  const std::uint16_t slot = cells_[cell].slot;
  const std::uint16_t last = cells_[--empty_count_].empty;
  cells_[slot].empty = last;
  cells_[last].slot = slot;
}

void Board::AddToEmpty(int cell) {
  cells_[cell].slot = static_cast<std::uint16_t>(empty_count_);
  cells_[empty_count_++].empty = static_cast<std::uint16_t>(cell);
}

// Joins the chains of two stones; the smaller one is relabelled.
void Board::Merge(int a, int b) {
  int small = cells_[a].head;
  int large = cells_[b].head;
  if (small == large) return;
  if (cells_[small].stones > cells_[large].stones) std::swap(small, large);
  Cell& into = cells_[large];
  const Cell& from = cells_[small];
  into.stones += from.stones;
  into.liberties += from.liberties;
  into.sum += from.sum;
  into.squares += from.squares;
  int stone = small;
  do {
    cells_[stone].head = static_cast<std::uint16_t>(large);
    stone = cells_[stone].next;
  } while (stone != small);
  // Two rings become one by exchanging one link of each.
  std::swap(cells_[small].next, cells_[large].next);
}

int Board::RemoveChain(int cell) {
  const Color color = at(cell);
  CellSet& taken = taken_[static_cast<int>(color) - 1];
  int count = 0;
  int stone = cell;
  do {
    const auto number = static_cast<std::uint32_t>(stone);
    cells_[stone].color = 0;
    key_ ^= geometry_->stone_key(stone, color);
    taken.Insert(stone);
    AddToEmpty(stone);
    // Stones of this chain that still stand get liberties too; nobody reads them again.
    for (const int neighbor : geometry_->neighbors(stone)) {
      const Cell& beside = cells_[neighbor];
      if (beside.color == 0 || beside.color == kWall) continue;
      Cell& head = cells_[beside.head];
      ++head.liberties;
      head.sum += number;
      head.squares += number * number;
    }
    ++count;
    stone = cells_[stone].next;
  } while (stone != cell);
  return count;
}

}  // namespace tesuji::env::go
