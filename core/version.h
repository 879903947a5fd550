// The program's version, written into every trajectory's provenance.
#pragma once

namespace tesuji {

inline constexpr const char* kSoftwareVersion = "0.1.0";

}  // namespace tesuji
