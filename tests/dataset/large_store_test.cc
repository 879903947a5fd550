// Memory does not grow with the store. By default the store is small, so that the test is quick;
// TESUJI_LARGE_STORE_MIB=1200 makes it larger than the memory allowed.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <iostream>

#include "dataset/random_episode.h"
#include "tests/dataset/support.h"

namespace tesuji::dataset {
namespace {

TEST(LargeStore, IsCuratedWithinOneGibibyte) {
  const char* setting = std::getenv("TESUJI_LARGE_STORE_MIB");
  const std::int64_t wanted = setting == nullptr ? 48 : std::max(1, std::atoi(setting));
  const auto environment = env::BuiltInEnvironments().Make("go", {{"size", 19}}).value();
  TestFolder folder;
  std::int64_t bytes = 0;
  std::uint64_t episode = 0;
  {
    auto store = storage::Store::Open(folder / "s.db", storage::OpenMode::kCreateOrOpen).value();
    while (bytes < wanted << 20) {
      // Long games with a probability for every legal move: the most that Go has to store.
      const auto ids = store->AppendTrajectories(
          {{RandomEpisode(*environment, {.episode = episode++, .policy_entries = 361}),
            storage::TrajectoryStatus::kVerified, "train"}});
      store->ForEachSummary(ids[0],
                            [&](const storage::TrajectorySummary& row) {
                              bytes += row.stored_bytes;
                              return false;
                            },
                            {});
    }
  }
  BuildOptions options;
  options.stores = {folder / "s.db"};
  options.out = folder / "out";
  options.threads = 2;
  options.recipe.dedup.near = true;
  options.recipe.view.text = false;
  options.recipe.exports.formats = {"npz", "sgfs"};
  const auto report = Build(options);
  EXPECT_EQ(report.rows_out, static_cast<std::int64_t>(episode));
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const std::int64_t peak_mib = usage.ru_maxrss / 1024;
  std::cout << "store " << (bytes >> 20) << " MiB, " << episode << " games, "
            << report.positions.out << " positions, peak memory " << peak_mib << " MiB\n";
  EXPECT_LT(peak_mib, 1024);
}

}  // namespace
}  // namespace tesuji::dataset
