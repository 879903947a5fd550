// Rows: JSON that reads back equal, hashes that do not depend on order.
#include "dataset/view/row.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

#include "core/random.h"
#include "core/sha256.h"

namespace tesuji::dataset {
namespace {

Schema AllTypes() {
  return {"test",
          {{"whole", ColumnType::kInt64, ""},
           {"real", ColumnType::kFloat32, ""},
           {"yes", ColumnType::kBool, ""},
           {"text", ColumnType::kText, ""},
           {"bytes", ColumnType::kInt8List, ""},
           {"numbers", ColumnType::kInt32List, ""},
           {"reals", ColumnType::kFloat32List, ""},
           {"labels", ColumnType::kBoolList, ""},
           {"texts", ColumnType::kTextList, ""},
           {"chat", ColumnType::kMessages, ""},
           {"facts", ColumnType::kRecord, "", {}, {{"name", false}, {"count", true}}}}};
}

Row SomeRow(std::uint64_t seed) {
  RandomStream random(seed);
  const auto real = [&] {
    // Any finite float, not only tame ones.
    float value = 0;
    do {
      value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    } while (!std::isfinite(value) || value == 0);
    return value;
  };
  std::vector<float> reals;
  for (std::uint64_t i = random.Below(5); i > 0; --i) reals.push_back(real());
  return {static_cast<std::int64_t>(random()),
          real(),
          random.Chance(0.5),
          "line\n\"quote\" \\ \t\x01 Größe " + std::to_string(random.Below(9)),
          std::vector<std::int8_t>{-128, 0, 127},
          std::vector<std::int32_t>{-5, 1 << 30},
          reals,
          BoolList{{1, 0, 1}},
          std::vector<std::string>{"", "a,b"},
          std::vector<Message>{{"user", "2 < 3?"}, {"assistant", "yes"}},
          Record{std::string("n"), static_cast<std::int64_t>(random.Below(100))}};
}

TEST(Row, JsonReadsBackToTheSameBits) {
  const Schema schema = AllTypes();
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const Row row = SomeRow(seed);
    std::string text;
    AppendJson(schema, row, &text);
    EXPECT_EQ(text.find('\n'), std::string::npos);
    const Json json = Json::parse(text);
    EXPECT_EQ(json["whole"].get<std::int64_t>(), std::get<std::int64_t>(row[0]));
    EXPECT_EQ(json["real"].get<float>(), std::get<float>(row[1])) << text;
    EXPECT_EQ(json["yes"].get<bool>(), std::get<bool>(row[2]));
    EXPECT_EQ(json["text"].get<std::string>(), std::get<std::string>(row[3]));
    EXPECT_EQ(json["bytes"], Json({-128, 0, 127}));
    EXPECT_EQ(json["reals"].get<std::vector<float>>(), std::get<std::vector<float>>(row[6]));
    EXPECT_EQ(json["labels"], Json({true, false, true}));
    EXPECT_EQ(json["chat"][1]["content"], "yes");
    EXPECT_EQ(json["facts"]["name"], "n");
  }
}

TEST(Row, TheHashOfASetKnowsNoOrder) {
  const Schema schema = AllTypes();
  std::vector<std::uint64_t> order;
  for (std::uint64_t seed = 0; seed < 50; ++seed) order.push_back(seed);
  const auto hash = [&] {
    RowSetHash sum;
    for (const auto seed : order) sum.AddRow(schema, SomeRow(seed));
    return sum.ToHex();
  };
  const std::string forward = hash();
  std::ranges::reverse(order);
  EXPECT_EQ(hash(), forward);
  order.pop_back();
  EXPECT_NE(hash(), forward);
  order.push_back(order.front());
  EXPECT_NE(hash(), forward) << "a row twice is not a row once";
}

TEST(Row, TheHashDoesNotDependOnTheOrderOfColumns) {
  Schema schema = AllTypes();
  Row row = SomeRow(1);
  RowSetHash before;
  before.AddRow(schema, row);
  std::swap(schema.columns[0], schema.columns[7]);
  std::swap(row[0], row[7]);
  RowSetHash after;
  after.AddRow(schema, row);
  EXPECT_EQ(before.ToHex(), after.ToHex());
  schema.columns[0].name += "x";
  RowSetHash renamed;
  renamed.AddRow(schema, row);
  EXPECT_NE(before.ToHex(), renamed.ToHex());
}

TEST(Row, SumsCarryOver) {
  RowSetHash sum;
  sum.AddDigest(std::string(64, 'f'));
  sum.AddDigest("02" + std::string(62, '0'));
  EXPECT_EQ(sum.ToHex(), "01" + std::string(62, '0'));
  EXPECT_EQ(RowSetHash::FromHex(Sha256Hex("x")).ToHex(), Sha256Hex("x"));
}

}  // namespace
}  // namespace tesuji::dataset
