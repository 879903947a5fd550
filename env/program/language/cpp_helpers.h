// The C++ text of each helper that printed programs may use (printed/list_helpers.h), in order of
// dependence.
// Thread-safety: constants.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "env/program/language/grammar.h"

namespace tesuji::env::program {

struct CppHelper {
  std::string_view name;
  std::string_view text;
  std::array<std::string_view, 3> uses = {};  ///< Helpers before it.
};

/// The file printed/list_helpers.h, embedded: includes and type names, then the helpers, each after
/// a line that begins with "//- ".
extern const char kListHelpers[];

std::span<const CppHelper> CppHelpers();
/// Includes and type names.
std::string_view CppPrologueText();
inline std::string CppPrologue() { return std::string(CppPrologueText()); }
/// The helper that computes `op`, for those that are function calls.
std::string_view CppName(Op op);

}  // namespace tesuji::env::program
