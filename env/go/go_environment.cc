#include "env/go/go_environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "env/go/katago_arrays.h"
#include "env/go/sgf_game.h"

namespace tesuji::env::go {
namespace {

// A symmetry from where it sends (row, column) of a width x height board onto itself.
Symmetry MakeSymmetry(const Rules& rules,
                      const std::function<std::pair<int, int>(int row, int column)>& send) {
  Symmetry symmetry;
  for (int row = 0; row < rules.height; ++row) {
    for (int column = 0; column < rules.width; ++column) {
      const auto [to_row, to_column] = send(row, column);
      symmetry.cells.push_back(to_row * rules.width + to_column);
    }
  }
  symmetry.actions = symmetry.cells;
  symmetry.actions.push_back(rules.pass());
  return symmetry;
}

// Mirrors, and for squares the same again transposed.
std::vector<Symmetry> MakeSymmetries(const Rules& rules) {
  std::vector<Symmetry> symmetries;
  const bool square = rules.width == rules.height;
  for (const bool transpose : {false, true}) {
    if (transpose && !square) continue;
    for (const bool flip_rows : {false, true}) {
      for (const bool flip_columns : {false, true}) {
        symmetries.push_back(MakeSymmetry(rules, [&](int row, int column) {
          if (flip_rows) row = rules.height - 1 - row;
          if (flip_columns) column = rules.width - 1 - column;
          return transpose ? std::pair(column, row) : std::pair(row, column);
        }));
      }
    }
  }
  return symmetries;
}

Spec MakeSpec(const Rules& rules) {
  Spec spec;
  spec.id = "go";
  spec.version = 1;
  spec.action_count = rules.cells() + 1;
  spec.player_count = 2;
  spec.max_steps = rules.effective_move_limit();
  spec.observation = {.planes = kObservationPlanes, .height = rules.height, .width = rules.width};
  spec.actions = {.planes_over_cells = 1, .other_actions = 1};
  spec.has_ownership = true;
  spec.has_score = true;
  spec.score_scale = std::sqrt(static_cast<float>(rules.cells()));
  spec.symmetries = MakeSymmetries(rules);
  spec.artifact_extension = "sgf";
  return spec;
}

Status CheckRules(const Rules& rules) {
  if (std::min(rules.width, rules.height) < kMinSide ||
      std::max(rules.width, rules.height) > kMaxSide) {
    return Fail(fmt::format("a {}x{} board: expected sides from {} to {}", rules.width,
                            rules.height, kMinSide, kMaxSide));
  }
  if (rules.move_limit < 0) {
    return Fail(fmt::format("move_limit {}: expected 0 or more", rules.move_limit));
  }
  return {};
}

}  // namespace

GoEnvironment::GoEnvironment(const GoOptions& options)
    : options_(options), context_(options.rules), spec_(MakeSpec(options.rules)) {}

Result<std::unique_ptr<const GoEnvironment>> GoEnvironment::Make(const GoOptions& options) {
  if (auto status = CheckRules(options.rules); !status) return tl::unexpected(status.error());
  std::unique_ptr<GoEnvironment> environment(new GoEnvironment(options));
  auto start = MakeStart(options.rules, options.komi, options.handicap);
  if (!start) return tl::unexpected(start.error());
  if (auto status = CheckStart(options.rules, *start); !status) {
    return tl::unexpected(status.error());
  }
  if (options.random_handicap != 0) {
    auto most = FixedHandicap(options.rules, options.random_handicap);
    if (!most) return Fail("random_handicap: " + most.error().message);
  }
  environment->default_start_ = std::move(*start);
  return environment;
}

Task GoEnvironment::SampleTask(RandomStream& random) const {
  float komi = options_.komi;
  int handicap = options_.handicap;
  if (options_.komi_jitter > 0) {
    const auto steps = random.Below(2 * static_cast<std::uint64_t>(options_.komi_jitter) + 1);
    komi += static_cast<float>(static_cast<int>(steps) - options_.komi_jitter);
  }
  if (options_.random_handicap > 0) {
    // 0 stones, or 2 and more: there is no handicap of one stone.
    const auto draw = static_cast<int>(random.Below(options_.random_handicap));
    handicap = draw == 0 ? 0 : draw + 1;
  }
  const auto start = MakeStart(rules(), komi, handicap);
  return Task{.id = spec_.id, .parameters = StartToJson(rules(), *start)};
}

Result<std::unique_ptr<State>> GoEnvironment::NewState(const Task& task) const {
  auto start = StartFromJson(rules(), task.parameters, default_start_);
  if (!start) {
    return Fail(fmt::format("task \"{}\": {}", task.id, start.error().message));
  }
  return std::make_unique<GoState>(&context_, std::make_shared<const Start>(std::move(*start)));
}

Result<std::unique_ptr<GoState>> GoEnvironment::NewGame(const Start& start) const {
  if (auto status = CheckStart(rules(), start); !status) return tl::unexpected(status.error());
  return std::make_unique<GoState>(&context_, std::make_shared<const Start>(start));
}

Result<std::unique_ptr<State>> GoEnvironment::FromArtifact(std::string_view artifact) const {
  auto games = ParseSgf(artifact);
  if (!games) return tl::unexpected(games.error());
  // The environment's own games may have more komi than their board has cells.
  const int own_komi = static_cast<int>(std::ceil(std::abs(options_.komi))) + options_.komi_jitter;
  auto record = ReadGame(games->front(), {.largest_komi = own_komi});
  if (!record) return tl::unexpected(record.error());
  auto state = ReplayGame(*this, *record);
  if (!state) return tl::unexpected(state.error());
  return std::unique_ptr<State>(std::move(*state));
}

std::optional<std::vector<Action>> GoEnvironment::ActionsTo(const State& state) const {
  std::vector<Action> actions;
  for (const Move& move : static_cast<const GoState&>(state).moves()) {
    actions.push_back(move.action);
  }
  return actions;
}

std::unique_ptr<TrainingArrays> GoEnvironment::MakeTrainingArrays() const {
  return MakeKataGoArrays(spec_.observation);
}

}  // namespace tesuji::env::go
