#include "env/go/game_result.h"

#include <fmt/format.h>

#include "env/go/number.h"
#include "env/go/rule_sets.h"

namespace tesuji::env::go {
namespace {

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

GameResult ParseGameResult(std::string_view text) {
  const std::string result = LowerCase(Trim(text));
  if (result == "draw" || result == "jigo" || result == "0") return {ResultKind::kScore, 0};
  const bool black = result.starts_with("b+");
  if (!black && !result.starts_with("w+")) return {};
  const std::string_view margin = std::string_view(result).substr(2);
  if (margin == "r" || margin == "resign") return {ResultKind::kResigned, 0};
  if (margin == "t" || margin == "time") return {ResultKind::kTime, 0};
  if (margin == "f" || margin == "forfeit") return {ResultKind::kForfeit, 0};
  if (margin.empty() || margin[0] < '0' || margin[0] > '9') return {};
  const auto points = ParseDecimal(margin);
  if (!points || *points <= 0) return {};
  return {ResultKind::kScore, static_cast<float>(black ? *points : -*points)};
}

std::string WhyAllowedThere(std::string_view record_rules, const Rules& rules, Legality legality) {
  if (legality != Legality::kSuperko && legality != Legality::kSuicide) return {};
  const auto known = FindRuleSet(record_rules);
  if (legality == Legality::kSuicide) {
    if (!known || !known->suicide) return {};
    return fmt::format("the record's rules are \"{}\", which allow suicide", record_rules);
  }
  if (rules.ko == KoRule::kSimple || (known && known->ko == rules.ko)) return {};
  if (!known) {
    return record_rules.empty()
               ? fmt::format("here {} superko holds, and the record names no rules",
                             KoRuleName(rules.ko))
               : fmt::format("here {} superko holds, and the record's rules \"{}\" are not known",
                             KoRuleName(rules.ko), record_rules);
  }
  return fmt::format("the record's rules are \"{}\", which have {}", record_rules,
                     known->ko == KoRule::kSimple
                         ? std::string("the simple ko only")
                         : fmt::format("{} superko", KoRuleName(known->ko)));
}

}  // namespace tesuji::env::go
