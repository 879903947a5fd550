#include "dataset/export/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>

#include "core/result.h"

namespace tesuji::dataset {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 18;

[[noreturn]] void Refused(const std::filesystem::path& path, const char* what) {
  throw MachineError(fmt::format("{}: cannot {}: {}", path.string(), what, std::strerror(errno)));
}

}  // namespace

OutputFile::OutputFile(const std::filesystem::path& root, std::string relative)
    : path_(root / relative), relative_(std::move(relative)) {
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd_ < 0) Refused(path_, "create");
}

OutputFile::~OutputFile() {
  if (fd_ >= 0) ::close(fd_);
}

void OutputFile::Flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t put = ::write(fd_, rest.data(), rest.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) Refused(path_, "write");
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
  buffer_.clear();
}

void OutputFile::Write(std::string_view bytes) {
  hash_.Update(bytes);
  bytes_ += static_cast<std::int64_t>(bytes.size());
  buffer_ += bytes;
  if (buffer_.size() >= kBuffer) Flush();
}

WrittenFile OutputFile::Close() {
  Flush();
  const int fd = fd_;
  fd_ = -1;
  if (::close(fd) != 0) Refused(path_, "close");
  return {relative_, bytes_, hash_.FinishHex()};
}

ZstdFile::ZstdFile(const std::filesystem::path& root, std::string relative, int level)
    : file_(root, std::move(relative)), stream_(ZSTD_createCCtx()) {
  auto* context = static_cast<ZSTD_CCtx*>(stream_);
  if (context == nullptr) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
}

ZstdFile::~ZstdFile() { ZSTD_freeCCtx(static_cast<ZSTD_CCtx*>(stream_)); }

void ZstdFile::Compress(std::string_view bytes, bool end) {
  std::string out(ZSTD_CStreamOutSize(), '\0');
  ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
  while (true) {
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    const std::size_t left = ZSTD_compressStream2(static_cast<ZSTD_CCtx*>(stream_), &output, &input,
                                                  end ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left) != 0U) {
      throw MachineError(fmt::format("zstd: {}", ZSTD_getErrorName(left)));
    }
    file_.Write(std::string_view(out).substr(0, output.pos));
    if (end ? left == 0 : input.pos == input.size) return;
  }
}

// Pieces of one size, whatever the batches were: the compressed bytes then depend on content alone.
void ZstdFile::Write(std::string_view bytes) {
  buffer_ += bytes;
  if (buffer_.size() < kBuffer) return;
  std::size_t begin = 0;
  for (; begin + kBuffer <= buffer_.size(); begin += kBuffer) {
    Compress(std::string_view(buffer_).substr(begin, kBuffer), false);
  }
  buffer_.erase(0, begin);
}

WrittenFile ZstdFile::Close() {
  Compress(buffer_, true);
  buffer_.clear();
  return file_.Close();
}

}  // namespace tesuji::dataset
