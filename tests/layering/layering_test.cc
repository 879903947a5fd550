// Holds the source tree against the arrows between folders, and shows on small made-up trees that
// each kind of wrong arrow is found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/layering/include_rules.h"

namespace tesuji::layering {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// In two pieces: a search of the tree for such includes shall not find this file.
constexpr const char* kIncludesLibTorch =
    "#include "
    "<torch/torch.h>\n";

std::vector<std::string> Check(const SourceTree& tree) {
  return FindViolations(HouseRules(), tree);
}

TEST(Layering, TheTreeObeysEveryArrow) {
  const SourceTree tree = ReadSourceTree(TESUJI_SOURCE_DIR);
  ASSERT_TRUE(tree.contains("core/random.cc")) << "wrong folder: " << TESUJI_SOURCE_DIR;
  ASSERT_TRUE(tree.contains("api/environment.h"));
  for (const auto& violation : Check(tree)) ADD_FAILURE() << violation;
  for (const auto& arrow : FindUnusedArrows(HouseRules(), tree)) ADD_FAILURE() << arrow;
}

TEST(Layering, AnArrowThatNothingUsesIsNamed) {
  Rules rules;
  rules.arrows = {{"a", {"b", "c/x.h", "d"}}, {"b", {}}, {"c", {}}, {"d", {}}};
  const SourceTree tree = {{"a/1.cc", "#include \"b/b.h\"\n// #include \"d/d.h\"\n"},
                           {"a/2.cc", "#include \"c/x.h\"\n"}};
  EXPECT_THAT(FindUnusedArrows(rules, tree), ElementsAre(HasSubstr("a -> d: granted")));
}

TEST(Layering, AFileBelongsToTheInnermostRoom) {
  EXPECT_THAT(Check({{"env/go/a.cc", "#include \"search/mcts.h\"\n"},
                     {"env/go/gtp/b.cc", "#include \"search/mcts.h\"\n"}}),
              ElementsAre(HasSubstr("env/go/a.cc:1: env/go/ may not include \"search/mcts.h\"")));
}

TEST(Layering, AGrantedRoomDoesNotOpenTheRoomsWithinIt) {
  EXPECT_THAT(Check({{"dataset/a.cc", "#include \"env/go/gtp/engine.h\"\n"}}),
              ElementsAre(HasSubstr("dataset/a.cc:1")));
}

TEST(Layering, NoFamilyIncludesAnother) {
  EXPECT_THAT(Check({{"env/program/a.cc", "#include \"env/go/board.h\"\n"},
                     {"env/othello/a.cc", "#include \"env/mnk/mnk.h\"\n"}}),
              ElementsAre(HasSubstr("env/othello/a.cc:1"), HasSubstr("env/program/a.cc:1")));
}

TEST(Layering, AFamilyWithoutALineIsAGameThatIncludesTheApiAlone) {
  EXPECT_THAT(Check({{"env/nim/nim.cc", "#include \"api/environment.h\"\n"}}), ElementsAre());
  EXPECT_THAT(Check({{"env/nim/nim.cc", "#include \"core/json.h\"\n"},
                     {"env/nim/nim.h", "#include \"env/nine/nine.h\"\n"},
                     {"env/nine/nine.h", ""}}),
              ElementsAre(HasSubstr("env/nim/nim.cc:1: env/nim/ may not include"),
                          HasSubstr("env/nim/nim.h:1: env/nim/ may not include")));
}

TEST(Layering, AllowsTheArrowsOfTheDesign) {
  EXPECT_THAT(Check({{"core/a.h", "#include <vector>\n"},
                     {"search/a.cc", "#include \"search/b.h\"\n#include \"api/c.h\"\n"},
                     {"learner/a.cc", "#include \"search/evaluator.h\"\n"},
                     {"learner/torch/net.cc", kIncludesLibTorch},
                     {"env/go/gtp/run.cc", "#include \"arena/player.h\"\n"},
                     {"cli/main.cc", "#include \"api/replay.h\"\n"}}),
              IsEmpty());
}

TEST(Layering, SearchAndEnvironmentsNeverReachTheVerifiersHiddenTests) {
  EXPECT_THAT(Check({{"search/mcts.cc", "\n#include \"verifier/problem.h\"\n"},
                     {"env/mnk/mnk.cc", "#include \"verifier/problem.h\"\n"},
                     {"verifier/problem.h", ""}}),
              ElementsAre(HasSubstr("env/mnk/mnk.cc:1: env/mnk/ may not include"),
                          HasSubstr("search/mcts.cc:2: search/ may not include")));
}

TEST(Layering, CoreIncludesNobody) {
  EXPECT_THAT(Check({{"core/a.h", "#include \"api/environment.h\"\n"}}),
              ElementsAre(HasSubstr("its arrows: (nothing)")));
}

TEST(Layering, TheLearnerSeesOnlyTheEvaluatorOfSearch) {
  EXPECT_THAT(Check({{"learner/a.cc", "#include \"search/mcts.h\"\n"}}),
              ElementsAre(HasSubstr("learner/ may not include \"search/mcts.h\"")));
}

TEST(Layering, AngleBracketsAreNoWayAround) {
  EXPECT_THAT(Check({{"search/a.cc", "  #  include <verifier/problem.h>\n"}}),
              ElementsAre(HasSubstr("search/a.cc:1")));
}

TEST(Layering, LibTorchStaysInLearnerTorch) {
  EXPECT_THAT(
      Check({{"learner/model.cc", kIncludesLibTorch}, {"search/a.cc", "#include <ATen/ATen.h>\n"}}),
      ElementsAre(HasSubstr("LibTorch belongs to learner/torch/"),
                  HasSubstr("search may not include <ATen/ATen.h>")));
}

TEST(Layering, APrivateHeaderDoesNotLeakWhatItBringsIn) {
  EXPECT_THAT(Check({{"learner/torch/net.h", kIncludesLibTorch},
                     {"learner/torch/deep.h", "#include \"learner/torch/net.h\"\n"},
                     {"learner/model.cc", "#include \"learner/torch/deep.h\"\n"}}),
              ElementsAre(HasSubstr("\"learner/torch/deep.h\" brings in LibTorch"),
                          HasSubstr("learner/ may not include \"learner/torch/deep.h\"")));
}

TEST(Layering, SqliteStaysInItsRoomAndBeastInTheService) {
  EXPECT_THAT(
      Check({{"cli/a.cc", "#include <boost/beast/core.hpp>\n"},
             {"campaign/a.cc", "#include <sqlite3.h>\n#include <SQLiteCpp/SQLiteCpp.h>\n"},
             {"storage/sqlite/a.cc", "#include <sqlite3.h>\n"}}),
      ElementsAre(HasSubstr("campaign/a.cc:1: SQLite"), HasSubstr("campaign/a.cc:2: SQLite"),
                  HasSubstr("cli/a.cc:1: Boost.Beast")));
}

TEST(Layering, ArrowStaysInTheFileThatWritesParquet) {
  EXPECT_THAT(Check({{"dataset/export/jsonl.cc", "#include <arrow/api.h>\n"},
                     {"dataset/export/parquet.cc", "#include <parquet/properties.h>\n"}}),
              ElementsAre(HasSubstr("dataset/export/jsonl.cc:1: Arrow")));
}

TEST(Layering, OwnHeadersAreNamedFromTheRoot) {
  EXPECT_THAT(Check({{"search/a.cc", "#include \"tree.h\"\n"},
                     {"search/b.cc", "#include \"../verifier/problem.h\"\n"}}),
              ElementsAre(HasSubstr("from the root"), HasSubstr("from the root")));
}

TEST(Layering, ANewFolderMustNameItsArrows) {
  EXPECT_THAT(Check({{"shed/a.cc", ""}}), ElementsAre(HasSubstr("shed/a.cc: lies in no room")));
}

TEST(Layering, NobodyIncludesTheProgramOrTheTests) {
  EXPECT_THAT(Check({{"arena/a.cc", "#include \"cli/args.h\"\n"},
                     {"cli/a.cc", "#include \"tests/contract/suite.h\"\n"}}),
              ElementsAre(HasSubstr("arena/ may not include"), HasSubstr("cli/ may not include")));
}

TEST(FindIncludes, SkipsCommentsAndKeepsLineNumbers) {
  const auto includes = FindIncludes(
      "// #include \"a/a.h\"\n/* \n#include \"b/b.h\"\n*/ #include \"c/c.h\"\n"
      "const char* s = \"/*\"; const int n = 1'000;\n#include <d.h>  // why\n");
  ASSERT_EQ(includes.size(), 2U);
  EXPECT_EQ(includes[0].path, "c/c.h");
  EXPECT_EQ(includes[0].line, 4);
  EXPECT_TRUE(includes[0].quoted);
  EXPECT_EQ(includes[1].path, "d.h");
  EXPECT_EQ(includes[1].line, 6);
  EXPECT_FALSE(includes[1].quoted);
}

}  // namespace
}  // namespace tesuji::layering
