// Rules: kata-get-rules and kata-set-rules.
#include <fmt/format.h>

#include "core/untrusted_json.h"
#include "env/go/gtp/engine_session.h"
#include "env/go/rule_sets.h"

namespace tesuji::gtp {
namespace {

using env::go::KoRule;
using env::go::Rules;

std::string KataKo(KoRule rule) {
  std::string name(KoRuleName(rule));
  for (char& c : name) c = static_cast<char>(c - 'a' + 'A');
  return name;
}

Result<Answer> KataGetRules(Session& session, const Call&) {
  const Json rules = {{"ko", KataKo(session.rules().ko)},
                      {"suicide", session.rules().suicide},
                      {"scoring", "AREA"},
                      {"tax", "NONE"},
                      {"hasButton", false},
                      {"whiteHandicapBonus", "0"},
                      {"friendlyPassOk", session.options.friendly_pass}};
  return rules.dump();
}

// What kata-set-rules asks for.
struct Wanted {
  Rules rules;
  bool friendly_pass = true;
};

Status ReadKey(const std::string& key, const Json& value, Wanted* wanted) {
  // Of these only one value is known here.
  const std::pair<std::string_view, Json> fixed[] = {{"scoring", "AREA"},
                                                     {"score", "AREA"},
                                                     {"tax", "NONE"},
                                                     {"hasButton", false},
                                                     {"whiteHandicapBonus", "0"}};
  for (const auto& [name, only] : fixed) {
    if (key != name) continue;
    if (value == only) return {};
    return Fail(fmt::format("{} {} is not supported, only {} is", key, value.dump(), only.dump()));
  }
  if (key == "ko") {
    if (!value.is_string()) return Fail(fmt::format("ko {}: expected a name", value.dump()));
    const Result<KoRule> ko = env::go::ParseKoRule(LowerCase(value.get<std::string>()));
    if (!ko) return tl::unexpected(ko.error());
    wanted->rules.ko = *ko;
    return {};
  }
  if (key == "suicide" || key == "multiStoneSuicideLegal" || key == "friendlyPassOk") {
    if (!value.is_boolean()) {
      return Fail(fmt::format("{} {}: expected true or false", key, value.dump()));
    }
    (key == "friendlyPassOk" ? wanted->friendly_pass : wanted->rules.suicide) = value.get<bool>();
    return {};
  }
  if (key == "komi") return Fail("komi is no rule here; the command komi sets it");
  return Fail(
      fmt::format("unknown key \"{}\"; expected ko, suicide, scoring, tax, hasButton, "
                  "whiteHandicapBonus or friendlyPassOk",
                  key));
}

Status ReadRules(const std::string& text, Wanted* wanted) {
  if (const auto named = env::go::FindRuleSet(text)) {
    if (named->territory) {
      return Fail(fmt::format("\"{}\" counts territory, this engine counts area only", text));
    }
    wanted->rules.ko = named->ko;
    wanted->rules.suicide = named->suicide;
    return {};
  }
  if (!text.starts_with('{')) {
    return Fail(
        fmt::format("unknown rules \"{}\"; expected a name such as chinese, aga, nz or "
                    "tromp-taylor, or a JSON object",
                    text.substr(0, 60)));
  }
  const Result<Json> json = ParseUntrustedJson(text);
  if (!json) return Fail("the rules: " + json.error().message);
  for (const auto& [key, value] : json->items()) {
    if (const Status status = ReadKey(key, value, wanted); !status) return status;
  }
  return {};
}

Result<Answer> KataSetRules(Session& session, const Call& call) {
  std::string text;
  for (const std::string& word : call.arguments()) text += word;
  Wanted wanted{session.rules(), session.options.friendly_pass};
  if (const Status status = ReadRules(text, &wanted); !status) {
    return tl::unexpected(status.error());
  }
  if (wanted.rules != session.rules()) {
    if (!session.game.empty()) return Fail("rules can change on an empty board only");
    Result<PlayingTable> table = session.TableFor(wanted.rules);
    if (!table) return Fail("rules not supported: " + table.error().message);
    session.Sit(std::move(*table));
  }
  session.options.friendly_pass = wanted.friendly_pass;
  return "";
}

}  // namespace

std::span<const CommandEntry> RulesCommands() {
  static constexpr CommandEntry kCommands[] = {
      {"kata-get-rules", KataGetRules},
      {"kata-set-rules", KataSetRules, 1, kAnyNumber, "NAME or JSON"},
  };
  return kCommands;
}

}  // namespace tesuji::gtp
