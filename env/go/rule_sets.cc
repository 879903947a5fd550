#include "env/go/rule_sets.h"

#include <string>

namespace tesuji::env::go {
namespace {

struct Named {
  std::string_view name;
  RuleSet rules;
};

// Sources: the FF[4] page on RU, and the names in KataGo's GTP_Extensions.md.
constexpr Named kNamed[] = {
    {"japanese", {KoRule::kSimple, false, true}},
    {"jp", {KoRule::kSimple, false, true}},
    {"korean", {KoRule::kSimple, false, true}},
    {"chinese", {KoRule::kSimple, false, false}},
    {"cn", {KoRule::kSimple, false, false}},
    {"chineseogs", {KoRule::kPositional, false, false}},
    {"chinesekgs", {KoRule::kPositional, false, false}},
    {"aga", {KoRule::kSituational, false, false}},
    {"bga", {KoRule::kSituational, false, false}},
    {"french", {KoRule::kSituational, false, false}},
    {"nz", {KoRule::kSituational, true, false}},
    {"newzealand", {KoRule::kSituational, true, false}},
    {"goe", {KoRule::kSimple, true, false}},
    {"ing", {KoRule::kSimple, true, false}},
    {"tromptaylor", {KoRule::kPositional, true, false}},
    {"stonescoring", {KoRule::kSimple, false, false}},
    {"ancientarea", {KoRule::kSimple, false, false}},
    {"ancientterritory", {KoRule::kSimple, false, true}},
};

// What follows `key` in KataGo's notation, up to the end of its capital letters and digits.
std::string_view ValueOf(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + key.size());
  return text.substr(0, text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"));
}

std::optional<RuleSet> ReadKataGos(std::string_view text) {
  const std::string_view ko = ValueOf(text, "ko");
  const std::string_view score = ValueOf(text, "score");
  const std::string_view tax = ValueOf(text, "tax");
  const std::string_view suicide = ValueOf(text, "sui");
  RuleSet rules;
  if (ko == "SIMPLE") {
    rules.ko = KoRule::kSimple;
  } else if (ko == "SITUATIONAL") {
    rules.ko = KoRule::kSituational;
  } else if (ko != "POSITIONAL") {
    return std::nullopt;
  }
  if ((score != "AREA" && score != "TERRITORY") || (!tax.empty() && tax != "NONE") ||
      (suicide != "0" && suicide != "1") || ValueOf(text, "button") == "1") {
    return std::nullopt;
  }
  rules.suicide = suicide == "1";
  rules.territory = score == "TERRITORY";
  return rules;
}

}  // namespace

std::optional<RuleSet> FindRuleSet(std::string_view name) {
  if (name.starts_with("ko")) {
    if (const auto rules = ReadKataGos(name)) return rules;
  }
  std::string letters;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') letters += static_cast<char>(c - 'A' + 'a');
    if (c >= 'a' && c <= 'z') letters += c;
  }
  for (const Named& named : kNamed) {
    if (letters == named.name || letters == std::string(named.name) + "rules") return named.rules;
  }
  return std::nullopt;
}

}  // namespace tesuji::env::go
