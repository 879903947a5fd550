// Base64 (RFC 4648, with padding), as JSON carries files.
// Thread-safety: free functions.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace tesuji::service {

std::string EncodeBase64(std::string_view bytes);
/// Fails on anything but whole groups of the alphabet with right padding; line breaks count as
/// neither.
Result<std::string> DecodeBase64(std::string_view text);

}  // namespace tesuji::service
