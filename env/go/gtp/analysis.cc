#include "env/go/gtp/analysis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "env/go/gtp/protocol.h"

namespace tesuji::gtp {
namespace {

using env::go::Color;
using env::go::Rules;

constexpr double kBoundSigmas = 1.96;

double WinRate(double value, Color color) {
  return ((color == Color::kBlack ? value : -value) + 1) / 2;
}

double LowerBound(double rate, std::uint32_t visits) {
  if (visits == 0) return 0;
  return std::max(0.0, rate - kBoundSigmas * std::sqrt(rate * (1 - rate) / visits));
}

// As the engine's other commands answer (engine.cc).
tl::unexpected<Failure> Refused(const std::string& reason) {
  return Fail("syntax error: " + reason);
}

// "avoid" and "allow": a colour, moves joined by commas, and for how long (not looked at: the
// restriction is on the first move, as in "untilmove 1").
Status ParseRestriction(const Rules& rules, Color color, std::span<const std::string> words,
                        std::vector<env::Action>* moves) {
  const auto restricted = ParseColor(words[0]);
  if (!restricted) return Refused(fmt::format("\"{}\" is no color, expected b or w", words[0]));
  if (!ParseInt(words[2])) {
    return Refused(fmt::format("\"{}\" is no number of moves, expected a whole number", words[2]));
  }
  std::string_view list = words[1];
  while (!list.empty()) {
    const std::string_view word = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), word.size() + 1));
    const Result<env::Action> action = ParseAction(rules, word);
    if (!action) return Refused(action.error().message);
    if (*restricted == color) moves->push_back(*action);
  }
  return {};
}

Result<bool> ReadSwitch(const std::string& key, const std::string& word) {
  const std::string value = LowerCase(word);
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  return Refused(fmt::format("{} \"{}\": expected true or false", key, word));
}

// Those that take one value. The last five change nothing here; front ends send them.
bool IsSwitch(std::string_view key) {
  constexpr std::string_view kKnown[] = {
      "interval",       "minmoves",       "maxmoves", "ownership",    "rootinfo",
      "movesownership", "ownershipstdev", "pvvisits", "pvedgevisits", "movesownershipstdev"};
  return std::ranges::find(kKnown, key) != std::end(kKnown);
}

std::string Variation(const Rules& rules, const search::ActionStats& stats) {
  std::string text;
  for (const env::Action action : stats.principal_variation) {
    text += ' ';
    text += ActionText(rules, action);
  }
  return text;
}

