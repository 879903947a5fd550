// What `tesuji judge` and `tesuji serve` set up alike.
// Thread-safety: free functions.
#pragma once

#include <filesystem>
#include <string>

#include "cli/command.h"
#include "core/result.h"
#include "verifier/compile/language.h"

namespace tesuji::cli {

/// Adds the entries of a TOML file; an empty name adds nothing.
Status ExtendLanguages(const std::string& file, verifier::LanguageTable* languages);

/// `given`, or where the cache lies when nothing is given.
std::filesystem::path CacheFolder(const std::string& given);

/// Prints the failure of a judge. kMachine when it is the sandbox's, else kUsage.
ExitCode ComplainOfJudge(const Failure& failure);

}  // namespace tesuji::cli
