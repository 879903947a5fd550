// Whole-file reading and atomic writing.
// Thread-safety: all functions may be called from any thread; two writers of one path race, and
// one of the two whole files wins.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"

namespace tesuji {

/// The bytes of a file, or why it cannot be read. A file over `max_bytes` is refused.
Result<std::string> ReadFile(const std::filesystem::path& path,
                             std::size_t max_bytes = std::size_t{1} << 32);

/// Writes a temporary file beside `path`, syncs it and renames it over `path`: readers see the old
/// file or the whole new one. Throws MachineError when the disk refuses; `path` is then untouched.
/// A process that is killed here leaves its temporary file, which RemoveTemporaries() knows.
void WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes);

/// Removes, in `folder` and below, what killed calls of WriteFileAtomically() left: files called
/// NAME.??????.tmp. Only for folders in which nobody writes now. Throws MachineError.
void RemoveTemporaries(const std::filesystem::path& folder);

/// What `read` returns; when std::filesystem throws in it, a failure that names the path.
template <class Read>
auto FailingByName(Read&& read) -> decltype(read()) {
  try {
    return read();
  } catch (const std::filesystem::filesystem_error& error) {
    return Fail(error.path1().string() + ": " + error.code().message());
  }
}

}  // namespace tesuji
