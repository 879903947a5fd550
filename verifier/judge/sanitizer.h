// A second opinion by ASan and UBSan on what was accepted.
// Thread-safety: free functions.
#pragma once

#include <string>
#include <vector>

#include "verifier/compile/language.h"
#include "verifier/sandbox/run.h"

namespace tesuji::verifier {

/// To build with.
std::vector<std::string> SanitizerFlags();
/// What a report says of a language that has none: "not run: …".
std::string NoSanitizers(const Language& language);
/// What the run needs: more time and memory, and reports that end it.
void AddSanitizerSettings(RunSpec* spec);
/// The first line in which a sanitizer objects.
std::string FirstObjection(const std::string& standard_error, const std::string& otherwise);

}  // namespace tesuji::verifier
