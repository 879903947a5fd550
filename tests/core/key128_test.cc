#include "core/key128.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace tesuji {
namespace {

TEST(Key128, PrintsAllDigitsHighHalfFirst) {
  EXPECT_EQ((Key128{0, 0}).ToHex(), "00000000000000000000000000000000");
  EXPECT_EQ((Key128{0x0123456789abcdefULL, 0xfULL}).ToHex(), "0123456789abcdef000000000000000f");
}

TEST(Key128, ComparesBothHalves) {
  EXPECT_EQ((Key128{1, 2}), (Key128{1, 2}));
  EXPECT_NE((Key128{1, 2}), (Key128{1, 3}));
  EXPECT_NE((Key128{1, 2}), (Key128{3, 2}));
  EXPECT_LT((Key128{1, 9}), (Key128{2, 0}));
}

TEST(Key128, XorIsItsOwnInverse) {
  const Key128 position{0x1111, 0x2222};
  const Key128 stone{0xabcd, 0x1234};
  Key128 key = position ^ stone;
  EXPECT_NE(key, position);
  key ^= stone;
  EXPECT_EQ(key, position);
}

TEST(Key128, KeysWithTheSameHashStayApartInASet) {
  const std::unordered_set<Key128> keys = {{1, 7}, {2, 7}, {3, 7}};
  EXPECT_EQ(std::hash<Key128>()({1, 7}), std::hash<Key128>()({2, 7}));
  EXPECT_EQ(keys.size(), 3U);
  EXPECT_TRUE(keys.contains({2, 7}));
  EXPECT_FALSE(keys.contains({4, 7}));
}

}  // namespace
}  // namespace tesuji
