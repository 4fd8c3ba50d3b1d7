#include "server/risk/links.h"

#include <gmock/gmock.h>

#include <string>

namespace mergegate::risk {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LinksTest, KnowsTheFormsOfProjects) {
  EXPECT_THAT(ReadMessage("net: fix\n\nFixes: e8ae856140bc (\"net: add\")\n").causes, ElementsAre("e8ae856140bc"));
  EXPECT_THAT(ReadMessage("x\n\nFixes: E8AE856140BC\nFixes: 36701abcdef0\n").causes,
              ElementsAre("e8ae856140bc", "36701abcdef0"));
  EXPECT_THAT(ReadMessage("x\n\nAmends 62198ab4485e15f350122770d5dfd8de7e59b8f9.\n").causes,
              ElementsAre("62198ab4485e15f350122770d5dfd8de7e59b8f9"));
  EXPECT_THAT(ReadMessage("x\n\nAmends change 99e2356a73.\n").causes, ElementsAre("99e2356a73"));
  EXPECT_THAT(ReadMessage("x\n\nFollow-up to 24acfcaf.\n").causes, ElementsAre("24acfcaf"));
  EXPECT_THAT(ReadMessage("Revert \"x\"\n\nThis reverts commit 24acfcaf11.\n").causes, ElementsAre("24acfcaf11"));
  EXPECT_THAT(ReadMessage("Fix leak\n\nThis was introduced by\ncommit 6bef3c7ca859.\n").causes,
              ElementsAre("6bef3c7ca859"));
}

TEST(LinksTest, BrokenSinceIsACause) {
  EXPECT_THAT(ReadMessage("Fix regressed log. Broken since: a49b0ad786\n").causes, ElementsAre("a49b0ad786"));
  EXPECT_THAT(ReadMessage("Fix broken visibility property assignment after d0644b040e\n").causes,
              ElementsAre("d0644b040e"));
  EXPECT_THAT(ReadMessage("Fix regression in ripple\n\nAfter ca20f7e82f the ripple\n").causes, IsEmpty());
}

TEST(LinksTest, IntroducedCountsOnlyWhenTheSubjectSpeaksOfAFault) {
  EXPECT_THAT(ReadMessage("Use the types introduced in 6bef3c7ca859\n").causes, IsEmpty());
  EXPECT_THAT(ReadMessage("Fix crash\n\nUses what was added in 6bef3c7ca859\n").causes, IsEmpty());
}

TEST(LinksTest, NumbersAndNamesAreNoCommits) {
  EXPECT_THAT(ReadMessage("x\n\nFixes: 2582834\nFixes: #123\nFixes: QTBUG-78858\n").causes, IsEmpty());
}

TEST(LinksTest, OneCommitIsNamedOnce) {
  EXPECT_THAT(ReadMessage("x\n\nFixes: e8ae856140bc\nFixes: e8ae856140bc\n").causes, ElementsAre("e8ae856140bc"));
}

TEST(LinksTest, TellsCherryPicks) {
  const std::string original(40, 'e');
  EXPECT_EQ(ReadMessage("x\n\n(cherry picked from commit " + original + ")\n").picked_from, original);
  EXPECT_EQ(ReadMessage("x\n").picked_from, "");
}

TEST(LinksTest, TellsRevertsAndFixes) {
  EXPECT_TRUE(ReadMessage("Revert \"a\"").undoes);
  EXPECT_TRUE(ReadMessage("Reapply \"a\"").undoes);
  EXPECT_FALSE(ReadMessage("Add revertable state").undoes);
  EXPECT_TRUE(ReadMessage("net: fix leak").corrects);
  EXPECT_FALSE(ReadMessage("add prefix").corrects);
}

TEST(LinksTest, AnyBytesDo) {
  EXPECT_THAT(ReadMessage("caf\xe9 \xff\xfe\n\nFixes: e8ae856140bc\n").causes, ElementsAre("e8ae856140bc"));
  EXPECT_THAT(ReadMessage("").causes, IsEmpty());
}

}  // namespace
}  // namespace mergegate::risk
