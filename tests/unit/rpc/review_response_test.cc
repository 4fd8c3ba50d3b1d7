// What people may say to a review, and what becomes of it.
#include "server/rpc/review_response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/storage/store.h"
#include "tests/support/review_builder.h"
#include "tests/support/status_matchers.h"

namespace mergegate::rpc {
namespace {

using mergegate::testing::Assigned;
using mergegate::testing::Commit;
using mergegate::testing::Event;
using mergegate::testing::Hour;
using mergegate::testing::Pushed;
using mergegate::testing::StatusIs;
using ::testing::HasSubstr;

class ReviewResponseTest : public ::testing::Test {
 protected:
  ReviewResponseTest() {
    EXPECT_TRUE(store_->CreateProject({.id = kProject, .remote = "", .created = Hour(0)}).ok());
    Happen({Pushed(0, "1"), Assigned(0, {"ann", "ben"}, {"cleo"}), Pushed(1, "2")});
  }

  void Happen(std::vector<ReviewEvent> events) {
    auto log = *pipeline::ReviewLog::Read(*store_, kProject, "pr-1");
    for (ReviewEvent& event : events) event.source_id = std::to_string(++told_);
    EXPECT_TRUE(log.Append(std::move(events)).ok());
  }

  absl::StatusOr<ReviewEvent> Say(v1::ReviewAction action, const std::string& caller, const std::string& text = "",
                                  const std::string& to = "", const std::string& head = "") {
    v1::RespondToReviewRequest request;
    request.set_action(action);
    request.set_text(text);
    request.set_to(to);
    if (!head.empty()) request.set_head_commit(Commit(head).value());
    return EventOf(request, Handle(caller), *pipeline::ReviewLog::Read(*store_, kProject, "pr-1"), Hour(2));
  }

  const ProjectId kProject{"p"};
  std::unique_ptr<storage::Store> store_ = *storage::OpenSqliteStore(":memory:");
  int told_ = 0;
};

TEST_F(ReviewResponseTest, AnApprovalIsBoundToTheHeadThatWasLookedAt) {
  EXPECT_EQ(Say(v1::REVIEW_ACTION_APPROVE, "ann")->head, Commit("2")) << "the newest";
  EXPECT_EQ(Say(v1::REVIEW_ACTION_APPROVE, "ann", "", "", "1")->head, Commit("1"));
  EXPECT_THAT(Say(v1::REVIEW_ACTION_APPROVE, "ann", "", "", "77"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("was not reviewed here")));
}

TEST_F(ReviewResponseTest, AuthorsDoNotReviewTheirOwn) {
  for (const v1::ReviewAction action :
       {v1::REVIEW_ACTION_APPROVE, v1::REVIEW_ACTION_REQUEST_CHANGES, v1::REVIEW_ACTION_ACCEPT}) {
    EXPECT_THAT(Say(action, "author", "x"), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("author")));
  }
  EXPECT_TRUE(Say(v1::REVIEW_ACTION_COMMENT, "author", "x").ok());
}

TEST_F(ReviewResponseTest, WhoDeclinesNamesSomebodyOrTheNextInLine) {
  EXPECT_EQ(Say(v1::REVIEW_ACTION_DECLINE, "ann", "", "@Dora")->subject.value(), "dora");
  EXPECT_EQ(Say(v1::REVIEW_ACTION_DECLINE, "ann")->subject.value(), "cleo");
  EXPECT_FALSE(Say(v1::REVIEW_ACTION_DECLINE, "ann", "", "author").ok());
  EXPECT_FALSE(Say(v1::REVIEW_ACTION_DECLINE, "ann", "", "ann").ok());
  EXPECT_THAT(Say(v1::REVIEW_ACTION_DECLINE, "dora"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not asked")));
}

TEST_F(ReviewResponseTest, AskingNeedsSomebodyNew) {
  EXPECT_EQ(Say(v1::REVIEW_ACTION_REQUEST, "author", "", "dora")->subject.value(), "dora");
  EXPECT_THAT(Say(v1::REVIEW_ACTION_REQUEST, "author", "", "ann"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("asked already")));
  EXPECT_THAT(Say(v1::REVIEW_ACTION_REQUEST, "author"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Say(v1::REVIEW_ACTION_REQUEST, "author", "", "two words"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ReviewResponseTest, WordsWhereTheyAreNeeded) {
  EXPECT_THAT(Say(v1::REVIEW_ACTION_COMMENT, "ann"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Say(v1::REVIEW_ACTION_REQUEST_CHANGES, "ann"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Say(v1::REVIEW_ACTION_UNSPECIFIED, "ann"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Say(v1::REVIEW_ACTION_COMMENT, "ann", std::string(70 << 10, 'x')),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ReviewResponseTest, AClosedReviewTakesWordsOnly) {
  Happen({Event(2, ReviewEventKind::kClosed, "author")});
  EXPECT_FALSE(Say(v1::REVIEW_ACTION_APPROVE, "ann").ok());
  EXPECT_TRUE(Say(v1::REVIEW_ACTION_COMMENT, "ann", "why?").ok());
  EXPECT_TRUE(Say(v1::REVIEW_ACTION_REOPEN, "author").ok());
}

}  // namespace
}  // namespace mergegate::rpc
