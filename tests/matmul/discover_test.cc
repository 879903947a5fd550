// Discovery: reaches known ranks, the same whoever works, and every record can be walked again.
#include "env/matmul/discover.h"

#include <gtest/gtest.h>

#include "api/replay.h"
#include "env/matmul/scheme_search.h"
#include "env/matmul/tensor_check.h"
#include "env/matmul/trajectories.h"
#include "tests/matmul/known_schemes.h"
#include "tests/matmul/quick_discovery.h"

namespace tesuji::env::matmul {
namespace {

// However short the time between plus transitions: a benchmark with 2000 once never ended.
TEST(Walk, AsksWhetherToStopEverySoManyFlips) {
  for (const int plus_after : {1, 100, 2'000, 100'000}) {
    int asked = 0;
    WalkOptions options;
    options.flips = 100'000'000;
    options.plus_after = plus_after;
    options.stop = [&] { return ++asked == 3; };
    const auto walked = Walk(StandardScheme({3, 3, 3}, Ring::kZ2), options, RandomStream(1));
    EXPECT_TRUE(walked.stopped) << plus_after;
    EXPECT_LT(walked.flips, 1'000'000) << plus_after;
  }
}

TEST(Discover, ReachesKnownRanks) {
  for (const auto& [format, rank] :
       {std::pair{Format{2, 2, 2}, 7}, std::pair{Format{2, 3, 2}, 11},
        std::pair{Format{3, 2, 3}, 15}, std::pair{Format{3, 3, 3}, 23}}) {
    const auto found = Discoveries(Quick(format, rank));
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found.back().scheme.rank(), rank);
    EXPECT_EQ(found.back().scheme.format, format);
    EXPECT_TRUE(CheckScheme(found.back().scheme).has_value());
  }
}

TEST(Discover, ReachesKnownRanksOverTheIntegers) {
  auto options = Quick({2, 3, 3}, 15);
  options.ring = Ring::kTernary;
  const auto found = Discoveries(options);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.back().scheme.rank(), 15);
  EXPECT_TRUE(CheckScheme(found.back().scheme).has_value());
}

TEST(Discover, FindsTheSameWithAnyNumberOfWorkers) {
  auto options = Quick({3, 3, 3}, 23);
  options.workers = 1;
  const auto alone = Discoveries(options);
  options.workers = 4;
  const auto together = Discoveries(options);
  ASSERT_EQ(alone.size(), together.size());
  for (std::size_t i = 0; i < alone.size(); ++i) {
    EXPECT_EQ(alone[i].scheme, together[i].scheme);
    EXPECT_EQ(alone[i].stream, together[i].stream);
    EXPECT_EQ(alone[i].walk.flips, together[i].walk.flips);
  }
}

/// The scheme and stream of everything that was found, as text.
std::vector<std::string> Texts(const std::vector<Discovery>& found) {
  std::vector<std::string> texts;
  for (const Discovery& one : found) {
    texts.push_back(SchemeToJson(one.scheme).dump() + Json(one.stream).dump());
  }
  return texts;
}

TEST(Discover, ASavedSearchGoesOnAsIfItHadNeverStopped) {
  const auto options = Quick({3, 3, 3}, 23);
  const auto whole = Discoveries(options);
  for (const int rounds_before_saving : {1, 3, 40}) {
    std::vector<Discovery> found;
    DiscoverCallbacks callbacks;
    callbacks.improved = [&](const Discovery& discovery) { found.push_back(discovery); };
    auto search = std::move(SchemeSearch::Begin(options, callbacks).value());
    // Each process makes so many rounds.
    while (!search->over()) {
      for (int i = 0; i < rounds_before_saving && !search->over(); ++i) {
        ASSERT_TRUE(search->Round().has_value());
      }
      if (search->over()) break;
      const Json saved = Json::parse(search->Save().dump());
      search = std::move(SchemeSearch::Resume(options, callbacks, saved).value());
    }
    EXPECT_EQ(Texts(found), Texts(whole)) << rounds_before_saving;
  }
}

