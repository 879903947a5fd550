#include "dataset/export/array_spool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>

#include "core/result.h"

namespace tesuji::dataset {

ItemTypeNames NamesOf(env::ItemType type) {
  switch (type) {
    case env::ItemType::kBool:
      return {"|b1", "BOOL"};
    case env::ItemType::kUint8:
      return {"|u1", "U8"};
    case env::ItemType::kInt8:
      return {"|i1", "I8"};
    case env::ItemType::kInt16:
      return {"<i2", "I16"};
    case env::ItemType::kInt32:
      return {"<i4", "I32"};
    case env::ItemType::kInt64:
      return {"<i8", "I64"};
    case env::ItemType::kFloat32:
      return {"<f4", "F32"};
  }
  return {"", ""};
}

ArraySpool::ArraySpool(const std::filesystem::path& folder, std::vector<ArrayColumn> columns)
    : columns_(std::move(columns)) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::string name = (folder / "spool-XXXXXX").string();
    const int fd = ::mkostemp(name.data(), O_CLOEXEC);
    std::FILE* file = fd < 0 ? nullptr : ::fdopen(fd, "w+b");
    if (file == nullptr) {
      throw MachineError(fmt::format("{}: cannot create: {}", name, std::strerror(errno)));
    }
    ::unlink(name.c_str());
    files_.push_back(file);
  }
}

ArraySpool::~ArraySpool() {
  for (std::FILE* file : files_) std::fclose(file);
}

void ArraySpool::Append(const ArrayRows& rows) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::string& bytes = rows.bytes[i];
    assert(static_cast<std::int64_t>(bytes.size()) == rows.rows * env::RowBytes(columns_[i]));
    if (std::fwrite(bytes.data(), 1, bytes.size(), files_[i]) != bytes.size()) {
      throw MachineError(fmt::format("scratch file of column {}: cannot write: {}",
                                     columns_[i].name, std::strerror(errno)));
    }
  }
  rows_ += rows.rows;
}

void ArraySpool::Copy(std::size_t column, const std::function<void(std::string_view)>& write) {
  std::FILE* file = files_[column];
  if (std::fflush(file) != 0 || std::fseek(file, 0, SEEK_SET) != 0) {
    throw MachineError(fmt::format("scratch file of column {}: cannot write: {}",
                                   columns_[column].name, std::strerror(errno)));
  }
  std::string buffer(std::size_t{1} << 18, '\0');
  std::int64_t left = bytes(column);
  while (left > 0) {
    const auto want = std::min<std::size_t>(buffer.size(), static_cast<std::size_t>(left));
    const std::size_t got = std::fread(buffer.data(), 1, want, file);
    if (got == 0) throw MachineError("scratch file ends early: is the disk full?");
    write(std::string_view(buffer).substr(0, got));
    left -= static_cast<std::int64_t>(got);
  }
}

std::vector<std::int64_t> FullShape(const ArraySpool& spool, std::size_t column) {
  std::vector<std::int64_t> shape = {spool.rows()};
  std::ranges::copy(spool.columns()[column].shape, std::back_inserter(shape));
  return shape;
}

}  // namespace tesuji::dataset
