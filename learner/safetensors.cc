#include "learner/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <limits>
#include <utility>

#include "core/printable.h"
#include "core/untrusted_json.h"

namespace tesuji::learner {
namespace {

static_assert(std::endian::native == std::endian::little,
              "tensors are copied as they lie in memory, which is little-endian in the file");

constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kLargestHeader = std::uint64_t{16} << 20;
constexpr std::size_t kMostDimensions = 8;
constexpr int kDeepestHeader = 4;

/// A name from the file, fit for a one-line message whatever it holds.
std::string ShortName(const std::string& name) {
  constexpr std::size_t kLongest = 60;
  return Printable(std::string_view(name).substr(0, kLongest));
}

/// Bytes of a tensor of this shape, or a failure when the shape is not one.
Result<std::uint64_t> ReadShape(const std::string& name, const Json& shape,
                                std::vector<std::int64_t>* out) {
  if (!shape.is_array() || shape.size() > kMostDimensions) {
    return Fail(fmt::format("tensor '{}': shape must be a list of at most {} sizes",
                            ShortName(name), kMostDimensions));
  }
  std::uint64_t bytes = sizeof(float);
  for (const Json& size : shape) {
    if (!size.is_number_unsigned() || size.get<std::uint64_t>() > (std::uint64_t{1} << 40)) {
      return Fail(fmt::format("tensor '{}': a size in its shape is not a sensible number",
                              ShortName(name)));
    }
    const auto value = size.get<std::uint64_t>();
    if (value != 0 && bytes > std::numeric_limits<std::uint64_t>::max() / value) {
      return Fail(fmt::format("tensor '{}': its shape overflows", ShortName(name)));
    }
    bytes *= value;
    out->push_back(static_cast<std::int64_t>(value));
  }
  return bytes;
}

struct Extent {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

Result<Extent> ReadEntry(const std::string& name, const Json& value, std::uint64_t data_bytes,
                         std::vector<std::int64_t>* shape) {
  if (!value.is_object() || !value.contains("dtype") || !value.contains("shape") ||
      !value.contains("data_offsets")) {
    return Fail(
        fmt::format("tensor '{}': expected dtype, shape and data_offsets", ShortName(name)));
  }
  const Json& dtype = value.at("dtype");
  if (dtype != "F32") {
    return Fail(
        fmt::format("tensor '{}': dtype is {}, expected F32", ShortName(name),
                    dtype.is_string() ? ShortName(dtype.get<std::string>()) : "not a text"));
  }
  const Result<std::uint64_t> bytes = ReadShape(name, value.at("shape"), shape);
  if (!bytes) return tl::unexpected(bytes.error());
  const Json& offsets = value.at("data_offsets");
  if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
      !offsets[1].is_number_unsigned()) {
    return Fail(
        fmt::format("tensor '{}': data_offsets must be two byte positions", ShortName(name)));
  }
  const Extent extent{offsets[0].get<std::uint64_t>(), offsets[1].get<std::uint64_t>()};
  if (extent.begin > extent.end || extent.end > data_bytes) {
    return Fail(fmt::format("tensor '{}': data_offsets {}..{} leave the file's {} data bytes",
                            ShortName(name), extent.begin, extent.end, data_bytes));
  }
  if (extent.end - extent.begin != *bytes) {
    return Fail(fmt::format("tensor '{}': {} bytes for a shape that needs {}", ShortName(name),
                            extent.end - extent.begin, *bytes));
  }
  return extent;
}

/// Tensors must tile the data exactly: no overlap, no hole, nothing behind.
Status CheckTiling(std::vector<std::pair<Extent, std::string>> extents, std::uint64_t data_bytes) {
  std::sort(extents.begin(), extents.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first.begin, a.first.end) < std::pair(b.first.begin, b.first.end);
  });
  std::uint64_t position = 0;
  for (const auto& [extent, name] : extents) {
    if (extent.begin != position) {
      return Fail(fmt::format("tensor '{}': {} its neighbour at byte {}", ShortName(name),
                              extent.begin < position ? "overlaps" : "leaves a hole after",
                              position));
    }
    position = extent.end;
  }
  if (position != data_bytes) {
    return Fail(fmt::format("{} bytes behind the last tensor", data_bytes - position));
  }
  return {};
}

Status ReadMetadata(const Json& value, StringMap* out) {
  if (!value.is_object()) return Fail("__metadata__ must be an object of texts");
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string())
      return Fail(fmt::format("__metadata__ '{}' must be a text", ShortName(key)));
    out->emplace(key, text.get<std::string>());
  }
  return {};
}

}  // namespace

Result<SafetensorsView> SafetensorsView::Parse(std::string_view bytes) {
  if (bytes.size() < kLengthBytes) {
    return Fail(fmt::format("not a safetensors file: only {} bytes long", bytes.size()));
  }
  std::uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, bytes.data(), kLengthBytes);
  if (header_bytes > kLargestHeader) {
    return Fail("not a safetensors file: its header length makes no sense");
  }
  if (header_bytes > bytes.size() - kLengthBytes) {
    return Fail(fmt::format("truncated safetensors file: header of {} bytes, {} are there",
                            header_bytes, bytes.size() - kLengthBytes));
  }
  const std::string_view text = bytes.substr(kLengthBytes, header_bytes);
  const std::string_view data = bytes.substr(kLengthBytes + header_bytes);
  if (!text.starts_with('{')) {
    return Fail("not a safetensors file: its header is not a JSON object");
  }
  const auto header = ParseUntrustedJson(text, kDeepestHeader);
  if (!header) {
    return Fail("not a safetensors file: its header is not a JSON object: " +
                header.error().message);
  }

  SafetensorsView view;
  std::vector<std::pair<Extent, std::string>> extents;
  for (const auto& [name, value] : header->items()) {
    if (name == "__metadata__") {
      if (Status status = ReadMetadata(value, &view.metadata_); !status) {
        return tl::unexpected(status.error());
      }
      continue;
    }
    Entry entry;
    const Result<Extent> extent = ReadEntry(name, value, data.size(), &entry.shape);
    if (!extent) return tl::unexpected(extent.error());
    entry.bytes = data.substr(extent->begin, extent->end - extent->begin);
    extents.emplace_back(*extent, name);
    view.entries_.emplace(name, std::move(entry));
  }
  if (Status status = CheckTiling(std::move(extents), data.size()); !status) {
    return tl::unexpected(status.error());
  }
  return view;
}

FloatTensor SafetensorsView::Copy(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return {};
  FloatTensor tensor;
  tensor.shape = found->second.shape;
  tensor.values.resize(found->second.bytes.size() / sizeof(float));
  if (!tensor.values.empty()) {
    std::memcpy(tensor.values.data(), found->second.bytes.data(), found->second.bytes.size());
  }
  return tensor;
}

std::string WriteSafetensors(const TensorMap& tensors, const StringMap& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t position = 0;
  for (const auto& [name, tensor] : tensors) {
    assert(name != "__metadata__");
    const std::uint64_t end = position + tensor.values.size() * sizeof(float);
    header[name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {position, end}}};
    position = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  std::string bytes(kLengthBytes, '\0');
  const std::uint64_t header_bytes = text.size();
  std::memcpy(bytes.data(), &header_bytes, kLengthBytes);
  bytes.reserve(kLengthBytes + text.size() + position);
  bytes += text;
  for (const auto& [name, tensor] : tensors) {
    bytes.append(reinterpret_cast<const char*>(tensor.values.data()),
                 tensor.values.size() * sizeof(float));
  }
  return bytes;
}

}  // namespace tesuji::learner
