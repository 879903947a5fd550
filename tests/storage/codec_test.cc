// The bytes of trajectories: nothing lost, one value one encoding, and no input that breaks the
// reader.
#include "storage/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include <functional>
#include <limits>
#include <set>

#include "core/sha256.h"
#include "storage/bytes.h"
#include "tests/storage/support.h"

namespace tesuji::storage {
namespace {

using testing::HasSubstr;

std::string Decompressed(const std::string& bytes) {
  std::string payload(ZSTD_getFrameContentSize(bytes.data(), bytes.size()), '\0');
  ZSTD_decompress(payload.data(), payload.size(), bytes.data(), bytes.size());
  return payload;
}

std::string Compressed(const std::string& payload) {
  std::string bytes(ZSTD_compressBound(payload.size()), '\0');
  bytes.resize(ZSTD_compress(bytes.data(), bytes.size(), payload.data(), payload.size(), 1));
  return bytes;
}

TEST(Codec, ReturnsEveryTrajectoryAsItWas) {
  RandomStream random{3};
  for (int round = 0; round < 3000; ++round) {
    const env::Trajectory trajectory = RandomTrajectory(&random);
    const EncodedTrajectory encoded = EncodeTrajectory(trajectory);
    const auto decoded = DecodeTrajectory(encoded.bytes);
    ASSERT_TRUE(decoded.has_value()) << decoded.error().message;
    ASSERT_TRUE(SameTrajectory(decoded->trajectory, trajectory)) << round;
    ASSERT_EQ(decoded->hash, encoded.hash);
    ASSERT_EQ(EncodeContent(decoded->trajectory), EncodeContent(trajectory));
  }
}

TEST(Codec, HashIsTheDigestOfTheContentThatIsStored) {
  const env::Trajectory trajectory = GameLikeTrajectory(1, 2);
  const EncodedTrajectory encoded = EncodeTrajectory(trajectory);
  const std::string payload = Decompressed(encoded.bytes);
  EXPECT_EQ(encoded.hash, ContentHash(trajectory));
  EXPECT_EQ(encoded.hash, Sha256Hex(payload.substr(0, payload.size() - 24)));
}

/// A trajectory that has something in every field.
env::Trajectory Full() {
  env::Trajectory t = GameLikeTrajectory(1, 2);
  t.steps.resize(3);
  t.steps[1].is_target = true;
  t.steps[1].policy = {{3, 0.25F}, {7, 0.75F}};
  t.provenance.judge = {{"version", 1}};
  t.evidence = {{"verdict", "AC"}};
  return t;
}

TEST(Codec, HashIgnoresTimingOnly) {
  const std::string hash = ContentHash(Full());
  env::Trajectory timed = Full();
  timed.timing = {1, 2, 3};
  EXPECT_EQ(ContentHash(timed), hash);

  using T = env::Trajectory;
  const std::vector<std::function<void(T&)>> changes = {
      [](T& t) { t.provenance.environment_id += "x"; },
      [](T& t) { ++t.provenance.environment_version; },
      [](T& t) { t.provenance.environment_parameters["komi"] = 6.5; },
      [](T& t) { t.provenance.software_version += "x"; },
      [](T& t) { ++t.provenance.campaign_seed; },
      [](T& t) { ++t.provenance.episode; },
      [](T& t) { t.provenance.checkpoints.push_back(""); },
      [](T& t) { t.provenance.checkpoints[0][0] = 'x'; },
      [](T& t) { t.provenance.search_settings["c_puct"] = 1.2; },
      [](T& t) { t.provenance.judge["version"] = 2; },
      [](T& t) { t.provenance.judge["version"] = "1"; },
      [](T& t) { t.task.id += "x"; },
      [](T& t) { t.task.parameters["komi"] = 7.5; },
      [](T& t) { t.steps.pop_back(); },
      [](T& t) { ++t.steps[1].action; },
      [](T& t) { ++t.steps[1].checkpoint; },
      [](T& t) { t.steps[1].is_target = !t.steps[1].is_target; },
      [](T& t) { ++t.steps[1].visits; },
      [](T& t) { t.steps[1].root_value = std::nextafter(t.steps[1].root_value, 2.0F); },
      [](T& t) { t.steps[1].surprise += 0.5F; },
      [](T& t) { t.steps[1].weight = 2; },
      [](T& t) { ++t.steps[1].policy[0].action; },
      [](T& t) { t.steps[1].policy[0].probability += 0.125F; },
      [](T& t) { t.steps[1].policy.pop_back(); },
      [](T& t) { std::swap(t.steps[1].policy, t.steps[2].policy); },
      [](T& t) { std::swap(t.steps[1].policy[0], t.steps[1].policy[1]); },
      [](T& t) { t.outcome.value = -1; },
      [](T& t) { t.outcome.score = -0.0F; },
      [](T& t) { t.outcome.score = 0.0F; },
      [](T& t) { t.outcome.ownership[80] = 0; },
      [](T& t) { t.outcome.ownership.pop_back(); },
      [](T& t) { t.outcome.termination = "move-limit"; },
      [](T& t) { t.artifact += " "; },
      [](T& t) { ++t.final_fingerprint.high; },
      [](T& t) { ++t.final_fingerprint.low; },
      [](T& t) { t.evidence["verdict"] = "WA"; },
      [](T& t) { t.evidence = Json::array(); },
  };
  std::set<std::string> hashes = {hash};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    env::Trajectory changed = Full();
    changes[i](changed);
    EXPECT_TRUE(hashes.insert(ContentHash(changed)).second) << "change " << i;
  }
}

TEST(Codec, HashIsPinned) {
  // Changes when the layout changes: then raise kCodecVersion and write it into FORMAT.md.
  env::Trajectory t;
  t.provenance.environment_id = "tictactoe";
  t.provenance.episode = 300;
  t.steps.resize(1);
  t.steps[0].policy = {{4, 1.0F}};
  const std::string content = EncodeContent(t);
  EXPECT_EQ(content.substr(0, 15), std::string("TSJT\x01\x09tictactoe", 15));
  EXPECT_EQ(content.size(), 94U);
  EXPECT_EQ(ContentHash(t), "2ecaadc016810caf4000b4b740ab960fb33de6ab026d08ecd604a576339e97f6");
}

TEST(Codec, ReplacesWhatJsonCannotHold) {
  env::Trajectory t;
  t.evidence = {{"output", "caf\xC3\xA9 \xFF"}, {"nan", std::numeric_limits<double>::quiet_NaN()}};
  const auto decoded = DecodeTrajectory(EncodeTrajectory(t).bytes);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->trajectory.evidence,
            (Json{{"output", "caf\xC3\xA9 \xEF\xBF\xBD"}, {"nan", nullptr}}));
  EXPECT_EQ(ContentHash(decoded->trajectory), ContentHash(t));
}

