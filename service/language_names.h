// Languages by the names that other systems give them.
// Thread-safety: free functions.
#pragma once

#include <string_view>

#include "verifier/compile/language.h"

namespace tesuji::service {

/// By our id, or by SandboxFusion's name for it; null when the table has none.
const verifier::Language* FindLanguage(const verifier::LanguageTable& languages,
                                       std::string_view name);

}  // namespace tesuji::service
