#include "verifier/compile/cache.h"

#include <algorithm>
#include <vector>

#include "core/files.h"
#include "core/sha256.h"

namespace tesuji::verifier {

namespace fs = std::filesystem;

CompileCache::CompileCache(fs::path folder, std::int64_t max_bytes)
    : folder_(std::move(folder)), max_bytes_(max_bytes) {
  std::error_code error;
  fs::create_directories(folder_, error);
  fs::permissions(folder_, fs::perms::owner_all, error);
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    size_bytes_ += static_cast<std::int64_t>(entry.file_size(error));
  }
}

std::optional<std::string> CompileCache::Get(const std::string& key) {
  auto bytes = ReadFile(folder_ / key);
  if (!bytes || bytes->size() < 64) return std::nullopt;
  std::string program = bytes->substr(64);
  if (Sha256Hex(program) != std::string_view(*bytes).substr(0, 64)) return std::nullopt;
  std::error_code ignored;
  fs::last_write_time(folder_ / key, fs::file_time_type::clock::now(), ignored);
  return program;
}

void CompileCache::Put(const std::string& key, std::string_view program) {
  if (static_cast<std::int64_t>(program.size()) > max_bytes_ / 4) return;
  try {
    WriteFileAtomically(folder_ / key, Sha256Hex(program) + std::string(program));
  } catch (const MachineError&) {
    return;  // No room: the program is in memory all the same.
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  size_bytes_ += static_cast<std::int64_t>(program.size()) + 64;
  if (size_bytes_ > max_bytes_) Trim();
}

void CompileCache::Trim() {
  struct Entry {
    fs::file_time_type used;
    fs::path path;
    std::int64_t bytes;
  };
  std::vector<Entry> entries;
  std::error_code error;
  size_bytes_ = 0;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    entries.push_back({entry.last_write_time(error), entry.path(),
                       static_cast<std::int64_t>(entry.file_size(error))});
    size_bytes_ += entries.back().bytes;
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.used < b.used; });
  for (const Entry& entry : entries) {
    if (size_bytes_ <= max_bytes_ * 3 / 4) break;
    if (fs::remove(entry.path, error)) size_bytes_ -= entry.bytes;
  }
}

}  // namespace tesuji::verifier
