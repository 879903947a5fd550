// A file holds one idea: none has more than 600 lines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/layering/include_rules.h"

namespace tesuji::layering {
namespace {

constexpr std::ptrdiff_t kMostLines = 600;

/// The files that are longer, each with its number of lines.
std::vector<std::string> LongFiles(const SourceTree& tree) {
  std::vector<std::string> files;
  for (const auto& [path, text] : tree) {
    const auto lines = std::ranges::count(text, '\n');
    if (lines > kMostLines) files.push_back(path + ": " + std::to_string(lines) + " lines");
  }
  return files;
}

TEST(FileSize, NoFileOfTheHouseHasMoreThan600Lines) {
  const SourceTree tree = ReadSourceTree(TESUJI_SOURCE_DIR);
  ASSERT_GT(tree.size(), 500U) << "the tree was not read";
  EXPECT_THAT(LongFiles(tree), testing::IsEmpty()) << "split them by what they are about";
}

TEST(FileSize, ALongerFileIsNamed) {
  const std::string most(600, '\n');
  EXPECT_THAT(LongFiles({{"core/a.h", most}, {"core/b.cc", most + "\n"}}),
              testing::ElementsAre("core/b.cc: 601 lines"));
}

}  // namespace
}  // namespace tesuji::layering
