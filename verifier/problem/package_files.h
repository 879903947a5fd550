// Which files of a package or a submission are read at all.
//
// A package may be hostile while the judge may read everything on this machine. So a link is
// followed only if what it leads to lies inside the package, and nothing but files and folders is
// opened. Compiled code in a submission is not read: it would run without being in any source.
// Thread-safety: free functions.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"

namespace tesuji::verifier {

/// Fails naming the first link in `path`, or below it, that leads out of `root`, and the first
/// entry that is neither file, folder nor link. Nothing at `path` is no failure.
Status CheckInside(const std::filesystem::path& root, const std::filesystem::path& path);

/// All files below `folder`, sorted; links to folders are followed. REQUIRES: CheckInside(folder).
/// Fails when folders are nested too deep, as they are when a link leads to a folder above it.
Result<std::vector<std::filesystem::path>> FilesBelow(const std::filesystem::path& folder);

/// No part of any package by its name.
bool IsHidden(const std::filesystem::path& path);
/// In submissions/ also: hidden files, backups, what is named as disabled, and what interpreters
/// leave behind.
bool IsPassedOver(const std::filesystem::path& path);

/// Compiled code by its name or its first bytes.
bool IsCompiledCode(const std::filesystem::path& path, std::string_view text);

}  // namespace tesuji::verifier
