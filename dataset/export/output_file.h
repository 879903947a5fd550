// A file that is written once, front to back, and hashed on the way.
// Failures: MachineError with path and reason; the half-written file stays for the next run to
// overwrite. Thread-safety: one thread at a time.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/sha256.h"
#include "dataset/export/format.h"

namespace tesuji::dataset {

class OutputFile {
 public:
  /// Creates or empties root/relative.
  OutputFile(const std::filesystem::path& root, std::string relative);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void Write(std::string_view bytes);
  /// Flushes and closes. Bytes are safe after SyncFiles() of work_folder.h: one wait for the disk
  /// for thousands of games, not one each.
  WrittenFile Close();
  std::int64_t bytes() const { return bytes_; }
  const std::string& relative() const { return relative_; }

 private:
  void Flush();
  std::filesystem::path path_;
  std::string relative_;
  int fd_ = -1;
  std::string buffer_;
  std::int64_t bytes_ = 0;
  Sha256 hash_;
};

/// One zstd frame (some readers stop after the first) over what is written, into an OutputFile.
class ZstdFile {
 public:
  ZstdFile(const std::filesystem::path& root, std::string relative, int level);
  ~ZstdFile();
  ZstdFile(const ZstdFile&) = delete;
  ZstdFile& operator=(const ZstdFile&) = delete;
  void Write(std::string_view bytes);
  WrittenFile Close();

 private:
  void Compress(std::string_view bytes, bool end);
  OutputFile file_;
  void* stream_;
  std::string buffer_;
};

}  // namespace tesuji::dataset
