#include "core/printable.h"

#include <gtest/gtest.h>

#include "core/json.h"

namespace tesuji {
namespace {

TEST(Printable, LeavesWellFormedTextAlone) {
  EXPECT_EQ(Printable(""), "");
  EXPECT_EQ(Printable("komi 7.5, 手筋, é, 😀"), "komi 7.5, 手筋, é, 😀");
}

TEST(Printable, WritesControlsAndBrokenBytesAsHex) {
  EXPECT_EQ(Printable("a\nb\x1b[31m\x7f"), "a\\x0Ab\\x1B[31m\\x7F");
  EXPECT_EQ(Printable("\xf4"
                      "arget"),
            "\\xF4arget");
  EXPECT_EQ(Printable("\xc0\xaf"), "\\xC0\\xAF");           // Overlong "/".
  EXPECT_EQ(Printable("\xed\xa0\x80"), "\\xED\\xA0\\x80");  // A surrogate.
  EXPECT_EQ(Printable("\xf4\x90\x80\x80"), "\\xF4\\x90\\x80\\x80");
  EXPECT_EQ(Printable("\xe6\x89"), "\\xE6\\x89");  // Cut off.
}

TEST(Printable, AnyTwoOrThreeBytesBecomeTextThatTheJsonLibraryAccepts) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      for (const char third : {'a', '\x80', '\xbf', '\xe6'}) {
        const std::string bytes{static_cast<char>(first), static_cast<char>(second), third};
        const Json value = Printable(bytes);
        EXPECT_NO_THROW(static_cast<void>(value.dump())) << first << " " << second;
      }
    }
  }
}

}  // namespace
}  // namespace tesuji
