// Columns of numbers that a file wants one after the other while rows come one by one: each column
// grows in a scratch file, and is copied to its place in the end. Memory stays small however long a
// shard is.
// Failures: MachineError. Thread-safety: one thread at a time.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/training_arrays.h"

namespace tesuji::dataset {

using env::ArrayColumn;

/// What file formats call a type of items.
struct ItemTypeNames {
  const char* numpy;        ///< "<f4", "|u1", …
  const char* safetensors;  ///< "F32", "U8", …
};
ItemTypeNames NamesOf(env::ItemType type);

/// Raw rows of all columns of one batch, column by column.
struct ArrayRows {
  std::vector<std::string> bytes;
  std::int64_t rows = 0;
};

class ArraySpool {
 public:
  /// Scratch files are made in `folder`, unnamed: they vanish with the process.
  ArraySpool(const std::filesystem::path& folder, std::vector<ArrayColumn> columns);
  ~ArraySpool();
  ArraySpool(const ArraySpool&) = delete;
  ArraySpool& operator=(const ArraySpool&) = delete;

  const std::vector<ArrayColumn>& columns() const { return columns_; }
  std::int64_t rows() const { return rows_; }
  std::int64_t bytes(std::size_t column) const { return rows_ * env::RowBytes(columns_[column]); }
  void Append(const ArrayRows& rows);
  /// Hands a column's bytes over, in pieces.
  void Copy(std::size_t column, const std::function<void(std::string_view)>& write);

 private:
  std::vector<ArrayColumn> columns_;
  std::vector<std::FILE*> files_;
  std::int64_t rows_ = 0;
};

/// "[5, 3, 9, 9]" as a tuple or list of a header.
std::vector<std::int64_t> FullShape(const ArraySpool& spool, std::size_t column);

}  // namespace tesuji::dataset
