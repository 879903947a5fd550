// Text of records in UTF-8, whatever they were written in: character sets through iconv,
// compression through zlib.
// Thread-safety: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace tesuji::env::go {

/// Decompresses gzip (any number of members); other bytes are returned as they are. Fails on
/// damaged data and when more than `most` bytes would come out.
Result<std::string> Decompress(std::string_view bytes, std::size_t most);

struct ConvertedText {
  std::string text;          ///< Valid UTF-8.
  std::size_t replaced = 0;  ///< Bytes that mean nothing in the character set: now U+FFFD.
};

/// Empty when the character set is not known. Names as in CA, in any case: "Shift_JIS", "GBK",
/// "GB2312", "Big5", "EUC-KR", "ISO-8859-1", "UTF-8", "UTF-16LE", ….
std::optional<ConvertedText> ToUtf8(std::string_view bytes, std::string_view charset);

bool IsUtf8(std::string_view bytes);

}  // namespace tesuji::env::go
