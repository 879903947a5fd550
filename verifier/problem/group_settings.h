// What testdata.yaml, test_group.yaml and a test's own .yaml say: one file each.
//
// `legacy` packages have testdata.yaml, 2025-09 has test_group.yaml. Packages of its drafts have
// testdata.yaml with keys of either, or the draft's own map `scoring` (or `grading`).
// Thread-safety: free functions and values.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/result.h"
#include "verifier/problem/package_settings.h"
#include "verifier/problem/problem.h"

namespace tesuji::verifier {

/// What a test gets from its groups, outer ones first, and from its own file. A key that a file
/// gives replaces what was inherited.
struct DataSettings {
  std::vector<std::string> args;  ///< Of the program.
  ValidatorFlagWords output;      ///< In addition to those of problem.yaml.
  InputValidatorFlags input;
  GraderRules grader;
};

/// What a group's file says of this group alone.
struct GroupKeys {
  BoundRules bound;
  std::optional<double> draft_score;  ///< Of an accepted test, in drafts of 2025-09.
  std::map<std::string, int> lines;   ///< Line by key, of all keys that are there.
  std::string file;                   ///< For messages; empty: the group has no file.
  bool Has(const std::string& key) const { return lines.contains(key); }
  std::string At(const std::string& key) const;  ///< "FILE:LINE" of a key, or of the file.
};

enum class SettingsKind : std::uint8_t { kGroup, kTest };

/// Reads `file` into `settings` and, of groups, `keys`; a file that does not exist says nothing.
/// Unknown keys and bad values are named by file and line.
Status ReadDataSettings(const std::filesystem::path& file, SettingsKind kind,
                        const Problem& problem, DataSettings* settings, GroupKeys* keys);

/// Do the files called testdata.yaml below `data` have keys of graders?
Result<bool> HasGraderKeys(const std::filesystem::path& data);

}  // namespace tesuji::verifier
