// FORMAT.md is true: the reader printed there, which knows nothing of our code, reads a store.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>

#include "storage/tables.h"
#include "tests/storage/support.h"

namespace tesuji::storage {
namespace {

/// The Python program between the last pair of fences.
std::string PrintedReader() {
  const std::string page = ReadBytes(TESUJI_SOURCE_DIR "/storage/FORMAT.md");
  const std::string fence = "```python\n";
  const std::size_t begin = page.find(fence);
  EXPECT_NE(begin, std::string::npos);
  return page.substr(begin + fence.size(), page.find("```", begin + 3) - begin - fence.size());
}

/// A Python that can unpack zstd, or "".
std::string Python() {
  for (const std::string python : {"python3", "/usr/bin/python3"}) {
    if (std::system((python + " -c 'import zstandard' 2>/dev/null").c_str()) == 0) return python;
  }
  return {};
}

TEST(Format, ThePrintedPythonReaderReadsAStore) {
  const std::string python = Python();
  if (python.empty()) {
    GTEST_SKIP() << "needs python3 with zstandard (Debian: python3-zstandard)";
  }
  const TemporaryFolder folder;
  std::string expected;
  {
    const auto store = OpenStore(folder / "s.db");
    RandomStream random{41};
    for (std::uint64_t i = 0; i < 40; ++i) {
      auto trajectory = GameLikeTrajectory(1, i);
      if (i % 2 == 1) {
        trajectory = RandomTrajectory(&random);
        trajectory.provenance.environment_id = "random";
        trajectory.outcome.value = 0.5F;
      }
      const auto id = store->AppendTrajectories({Verified(trajectory)}).front();
      expected += std::to_string(id) + " " + trajectory.provenance.environment_id + " " +
                  std::to_string(trajectory.steps.size()) + " steps, value " +
                  (i % 2 == 1 ? "0.5" : "1.0") + "\n";
    }
    // A row that is not verified is not for training.
    store->AppendTrajectories({{GameLikeTrajectory(1, 99), TrajectoryStatus::kRejected, "train"}});
  }
  WriteBytes(folder / "reader.py", PrintedReader());
  const std::string command =
      "cd " + folder.path().string() + " && " + python + " reader.py s.db > out";
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(ReadBytes(folder / "out"), expected);
}

TEST(Format, ThePageShowsEveryColumnAsListed) {
  const std::string page = ReadBytes(TESUJI_SOURCE_DIR "/storage/FORMAT.md");
  for (const TableShape& table : AllTables()) {
    std::string lines;
    for (const Column& column : table.columns) {
      lines +=
          "| `" + column.name + "` | " + TypeName(column.type) + " | " + column.meaning + " |\n";
    }
    EXPECT_NE(page.find("|---|---|---|\n" + lines), std::string::npos)
        << "storage/FORMAT.md should show the table " << table.name << " as\n"
        << lines;
  }
}

}  // namespace
}  // namespace tesuji::storage
