// Whether a language of the table works on this machine: its canary is compiled and run in the
// sandbox. Nothing is taken from a cache.
// Failure: a language that does not work is an answer, with the reason.
// Thread-safety: each caller with a Workplace of its own.
#pragma once

#include <string>

#include "verifier/compile/compiler.h"

namespace tesuji::verifier {

struct LanguageCheck {
  bool works = false;
  std::string version;  ///< First line of what the compiler or interpreter says.
  std::string reason;   ///< Why not; empty when it works.
};

LanguageCheck CheckLanguage(Compiler& compiler, Workplace& workplace, const Language& language);

}  // namespace tesuji::verifier
