#include "core/key128.h"

#include <fmt/format.h>

namespace tesuji {

std::string Key128::ToHex() const { return fmt::format("{:016x}{:016x}", high, low); }

}  // namespace tesuji
