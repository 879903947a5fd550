// `tesuji judge PACKAGE --check-data`: are the package's tests valid?
#pragma once

#include <string>

#include "verifier/judge/batch.h"

namespace tesuji::cli {

/// Prints a line for each test that is not valid, or with `json` an object for every test; returns
/// the exit code.
int CheckPackageData(const std::string& package, verifier::LanguageTable languages,
                     verifier::BatchOptions options, bool json);

}  // namespace tesuji::cli
