#include "learner/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "core/random.h"

namespace tesuji::learner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A file with any header text and `data_bytes` zeros behind it.
std::string File(const std::string& header, std::size_t data_bytes = 0) {
  std::string bytes(8, '\0');
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(data_bytes, '\0');
}

std::string WhyNot(const std::string& bytes) {
  const auto view = SafetensorsView::Parse(bytes);
  return view ? "parsed" : view.error().message;
}

const TensorMap kTensors = {{"b.weight", {{2, 1, 3}, {1, 2, 3, 4, 5, 6.5F}}},
                            {"a.bias", {{1}, {-0.25F}}},
                            {"scalar", {{}, {7}}},
                            {"empty", {{0, 4}, {}}}};

TEST(Safetensors, ReadsBackWhatItWrote) {
  const std::string bytes = WriteSafetensors(kTensors, {{"format", "x"}, {"note", "ü\n\"q\""}});
  const auto view = SafetensorsView::Parse(bytes);
  ASSERT_TRUE(view.has_value()) << view.error().message;
  EXPECT_EQ(view->metadata().at("note"), "ü\n\"q\"");
  EXPECT_EQ(view->entries().size(), 4U);
  for (const auto& [name, tensor] : kTensors) {
    EXPECT_EQ(view->Copy(name).shape, tensor.shape) << name;
    EXPECT_EQ(view->Copy(name).values, tensor.values) << name;
  }
  EXPECT_TRUE(view->Copy("nothing").values.empty());
}

TEST(Safetensors, ReadsAFileWrittenByHand) {
  // As the format's own page describes it; header padded with spaces, tensors in any order.
  const std::string bytes = File(R"({"y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},)"
                                 R"("x":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}   )") +
                            std::string("\x00\x00\x80\x3f\x00\x00\x00\xc0", 8);
  const auto view = SafetensorsView::Parse(bytes);
  ASSERT_TRUE(view.has_value()) << view.error().message;
  EXPECT_EQ(view->Copy("x").values, std::vector<float>{1.0F});
  EXPECT_EQ(view->Copy("y").values, std::vector<float>{-2.0F});
}

TEST(Safetensors, RefusesEveryTruncation) {
  const std::string bytes = WriteSafetensors(kTensors, {{"format", "x"}});
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_NE(WhyNot(bytes.substr(0, length)), "parsed") << length;
  }
  EXPECT_THAT(WhyNot(bytes + "x"), HasSubstr("behind the last tensor"));
}

TEST(Safetensors, RefusesHeadersThatLie) {
  EXPECT_THAT(WhyNot(std::string(8, '\xff') + "{}"), HasSubstr("makes no sense"));
  EXPECT_THAT(WhyNot(File("[]")), HasSubstr("not a JSON object"));
  EXPECT_THAT(WhyNot(File("{")), HasSubstr("not a JSON object"));
  EXPECT_THAT(WhyNot(File(R"({"__metadata__":{"a":1}})")), HasSubstr("must be a text"));
  const auto tensor = [](const char* dtype, const char* shape, const char* offsets) {
    return std::string(R"({"dtype":")") + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" +
           offsets + "}";
  };
  const auto one = [&](const char* dtype, const char* shape, const char* offsets) {
    return WhyNot(File("{\"t\":" + tensor(dtype, shape, offsets) + "}", 8));
  };
  EXPECT_EQ(one("F32", "[2]", "[0,8]"), "parsed");
  EXPECT_THAT(one("BF16", "[4]", "[0,8]"), HasSubstr("dtype is BF16"));
  EXPECT_THAT(one("F32", "[2]", "[0,12]"), HasSubstr("leave the file"));
  EXPECT_THAT(one("F32", "[2]", "[8,0]"), HasSubstr("leave the file"));
  EXPECT_THAT(one("F32", "[3]", "[0,8]"), HasSubstr("needs 12"));
  EXPECT_THAT(one("F32", "[-2]", "[0,8]"), HasSubstr("not a sensible number"));
  EXPECT_THAT(one("F32", "[1.5]", "[0,8]"), HasSubstr("not a sensible number"));
  EXPECT_THAT(one("F32", "[1099511627776,1099511627776]", "[0,8]"), HasSubstr("overflows"));
  EXPECT_THAT(one("F32", "[1,1,1,1,1,1,1,1,2]", "[0,8]"), HasSubstr("at most 8"));
  EXPECT_THAT(one("F32", "[1]", "[4,8]"), HasSubstr("leaves a hole"));
  EXPECT_THAT(one("F32", "[2]", "[0,18446744073709551615]"), HasSubstr("leave the file"));
  const std::string half = tensor("F32", "[1]", "[0,4]");
  EXPECT_THAT(WhyNot(File("{\"t\":" + half + ",\"u\":" + half + "}", 4)), HasSubstr("overlaps"));
  EXPECT_THAT(WhyNot(File("{\"t\":" + half + ",\"t\":" + half + "}", 4)),
              HasSubstr("not a JSON object"));
}

TEST(Safetensors, SurvivesDeepNesting) {
  EXPECT_NE(WhyNot(File("{\"a\":" + std::string(1'000'000, '['))), "parsed");
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  EXPECT_NE(WhyNot(File("{\"a\":" + deep + "}")), "parsed");
}

TEST(Safetensors, ComplainsInOneLineWhateverTheName) {
  const std::string why = WhyNot(File(R"({"evil\n\u001b[31mname":{"dtype":"F\n8"}})", 4));
  EXPECT_THAT(why, Not(HasSubstr("\n")));
  EXPECT_THAT(why, Not(HasSubstr("\x1b")));
}

TEST(Safetensors, SurvivesRandomDamage) {
  const std::string good = WriteSafetensors(kTensors, {{"format", "x"}});
  RandomStream random(1);
  for (int i = 0; i < 3000; ++i) {
    std::string bad = good;
    const int edits = 1 + static_cast<int>(random.Below(4));
    for (int k = 0; k < edits; ++k) {
      bad[random.Below(bad.size())] = static_cast<char>(random.Below(256));
    }
    EXPECT_THAT(WhyNot(bad), Not(HasSubstr("\n")));
  }
}

}  // namespace
}  // namespace tesuji::learner
