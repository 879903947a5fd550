// What happens to episodes that break the rules: counted, shown with their first reason, and too
// many of them end the run.
#include "campaign/rejections.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tesuji::campaign {
namespace {

using testing::HasSubstr;

TEST(Rejections, TheFirstReasonIsKeptAndSaidOnce) {
  Rejections rejections;
  EXPECT_EQ(rejections.Words(), "");
  EXPECT_TRUE(rejections.NoteRejected(7, "value is 1, the rules give -1"));
  EXPECT_FALSE(rejections.NoteRejected(8, "artifact differs"));
  EXPECT_EQ(rejections.Words(), "2 rejected (episode 7: value is 1, the rules give -1)");
}

TEST(Rejections, AFewAreToleratedHoweverFewTheEpisodes) {
  Rejections rejections;
  for (int i = 0; i < Rejections::kToleratedCount; ++i) rejections.NoteRejected(0, "x");
  EXPECT_EQ(rejections.Excess(), "");
  rejections.NoteRejected(0, "x");
  EXPECT_THAT(rejections.Excess(), HasSubstr("11 of 11 new episodes"));
}

TEST(Rejections, OneInAHundredIsToleratedAndMoreIsNot) {
  Rejections rejections;
  for (int i = 0; i < 99 * 20; ++i) rejections.NoteSound();
  for (int i = 0; i < 20; ++i) rejections.NoteRejected(3, "wrong");
  EXPECT_EQ(rejections.Excess(), "");
  rejections.NoteRejected(4, "wrong");
  EXPECT_THAT(rejections.Excess(), HasSubstr("21 of 2001"));
  EXPECT_THAT(rejections.Excess(), HasSubstr("more than 1 %"));
  EXPECT_THAT(rejections.Excess(), HasSubstr("episode 3: wrong"));
}

}  // namespace
}  // namespace tesuji::campaign
