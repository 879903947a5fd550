// The agent's executable, linked into this library so that one binary is all there is to install.
// Thread-safety: constant data.
#pragma once

#include <string_view>

namespace tesuji::verifier {

std::string_view EmbeddedAgent();

}  // namespace tesuji::verifier
