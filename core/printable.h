// Text from foreign bytes, fit for a terminal, a log and a JSON document.
#pragma once

#include <string>
#include <string_view>

namespace tesuji {

/// `text` with every byte that is not part of well-formed UTF-8 (RFC 3629), and every control
/// character, written as \xNN. The result is one line of valid UTF-8.
std::string Printable(std::string_view text);

}  // namespace tesuji
