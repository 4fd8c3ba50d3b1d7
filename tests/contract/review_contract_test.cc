// What every engine does with reviews, their events, and people's availability.
#include <vector>

#include "tests/contract/store_fixture.h"

namespace mergegate::storage {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

NewReviewEvent EventOf(const std::string& id, const std::string& actor = "", int second = 0,
                       ReviewEventKind kind = ReviewEventKind::kCommented) {
  return {.kind = kind,
          .actor = Handle(actor),
          .at = At(second),
          .source = "mergegate",
          .source_id = id,
          .event = "bytes of " + id};
}

StoredReview ReviewOf(const std::string& change, const std::vector<std::string>& reviewers, int second = 0,
                      int64_t events = 0) {
  StoredReview review{.project = ProjectId("db"),
                      .change = change,
                      .open = true,
                      .author = Handle("author"),
                      .reviewers = {},
                      .updated = At(second),
                      .events = events};
  for (const std::string& person : reviewers) review.reviewers.emplace_back(person);
  return review;
}

class ReviewContract : public StoreContract {
 protected:
  std::vector<std::string> Changes(const ReviewQuery& query, int page_size = 100) {
    std::vector<std::string> changes;
    std::string token;
    do {
      const auto page = store().ListReviews(query, page_size, token);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      for (const StoredReview& review : page->items) changes.push_back(review.change);
      token = page->next_token;
    } while (!token.empty());
    return changes;
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, ReviewContract, AllEngines(), EngineName);

TEST_P(ReviewContract, EventsAreKeptInOrderAndNumbered) {
  const auto first = store().AppendReviewEvents(ReviewOf("pr/1", {"ann"}), {EventOf("a"), EventOf("b")});
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(*first, 2);
  EXPECT_EQ(*store().AppendReviewEvents(ReviewOf("pr/1", {"ann"}, 5, 2), {EventOf("c")}), 3);
  const auto all = store().ListReviewEvents(ProjectId("db"), "pr/1", 0, 10);
  ASSERT_THAT(all, IsOk());
  EXPECT_THAT(*all, ElementsAre("bytes of a", "bytes of b", "bytes of c"));
  EXPECT_THAT(*store().ListReviewEvents(ProjectId("db"), "pr/1", 1, 1), ElementsAre("bytes of b"));
  EXPECT_THAT(*store().ListReviewEvents(ProjectId("db"), "none", 0, 10), IsEmpty());
}

TEST_P(ReviewContract, AReviewIsListedAsItWasAppended) {
  ASSERT_THAT(store().AppendReviewEvents(ReviewOf("7", {"ann", "ben"}, 3), {EventOf("a")}), IsOk());
  EXPECT_EQ(*store().GetReview(ProjectId("db"), "7"), ReviewOf("7", {"ann", "ben"}, 3, 1));
  StoredReview closed = ReviewOf("7", {"ben"}, 4, 1);
  closed.open = false;
  ASSERT_THAT(store().AppendReviewEvents(closed, {EventOf("b")}), IsOk());
  closed.events = 2;
  EXPECT_EQ(*store().GetReview(ProjectId("db"), "7"), closed);
  EXPECT_THAT(store().GetReview(ProjectId("db"), "8"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("8")));
}

TEST_P(ReviewContract, WhoWasSlowerReadsAgain) {
  ASSERT_THAT(store().AppendReviewEvents(ReviewOf("7", {}), {EventOf("a")}), IsOk());
  EXPECT_THAT(store().AppendReviewEvents(ReviewOf("7", {}), {EventOf("b")}), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(store().AppendReviewEvents(ReviewOf("7", {}, 0, 2), {EventOf("b")}),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(*store().ListReviewEvents(ProjectId("db"), "7", 0, 10), ElementsAre("bytes of a"));
}

TEST_P(ReviewContract, AnEventOfASourceIsStoredOnceAndNothingOfAFailedAppendStays) {
  ASSERT_THAT(store().AppendReviewEvents(ReviewOf("7", {}), {EventOf("a")}), IsOk());
  EXPECT_THAT(store().AppendReviewEvents(ReviewOf("8", {"ann"}), {EventOf("b"), EventOf("a")}),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(store().GetReview(ProjectId("db"), "8"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_TRUE(*store().HasReviewEvent("mergegate", "a"));
  EXPECT_FALSE(*store().HasReviewEvent("mergegate", "b"));
  EXPECT_FALSE(*store().HasReviewEvent("github", "a"));
  NewReviewEvent elsewhere = EventOf("a");
  elsewhere.source = "github";
  EXPECT_THAT(store().AppendReviewEvents(ReviewOf("7", {}, 0, 1), {elsewhere}), IsOk());
}

TEST_P(ReviewContract, ReviewsNeedAProject) {
  StoredReview review = ReviewOf("7", {});
  review.project = ProjectId("none");
  EXPECT_THAT(store().AppendReviewEvents(review, {EventOf("a")}), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(ReviewContract, ListsFilterAndPage) {
  ASSERT_THAT(store().AppendReviewEvents(ReviewOf("1", {"ann"}, 1), {EventOf("a")}), IsOk());
  ASSERT_THAT(store().AppendReviewEvents(ReviewOf("2", {"ben"}, 3), {EventOf("b")}), IsOk());
  ASSERT_THAT(store().AppendReviewEvents(ReviewOf("3", {"ann", "ben"}, 2), {EventOf("c")}), IsOk());
  StoredReview closed = ReviewOf("4", {"ann"}, 9);
  closed.open = false;
  closed.author = Handle("cleo");
  ASSERT_THAT(store().AppendReviewEvents(closed, {EventOf("d")}), IsOk());
  for (const int size : {1, 2, 100}) {
    EXPECT_THAT(Changes({}, size), ElementsAre("2", "3", "1")) << "latest first";
    EXPECT_THAT(Changes({.closed_too = true}, size), ElementsAre("4", "2", "3", "1"));
    EXPECT_THAT(Changes({.person = Handle("ann")}, size), ElementsAre("3", "1"));
  }
  EXPECT_THAT(Changes({.person = Handle("cleo"), .closed_too = true}), ElementsAre("4")) << "authors too";
  EXPECT_THAT(Changes({.project = ProjectId("other")}), IsEmpty());
  EXPECT_THAT(store().ListReviews({}, 1, "7a7a"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(store().ListReviews({}, 0, ""), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(ReviewContract, LoadCountsOpenReviewsOfReviewers) {
  ASSERT_THAT(store().AppendReviewEvents(ReviewOf("1", {"ann", "ben"}), {EventOf("a")}), IsOk());
  ASSERT_THAT(store().AppendReviewEvents(ReviewOf("2", {"ben"}), {EventOf("b")}), IsOk());
  StoredReview closed = ReviewOf("3", {"ann", "ben"});
  closed.open = false;
  ASSERT_THAT(store().AppendReviewEvents(closed, {EventOf("c")}), IsOk());
  EXPECT_THAT(*store().CountOpenReviews(ProjectId()), ElementsAre(Pair(Handle("ben"), 2), Pair(Handle("ann"), 1)));
  EXPECT_THAT(*store().CountOpenReviews(ProjectId("other")), IsEmpty());
}

TEST_P(ReviewContract, AnswersAreCountedSinceAMoment) {
  ASSERT_THAT(store().AppendReviewEvents(ReviewOf("1", {}),
                                         {EventOf("a", "ann", 5, ReviewEventKind::kApproved),
                                          EventOf("b", "ann", 6, ReviewEventKind::kChangesRequested),
                                          EventOf("c", "ben", 7), EventOf("d", "ben", 1, ReviewEventKind::kApproved)}),
              IsOk());
  EXPECT_THAT(*store().CountAnswers(ProjectId(), At(5)), ElementsAre(Pair(Handle("ann"), 2)));
}

TEST_P(ReviewContract, AvailabilityIsReplaced) {
  EXPECT_EQ(*store().GetAvailability(Handle("ann")), (Availability{.person = Handle("ann")}));
  const Availability first{.person = Handle("ann"),
                           .time_zone = "Europe/Zurich",
                           .from_minute = 480,
                           .to_minute = 960,
                           .days = {1, 3, 7},
                           .absences = {{At(1), At(2), "holiday"}, {At(5), At(9), ""}}};
  ASSERT_THAT(store().SetAvailability(first), IsOk());
  EXPECT_EQ(*store().GetAvailability(Handle("ann")), first);
  const Availability second{.person = Handle("ann"), .absences = {{At(7), At(8), ""}}};
  ASSERT_THAT(store().SetAvailability(second), IsOk());
  EXPECT_EQ(*store().GetAvailability(Handle("ann")), second);
}

TEST_P(ReviewContract, AJudgementIsAQueuedRunOfTheSameChange) {
  Submit("r1");
  const RunLease lease = Lease(1);
  ASSERT_THAT(store().FinishRun(lease.run.id, lease.run.attempt, PassRecord(), At(2)), IsOk());
  const auto again = store().SubmitJudgement(RunId("r1"), RunId("r2"), "review 3", At(3));
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->submission.judges_again, RunId("r1"));
  EXPECT_EQ(again->submission.change, "42");
  EXPECT_EQ(again->submission.head, lease.run.submission.head);
  EXPECT_EQ(again->state, RunState::kQueued);
  EXPECT_EQ(store().SubmitJudgement(RunId("r1"), RunId("r3"), "review 3", At(4))->id, RunId("r2")) << "once";
  EXPECT_EQ(Lease(5).run.submission.judges_again, RunId("r1"));
  EXPECT_EQ(lease.run.submission.judges_again, RunId());
  EXPECT_THAT(store().SubmitJudgement(RunId("none"), RunId("r4"), "x", At(5)), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(ReviewContract, EverythingIsThereAfterReopening) {
  if (!GetParam().keeps_data) GTEST_SKIP() << "in memory";
  ASSERT_THAT(store().AppendReviewEvents(ReviewOf("1", {"ann"}), {EventOf("a")}), IsOk());
  Reopen();
  EXPECT_THAT(*store().ListReviewEvents(ProjectId("db"), "1", 0, 10), ElementsAre("bytes of a"));
  EXPECT_EQ(store().GetReview(ProjectId("db"), "1")->events, 1);
}

}  // namespace
}  // namespace mergegate::storage