TEST(Discover, ASavedSearchThatIsDamagedIsRefused) {
  const auto options = Quick({2, 2, 2}, 7);
  auto search = std::move(SchemeSearch::Begin(options, {}).value());
  ASSERT_TRUE(search->Round().has_value());
  const Json saved = search->Save();
  ASSERT_TRUE(SchemeSearch::Resume(options, {}, saved).has_value());
  for (const auto& [key, value] : saved.items()) {
    for (const Json& wrong : {Json("x"), Json(nullptr), Json::array({1, "x"})}) {
      Json damaged = saved;
      damaged[key] = wrong;
      EXPECT_FALSE(SchemeSearch::Resume(options, {}, damaged).has_value()) << key << " " << wrong;
    }
    Json shorter = saved;
    shorter.erase(key);
    EXPECT_FALSE(SchemeSearch::Resume(options, {}, shorter).has_value()) << key;
  }
  for (const Json& wrong : {Json(), Json(3), Json::array()}) {
    EXPECT_FALSE(SchemeSearch::Resume(options, {}, wrong).has_value()) << wrong;
  }
  auto other = Quick({2, 2, 3}, 11);
  EXPECT_FALSE(SchemeSearch::Resume(other, {}, saved).has_value());
}

TEST(Discover, EveryRecordCanBeWalkedAgain) {
  auto found = Discoveries(Quick({3, 3, 3}, 23));
  ASSERT_FALSE(found.empty());
  for (const Discovery& discovery : found) {
    const auto status = VerifyDiscovery(discovery);
    EXPECT_TRUE(status.has_value()) << status.error().message;
  }
  Discovery forged = found.back();
  ++forged.stream[3];
  EXPECT_FALSE(VerifyDiscovery(forged).has_value());
  forged = found.back();
  forged.scheme.terms.pop_back();
  EXPECT_FALSE(VerifyDiscovery(forged).has_value());
}

// Where it stalls it begins again from 2x2x2, with other walks, and keeps what it had.
TEST(Discover, GrowsAnewWhenStuck) {
  auto options = Quick({3, 3, 3}, 22);
  options.walk_flips = 50'000;
  options.stage_effort = 20;
  options.max_flips = 20'000'000;
  int growths = 0;
  std::vector<Discovery> found;
  DiscoverCallbacks callbacks;
  Format last = options.format;
  callbacks.progress = [&](const DiscoverProgress& progress) {
    growths += progress.format == Format{2, 2, 2} && last == options.format ? 1 : 0;
    last = progress.format;
  };
  callbacks.improved = [&](const Discovery& discovery) { found.push_back(discovery); };
  const auto result = DiscoverSchemes(options, callbacks).value();
  EXPECT_GE(growths, 5);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(result.rank, found.back().scheme.rank());
  ASSERT_FALSE(result.best.empty());
  for (const Scheme& scheme : result.best) {
    EXPECT_EQ(scheme.rank(), result.rank);
    EXPECT_TRUE(CheckScheme(scheme).has_value());
  }
  for (const Discovery& discovery : found) {
    EXPECT_TRUE(VerifyDiscovery(discovery).has_value());
  }
  options.regrow = false;
  growths = 0;
  last = options.format;
  EXPECT_TRUE(DiscoverSchemes(options, callbacks).has_value());
  EXPECT_EQ(growths, 1);
}