std::string LeelaInfo(const Rules& rules, Color color, const search::ActionStats& stats,
                      int order) {
  const double rate = WinRate(stats.value, color);
  const auto in_myriads = [](double share) { return std::lround(10'000 * share); };
  return fmt::format("info move {} visits {} winrate {} prior {} lcb {} order {} pv{}",
                     ActionText(rules, stats.action), stats.visits, in_myriads(rate),
                     in_myriads(stats.prior), in_myriads(LowerBound(rate, stats.visits)), order,
                     Variation(rules, stats));
}

std::string KataInfo(const Rules& rules, Color color, const search::ActionStats& stats, int order) {
  const double rate = WinRate(stats.value, color);
  const double score = color == Color::kBlack ? stats.score : -stats.score;
  const double lcb = LowerBound(rate, stats.visits);
  return fmt::format(
      "info move {} visits {} utility {:.6f} winrate {:.6f} scoreMean {:.4f} scoreLead {:.4f} "
      "prior {:.6f} lcb {:.6f} utilityLcb {:.6f} order {} pv{}",
      ActionText(rules, stats.action), stats.visits, 2 * rate - 1, rate, score, score, stats.prior,
      lcb, 2 * lcb - 1, order, Variation(rules, stats));
}

std::string RootInfo(Color color, const search::SearchResult& result) {
  const double rate = WinRate(result.root_value, color);
  const double score = color == Color::kBlack ? result.root_score : -result.root_score;
  return fmt::format(
      " rootInfo visits {} utility {:.6f} winrate {:.6f} scoreMean {:.4f} scoreLead {:.4f}",
      result.visits, 2 * rate - 1, rate, score, score);
}

}  // namespace

bool AnalysisRequest::Allows(env::Action action) const {
  if (std::find(avoid.begin(), avoid.end(), action) != avoid.end()) return false;
  return allow.empty() || std::find(allow.begin(), allow.end(), action) != allow.end();
}

Result<AnalysisRequest> ParseAnalysis(const Rules& rules, Color to_play,
                                      std::span<const std::string> words) {
  AnalysisRequest request{.color = to_play};
  const auto set_interval = [&request](const std::string& word) -> Status {
    const auto centiseconds = ParseNumber(word);
    if (!centiseconds || *centiseconds < 0) {
      return Refused(fmt::format("interval \"{}\": expected centiseconds, 0 or more", word));
    }
    request.interval = std::chrono::milliseconds(
        static_cast<std::int64_t>(std::clamp(10 * *centiseconds, 1.0, 1e9)));
    return {};
  };
  std::size_t i = 0;
  if (i < words.size() && ParseColor(words[i])) request.color = *ParseColor(words[i++]);
  if (i < words.size() && ParseNumber(words[i])) {
    if (const Status status = set_interval(words[i++]); !status) {
      return tl::unexpected(status.error());
    }
  }
  while (i < words.size()) {
    const std::string key = LowerCase(words[i++]);
    const std::span<const std::string> rest = words.subspan(i);
    if (key == "avoid" || key == "allow") {
      if (rest.size() < 3) return Refused(key + ": expected COLOR MOVE[,MOVE...] NUMBER");
      const Status status = ParseRestriction(rules, request.color, rest.first(3),
                                             key == "avoid" ? &request.avoid : &request.allow);
      if (!status) return tl::unexpected(status.error());
      i += 3;
      continue;
    }
    if (!IsSwitch(key)) {
      return Refused(
          fmt::format("\"{}\": expected a color, an interval in centiseconds, or one of "
                      "avoid allow interval minmoves maxmoves ownership rootInfo",
                      words[i - 1]));
    }
    if (rest.empty()) return Refused(key + ": its value is missing");
    const std::string& value = words[i++];
    if (key == "interval") {
      if (const Status status = set_interval(value); !status) {
        return tl::unexpected(status.error());
      }
    } else if (key == "minmoves" || key == "maxmoves") {
      const auto number = ParseInt(value);
      if (!number || *number < 0) {
        return Refused(fmt::format("{} \"{}\": expected a whole number", key, value));
      }
      (key == "minmoves" ? request.min_moves : request.max_moves) = *number;
    } else {
      const Result<bool> on = ReadSwitch(key, value);
      if (!on) return tl::unexpected(on.error());
      if (key == "ownership") request.ownership = *on;
      if (key == "rootinfo") request.root_info = *on;
    }
  }
  return request;
}

std::vector<search::ActionStats> RankedMoves(const search::SearchResult& result, Color color) {
  std::vector<search::ActionStats> moves = result.actions;
  const float sign = color == Color::kBlack ? 1.0F : -1.0F;
  std::sort(moves.begin(), moves.end(),
            [&](const search::ActionStats& a, const search::ActionStats& b) {
              const bool a_best = a.action == result.best;
              const bool b_best = b.action == result.best;
              if (a_best != b_best) return a_best;
              if (a.visits != b.visits) return a.visits > b.visits;
              if (a.value != b.value) return sign * a.value > sign * b.value;
              if (a.prior != b.prior) return a.prior > b.prior;
              return a.action < b.action;
            });
  return moves;
}

std::string FormatAnalysis(AnalysisFormat format, const Rules& rules,
                           const AnalysisRequest& request, const search::SearchResult& result,
                           std::span<const float> ownership) {
  std::string line;
  int order = 0;
  for (const search::ActionStats& stats : RankedMoves(result, request.color)) {
    if (order >= request.max_moves) break;
    if (!request.Allows(stats.action)) continue;
    if (stats.visits == 0 && order >= std::max(request.min_moves, 1)) continue;
    if (order > 0) line += ' ';
    line += format == AnalysisFormat::kLeela ? LeelaInfo(rules, request.color, stats, order)
                                             : KataInfo(rules, request.color, stats, order);
    ++order;
  }
  if (format == AnalysisFormat::kLeela) return line;
  if (request.root_info) line += RootInfo(request.color, result);
  if (request.ownership && !ownership.empty()) {
    line += " ownership";
    for (const float owner : ownership) {
      line += fmt::format(" {:.3f}", request.color == Color::kBlack ? owner : -owner);
    }
  }
  return line;
}

}  // namespace tesuji::gtp
