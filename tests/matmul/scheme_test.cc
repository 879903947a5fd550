// Schemes, the exact check and JSON from anywhere.
#include "env/matmul/scheme.h"

#include <gtest/gtest.h>

#include "core/random.h"
#include "env/matmul/tensor_check.h"
#include "tests/matmul/known_schemes.h"

namespace tesuji::env::matmul {
namespace {

TEST(TensorCheck, AcceptsTheStandardSchemeOfEveryFormat) {
  for (int n = 1; n <= kMaxSide; ++n) {
    for (int m = 1; m <= kMaxSide; ++m) {
      for (int p = 1; p <= kMaxSide; ++p) {
        for (const Ring ring : {Ring::kZ2, Ring::kTernary}) {
          const Scheme scheme = StandardScheme({n, m, p}, ring);
          EXPECT_EQ(scheme.rank(), n * m * p);
          const auto status = CheckScheme(scheme);
          EXPECT_TRUE(status.has_value()) << status.error().message;
        }
      }
    }
  }
}

TEST(TensorCheck, AcceptsStrassenOverBothRings) {
  EXPECT_TRUE(CheckScheme(Strassen()).has_value());
  EXPECT_TRUE(CheckScheme(Modulo2(Strassen())).has_value());
}

TEST(TensorCheck, RefusesEverySingleChangedCoefficient) {
  const Scheme sound = Strassen();
  for (int term = 0; term < sound.rank(); ++term) {
    for (int side = 0; side < 3; ++side) {
      for (int entry = 0; entry < 4; ++entry) {
        for (const int value : {-1, 0, 1}) {
          if (sound.terms[term][side].coefficient(entry) == value) continue;
          Scheme broken = sound;
          FactorBits& factor = broken.terms[term][side];
          factor.plus &= ~(1U << entry);
          factor.minus &= ~(1U << entry);
          if (value > 0) factor.plus |= 1U << entry;
          if (value < 0) factor.minus |= 1U << entry;
          EXPECT_FALSE(CheckScheme(broken).has_value()) << term << " " << side << " " << entry;
        }
      }
    }
  }
}

TEST(TensorCheck, DoesNotTakeTheTransposedProduct) {
  Scheme transposed = StandardScheme({2, 2, 2}, Ring::kZ2);
  for (Term& term : transposed.terms) {
    const std::uint32_t c = term[2].plus;
    term[2].plus = (c & 0b1001) | ((c & 0b0010) << 1) | ((c & 0b0100) >> 1);
  }
  EXPECT_FALSE(CheckScheme(transposed).has_value());
}

TEST(TensorCheck, RefusesFactorsThatAreNoMatrices) {
  Scheme scheme = Strassen();
  scheme.terms[0][0].plus |= 1U << 4;
  EXPECT_EQ(CheckScheme(scheme).error().message, "term 0: factor a is not a ternary matrix");
  scheme = Strassen();
  scheme.terms[1][1].minus |= scheme.terms[1][1].plus;
  EXPECT_FALSE(CheckScheme(scheme).has_value());
  scheme = Strassen();
  scheme.terms.push_back({FactorBits{1, 0}, FactorBits{}, FactorBits{1, 0}});
  EXPECT_EQ(CheckScheme(scheme).error().message, "term 7: factor b is zero");
  scheme = Strassen();
  scheme.ring = Ring::kZ2;
  EXPECT_FALSE(CheckScheme(scheme).has_value());
}

TEST(SchemeJson, ReadsWhatItWrote) {
  for (const Scheme& scheme :
       {Strassen(), Modulo2(Strassen()), StandardScheme({5, 3, 4}, Ring::kTernary)}) {
    const auto read = ParseScheme(SchemeToJson(scheme).dump());
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(*read, scheme);
  }
}

std::string Complaint(std::string_view text) {
  const auto read = ParseScheme(text);
  return read.has_value() ? "accepted" : read.error().message;
}

TEST(SchemeJson, SaysWhatIsWrongInOneLine) {
  EXPECT_EQ(Complaint(""), "scheme: no valid JSON");
  EXPECT_EQ(Complaint("[1, 2"), "scheme: no valid JSON");
  EXPECT_EQ(Complaint("7"),
            "scheme: expected a JSON object with \"format\", \"ring\", \"u\", \"v\", \"w\"");
  EXPECT_EQ(Complaint("{}"), "scheme: key \"format\" is missing; expected [n, m, p]");
  EXPECT_EQ(Complaint(R"({"format": [2, 2, 6]})"),
            "scheme: format = [2,2,6]: expected [n, m, p], each 1 to 5");
  EXPECT_EQ(Complaint(R"({"format": "2x2x2"})"),
            "scheme: format = \"2x2x2\": expected [n, m, p], each 1 to 5");
  EXPECT_EQ(Complaint(R"({"format": [1e300, -1, 99999999999999999999]})"),
            "scheme: format = [1e+300,-1,1e+20]: expected [n, m, p], each 1 to 5");
  EXPECT_EQ(Complaint(R"({"format": [1, 1, 1], "ring": "Z3"})"),
            "scheme: ring \"Z3\": expected \"Z2\" or \"ternary\"");
  EXPECT_EQ(Complaint(R"({"format": [1, 1, 1], "ring": "Z2", "u": []})"),
            "scheme: 0 terms; expected 1 to 500");
  EXPECT_EQ(Complaint(R"({"format": [1, 1, 1], "ring": "Z2", "u": [[1], [1, 0]]})"),
            "scheme: u[1]: expected a list of 1 coefficients, found 2 of them");
  EXPECT_EQ(Complaint(R"({"format": [1, 1, 1], "ring": "Z2", "u": [[-1]]})"),
            "scheme: u[0][0] = -1: expected 0 or 1");
  EXPECT_EQ(Complaint(R"({"format": [1, 1, 1], "ring": "ternary", "u": [[18446744073709551615]]})"),
            "scheme: u[0][0] = 18446744073709551615: expected -1, 0 or 1");
  EXPECT_EQ(Complaint(R"({"format": [1, 1, 1], "ring": "Z2", "u": [[1]], "v": [[1], [1]]})"),
            "scheme: \"v\" has 2 rows, \"u\" has 1");
  EXPECT_EQ(Complaint(R"({"format": [1, 1, 1], "ring": "Z2", "u": [[1]], "v": [[1]], "w": [[1]],)"
                      R"( "rank": 2})"),
            "scheme: rank = 2, but there are 1 terms");
}

TEST(SchemeJson, RefusesBombs) {
  EXPECT_EQ(Complaint(std::string(3'000'000, '[')), "scheme: nested deeper than 64");
  EXPECT_EQ(Complaint(std::string(5'000'000, ' ')),
            "scheme: 5000000 bytes; at most 4194304 are read");
}

TEST(SchemeJson, SurvivesDamagedText) {
  const std::string sound = SchemeToJson(Strassen()).dump();
  RandomStream random(7);
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = sound;
    for (std::uint64_t blow = random.Below(4) + 1; blow > 0; --blow) {
      text[random.Below(text.size())] = static_cast<char>(random.Below(256));
    }
    const auto read =
        ParseScheme(text.substr(0, random.Below(8) == 0 ? random.Below(text.size()) : text.size()));
    if (read.has_value()) {
      ++accepted;
      for (const Term& term : read->terms) EXPECT_LT(term[0].plus | term[0].minus, 16U);
    } else {
      EXPECT_FALSE(read.error().message.empty());
      EXPECT_EQ(read.error().message.find('\n'), std::string::npos);
    }
  }
  EXPECT_GT(accepted, 0);  // A changed digit can leave a scheme of the right shape.
}

TEST(Scheme, CanonicalFormForgetsOrderAndSigns) {
  Scheme one = Strassen();
  Scheme other = Strassen();
  std::swap(other.terms[1], other.terms[5]);
  std::swap(other.terms[2][0].plus, other.terms[2][0].minus);
  std::swap(other.terms[2][2].plus, other.terms[2][2].minus);
  EXPECT_NE(one, other);
  Canonicalise(&one);
  Canonicalise(&other);
  EXPECT_EQ(one, other);
  EXPECT_TRUE(CheckScheme(other).has_value());
}

TEST(Format, KnowsPublishedRanksInAnyOrderOfSides) {
  EXPECT_EQ(PublishedRank({4, 4, 4}, Ring::kZ2), 47);
  EXPECT_EQ(PublishedRank({4, 4, 4}, Ring::kTernary), 49);
  EXPECT_EQ(PublishedRank({5, 3, 4}, Ring::kZ2), 47);
  EXPECT_EQ(PublishedRank({1, 3, 4}, Ring::kZ2), std::nullopt);
  EXPECT_EQ(ParseFormat("3x4x5").value(), (Format{3, 4, 5}));
  EXPECT_FALSE(ParseFormat("3x4x6").has_value());
  EXPECT_FALSE(ParseFormat("3x4").has_value());
}

}  // namespace
}  // namespace tesuji::env::matmul
