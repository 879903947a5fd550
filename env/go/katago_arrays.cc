#include "env/go/katago_arrays.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "env/go/go_state.h"

namespace tesuji::env::go {
namespace {

constexpr int kBinary = 22;
constexpr int kGlobal = 19;
constexpr int kTargets = 64;
constexpr int kScoreMargin = 60;
constexpr int kValuePlanes = 5;
/// Probabilities become whole numbers that sum to about this.
constexpr float kPolicyScale = 10000;

/// One row while it is filled.
struct KataGoRow {
  KataGoRow(int side_area)
      : area(side_area),
        planes(static_cast<std::size_t>(kBinary * area)),
        policy(static_cast<std::size_t>(2 * (area + 1))),
        score(static_cast<std::size_t>(2 * area + 2 * kScoreMargin)),
        values(static_cast<std::size_t>(kValuePlanes * area)) {}
  void Set(int plane, int cell) { planes[static_cast<std::size_t>(plane * area + cell)] = 1; }
  int area;
  std::vector<std::uint8_t> planes;
  std::array<float, kGlobal> global{};
  std::array<float, kTargets> targets{};
  std::vector<std::int16_t> policy;
  std::vector<std::int8_t> score;
  std::vector<std::int8_t> values;
};

void FillStones(const GoState& state, KataGoRow* row) {
  const Board& board = state.board();
  const Color mover = state.color_to_play();
  std::vector<std::int8_t> owner(static_cast<std::size_t>(row->area));
  board.Area(owner);
  const int sign = mover == Color::kBlack ? 1 : -1;
  for (int cell = 0; cell < row->area; ++cell) {
    row->Set(0, cell);
    const Color color = board.at(cell);
    const int owned = sign * owner[static_cast<std::size_t>(cell)];
    if (owned != 0) row->Set(owned > 0 ? 18 : 19, cell);
    if (color != Color::kEmpty) {
      row->Set(color == mover ? 1 : 2, cell);
      const int liberties = board.Liberties(cell, 4);
      if (liberties <= 3) row->Set(2 + liberties, cell);
    } else if (IsKo(state.Check(cell))) {
      row->Set(6, cell);
    }
  }
}

void FillHistory(const GoState& state, KataGoRow* row) {
  const auto& moves = state.moves();
  Color expected = Opponent(state.color_to_play());
  for (std::size_t age = 0; age < 5 && age < moves.size(); ++age) {
    const Move& move = moves[moves.size() - 1 - age];
    if (move.color != expected) break;
    expected = Opponent(expected);
    if (move.action == state.rules().pass()) {
      row->global[age] = 1;
    } else {
      row->Set(9 + static_cast<int>(age), move.action);
    }
  }
}

void FillRules(const GoState& state, KataGoRow* row) {
  const float sign = state.color_to_play() == Color::kBlack ? -1.0F : 1.0F;
  const auto limit = static_cast<float>(row->area) + 1;
  const float komi = std::clamp(sign * state.komi(), -limit, limit);
  row->global[5] = komi / 20;
  if (state.rules().ko != KoRule::kSimple) {
    row->global[6] = 1;
    row->global[7] = state.rules().ko == KoRule::kPositional ? 0.5F : -0.5F;
  }
  if (state.rules().suicide) row->global[8] = 1;
  const auto& moves = state.moves();
  if (!moves.empty() && moves.back().action == state.rules().pass()) row->global[14] = 1;
  // A wave over komi that tells on which side of the next whole result it lies.
  const bool even = row->area % 2 == 0;
  const float floor_to = even ? std::floor(komi / 2) * 2 : std::floor((komi - 1) / 2) * 2 + 1;
  const float delta = std::clamp(komi - floor_to, 0.0F, 2.0F);
  row->global[18] = delta < 0.5F ? delta : delta < 1.5F ? 1 - delta : delta - 2;
}

void FillPolicy(const Step& step, std::int16_t* out, int actions) {
  if (step.policy.empty()) {
    // A dummy distribution; its weight is zero.
    std::fill(out, out + actions, std::int16_t{1});
    return;
  }
  for (const auto& entry : step.policy) {
    out[entry.action] = static_cast<std::int16_t>(std::lround(entry.probability * kPolicyScale));
  }
}

void FillResult(float value, float* out) {
  out[0] = (1 + value) / 2;
  out[1] = (1 - value) / 2;
  out[2] = 0;
}

/// Exponentially weighted search values from this step on, ending in the outcome.
float FutureValue(const Trajectory& trajectory, std::size_t from, double factor) {
  double value = 0;
  double left = 1;
  for (std::size_t i = from; i < trajectory.steps.size(); ++i) {
    value += left * factor * trajectory.steps[i].root_value;
    left *= 1 - factor;
  }
  return static_cast<float>(value + left * trajectory.outcome.value);
}

void FillTargets(const Trajectory& trajectory, std::size_t step, float sign, KataGoRow* row) {
  const Outcome& outcome = trajectory.outcome;
  const Step& now = trajectory.steps[step];
  auto& t = row->targets;
  FillResult(sign * outcome.value, &t[0]);
  t[3] = sign * outcome.score;
  const double area = row->area;
  int at = 4;
  for (const double scale : {0.176, 0.056, 0.016}) {
    FillResult(sign * FutureValue(trajectory, step, 1 / (1 + area * scale)),
               &t[static_cast<std::size_t>(at)]);
    t[static_cast<std::size_t>(at) + 3] = sign * outcome.score;
    at += 4;
  }
  FillResult(sign * now.root_value, &t[16]);
  t[19] = sign * outcome.score;
  t[20] = sign * outcome.score;
  t[25] = now.weight;
  t[26] = now.is_target ? 1 : 0;
  t[27] = 1;
  t[28] = step + 1 < trajectory.steps.size() && trajectory.steps[step + 1].is_target ? 1 : 0;
  t[34] = 1;
  for (std::size_t i = 36; i <= 40; ++i) t[i] = 1;
  t[48] = 1;
  t[51] = static_cast<float>(step);
  t[52] = outcome.termination == "move-limit" ? 1 : 0;
  t[60] = static_cast<float>(now.visits);

  const int actions = row->area + 1;
  FillPolicy(now, row->policy.data(), actions);
  FillPolicy(step + 1 < trajectory.steps.size() ? trajectory.steps[step + 1] : Step{},
             row->policy.data() + actions, actions);
  for (int cell = 0; cell < row->area; ++cell) {
    const auto index = static_cast<std::size_t>(cell);
    const float owner = index < outcome.ownership.size() ? sign * outcome.ownership[index] : 0;
    row->values[index] = static_cast<std::int8_t>(owner);
    // Area scoring: what is owned is what scores, in 120ths.
    row->values[static_cast<std::size_t>(4 * row->area + cell)] =
        static_cast<std::int8_t>(120 * owner);
  }
  // Bins lie between whole scores; a whole score is shared by its two neighbours.
  const int middle = row->area + kScoreMargin;
  const float score = sign * outcome.score;
  const auto bin = [&](float edge) {
    const int index = std::clamp(middle + static_cast<int>(std::floor(edge)), 0, 2 * middle - 1);
    return static_cast<std::size_t>(index);
  };
  if (score == std::floor(score)) {
    row->score[bin(score - 1)] += 50;
    row->score[bin(score)] += 50;
  } else {
    row->score[bin(score)] = 100;
  }
}

template <class T>
void AppendRaw(const T* data, std::size_t count, std::string* out) {
  out->append(reinterpret_cast<const char*>(data), count * sizeof(T));
}

/// Eight cells a byte, the first in the highest bit, each plane padded to whole bytes.
void AppendPacked(const KataGoRow& row, std::string* out) {
  for (int plane = 0; plane < kBinary; ++plane) {
    for (int begin = 0; begin < row.area; begin += 8) {
      unsigned byte = 0;
      for (int bit = 0; bit < 8; ++bit) {
        const int cell = begin + bit;
        if (cell < row.area && row.planes[static_cast<std::size_t>(plane * row.area + cell)] != 0) {
          byte |= 128U >> bit;
        }
      }
      *out += static_cast<char>(byte);
    }
  }
}

class KataGoArrays final : public TrainingArrays {
 public:
  explicit KataGoArrays(const ObservationShape& board) : area_(board.cells()) {
    columns_ = {{"binaryInputNCHWPacked", ItemType::kUint8, {kBinary, (area_ + 7) / 8}},
                {"globalInputNC", ItemType::kFloat32, {kGlobal}},
                {"policyTargetsNCMove", ItemType::kInt16, {2, area_ + 1}},
                {"globalTargetsNC", ItemType::kFloat32, {kTargets}},
                {"scoreDistrN", ItemType::kInt8, {2 * area_ + 2 * kScoreMargin}},
                {"valueTargetsNCHW", ItemType::kInt8, {kValuePlanes, board.height, board.width}}};
  }
  const std::vector<ArrayColumn>& columns() const override { return columns_; }
  void AppendRow(const Trajectory& trajectory, std::size_t step, const State& before,
                 std::vector<std::string>* columns) const override {
    const auto& game = static_cast<const GoState&>(before);
    KataGoRow row(area_);
    FillStones(game, &row);
    FillHistory(game, &row);
    FillRules(game, &row);
    const float sign = game.to_play() == Player::kSecond ? -1.0F : 1.0F;
    FillTargets(trajectory, step, sign, &row);
    row.targets[47] = -sign * game.komi();
    auto& out = *columns;
    AppendPacked(row, &out[0]);
    AppendRaw(row.global.data(), row.global.size(), &out[1]);
    AppendRaw(row.policy.data(), row.policy.size(), &out[2]);
    AppendRaw(row.targets.data(), row.targets.size(), &out[3]);
    AppendRaw(row.score.data(), row.score.size(), &out[4]);
    AppendRaw(row.values.data(), row.values.size(), &out[5]);
  }

 private:
  int area_;
  std::vector<ArrayColumn> columns_;
};

}  // namespace

std::unique_ptr<TrainingArrays> MakeKataGoArrays(const ObservationShape& board) {
  if (board.height != board.width) return nullptr;
  return std::make_unique<KataGoArrays>(board);
}

}  // namespace tesuji::env::go
