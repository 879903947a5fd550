// Rule sets by their usual names, as records (RU), kata-set-rules and people write them. Here they
// say which ko rule applies, whether suicide is allowed, and whether area or territory counts.
// Thread-safety: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "env/go/rules.h"

namespace tesuji::env::go {

struct RuleSet {
  KoRule ko = KoRule::kPositional;
  bool suicide = false;
  bool territory = false;  ///< Counts territory and prisoners; this program counts area only.
};

/// "Japanese", "chinese", "AGA", "Tromp-Taylor", "NZ", … in any case, with any spaces, hyphens and
/// underscores; or KataGo's "koSIMPLEscoreAREAtaxNONEsui0". Empty when the name is not known.
std::optional<RuleSet> FindRuleSet(std::string_view name);

}  // namespace tesuji::env::go
