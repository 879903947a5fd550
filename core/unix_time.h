// The wall clock as stores keep it: for people and progress, never a part of a result.
#pragma once

#include <cstdint>

namespace tesuji {

/// Milliseconds since 1970.
std::int64_t UnixMilliseconds();

}  // namespace tesuji