TEST(Codec, RefusesToWriteWhatItWouldNotRead) {
  env::Trajectory deep;
  for (int i = 0; i < 200; ++i) deep.evidence = Json::array({deep.evidence});
  EXPECT_THROW(EncodeTrajectory(deep), MachineError);
  env::Trajectory large;
  large.artifact.assign(kMaxContentBytes, 'x');
  EXPECT_THROW(EncodeTrajectory(large), MachineError);
  env::Trajectory wordy;
  wordy.evidence["log"] = std::string(kMaxJsonBytes, 'x');
  EXPECT_THROW(EncodeTrajectory(wordy), MachineError);
  env::Trajectory crowded;
  crowded.provenance.checkpoints.resize(65537);
  EXPECT_THROW(EncodeTrajectory(crowded), MachineError);
}

TEST(Codec, RefusesEveryPrefix) {
  const std::string bytes = EncodeTrajectory(Full()).bytes;
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    ASSERT_FALSE(DecodeTrajectory(std::string_view(bytes).substr(0, n)).has_value()) << n;
  }
  const std::string payload = Decompressed(bytes);
  for (std::size_t n = 0; n < payload.size(); ++n) {
    ASSERT_FALSE(DecodePayload(std::string_view(payload).substr(0, n)).has_value()) << n;
  }
  EXPECT_FALSE(DecodeTrajectory(bytes + "x").has_value());
  EXPECT_FALSE(DecodeTrajectory(bytes + bytes).has_value());
  EXPECT_FALSE(DecodePayload("x" + payload).has_value());
}

TEST(Codec, SurvivesAnyBytes) {
  const std::string payload = Decompressed(EncodeTrajectory(Full()).bytes);
  RandomStream random{5};
  int read = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = payload;
    for (auto n = 1 + random.Below(3); n > 0; --n) {
      const std::size_t at = random.Below(damaged.size());
      switch (random.Below(4)) {
        case 0:
          damaged[at] = static_cast<char>(random.Below(256));
          break;
        case 1:
          damaged[at] = static_cast<char>(0xFF);
          break;
        case 2:
          damaged.erase(at, random.Below(8));
          break;
        default:
          damaged.insert(at, random.Below(8), static_cast<char>(random.Below(256)));
      }
      if (damaged.empty()) damaged.push_back('x');
    }
    const auto decoded = DecodePayload(damaged);
    if (decoded) {
      // Whatever is read can be written, and reads the same.
      ++read;
      const auto again = DecodeTrajectory(EncodeTrajectory(decoded->trajectory).bytes);
      ASSERT_TRUE(again.has_value());
      ASSERT_TRUE(SameTrajectory(again->trajectory, decoded->trajectory));
    } else {
      ASSERT_FALSE(decoded.error().message.empty());
      ASSERT_EQ(decoded.error().message.find('\n'), std::string::npos);
    }
  }
  EXPECT_GT(read, 100);  // Else the damage never reached past the first checks.
}

