#include "env/go/charset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace tesuji::env::go {
namespace {

using testing::HasSubstr;

std::string Gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(text.size() + 128, '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(Charset, ConvertsWhatAsianProgramsWrite) {
  // The same word in five encodings; the first holds a backslash byte.
  EXPECT_EQ(ToUtf8("\x83\x5c\x83\x6a\x81\x5b", "Shift_JIS")->text, "ソニー");
  EXPECT_EQ(ToUtf8("\xa5\xbd\xa5\xcb\xa1\xbc", "EUC-JP")->text, "ソニー");
  EXPECT_EQ(ToUtf8("\xce\xa7\xc6\xe5", "GB2312")->text, "围棋");
  EXPECT_EQ(ToUtf8("\xb3\xf2\xb4\xd1", "Big5")->text, "圍棋");
  EXPECT_EQ(ToUtf8("\xb9\xd9\xb5\xcf", "EUC-KR")->text, "바둑");
  EXPECT_EQ(ToUtf8("M\xfcller", "ISO-8859-1")->text, "Müller");
}

TEST(Charset, TakesNamesInAnySpelling) {
  for (const char* name : {"shift_jis", "Shift-JIS", "SJIS", "x-sjis", "CP932", "Windows-31J"}) {
    ASSERT_TRUE(ToUtf8("\x83\x5c", name)) << name;
    EXPECT_EQ(ToUtf8("\x83\x5c", name)->text, "ソ") << name;
  }
  for (const char* name : {"", "nonsense", "UTF-8//IGNORE", "../../x", "\xff"}) {
    EXPECT_FALSE(ToUtf8("a", name)) << name;
  }
}

TEST(Charset, KeepsAsciiAsItIs) {
  const std::string ascii = "(;GM[1]C[a\\]b ~ | ^]\n)";
  for (const char* name : {"Shift_JIS", "GBK", "Big5", "EUC-KR", "EUC-JP", "UTF-8", "ISO-8859-1"}) {
    EXPECT_EQ(ToUtf8(ascii, name)->text, ascii) << name;
  }
}

TEST(Charset, ReplacesBytesWithoutMeaningAndCountsThem) {
  const auto text = ToUtf8(
      "a\xff\xfe"
      "b\x83",
      "Shift_JIS");
  ASSERT_TRUE(text);
  EXPECT_GT(text->replaced, 0U);
  EXPECT_TRUE(IsUtf8(text->text));
  EXPECT_TRUE(text->text.starts_with("a"));
  EXPECT_EQ(ToUtf8("\xe2\x82", "UTF-8")->replaced, 2U);
}

TEST(Charset, KnowsUtf8) {
  EXPECT_TRUE(IsUtf8("abc ü 围 😀"));
  for (const char* text : {"\x80", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82",
                           "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "M\xfcller"}) {
    EXPECT_FALSE(IsUtf8(text));
  }
}

TEST(Decompress, ReadsGzipOfAnyNumberOfMembers) {
  EXPECT_EQ(Decompress("plain", 100).value(), "plain");
  EXPECT_EQ(Decompress(Gzip("first ") + Gzip("second"), 100).value(), "first second");
}

TEST(Decompress, RefusesDamageAndBombs) {
  const std::string whole = Gzip(std::string(1000, 'x') + "end");
  for (std::size_t size = 2; size < whole.size(); ++size) {
    EXPECT_FALSE(Decompress(whole.substr(0, size), 10000)) << size;
  }
  std::string damaged = whole;
  damaged[damaged.size() / 2] ^= 0x55;
  EXPECT_FALSE(Decompress(damaged, 10000));
  EXPECT_THAT(Decompress(Gzip(std::string(5'000'000, 'x')), 100'000).error().message,
              HasSubstr("more than the limit of 100000 bytes"));
}

}  // namespace
}  // namespace tesuji::env::go
