// The programs of a package that are no submissions: validators, graders.
// Thread-safety: free functions.
#pragma once

#include <filesystem>
#include <vector>

#include "core/sha256.h"
#include "verifier/problem/problem.h"

namespace tesuji::verifier {

/// The programs in a folder of the package, each a file or a folder, sorted. The folder itself is
/// the program if `may_be_one` and it holds a file. Notes and hidden files are none.
std::vector<std::filesystem::path> ProgramsIn(const std::filesystem::path& folder, bool may_be_one);

/// The sources of one, with constants filled in and the file that runs first where its name says
/// so. Compiled code is read only beside the scripts "build" and "run", which may need it. What
/// matters goes into `hash`.
Result<std::vector<SourceFile>> LoadPackageProgram(const std::filesystem::path& path,
                                                   const Problem& problem, Sha256* hash);

/// Whether the program says itself how it is built and run: it has a file "build" or "run".
bool HasScripts(const std::vector<SourceFile>& files);

/// Where Python starts a folder.
void MainFileFirst(std::vector<SourceFile>* files);

}  // namespace tesuji::verifier
