// The families that this program is built with: one explicit list, no static registration. Apart
// from api/registry.h because a plug-in needs the registry and none of these.
// Thread-safety: free functions.
#pragma once

#include "api/registry.h"

namespace tesuji::env {

/// Every environment that is built in, for those who only play or read.
Registry BuiltInEnvironments();

/// The same with what campaigns and `verify` need of a family: its producers and its rejudge.
Registry BuiltInFamilies();

}  // namespace tesuji::env
