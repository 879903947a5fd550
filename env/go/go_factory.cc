// The parameters of environment "go", as campaign files and provenance spell them.
#include <fmt/format.h>

#include "env/go/go_environment.h"
#include "env/go/sgf_records.h"

namespace tesuji::env::go {
namespace {

GoOptions ReadOptions(const Json& parameters) {
  GoOptions options;
  const int size = parameters.at("size");
  const int width = parameters.at("width");
  const int height = parameters.at("height");
  options.rules.width = width > 0 ? width : size;
  options.rules.height = height > 0 ? height : size;
  options.rules.ko = ParseKoRule(parameters.at("ko").get<std::string>()).value();
  options.rules.suicide = parameters.at("suicide");
  options.rules.move_limit = parameters.at("move_limit");
  options.komi = parameters.at("komi");
  options.komi_jitter = parameters.at("komi_jitter");
  options.handicap = parameters.at("handicap");
  options.random_handicap = parameters.at("random_handicap");
  return options;
}

}  // namespace

Json GoEnvironment::parameters() const {
  const Rules& r = rules();
  return {{"size", r.width == r.height ? r.width : 0},
          {"width", r.width == r.height ? 0 : r.width},
          {"height", r.width == r.height ? 0 : r.height},
          {"komi", options_.komi},
          {"komi_jitter", options_.komi_jitter},
          {"handicap", options_.handicap},
          {"random_handicap", options_.random_handicap},
          {"ko", KoRuleName(r.ko)},
          {"suicide", r.suicide},
          {"move_limit", r.effective_move_limit()}};
}

EnvironmentFactory GoFactory() {
  EnvironmentFactory factory;
  factory.id = "go";
  factory.summary = "Go under Tromp-Taylor area scoring, boards from 2x2 to 19x19";
  factory.parameters = {
      {.name = "size",
       .default_value = 9,
       .help = "side of a square board; 0 when width and height are given",
       .minimum = 0,
       .maximum = kMaxSide},
      {.name = "width",
       .default_value = 0,
       .help = "columns of a rectangular board; 0: size",
       .minimum = 0,
       .maximum = kMaxSide},
      {.name = "height",
       .default_value = 0,
       .help = "rows of a rectangular board; 0: size",
       .minimum = 0,
       .maximum = kMaxSide},
      {.name = "komi",
       .default_value = 7.5,
       .help = "points White gets for moving second, a multiple of 0.5",
       .minimum = -2 * kMaxCells,
       .maximum = 2 * kMaxCells},
      {.name = "komi_jitter",
       .default_value = 0,
       .help = "episodes draw their komi from komi plus or minus this, in whole points",
       .minimum = 0,
       .maximum = kMaxCells},
      {.name = "handicap",
       .default_value = 0,
       .help = "handicap stones in fixed placement (0 or 2..9); White then moves first",
       .minimum = 0,
       .maximum = 9},
      {.name = "random_handicap",
       .default_value = 0,
       .help = "episodes draw a handicap of 0 or 2 up to this many stones; 0: use handicap",
       .minimum = 0,
       .maximum = 9},
      {.name = "ko",
       .default_value = "positional",
       .help = "what a move may not recreate: any earlier position (positional superko), any with "
               "the same player to move, or the one before the opponent's move",
       .choices = {"positional", "situational", "simple"}},
      {.name = "suicide", .default_value = false, .help = "may a move take its own chain off"},
      {.name = "move_limit",
       .default_value = 0,
       .help = "moves, passes included, after which the game is scored; 0: 2 * cells + 16",
       .minimum = 0,
       .maximum = 100000},
  };
  factory.make = [](const Json& parameters) -> Result<std::unique_ptr<const Environment>> {
    return GoEnvironment::FromParameters(parameters);
  };
  factory.records = SgfRecords();
  return factory;
}

Result<std::unique_ptr<const GoEnvironment>> GoEnvironment::FromParameters(const Json& parameters) {
  auto complete = CompleteParameters(GoFactory(), parameters);
  if (!complete) return tl::unexpected(complete.error());
  return Make(ReadOptions(*complete));
}

}  // namespace tesuji::env::go
