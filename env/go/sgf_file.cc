#include "env/go/sgf_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "env/go/charset.h"
#include "env/go/number.h"

namespace tesuji::env::go {
namespace {

// A stretch of the decoded text with something to say about it.
struct Stretch {
  std::size_t begin = 0;
  std::string remark;
};

struct Decoded {
  std::string text;
  std::vector<Stretch> stretches;  // Ascending.
};

// The character set by the bytes alone. UTF-16 without a mark shows in "(;" with zeros.
std::string_view CharsetByMark(std::string_view bytes, std::size_t* mark) {
  using namespace std::string_view_literals;
  *mark = 0;
  if (bytes.starts_with("\xef\xbb\xbf")) return *mark = 3, "UTF-8";
  if (bytes.starts_with("\xff\xfe\0\0"sv)) return *mark = 4, "UTF-32LE";
  if (bytes.starts_with("\xff\xfe")) return *mark = 2, "UTF-16LE";
  if (bytes.starts_with("\xfe\xff")) return *mark = 2, "UTF-16BE";
  if (bytes.starts_with("(\0;\0"sv)) return "UTF-16LE";
  if (bytes.starts_with("\0(\0;"sv)) return "UTF-16BE";
  return {};
}

// CA's value in the bytes of one game; only its beginning is looked at.
std::string_view DeclaredCharset(std::string_view game) {
  constexpr std::size_t kLookedAt = 16384;
  game = game.substr(0, kLookedAt);
  for (std::size_t at = 0; (at = game.find("CA", at)) != std::string_view::npos; ++at) {
    const char before = at > 0 ? game[at - 1] : ' ';
    if (before != ';' && before != ']' && before != ' ' && before != '\n' && before != '\r' &&
        before != '\t') {
      continue;
    }
    const std::size_t open = game.find_first_not_of(" \t\r\n", at + 2);
    if (open == std::string_view::npos || game[open] != '[') continue;
    const std::size_t close = game.find(']', open);
    if (close == std::string_view::npos) return {};
    return Trim(game.substr(open + 1, close - open - 1));
  }
  return {};
}

std::string ReplacedRemark(std::string_view charset, std::size_t replaced) {
  if (replaced == 0) return {};
  return fmt::format("{} byte{} mean{} nothing in {} and {} replaced", replaced,
                     replaced == 1 ? "" : "s", replaced == 1 ? "s" : "", charset,
                     replaced == 1 ? "is" : "are");
}

std::string Shown(std::string_view charset) {
  std::string shown(charset.substr(0, 30));
  std::ranges::replace_if(
      shown, [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown;
}

// The bytes of one game (and what follows it) in UTF-8.
ConvertedText DecodeGame(std::string_view bytes, std::string* remark) {
  // ASCII alone reads the same everywhere, but for the escape codes of ISO-2022.
  if (std::ranges::none_of(bytes, [](char c) { return c < 0 || c == '\x1b'; })) {
    return ConvertedText{.text = std::string(bytes), .replaced = 0};
  }
  const std::string_view declared = DeclaredCharset(bytes);
  if (!declared.empty()) {
    if (auto converted = ToUtf8(bytes, declared)) {
      *remark = ReplacedRemark("CA[" + Shown(declared) + "]", converted->replaced);
      return std::move(*converted);
    }
  }
  const bool utf8 = IsUtf8(bytes);
  if (!declared.empty()) {
    *remark = fmt::format("CA[{}] is no character set known here; names were read as {}",
                          Shown(declared), utf8 ? "UTF-8" : "ISO-8859-1");
  }
  if (utf8) return ConvertedText{.text = std::string(bytes), .replaced = 0};
  return *ToUtf8(bytes, "ISO-8859-1");
}

Decoded Decode(std::string_view bytes) {
  Decoded decoded;
  std::size_t mark = 0;
  if (const auto charset = CharsetByMark(bytes, &mark); !charset.empty()) {
    ConvertedText converted = *ToUtf8(bytes.substr(mark), charset);
    decoded.stretches.push_back({0, ReplacedRemark(charset, converted.replaced)});
    decoded.text = std::move(converted.text);
    return decoded;
  }
  std::vector<std::size_t> cuts = SgfGameStarts(bytes);
  if (cuts.empty() || cuts.front() != 0) cuts.insert(cuts.begin(), 0);
  cuts.push_back(bytes.size());
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    Stretch stretch;
    stretch.begin = decoded.text.size();
    decoded.text += DecodeGame(bytes.substr(cuts[i], cuts[i + 1] - cuts[i]), &stretch.remark).text;
    decoded.stretches.push_back(std::move(stretch));
  }
  return decoded;
}

const std::string& RemarkAt(const std::vector<Stretch>& stretches, std::size_t position) {
  auto after = std::ranges::upper_bound(stretches, position, {}, &Stretch::begin);
  return std::prev(after)->remark;
}

}  // namespace

Result<std::vector<SgfEntry>> ReadSgfFile(std::string_view bytes, const SgfLimits& limits) {
  const auto plain = Decompress(bytes, limits.max_bytes);
  if (!plain) return tl::unexpected(plain.error());
  const Decoded decoded = Decode(*plain);
  auto pieces = ParseSgfPieces(decoded.text, limits);
  if (pieces.empty()) return Fail("SGF: no game found, expected \"(;\"");
  std::vector<SgfEntry> entries;
  for (SgfPiece& piece : pieces) {
    entries.push_back({std::move(piece.game), std::move(piece.problem),
                       RemarkAt(decoded.stretches, piece.begin)});
  }
  return entries;
}

}  // namespace tesuji::env::go
