#include "core/sha256.h"

#include <gtest/gtest.h>

#include <string>

namespace tesuji {
namespace {

struct Vector {
  std::string message;
  std::string digest;
};

/// Examples of FIPS 180-2, appendix B, and the well-known digest of nothing.
const Vector kVectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {std::string(1'000'000, 'a'),
     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

TEST(Sha256, GivesTheStandardsVectors) {
  for (const auto& [message, digest] : kVectors) EXPECT_EQ(Sha256Hex(message), digest);
}

TEST(Sha256, IsTheSameHoweverTheBytesArrive) {
  for (const std::size_t piece : {1U, 63U, 64U, 65U, 1000U}) {
    const std::string& message = kVectors[3].message;
    Sha256 hash;
    for (std::size_t at = 0; at < message.size(); at += piece) {
      hash.Update(std::string_view(message).substr(at, piece));
    }
    EXPECT_EQ(hash.FinishHex(), kVectors[3].digest) << "in pieces of " << piece;
  }
}

TEST(Sha256, CountsZeroBytes) {
  EXPECT_NE(Sha256Hex(std::string_view("\0", 1)), Sha256Hex(""));
  EXPECT_NE(Sha256Hex(std::string_view("a\0b", 3)), Sha256Hex("ab"));
}

TEST(Sha256, MovesWithWhatItHasSeen) {
  Sha256 first;
  first.Update("ab");
  Sha256 second = std::move(first);
  second.Update("c");
  EXPECT_EQ(second.FinishHex(), kVectors[1].digest);
}

}  // namespace
}  // namespace tesuji