// What a search before this one found comes first; where that leads nowhere it grows like any
// other.
TEST(Discover, GrowsAnewWhenItsStartsLeadNowhere) {
  auto options = Quick({2, 2, 3}, 10);
  options.start = {StandardScheme({2, 2, 3}, Ring::kZ2)};
  options.walk_flips = 10'000;
  options.patience = 3;
  options.stage_effort = 20;
  options.max_flips = 2'000'000;
  std::vector<Format> formats;
  std::vector<Discovery> found;
  DiscoverCallbacks callbacks;
  callbacks.progress = [&](const DiscoverProgress& progress) {
    if (formats.empty() || formats.back() != progress.format) formats.push_back(progress.format);
  };
  callbacks.improved = [&](const Discovery& discovery) { found.push_back(discovery); };
  ASSERT_TRUE(DiscoverSchemes(options, callbacks).has_value());
  ASSERT_GE(formats.size(), 3U);
  EXPECT_EQ(formats[0], (Format{2, 2, 3}));
  EXPECT_EQ(formats[1], (Format{2, 2, 2}));
  EXPECT_EQ(formats[2], (Format{2, 2, 3}));
  ASSERT_FALSE(found.empty());
  for (const Discovery& discovery : found) {
    EXPECT_TRUE(VerifyDiscovery(discovery).has_value());
  }
  options.grow = false;
  formats.clear();
  ASSERT_TRUE(DiscoverSchemes(options, callbacks).has_value());
  EXPECT_EQ(formats, (std::vector<Format>{{2, 2, 3}}));
}

TEST(Discover, StopsWhenAsked) {
  auto options = Quick({4, 4, 4}, 1);
  options.walk_flips = 1'000'000'000;
  DiscoverCallbacks callbacks;
  callbacks.stop = [] { return true; };
  const auto result = DiscoverSchemes(options, callbacks);
  ASSERT_TRUE(result.has_value());
  EXPECT_LT(result->total_flips, 10'000'000);
}

TEST(Discover, RefusesStartsThatDoNotMultiply) {
  auto options = Quick({2, 2, 2}, 7);
  options.start = {Modulo2(Strassen())};
  options.start[0].terms.pop_back();
  EXPECT_FALSE(DiscoverSchemes(options, {}).has_value());
  options.start = {Strassen()};
  EXPECT_EQ(DiscoverSchemes(options, {}).error().message,
            "matmul: a start is for 2x2x2 over ternary, expected 2x2x2 over Z2");
  options.start.clear();
  options.format.n = 6;
  EXPECT_FALSE(DiscoverSchemes(options, {}).has_value());
}

TEST(ExtendScheme, KeepsTheProduct) {
  for (const Format& format :
       {Format{3, 2, 2}, Format{2, 3, 2}, Format{2, 2, 3}, Format{5, 4, 3}}) {
    const Scheme extended = ExtendScheme(Strassen(), format);
    EXPECT_EQ(extended.rank(), format.standard_rank() - 1);
    const auto status = CheckScheme(extended);
    EXPECT_TRUE(status.has_value()) << status.error().message;
  }
}

TEST(Trajectory, OfADiscoveryCarriesWhatMadeIt) {
  const auto environment =
      MatmulEnvironment::FromParameters({{"format", "3x3x3"}, {"ring", "Z2"}}).value();
  const auto found = Discoveries(Quick({3, 3, 3}, 23));
  ASSERT_FALSE(found.empty());
  const auto trajectory = ToTrajectory(*environment, found.back(), 5, 17);
  ASSERT_TRUE(trajectory.has_value()) << trajectory.error().message;
  EXPECT_EQ(trajectory->outcome.score, 27 - 23);
  EXPECT_EQ(trajectory->outcome.termination, "walk");
  EXPECT_EQ(trajectory->provenance.episode, 17U);
  // Through text, as a store keeps it, and back: what a replay does.
  Task task = trajectory->task;
  task.parameters = Json::parse(task.parameters.dump());
  const auto again = environment->NewState(task);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ((*again)->Artifact(), trajectory->artifact);
  EXPECT_EQ((*again)->Fingerprint(), trajectory->final_fingerprint);
  EXPECT_EQ((*again)->Value(), trajectory->outcome.value);
  EXPECT_TRUE(ReplayTrajectory(*environment, *trajectory).empty());
  Discovery forged = found.back();
  ++forged.stream[3];
  EXPECT_FALSE(ReplayTrajectory(*environment, *ToTrajectory(*environment, forged, 5, 17)).empty());
}

}  // namespace
}  // namespace tesuji::env::matmul
