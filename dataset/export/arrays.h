// Rows as arrays of numbers: what npz and safetensors files hold.
// Thread-safety: const methods from any thread.
#pragma once

#include <memory>
#include <vector>

#include "dataset/export/array_spool.h"
#include "dataset/export/format.h"

namespace tesuji::dataset {

/// Turns rows into arrays. One for each layout: our own columns, or another program's.
class ArrayLayout {
 public:
  virtual ~ArrayLayout() = default;
  virtual const std::vector<ArrayColumn>& columns() const = 0;
  virtual ArrayRows Encode(const Batch& batch) const = 0;
};

/// The columns of numbers of a schema under their own names; texts that have one length (ids,
/// hashes) as bytes. Null when the schema has no tensor, so that arrays would say nothing.
std::unique_ptr<ArrayLayout> MakePlainLayout(const Schema& schema);
}  // namespace tesuji::dataset
