// When an episode of a lone agent counts as a success. Thread-safety: a free function.
#pragma once

namespace tesuji::campaign {

/// Its value is the highest there is, +1, up to rounding.
inline bool IsSuccess(float value) { return value > 0.9999F; }

}  // namespace tesuji::campaign
