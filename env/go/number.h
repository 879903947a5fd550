// Decimal numbers as people and servers write them in records.
// Thread-safety: pure functions.
#pragma once

#include <optional>
#include <string_view>

namespace tesuji::env::go {

/// `text` without white space at its ends.
std::string_view Trim(std::string_view text);

/// The whole of `text`, but for white space around it, as a decimal number: "6.5", "+7", "-0,5".
/// A comma may stand for the point. No exponent, no hexadecimal, no infinity.
std::optional<double> ParseDecimal(std::string_view text);

}  // namespace tesuji::env::go
