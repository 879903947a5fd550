// Records that the engine reads and writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "env/go/gtp/engine.h"
#include "tests/env/gtp/fakes.h"
#include "tests/env/gtp/scripts.h"

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
  EXPECT_THAT(other->Execute("loadsgf " + path + " 0"), StartsWith("? syntax error"));
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

TEST(GtpEngine, LoadsRecordsAsTheyCome) {
  const ScriptFolder folder;
  const auto write = [&](const std::string& name, const std::string& text) {
    const std::string path = (folder.path() / name).string();
    std::ofstream(path) << text;
    return path;
  };
  auto engine = MakeEngine(QuickOptions(), 9);
  // Spaces in the path, with and without a move number and quotes.
  const std::string path = write("a game 3.sgf", "(;SZ[5]KM[0.5];B[aa];W[bb];B[cc])");
  EXPECT_EQ(engine->Execute("loadsgf " + path), "= W\n\n");
  EXPECT_EQ(engine->Execute("loadsgf " + path + " 2"), "= W\n\n");
  EXPECT_EQ(engine->Execute("loadsgf \"" + path + "\" 3"), "= B\n\n");
  EXPECT_EQ(engine->game().moves().size(), 2U);
  // Stones that are set up after the wanted moves do no harm.
  const std::string setup = write("setup.sgf", "(;SZ[5];B[aa];W[bb];AB[ee][dd];W[cc])");
  EXPECT_EQ(engine->Execute("loadsgf " + setup + " 3"), "= B\n\n");
  EXPECT_THAT(engine->Execute("loadsgf " + setup), HasSubstr("set up after move 2"));
  // Komi: the record's by the one rule; without one the engine's own, whatever was set before.
  engine->Execute("komi 3.5");
  EXPECT_EQ(engine->Execute("loadsgf " + write("km.sgf", "(;SZ[9]KM[375])")), "= B\n\n");
  EXPECT_EQ(engine->Execute("get_komi"), "= 7.5\n\n");
  for (const char* text : {"(;SZ[9])", "(;SZ[9]KM[])"}) {
    engine->Execute("komi 3.5");
    engine->Execute("loadsgf " + write("none.sgf", text));
    EXPECT_EQ(engine->Execute("get_komi"), "= 7.5\n\n") << text;
  }
  EXPECT_THAT(engine->Execute("loadsgf " + write("big.sgf", "(;SZ[9]KM[82])")),
              HasSubstr("at most 81"));
  EXPECT_THAT(engine->Execute("loadsgf " + write("13.sgf", "(;SZ[13])")),
              HasSubstr("unacceptable size: the record's board is 13x13; too large"));
  EXPECT_THAT(engine->Execute("loadsgf " + write("h.sgf", "(;SZ[9]HA[2];B[cc];B[gg];W[ee];B[ee])")),
              HasSubstr("move 4 (B E5) is illegal: occupied"));
}

}  // namespace
}  // namespace tesuji::gtp
