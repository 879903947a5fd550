#include "env/go/charset.h"

#include <fmt/format.h>
#include <iconv.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace tesuji::env::go {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// Names that iconv does not know or takes too narrowly. The supersets are what Windows programs
// wrote under the narrower names; unlike iconv's SHIFT_JIS they also keep all of ASCII.
std::string IconvName(std::string_view charset) {
  std::string name;
  for (const char c : charset) {
    if (c == '-' || c == '_' || c == ' ') continue;
    name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"shiftjis", "CP932"},  {"sjis", "CP932"},       {"xsjis", "CP932"},
      {"mskanji", "CP932"},   {"windows31j", "CP932"}, {"gb2312", "GB18030"},
      {"gbk", "GB18030"},     {"gb", "GB18030"},       {"cp936", "GB18030"},
      {"gb18030", "GB18030"}, {"big5", "CP950"},       {"xbig5", "CP950"},
      {"euckr", "CP949"},     {"ksc5601", "CP949"},    {"ksc56011987", "CP949"},
      {"eucjp", "EUC-JP"},    {"utf8", "UTF-8"},       {"latin1", "ISO-8859-1"},
      {"iso88591", "CP1252"}, {"ascii", "CP1252"},     {"usascii", "CP1252"},
  };
  for (const auto& [known, iconv_name] : kNames) {
    if (name == known) return std::string(iconv_name);
  }
  return std::string(charset);
}

// iconv's handle, closed at the end.
class Converter {
 public:
  explicit Converter(const std::string& charset) : handle_(iconv_open("UTF-8", charset.c_str())) {}
  ~Converter() {
    if (valid()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  bool valid() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  ConvertedText Convert(std::string_view bytes) {
    ConvertedText converted;
    std::array<char, 4096> buffer;
    char* in = const_cast<char*>(bytes.data());  // POSIX's iconv() takes char** but only reads.
    std::size_t left = bytes.size();
    while (true) {
      char* out = buffer.data();
      std::size_t room = buffer.size();
      const std::size_t result = iconv(handle_, left > 0 ? &in : nullptr, &left, &out, &room);
      const int error = errno;
      converted.text.append(buffer.data(), buffer.size() - room);
      if (result != static_cast<std::size_t>(-1)) {
        if (left == 0) return converted;
        continue;
      }
      if (error == E2BIG) continue;
      // A byte that means nothing here, or the first of a character that is cut off.
      ++in;
      --left;
      ++converted.replaced;
      converted.text += kReplacement;
      iconv(handle_, nullptr, nullptr, nullptr, nullptr);
      if (left == 0) return converted;
    }
  }

 private:
  iconv_t handle_;
};

// Length of the UTF-8 character at the front of `bytes`; 0: it is none.
std::size_t Utf8Length(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return 0;
  }
  // Too long a form, a surrogate, or beyond Unicode.
  if ((lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) > 0x9f) ||
      (lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) > 0x8f)) {
    return 0;
  }
  return length;
}

// zlib's state, freed at the end.
class Inflater {
 public:
  Inflater() { valid_ = inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK; }
  ~Inflater() {
    if (valid_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  Result<std::string> Run(std::string_view bytes, std::size_t most) {
    if (!valid_) throw MachineError("no memory to decompress a file");
    std::string text;
    std::array<unsigned char, 65536> buffer;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    while (true) {
      stream_.next_out = buffer.data();
      stream_.avail_out = buffer.size();
      const int result = inflate(&stream_, Z_NO_FLUSH);
      text.append(reinterpret_cast<const char*>(buffer.data()), buffer.size() - stream_.avail_out);
      if (text.size() > most) {
        return Fail(fmt::format("gzip: more than the limit of {} bytes come out", most));
      }
      if (result == Z_STREAM_END) {
        if (stream_.avail_in == 0) return text;
        if (inflateReset(&stream_) != Z_OK) return Fail("gzip: the data are damaged");
      } else if (result != Z_OK) {
        return Fail(stream_.avail_in == 0 ? "gzip: the file ends too early"
                                          : "gzip: the data are damaged");
      }
    }
  }

 private:
  z_stream stream_{};
  bool valid_ = false;
};

}  // namespace

Result<std::string> Decompress(std::string_view bytes, std::size_t most) {
  if (!bytes.starts_with("\x1f\x8b")) return std::string(bytes);
  if (bytes.size() > most) return Fail(fmt::format("more than {} bytes", most));
  return Inflater().Run(bytes, most);
}

std::optional<ConvertedText> ToUtf8(std::string_view bytes, std::string_view charset) {
  // Names have these characters only. Others are instructions to iconv, or it drops them.
  const auto in_names = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("-_.: ").find(c) != std::string_view::npos;
  };
  if (charset.empty() || !std::ranges::all_of(charset, in_names)) return std::nullopt;
  Converter converter(IconvName(charset));
  if (!converter.valid()) return std::nullopt;
  return converter.Convert(bytes);
}

bool IsUtf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = Utf8Length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

}  // namespace tesuji::env::go
