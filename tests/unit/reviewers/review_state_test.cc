#include "server/reviewers/review_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/review_builder.h"

namespace mergegate::reviewers {
namespace {

using mergegate::testing::Approved;
using mergegate::testing::Assigned;
using mergegate::testing::Commit;
using mergegate::testing::Event;
using mergegate::testing::Function;
using mergegate::testing::Hour;
using mergegate::testing::Pushed;
using mergegate::testing::WantsChanges;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> People(const ReviewState& state) {
  std::vector<std::string> people;
  for (const ReviewerState& reviewer : state.reviewers) {
    people.push_back(reviewer.person.value() + (reviewer.responsible ? "*" : "") +
                     (reviewer.stance == ReviewerStance::kDeclined ? "-" : ""));
  }
  return people;
}

TEST(StateOfTest, TheFirstPushOpensIt) {
  const ReviewState state = StateOf({Pushed(0, "1"), Assigned(0, {"ann", "ben"}, {"cleo"})});
  EXPECT_TRUE(state.open);
  EXPECT_EQ(state.author.value(), "author");
  EXPECT_THAT(People(state), ElementsAre("ann*", "ben"));
  EXPECT_EQ(state.events, 2);
}

TEST(StateOfTest, WhoIsNoLongerChosenLeavesUnlessTheyAnswered) {
  const ReviewState state =
      StateOf({Pushed(0, "1"), Assigned(0, {"ann", "ben", "cleo"}), Approved(1, "ben", "1"), Assigned(2, {"dora"})});
  EXPECT_THAT(People(state), ElementsAre("ben", "dora*"));
}

TEST(StateOfTest, WhomAPersonAskedStays) {
  const ReviewState state =
      StateOf({Pushed(0, "1"), Event(1, ReviewEventKind::kRequested, "author", "eve"), Assigned(2, {"dora"})});
  EXPECT_THAT(People(state), ElementsAre("eve", "dora*"));
  EXPECT_THAT(state.Find(Handle("eve"))->reasons, ElementsAre("asked by author"));
}

TEST(StateOfTest, AHandOverPassesRoleAndResponsibilityOn) {
  ReviewEvent declined = Event(1, ReviewEventKind::kDeclined, "ann", "cleo");
  declined.text = "on holiday";
  const ReviewState state = StateOf({Pushed(0, "1"), Assigned(0, {"ann", "ben"}, {"cleo"}), declined});
  EXPECT_THAT(People(state), ElementsAre("ann-", "ben", "cleo*"));
  EXPECT_EQ(state.Find(Handle("cleo"))->role, ReviewerRole::kExpert);
  EXPECT_THAT(state.Find(Handle("cleo"))->reasons, ElementsAre("handed over by ann: on holiday"));
}

TEST(StateOfTest, WithoutAHandOverTheNextOneAnswersForIt) {
  const ReviewState state =
      StateOf({Pushed(0, "1"), Assigned(0, {"ann", "ben"}), Event(1, ReviewEventKind::kDeclined, "ann")});
  EXPECT_THAT(People(state), ElementsAre("ann-", "ben*"));
}

TEST(StateOfTest, AuthorsDoNotApproveTheirOwn) {
  const ReviewState state = StateOf({Pushed(0, "1"), Approved(1, "author", "1"), WantsChanges(1, "author", "1")});
  EXPECT_THAT(state.reviewers, IsEmpty());
}

TEST(StateOfTest, ClosedAndOpenAgain) {
  std::vector<ReviewEvent> events = {Pushed(0, "1"), Event(1, ReviewEventKind::kClosed, "author")};
  EXPECT_FALSE(StateOf(events).open);
  events.push_back(Event(2, ReviewEventKind::kReopened, "author"));
  EXPECT_TRUE(StateOf(events).open);
}

TEST(ApprovalsForTest, AreBoundToTheHeadThatWasApproved) {
  const std::vector<Piece> second = {Function("f", "1"), Function("g", "changed")};
  const ReviewState state = StateOf({Pushed(0, "1", {Function("f", "1"), Function("g", "2")}), Approved(1, "ann", "1"),
                                     Pushed(2, "2", second), Approved(3, "ben", "2"), Approved(3, "cleo", "77")});
  const std::vector<ApprovalFact> approvals = ApprovalsFor(state, second);
  ASSERT_EQ(approvals.size(), 3u);
  EXPECT_THAT(approvals[0].uncovered, ElementsAre(1)) << "ann saw another g";
  EXPECT_THAT(approvals[1].uncovered, IsEmpty());
  EXPECT_THAT(approvals[2].uncovered, ElementsAre(0, 1)) << "a head that nobody pushed";
}

TEST(WhoWantsChangesTest, UntilTheyApprove) {
  std::vector<ReviewEvent> events = {Pushed(0, "1"), WantsChanges(1, "ann", "1"), Pushed(2, "2")};
  EXPECT_THAT(WhoWantsChanges(StateOf(events)), ElementsAre(Handle("ann")));
  events.push_back(Approved(3, "ann", "2"));
  EXPECT_THAT(WhoWantsChanges(StateOf(events)), IsEmpty());
}

}  // namespace
}  // namespace mergegate::reviewers
