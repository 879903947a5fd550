// NumPy's .npy header (NEP 1, version 1.0) and .npz archives (ZIP, stored).
// Thread-safety: free functions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dataset/export/array_spool.h"
#include "dataset/export/format.h"

namespace tesuji::dataset {

/// The header that comes before an array's bytes in C order.
std::string NpyHeader(const std::string& type, const std::vector<std::int64_t>& shape);

/// Writes all columns as NAME.npy into root/relative. Entries are stored, dated 1980-01-01. Throws
/// MachineError for archives of 4 GiB and more (lower export.shard_rows).
WrittenFile WriteNpz(const std::filesystem::path& root, const std::string& relative,
                     ArraySpool* spool);

}  // namespace tesuji::dataset
