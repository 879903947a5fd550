#include "search/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "search/options_json.h"

namespace tesuji::search {
namespace {

TEST(SearchOptions, DefaultsAreValid) {
  EXPECT_TRUE(Validate(SearchOptions{}).has_value());
  EXPECT_TRUE(Validate(EpisodeOptions{}).has_value());
}

TEST(SearchOptions, ValidationNamesTheFieldItsValueAndWhatWasExpected) {
  const auto message = [](auto change) {
    EpisodeOptions options;
    change(options);
    const Status status = Validate(options);
    return status ? std::string("valid") : status.error().message;
  };
  EXPECT_EQ(message([](auto& o) { o.full.simulations = 0; }),
            "simulations = 0: expected 1 to 10000000");
  EXPECT_EQ(message([](auto& o) { o.full.noise_fraction = 1.5; }),
            "noise_fraction = 1.5: expected 0 to 1");
  EXPECT_EQ(message([](auto& o) { o.full.cpuct_base = 0; }),
            "cpuct_base = 0.0: expected 1 to 1000000000");
  EXPECT_EQ(message([](auto& o) { o.full_search_probability = -0.5; }),
            "full_search_probability = -0.5: expected 0.001 to 1");
  EXPECT_EQ(message([](auto& o) { o.full.max_pending = 0; }),
            "max_pending = 0: expected at least 1");
  EXPECT_THAT(message([](auto& o) { o.full.cpuct = std::numeric_limits<double>::quiet_NaN(); }),
              testing::StartsWith("cpuct = nan"));
  EXPECT_THAT(message([](auto& o) {
                o.full.look_ahead = true;
                o.full.prove = false;
              }),
              testing::StartsWith("look_ahead"));
  EXPECT_THAT(message([](auto& o) { o.temperature_halflife = 0; }),
              testing::StartsWith("temperature_halflife"));
}

TEST(SearchOptions, JsonTellsSettingsApart) {
  EpisodeOptions options;
  const Json before = ToJson(options);
  EXPECT_EQ(before["full"]["root"], "puct");
  options.full.root = "gumbel";
  EXPECT_NE(ToJson(options), before);
  options = {};
  options.full.max_pending = 2;
  EXPECT_NE(ToJson(options), before);
  options = {};
  options.full.look_ahead = true;
  EXPECT_NE(ToJson(options), before);
  EXPECT_EQ(Json::parse(before.dump()), before);
}

}  // namespace
}  // namespace tesuji::search
