// Time: settings of the standard, of KGS and of KataGo, and the controller's clock.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "env/go/gtp/engine_session.h"

namespace tesuji::gtp {
namespace {

constexpr double kMostSeconds = 1e9;
constexpr double kMostPeriods = 1e6;

Result<double> SecondsArgument(const Call& call, std::size_t index) {
  const std::string& word = call.arguments()[index];
  const auto seconds = ParseNumber(word);
  if (!seconds || *seconds < 0 || *seconds > kMostSeconds) {
    return SyntaxError(fmt::format("\"{}\" is no time, expected seconds from 0 to 1e9", word));
  }
  return *seconds;
}

Result<int> CountArgument(const Call& call, std::size_t index, int least) {
  const std::string& word = call.arguments()[index];
  const auto count = ParseInt(word);
  if (!count || *count < least || *count > kMostPeriods) {
    return SyntaxError(fmt::format("\"{}\": expected a whole number of {} or more", word, least));
  }
  return *count;
}

Result<Answer> TimeSettingsCommand(Session& session, const Call& call) {
  const auto main = SecondsArgument(call, 0);
  if (!main) return tl::unexpected(main.error());
  const auto period = SecondsArgument(call, 1);
  if (!period) return tl::unexpected(period.error());
  const auto stones = CountArgument(call, 2, 0);
  if (!stones) return tl::unexpected(stones.error());
  // "If byo yomi time > 0 and byo yomi stones = 0, there is no time limit"; nor is no time at all
  // meant as one.
  if ((*period > 0 && *stones == 0) || (*main == 0 && *period == 0)) {
    session.clock.SetUnlimited();
  } else {
    session.clock.Set({.main = Duration(*main),
                       .overtime = *period > 0 ? Overtime::kCanadian : Overtime::kNone,
                       .period = Duration(*period),
                       .stones = *stones});
  }
  return "";
}

// A kind of time limit by its name, and what follows the name.
struct TimeKind {
  std::string_view name;
  std::size_t numbers;
  std::string_view arguments;
};
constexpr TimeKind kKinds[] = {
    {"none", 0, ""},
    {"absolute", 1, "MAIN"},
    {"byoyomi", 3, "MAIN PERIOD PERIODS"},
    {"canadian", 3, "MAIN PERIOD STONES"},
    {"fischer", 2, "MAIN INCREMENT"},
    {"fischer-capped", 4, "MAIN INCREMENT MAIN_LIMIT MOVE_LIMIT"},
};
constexpr std::size_t kKindsOfKgs = 4;

std::string KindNames(std::span<const TimeKind> kinds) {
  std::string names;
  for (const TimeKind& kind : kinds) names.append(names.empty() ? "" : " ").append(kind.name);
  return names;
}

// KataGo writes -1 for "no limit".
Result<Duration> LimitArgument(const Call& call, std::size_t index) {
  const auto number = ParseNumber(call.arguments()[index]);
  if (number && *number < 0) return Duration(kMostSeconds);
  const auto seconds = SecondsArgument(call, index);
  if (!seconds) return tl::unexpected(seconds.error());
  return Duration(*seconds);
}

Result<TimeSettings> ReadFischer(const Call& call, bool capped) {
  TimeSettings settings{.overtime = Overtime::kFischer};
  const auto main = SecondsArgument(call, 1);
  if (!main) return tl::unexpected(main.error());
  const auto increment = SecondsArgument(call, 2);
  if (!increment) return tl::unexpected(increment.error());
  settings.main = Duration(*main);
  settings.period = Duration(*increment);
  if (!capped) return settings;
  const auto main_limit = LimitArgument(call, 3);
  if (!main_limit) return tl::unexpected(main_limit.error());
  const auto move_limit = LimitArgument(call, 4);
  if (!move_limit) return tl::unexpected(move_limit.error());
  settings.main_limit = *main_limit;
  settings.move_limit = *move_limit;
  return settings;
}

Result<TimeSettings> ReadOvertime(const Call& call, Overtime overtime) {
  TimeSettings settings{.overtime = overtime};
  const auto main = SecondsArgument(call, 1);
  if (!main) return tl::unexpected(main.error());
  settings.main = Duration(*main);
  if (overtime == Overtime::kNone) return settings;
  const auto period = SecondsArgument(call, 2);
  if (!period) return tl::unexpected(period.error());
  const auto count = CountArgument(call, 3, 1);
  if (!count) return tl::unexpected(count.error());
  settings.period = Duration(*period);
  settings.stones = *count;
  return settings;
}

Result<Answer> SetByName(Session& session, const Call& call, std::span<const TimeKind> kinds) {
  const std::string name = LowerCase(call.arguments()[0]);
  const auto kind = std::ranges::find(kinds, name, &TimeKind::name);
  if (kind == kinds.end()) {
    return SyntaxError(fmt::format("no time settings \"{}\", expected one of: {}",
                                   call.arguments()[0], KindNames(kinds)));
  }
  if (call.arguments().size() != kind->numbers + 1) {
    return SyntaxError(fmt::format("{} takes {} numbers{}{}, {} given", name, kind->numbers,
                                   kind->numbers > 0 ? ": " : "", kind->arguments,
                                   call.arguments().size() - 1));
  }
  if (name == "none") {
    session.clock.SetUnlimited();
    return "";
  }
  const auto settings = name.starts_with("fischer") ? ReadFischer(call, name != "fischer")
                        : name == "absolute"        ? ReadOvertime(call, Overtime::kNone)
                        : name == "canadian"        ? ReadOvertime(call, Overtime::kCanadian)
                                                    : ReadOvertime(call, Overtime::kByoYomi);
  if (!settings) return tl::unexpected(settings.error());
  session.clock.Set(*settings);
  return "";
}

Result<Answer> KgsTimeSettings(Session& session, const Call& call) {
  return SetByName(session, call, std::span(kKinds).first(kKindsOfKgs));
}
Result<Answer> KataTimeSettings(Session& session, const Call& call) {
  return SetByName(session, call, kKinds);
}
Result<Answer> KataListTimeSettings(Session&, const Call&) { return KindNames(kKinds); }

Result<Answer> TimeLeft(Session& session, const Call& call) {
  const Result<env::go::Color> color = ColorArgument(call, 0);
  if (!color) return tl::unexpected(color.error());
  const auto time = ParseNumber(call.arguments()[1]);
  if (!time || std::abs(*time) > kMostSeconds) {
    return SyntaxError(fmt::format("\"{}\" is no time in seconds", call.arguments()[1]));
  }
  const auto stones = CountArgument(call, 2, 0);
  if (!stones) return tl::unexpected(stones.error());
  session.clock.SetLeft(*color, Duration(*time), *stones);
  return "";
}

}  // namespace

std::span<const CommandEntry> ClockCommands() {
  static constexpr CommandEntry kCommands[] = {
      {"time_settings", TimeSettingsCommand, 3, 3, "MAIN PERIOD STONES"},
      {"kgs-time_settings", KgsTimeSettings, 1, 4, "KIND NUMBERS"},
      {"kata-time_settings", KataTimeSettings, 1, 5, "KIND NUMBERS"},
      {"kata-list_time_settings", KataListTimeSettings},
      {"time_left", TimeLeft, 3, 3, "COLOR SECONDS STONES"},
  };
  return kCommands;
}

}  // namespace tesuji::gtp
