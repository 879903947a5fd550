// Rows for people: an episode of a store with its board and search, a row of a dataset, the ledger.
// Failures: Results with one line. Thread-safety: free functions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "api/registry.h"
#include "core/json.h"
#include "core/result.h"
#include "storage/store.h"

namespace tesuji::dataset {

/// An episode; with step >= 0 the position before that step and what search found there.
Result<std::string> DescribeEpisode(const storage::StoredTrajectory& stored,
                                    const env::Environment& environment, std::int64_t step);

/// What a dataset holds, from its manifest.
std::string DescribeManifest(const Json& manifest);

/// A row of a view, columns one by one; long lists are cut.
std::string DescribeRow(const Json& row);

/// A field of a line that somebody may have written; what is missing or no text (no number) is
/// empty (0).
std::string TextField(const Json& line, const char* key);
std::int64_t NumberField(const Json& line, const char* key);

/// Calls visit(object) for each line of a .jsonl or .jsonl.zst file until it returns false. Fails
/// on files that cannot be read and lines that are no JSON objects.
Status ForEachJsonLine(const std::filesystem::path& path,
                       const std::function<bool(const Json&)>& visit);

}  // namespace tesuji::dataset
