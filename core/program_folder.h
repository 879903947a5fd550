// Where this program lies, for what is found beside it. Thread-safety: free function.
#pragma once

#include <filesystem>

namespace tesuji {

/// The folder of the running program, symbolic links followed; empty where /proc does not tell.
std::filesystem::path ProgramFolder();

}  // namespace tesuji
