// Records that the engine reads and writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "env/go/gtp/engine.h"
#include "tests/gtp/fakes.h"
#include "tests/gtp/scripts.h"

namespace tesuji::gtp {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(GtpEngine, SavesAndLoadsRecords) {
  const ScriptFolder folder;
  const std::string path = (folder.path() / "game.sgf").string();
  auto engine = MakeEngine();
  for (const char* line :
       {"boardsize 7", "komi 5.5", "fixed_handicap 2", "play w d4", "play b d5", "play w pass"}) {
    ASSERT_THAT(engine->Execute(line), StartsWith("=")) << line;
  }
  EXPECT_EQ(engine->Execute("printsgf " + path), "=\n\n");
  const std::string board = engine->Execute("showboard");
  auto other = MakeEngine();
  EXPECT_EQ(other->Execute("loadsgf " + path), "= B\n\n");
  EXPECT_EQ(other->Execute("showboard"), board);
  EXPECT_EQ(other->Execute("get_komi"), "= 5.5\n\n");
  EXPECT_EQ(other->Execute("loadsgf " + path + " 2"), "= B\n\n");
  EXPECT_EQ(other->game().moves().size(), 1U);
  EXPECT_EQ(other->Execute("loadsgf " + path + " 0"), "? syntax error\n\n");
}

TEST(GtpEngine, ChangesNothingForABadRecord) {
  const ScriptFolder folder;
  const auto write = [&](const std::string& text) {
    const std::string path = (folder.path() / "bad.sgf").string();
    std::ofstream(path) << text;
    return path;
  };
  auto engine = MakeEngine(QuickOptions(), 9);
  engine->Execute("boardsize 7");
  engine->Execute("play b d4");
  for (const char* text : {"", "no game", "(;SZ[7];B[aa];W[aa])", "(;SZ[19];B[aa])",
                           "(;SZ[7];B[zz])", "(;GM[2])", "(;SZ[99999999999])"}) {
    EXPECT_THAT(engine->Execute("loadsgf " + write(text)), StartsWith("? cannot load file"))
        << text;
  }
  EXPECT_THAT(engine->Execute("loadsgf /nonexistent.sgf"), StartsWith("? cannot load file"));
  EXPECT_THAT(engine->Execute("loadsgf /dev/zero"), StartsWith("? cannot load file"));
  EXPECT_THAT(engine->Execute("printsgf /nonexistent/x.sgf"), StartsWith("? cannot write file"));
  EXPECT_EQ(engine->Execute("list_stones b"), "= D4\n\n");
}

TEST(GtpEngine, TouchesNoFilesWhenToldSo) {
  EngineOptions options = QuickOptions();
  options.allow_files = false;
  auto engine = MakeEngine(options);
  EXPECT_THAT(engine->Execute("loadsgf x.sgf"), HasSubstr("switched off"));
  EXPECT_THAT(engine->Execute("printsgf x.sgf"), HasSubstr("switched off"));
  EXPECT_FALSE(std::filesystem::exists("x.sgf"));
  EXPECT_THAT(engine->Execute("printsgf"), StartsWith("= (;"));
}

}  // namespace
}  // namespace tesuji::gtp
