// The program's side of api/plugin.h.
// Thread-safety: used at start-up, one thread.
#pragma once

#include <filesystem>

#include "api/plugin.h"
#include "core/result.h"

namespace tesuji::env {

/// Success, or why a plug-in that says `info` about itself cannot be used and what to do.
Status CheckPlugin(const TesujiPluginInfo& info);

/// Loads the shared library and adds its environments, guarded (api/guard.h), to *registry. Loading
/// the same file again changes nothing. The failure names the file, what is wrong and what to do.
Status LoadPlugin(const std::filesystem::path& path, Registry* registry);

}  // namespace tesuji::env
