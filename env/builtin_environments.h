// The environments that this program is built with. Apart from registry.h because a plug-in needs
// the registry and none of these.
// Thread-safety: a free function.
#pragma once

#include "api/registry.h"

namespace tesuji::env {

/// Every environment that is built in.
Registry BuiltInEnvironments();

}  // namespace tesuji::env
