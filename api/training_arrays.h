// Arrays of numbers in the layout that another program trains on, such as KataGo's for Go. An
// environment that knows such a layout hands it out through DatasetHooks::MakeTrainingArrays(); the
// format npz of the view positions then holds these arrays instead of the view's own columns.
// Thread-safety: immutable; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "api/environment.h"
#include "api/trajectory.h"

namespace tesuji::env {

/// Items are stored as on this machine: little-endian, IEEE 754.
enum class ItemType : std::uint8_t { kBool, kUint8, kInt8, kInt16, kInt32, kInt64, kFloat32 };

/// A column of numbers, and the shape of one row of it.
struct ArrayColumn {
  std::string name;
  ItemType type = ItemType::kFloat32;
  std::vector<std::int64_t> shape;
};

constexpr std::int64_t ItemBytes(ItemType type) {
  switch (type) {
    case ItemType::kBool:
    case ItemType::kUint8:
    case ItemType::kInt8:
      return 1;
    case ItemType::kInt16:
      return 2;
    case ItemType::kInt32:
    case ItemType::kFloat32:
      return 4;
    case ItemType::kInt64:
      return 8;
  }
  return 0;
}

inline std::int64_t RowBytes(const ArrayColumn& column) {
  std::int64_t bytes = ItemBytes(column.type);
  for (const std::int64_t side : column.shape) bytes *= side;
  return bytes;
}

class TrainingArrays {
 public:
  virtual ~TrainingArrays() = default;
  virtual const std::vector<ArrayColumn>& columns() const = 0;
  /// Appends to each column's bytes the row of one position. `before` is the state in which step
  /// number `step` of the trajectory was played. REQUIRES: columns->size() == columns().size().
  virtual void AppendRow(const Trajectory& trajectory, std::size_t step, const State& before,
                         std::vector<std::string>* columns) const = 0;
};

}  // namespace tesuji::env
