// The safetensors file format (https://github.com/huggingface/safetensors, "Format"): eight bytes
// little-endian header length, a JSON header, then the raw tensors. Only F32 tensors are known
// here.
//
// Reading trusts nothing: sizes, offsets, types, duplicate names and nesting are checked before any
// byte is used, and every failure is one line. Writing is deterministic: tensors in name order,
// data aligned to eight bytes.
// Thread-safety: values; a SafetensorsView borrows the bytes it was parsed from.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace tesuji::learner {

/// A tensor that owns its numbers, row-major.
struct FloatTensor {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

using TensorMap = std::map<std::string, FloatTensor>;
using StringMap = std::map<std::string, std::string>;

/// A parsed header over borrowed bytes.
class SafetensorsView {
 public:
  struct Entry {
    std::vector<std::int64_t> shape;
    std::string_view bytes;  ///< Little-endian floats, not aligned.
  };

  /// Fails on anything but a complete, well-formed file of F32 tensors.
  static Result<SafetensorsView> Parse(std::string_view bytes);

  const StringMap& metadata() const { return metadata_; }
  const std::map<std::string, Entry>& entries() const { return entries_; }
  /// A copy of one tensor; no values when there is none of that name.
  FloatTensor Copy(const std::string& name) const;

 private:
  StringMap metadata_;
  std::map<std::string, Entry> entries_;
};

/// The bytes of a file. Equal arguments give equal bytes.
std::string WriteSafetensors(const TensorMap& tensors, const StringMap& metadata);

}  // namespace tesuji::learner
