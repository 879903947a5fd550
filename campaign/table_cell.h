// A figure of `status` in a table for people. Thread-safety: a free function.
#pragma once

#include <fmt/format.h>

#include <string>

#include "core/json.h"

namespace tesuji::campaign {

/// row[key] in a format such as "{:.1f}"; "-" where it was not measured.
inline std::string TableCell(const Json& row, const char* key, const char* format) {
  const auto found = row.find(key);
  if (found == row.end() || !found->is_number()) return "-";
  return fmt::format(fmt::runtime(format), found->get<double>());
}

}  // namespace tesuji::campaign
