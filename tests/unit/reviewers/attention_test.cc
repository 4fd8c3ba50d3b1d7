#include "server/reviewers/attention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/review_builder.h"

namespace mergegate::reviewers {
namespace {

using mergegate::testing::Approved;
using mergegate::testing::Assigned;
using mergegate::testing::Event;
using mergegate::testing::Function;
using mergegate::testing::Hour;
using mergegate::testing::Pushed;
using mergegate::testing::WantsChanges;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<Piece> kPieces = {Function("f", "1")};
const GateView kPass{.state = VerdictState::kPass, .open = "", .at = Hour(0)};

std::vector<std::string> Turns(const std::vector<ReviewEvent>& events, const GateView& gate = kPass) {
  std::vector<std::string> words;
  for (const Turn& turn : WhoseTurn(StateOf(events), kPieces, gate)) {
    words.push_back(turn.person.value() + ": " + turn.reason);
  }
  return words;
}

TEST(WhoseTurnTest, GoesBackAndForth) {
  std::vector<ReviewEvent> events = {Pushed(0, "1", kPieces), Assigned(0, {"ann"})};
  EXPECT_THAT(Turns(events), ElementsAre("ann: asked to review"));
  events.push_back(WantsChanges(1, "ann", "1"));
  EXPECT_THAT(Turns(events), ElementsAre("author: ann wants changes"));
  events.push_back(Pushed(2, "2", kPieces));
  EXPECT_THAT(Turns(events), ElementsAre("ann: look again: you wanted changes, the author answered"));
  events.push_back(Approved(3, "ann", "2"));
  EXPECT_THAT(Turns(events), ElementsAre("author: merge it: nothing is open"));
}

TEST(WhoseTurnTest, ACommentWaitsForTheAuthor) {
  std::vector<ReviewEvent> events = {Pushed(0, "1", kPieces), Assigned(0, {"ann"}),
                                     Event(1, ReviewEventKind::kCommented, "ann")};
  EXPECT_THAT(Turns(events), ElementsAre("author: answer ann"));
  events.push_back(Event(2, ReviewEventKind::kCommented, "author"));
  EXPECT_THAT(Turns(events), ElementsAre("ann: the author answered"));
}

TEST(WhoseTurnTest, WhileTheGateFailsItIsTheAuthorsAlone) {
  EXPECT_THAT(Turns({Pushed(0, "1", kPieces), Assigned(0, {"ann"})},
                    {.state = VerdictState::kFail, .open = "no-new-problems (2 findings)", .at = Hour(1)}),
              ElementsAre("author: the gate fails: no-new-problems (2 findings)"));
}

TEST(WhoseTurnTest, LackingApprovalsAreNoFailureOfTheAuthors) {
  EXPECT_THAT(
      Turns({Pushed(0, "1", kPieces), Assigned(0, {"ann"})}, {.state = VerdictState::kFail, .open = "", .at = Hour(1)}),
      ElementsAre("ann: asked to review"));
}

TEST(WhoseTurnTest, APushThatCostsAnApprovalAsksAgain) {
  ReviewEvent lost = Event(2, ReviewEventKind::kApprovalLost, "", "ann");
  const std::vector<ReviewEvent> events = {Pushed(0, "1", {Function("f", "old")}), Approved(1, "ann", "1"),
                                           Pushed(2, "2", kPieces), lost};
  const std::vector<Turn> turns = WhoseTurn(StateOf(events), kPieces, kPass);
  ASSERT_EQ(turns.size(), 1u);
  EXPECT_EQ(turns[0].reason, "approve again: the body of f (a.cc) changed");
  EXPECT_EQ(turns[0].since, Hour(2));
}

TEST(WhoseTurnTest, ReviewersBeforeTheAuthorTheResponsibleOneFirst) {
  EXPECT_THAT(Turns({Pushed(0, "1", kPieces), Event(0, ReviewEventKind::kRequested, "author", "zoe"),
                     Assigned(0, {"ann", "ben"}), Event(1, ReviewEventKind::kCommented, "ben")}),
              ElementsAre("ann: asked to review", "zoe: asked to review", "author: answer ben"));
}

TEST(WhoseTurnTest, NobodysWhileAVerdictIsAwaitedOrItIsClosed) {
  std::vector<ReviewEvent> events = {Pushed(0, "1", kPieces), Assigned(0, {"ann"})};
  EXPECT_THAT(Turns(events, {}), IsEmpty());
  events.push_back(Event(1, ReviewEventKind::kClosed, "author"));
  EXPECT_THAT(Turns(events), IsEmpty());
}

TEST(WhoseTurnTest, WithoutReviewersTheAuthorAsks) {
  EXPECT_THAT(Turns({Pushed(0, "1", kPieces)}, {.state = VerdictState::kFail, .open = "", .at = Hour(0)}),
              ElementsAre("author: ask somebody to review: nobody is asked"));
}

// ---- deadlines; Hour(0) is a Monday at nine ----

const Turn kTurn{.person = Handle("ann"), .reason = "asked to review", .since = Hour(0), .reviewer = true};

TEST(DeadlineTest, IsDueAfterSoManyWorkingHours) {
  const Deadline deadline = DeadlineOf(kTurn, {}, absl::Hours(8), Hour(1));
  EXPECT_EQ(deadline.due, Hour(8));
  EXPECT_FALSE(deadline.late);
  EXPECT_EQ(deadline.hand_over, "");
}

TEST(DeadlineTest, AHandOverIsProposedWhenHalfOfTheTimeIsGone) {
  EXPECT_EQ(DeadlineOf(kTurn, {}, absl::Hours(8), Hour(3.9)).hand_over, "");
  const Deadline deadline = DeadlineOf(kTurn, {}, absl::Hours(8), Hour(4));
  EXPECT_EQ(deadline.hand_over, "half of the time for an answer is gone");
  EXPECT_FALSE(deadline.late) << "before the deadline";
  EXPECT_TRUE(DeadlineOf(kTurn, {}, absl::Hours(8), Hour(8.1)).late);
}

TEST(DeadlineTest, LeaveProposesOneAtOnce) {
  Calendar calendar;
  calendar.absences = {{Hour(2), Hour(48), "holiday"}};
  EXPECT_EQ(DeadlineOf(kTurn, calendar, absl::Hours(8), Hour(0.5)).hand_over, "leave comes before the answer is due");
  EXPECT_EQ(DeadlineOf(kTurn, calendar, absl::Hours(8), Hour(3)).hand_over, "away until 2026-11-25 09:00");
  EXPECT_FALSE(DeadlineOf(kTurn, calendar, absl::Hours(8), Hour(47)).late) << "leave does not count";
}

TEST(DeadlineTest, RemindsWhenAQuarterOfTheTimeIsLeft) {
  EXPECT_EQ(DeadlineOf(kTurn, {}, absl::Hours(8), Hour(1)).remind, Hour(6));
  EXPECT_EQ(DeadlineOf(kTurn, {}, absl::Hours(12), Hour(1)).remind, Hour(25)) << "eight today, one tomorrow";
}

TEST(DeadlineTest, RemindsAtOnceWhenLeaveComesButNotOfLeaveThatIsOver) {
  const Calendar calendar{.absences = {{Hour(2), Hour(5), ""}}};
  EXPECT_EQ(DeadlineOf(kTurn, calendar, absl::Hours(8), Hour(1)).remind, Hour(0));
  const Deadline back = DeadlineOf(kTurn, calendar, absl::Hours(8), Hour(6));
  EXPECT_EQ(back.hand_over, "");
  EXPECT_EQ(back.due, Hour(27)) << "3 of 8 hours were leave";
  EXPECT_EQ(back.remind, Hour(25));
}

TEST(DeadlineTest, NothingIsDueForTheAuthor) {
  const Turn turn{.person = Handle("author"), .reason = "merge it", .since = Hour(0), .reviewer = false};
  EXPECT_EQ(DeadlineOf(turn, {}, absl::Hours(8), Hour(1000)).due, absl::InfiniteFuture());
}

TEST(StandInForTest, IsWhoIsThereAndNotAskedYet) {
  const ReviewState state = StateOf({Pushed(0, "1"), Assigned(0, {"ann"}, {"ben", "cleo", "dora"}),
                                     Event(1, ReviewEventKind::kRequested, "author", "ben")});
  EXPECT_EQ(StandInFor(state, Handle("ann"), {}).value(), "cleo");
  EXPECT_EQ(StandInFor(state, Handle("ann"), {Handle("cleo")}).value(), "dora");
  EXPECT_EQ(StandInFor(state, Handle("nobody"), {}).value(), "");
}

}  // namespace
}  // namespace mergegate::reviewers
