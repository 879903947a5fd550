// A folder of compiled programs named by what they were made from, with a bound on its size.
// The oldest unused go first. A damaged entry counts as missing: every entry carries its hash.
// Failure: a full disk makes Put() a no-op; nothing here ever fails a compilation.
// Thread-safety: all functions may be called from any thread, and from several processes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace tesuji::verifier {

class CompileCache {
 public:
  CompileCache(std::filesystem::path folder, std::int64_t max_bytes);

  std::optional<std::string> Get(const std::string& key);
  void Put(const std::string& key, std::string_view program);

 private:
  void Trim();

  const std::filesystem::path folder_;
  const std::int64_t max_bytes_;
  std::mutex mutex_;
  std::int64_t size_bytes_ = 0;
};

}  // namespace tesuji::verifier
