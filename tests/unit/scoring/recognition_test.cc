// Verified help, its caps, and what trading comes to.
#include "server/scoring/growth/recognition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/signal_builder.h"

namespace mergegate::scoring {
namespace {

using mergegate::testing::Append;
using mergegate::testing::ChangeStory;
using mergegate::testing::MakeSignal;
using mergegate::testing::OnDay;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Handle kAnn("ann"), kBen("ben");
const absl::Time kNow = OnDay(180);

class Recognition : public ::testing::Test {
 protected:
  // `helper`'s comment on a change of `whom` led to a change.
  void Helped(const std::string& helper, const std::string& whom, double day) {
    const std::string change = "c" + std::to_string(++changes_);
    Append(signals_, ChangeStory("p", change, whom, day).Comment(helper, day).Addressed(helper, day).signals());
  }
  void Thanked(const std::string& who, const std::string& whom, double day) {
    signals_.push_back(MakeSignal(SignalKind::kKudos, who, whom, day));
  }
  HelpRecord By(const Handle& helper, const RecognitionRules& rules = {}) {
    std::ranges::reverse(signals_);  // in whatever order
    return HelpBy(helper, HelpIn(signals_), kNow, rules);
  }
  std::vector<Signal> signals_;
  int changes_ = 0;
};

TEST_F(Recognition, ACommentThatLedToAChangeCountsOncePerChange) {
  Append(signals_, ChangeStory("p", "c", "ben", 100).Addressed("ann", 101).Addressed("ann", 102).signals());
  const HelpRecord record = By(kAnn);
  ASSERT_THAT(record.help, SizeIs(1));
  EXPECT_EQ(record.help[0].help, (HelpOccasion{OnDay(101), HelpKind::kComment, kAnn, kBen, "p:c"}));
  EXPECT_EQ(record.credit, 1);
  EXPECT_TRUE(record.recognized);
  EXPECT_FALSE(By(kBen).recognized);
}

TEST_F(Recognition, AnAcceptedAnswerCountsAndAnAnswerAloneDoesNot) {
  signals_.push_back(MakeSignal(SignalKind::kAnswered, "ann", "ben", 100, "q1"));
  EXPECT_EQ(By(kAnn).credit, 0);
  signals_.push_back(MakeSignal(SignalKind::kAnswerAccepted, "ann", "ben", 101, "q1"));
  EXPECT_EQ(By(kAnn).credit, 1);
}

TEST_F(Recognition, OldHelpFadesAndThatToOneselfIsNone) {
  Helped("ann", "ben", -1);
  signals_.push_back(MakeSignal(SignalKind::kAnswerAccepted, "ann", "ann", 101, "q1"));
  EXPECT_THAT(By(kAnn).help, IsEmpty());
}

TEST_F(Recognition, ThreeBetweenTheSameTwoInNinetyDays) {
  for (const double day : {100, 110, 120, 130}) Helped("ann", "ben", day);
  const HelpRecord record = By(kAnn);
  EXPECT_EQ(record.credit, 3);
  EXPECT_EQ(record.help[0].credit, 0) << "the latest";
  EXPECT_EQ(record.help[0].capped, "more than 3 between the same two in 90 days");
  Helped("ann", "cleo", 140);
  EXPECT_EQ(By(kAnn).credit, 4) << "others count";
}

TEST_F(Recognition, APairsCapRunsOutAfterNinetyDays) {
  for (const double day : {10, 20, 30, 105}) Helped("ann", "ben", day);
  EXPECT_EQ(By(kAnn).credit, 4) << "on day 105 the first is 95 days old";
}

TEST_F(Recognition, TwoOnOneDay) {
  for (const char* whom : {"ben", "cleo", "dan"}) Helped("ann", whom, 100.5);
  const HelpRecord record = By(kAnn);
  EXPECT_EQ(record.credit, 2);
  EXPECT_EQ(record.help[0].capped, "more than 2 on one day");
}

TEST_F(Recognition, TradedHelpCountsHalf) {
  Helped("ann", "ben", 100);
  Helped("ann", "ben", 110);
  Helped("ben", "ann", 105);
  EXPECT_EQ(By(kAnn).credit, 1.5) << "one of two was paid back";
  EXPECT_EQ(By(kAnn).help[1].capped, "they did the same for you");
  EXPECT_EQ(By(kBen).credit, 0.5);
  EXPECT_FALSE(By(kBen).recognized);
}

TEST_F(Recognition, KudosCountLittleOncePerPairAndTradedNothing) {
  for (const char* who : {"ben", "cleo", "dan", "eve"}) Thanked(who, "ann", 100 + who[0] % 10);
  Thanked("ben", "ann", 150);
  EXPECT_EQ(By(kAnn).credit, 1) << "four people, a quarter each";
  EXPECT_TRUE(By(kAnn).recognized);
  Thanked("ann", "ben", 151);
  EXPECT_EQ(By(kAnn).credit, 0.75);
  EXPECT_EQ(By(kBen).credit, 0);
}

// A change of dan's in `folder` that these approve; the first may be there to learn.
void Approved(std::vector<Signal>& signals, const std::string& change, const std::string& folder, double day,
              const std::vector<std::string>& who, bool first_learns) {
  ChangeStory story("p", change, "dan", day);
  for (const std::string& name : who) story.Review(name, day + 0.1);
  std::vector<Signal> all = story.Merge(day + 0.2).signals();
  for (Signal& signal : all) {
    if (signal.kind == SignalKind::kApproved) signal.part = folder;
  }
  Append(signals, all);
  if (!first_learns) return;
  Signal asked = MakeSignal(SignalKind::kReviewRequested, who[0], "dan", day, change);
  asked.project = ProjectId("p");
  asked.part = "learner";
  signals.push_back(asked);
}

TEST_F(Recognition, WhoTaughtALearnerWhoLaterReviewsAlone) {
  Approved(signals_, "lesson", "src/net", 100, {"ben", "ann"}, true);
  EXPECT_EQ(By(kAnn).credit, 0) << "as yet ben was never alone";
  Approved(signals_, "elsewhere", "src/network", 110, {"ben"}, false);
  Approved(signals_, "together", "src/net", 111, {"ben", "cleo"}, false);
  EXPECT_EQ(By(kAnn).credit, 0);
  Approved(signals_, "alone", "src/net/tcp", 112, {"ben"}, false);
  Approved(signals_, "again", "src/net", 113, {"ben"}, false);
  const HelpRecord record = By(kAnn);
  ASSERT_THAT(record.help, SizeIs(1)) << "once per learner and folder";
  EXPECT_EQ(record.help[0].help.kind, HelpKind::kTeaching);
  EXPECT_EQ(record.help[0].help.whom, kBen);
  EXPECT_EQ(record.help[0].help.about, "p:src/net");
  EXPECT_EQ(record.help[0].help.at, OnDay(112.1));
  EXPECT_EQ(By(kBen).credit, 0) << "learning is no help to others";
}

TEST_F(Recognition, AServersOwnCapsHold) {
  for (int day = 100; day < 105; ++day) Helped("ann", "ben", day);
  Helped("ben", "ann", 110);
  EXPECT_EQ(By(kAnn).credit, 2.5);  // three of five, one of them traded
  EXPECT_EQ(By(kAnn, {.per_pair = 5}).credit, 4.5);
  EXPECT_EQ(By(kAnn, {.per_pair = 5, .traded_help = 1}).credit, 5) << "trading is not looked at";
  EXPECT_EQ(By(kAnn, {.window = absl::Hours(24 * 78), .pair_period = absl::Hours(24)}).credit, 1.5)
      << "days 103 and 104 lie in the window, and one was traded";
  EXPECT_FALSE(By(kAnn, {.wanted = 3}).recognized);
}

TEST_F(Recognition, TheCapsCanBeRead) {
  EXPECT_EQ(TextOf({}),
            "An occasion counts 1, kudos 0.25; at most 2 count in a day, 3 (of kudos 1) between the same two in 90 "
            "days; what both did for each other counts 0.5 of that, of kudos 0.");
}

}  // namespace
}  // namespace mergegate::scoring