TEST(Codec, SaysWhatIsWrong) {
  const auto reason = [](const std::string& bytes) {
    const auto decoded = DecodeTrajectory(bytes);
    return decoded ? std::string() : decoded.error().message;
  };
  const std::string payload = Decompressed(EncodeTrajectory(Full()).bytes);
  EXPECT_THAT(reason("hello"), HasSubstr("not a zstd frame"));
  EXPECT_THAT(reason(Compressed("hello")), HasSubstr("ends early"));
  EXPECT_THAT(reason(Compressed(std::string(100, 'x'))), HasSubstr("not TSJT"));
  std::string newer = payload;
  newer[4] = 9;
  EXPECT_THAT(reason(Compressed(newer)), HasSubstr("layout version 9 is unknown"));
  std::string longer = payload;
  longer.insert(longer.size() - 24, "x");
  EXPECT_THAT(reason(Compressed(longer)), HasSubstr("end: bytes are left over"));
  std::string cut = payload;
  cut.erase(20, 1);
  EXPECT_FALSE(reason(Compressed(cut)).empty());
}

/// Content that begins well and then claims `count` of the field after the task.
std::string WithSteps(std::uint64_t count, std::size_t filler) {
  ByteWriter out;
  out.Bytes("TSJT");
  out.Byte(1);
  out.String("go");
  out.Signed(1);
  out.String("{}");
  out.String("");
  out.Fixed64(0);
  out.Varint(0);
  out.Varint(0);
  for (const char* text : {"{}", "{}", "task", "{}"}) out.String(text);
  out.Varint(count);
  out.Bytes(std::string(filler, '\0'));
  return out.Take();
}

TEST(Codec, AllocatesNothingForCountsWithoutBytes) {
  for (const std::uint64_t count :
       {std::uint64_t{1000}, std::uint64_t{1} << 32, std::numeric_limits<std::uint64_t>::max()}) {
    const auto decoded = DecodePayload(WithSteps(count, 100));
    ASSERT_FALSE(decoded.has_value());
    EXPECT_THAT(decoded.error().message, HasSubstr("steps: "));
  }
}

TEST(Codec, RefusesABombBeforeUnpackingIt) {
  const std::string bomb = Compressed(std::string(kMaxContentBytes + 100, '\0'));
  EXPECT_LT(bomb.size(), 10'000U);
  const auto decoded = DecodeTrajectory(bomb);
  ASSERT_FALSE(decoded.has_value());
  EXPECT_THAT(decoded.error().message, HasSubstr("at most"));
}

TEST(Codec, RefusesJsonNestedToOverflowTheStack) {
  std::string payload = WithSteps(0, 0);
  payload.pop_back();
  payload.resize(payload.size() - 3);  // The task's parameters, "{}" and its length.
  ByteWriter out;
  out.Bytes(payload);
  out.String(std::string(1'000'000, '['));
  out.Bytes(std::string(200, '\0'));
  const auto decoded = DecodePayload(out.Take());
  ASSERT_FALSE(decoded.has_value());
  EXPECT_THAT(decoded.error().message, HasSubstr("task.parameters: JSON nested deeper than 100"));
}

TEST(Varint, HasOneEncodingForEachNumber) {
  for (const std::uint64_t value :
       {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, std::uint64_t{300},
        std::uint64_t{1} << 63, std::numeric_limits<std::uint64_t>::max()}) {
    ByteWriter out;
    out.Varint(value);
    const std::string bytes = out.Take();
    ByteReader in(bytes);
    EXPECT_EQ(in.Varint("x"), value);
    EXPECT_FALSE(in.failed());
    EXPECT_EQ(in.remaining(), 0U);
  }
  for (const std::string& bytes :
       {std::string("\x80\x00", 2), std::string(9, '\x80') + '\x02', std::string(10, '\x80')}) {
    ByteReader in(bytes);
    in.Varint("x");
    EXPECT_THAT(in.error(), HasSubstr("malformed varint"));
  }
}

TEST(Varint, ZigZagKeepsSmallNumbersSmall) {
  EXPECT_EQ(ZigZag(0), 0U);
  EXPECT_EQ(ZigZag(-1), 1U);
  EXPECT_EQ(ZigZag(1), 2U);
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{-5}, std::numeric_limits<std::int64_t>::min(),
        std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(UnZigZag(ZigZag(value)), value);
  }
}

}  // namespace
}  // namespace tesuji::storage
