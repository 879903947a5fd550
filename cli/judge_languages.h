// `tesuji judge --languages`: tries every language of the table in the sandbox.
#pragma once

#include "core/result.h"
#include "verifier/compile/language.h"
#include "verifier/sandbox/sandbox.h"

namespace tesuji::cli {

/// Prints a line a language, or with `json` an object; fails when the machine has no sandbox.
Status ListLanguages(const verifier::LanguageTable& languages,
                     const verifier::SandboxOptions& sandbox, bool json);

}  // namespace tesuji::cli
