// What people say at a host, and what it counts: who they are, and who may decide.
#include "server/pipeline/host_reviews.h"
#include "tests/unit/pipeline/host_fixture.h"

namespace mergegate::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr int kPushed = 1, kAssigned = 2, kRequested = 3, kAccepted = 4, kCommented = 6, kApproved = 7, kClosed = 10,
              kReopened = 11;

class HostPeopleTest : public HostTest {
 protected:
  void Link(const std::string& mail, const std::string& login) {
    ASSERT_TRUE(store_->LinkIdentity(Handle(mail), Handle(login), {.at = clock_.Now()}).ok());
  }

  void GiveToken(const std::string& person, Role role) {
    const AccessToken token{.id = person,
                            .person = Handle(person),
                            .role = role,
                            .created = clock_.Now(),
                            .expires = clock_.Now() + absl::Hours(1)};
    ASSERT_TRUE(store_->CreateToken({.token = token, .secret_hash = "x"}, {.at = clock_.Now()}).ok());
  }

  ReviewEvent Last() { return ReviewLog::Read(*store_, kWidget, "pr-12")->events().back(); }
};

TEST_F(HostPeopleTest, WhatReviewersSayIsToldToTheReview) {
  const CommitId head = Push("b\n");
  Do("pull_request",
     Pull("opened", head, {{"pull_request", {{"requested_reviewers", {{{"login", "ben"}, {"id", 2}}}}}}}));
  FinishRuns();
  EXPECT_THAT(Events(), ElementsAre(kRequested, kPushed, kAssigned));
  Do("pull_request_review", Review("approved", "Ben", head));
  Do("pull_request_review", Review("approved", "Ben", head));  // another delivery of the same
  EXPECT_THAT(Events(), ElementsAre(kRequested, kPushed, kAssigned, kApproved));
  const ReviewLog log = *ReviewLog::Read(*store_, kWidget, "pr-12");
  EXPECT_EQ(log.events().back().actor, Handle("ben"));
  EXPECT_EQ(log.events().back().source, "github");
  EXPECT_EQ(log.events().back().head, head);
  nlohmann::json dismissed = Review("dismissed", "ben", head);
  dismissed["action"] = "dismissed";
  Do("pull_request_review", dismissed);
  EXPECT_EQ(ReviewLog::Read(*store_, kWidget, "pr-12")->state().Find(Handle("ben"))->stance, ReviewerStance::kAsked);
  clock_.Advance(absl::Seconds(1));
  Do("pull_request", Pull("closed", head, {{"pull_request", {{"state", "closed"}, {"merged", true}}}}));
  clock_.Advance(absl::Seconds(1));
  Do("pull_request", Pull("reopened", head));
  EXPECT_THAT(Events(), ElementsAre(kRequested, kPushed, kAssigned, kApproved, kRequested, kClosed, kReopened));
}

TEST_F(HostPeopleTest, ALoginThatIsLinkedIsThePerson) {
  ASSERT_TRUE(store_->LinkIdentity(Handle("ben@example.org"), Handle("ben"), {.at = clock_.Now()}).ok());
  const CommitId head = Push("b\n");
  Do("pull_request", Pull("opened", head));
  Do("pull_request_review", Review("approved", "ben", head));
  EXPECT_EQ(ReviewLog::Read(*store_, kWidget, "pr-12")->events().back().actor, Handle("ben@example.org"));
}

TEST_F(HostPeopleTest, BotsAndAuthorsDoNotReview) {
  const CommitId head = Push("b\n");
  Do("pull_request", Pull("opened", head));
  EXPECT_EQ(Do("pull_request_review", Review("approved", "helper[bot]", head)).state, DeliveryState::kIgnored);
  Do("pull_request_review", Review("approved", "ann", head));
  ASSERT_TRUE(store_->DescribePerson(Handle("robo"), "", true, {.at = clock_.Now()}).ok());
  Do("pull_request_review", Review("approved", "robo", head));
  EXPECT_THAT(Events(), IsEmpty());
}

TEST_F(HostPeopleTest, StrangersDecideNothing) {
  const CommitId head = Push("b\n");
  Do("pull_request", Pull("opened", head));
  Do("pull_request_review", Review("approved", "mallory", head, "CONTRIBUTOR", 901));
  EXPECT_EQ(static_cast<int>(Last().kind), kCommented);
  EXPECT_EQ(Last().text,
            "(An approval that does not count: not of a collaborator of the repository, nor of a person linked here.)");
  Do("pull_request_review", Review("changes_requested", "mallory", head, "NONE", 902));
  EXPECT_EQ(static_cast<int>(Last().kind), kCommented);
  EXPECT_THAT(Last().text, HasSubstr("A request for changes that does not count"));
  Link("mallory@example.org", "mallory");
  Do("pull_request_review", Review("approved", "mallory", head, "NONE", 903));
  EXPECT_EQ(static_cast<int>(Last().kind), kApproved);
}

TEST_F(HostPeopleTest, WithSeveralHostsALoginIsOneOfItsHost) {
  Link("ben@example.org", "ben");
  Link("cyd@example.org", "hub:cyd");
  HostConfig hub{.name = "hub"}, lab{.name = "lab"};
  EXPECT_EQ(PersonOf(*store_, hub, {.login = "Ben"})->id, Handle("ben@example.org"));
  hub.alone = lab.alone = false;
  EXPECT_EQ(PersonOf(*store_, hub, {.login = "Ben"})->id, Handle("hub:ben"));
  EXPECT_FALSE(IsLinked(*PersonOf(*store_, hub, {.login = "Ben"})));
  EXPECT_EQ(PersonOf(*store_, hub, {.login = "cyd"})->id, Handle("cyd@example.org"));
  EXPECT_EQ(PersonOf(*store_, lab, {.login = "cyd"})->id, Handle("lab:cyd"));
}

TEST_F(HostPeopleTest, AnOverrideTakesARoleThatThePolicyNames) {
  base_ = repo_.Commit({{".mergegate.yaml",
                         "version: 1\nconditions:\n"
                         "  - {name: approved, kind: approvals, min: 1, override_roles: [lead]}\n"}});
  Do("pull_request", Pull("opened", Push("b\n")));
  FinishRuns();
  EXPECT_EQ(Runs()[0].verdict, VerdictState::kFail);
  const std::string text = "/gate override approved reason it burns until 2023-11-30";
  Do("issue_comment", Comment(text, "ann", "OWNER"));
  EXPECT_THAT(Replies().back(), HasSubstr("lets lead override"));

  GiveToken("lea", Role::kLead);  // of somebody here who has that name; anybody can take it there
  Do("issue_comment", Comment(text, "lea", "NONE", 501));
  EXPECT_THAT(Replies().back(), HasSubstr("I know no role of yours"));
  Link("lea@example.org", "hub:lea");
  GiveToken("lea@example.org", Role::kLead);
  Do("issue_comment", Comment(text, "lea", "NONE", 502));
  EXPECT_THAT(Replies().back(), HasSubstr("is overridden until 2023-12-01"));
  FinishRuns();
  EXPECT_EQ(Runs()[0].verdict, VerdictState::kPass);
  Do("issue_comment", Comment("/gate override approved because until 2029-01-01", "lea", "NONE", 503));
  EXPECT_THAT(Replies().back(), HasSubstr("within 90 days"));
}

TEST_F(HostPeopleTest, AnApprovalThatIsTakenBackStaysAReviewer) {
  HostConfig lab{.name = "lab", .kind = HostKind::kGitLab};
  HostEvent event{.kind = HostEventKind::kSaid, .sender = {.login = "ben"}};
  event.said = ReviewEventKind::kAccepted;
  const auto events = *ReviewEventsOf(*store_, lab, "7", event, {}, clock_.Now());
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(static_cast<int>(events[0].kind), kAccepted);
  EXPECT_EQ(events[0].source, "gitlab");
  EXPECT_EQ(events[0].source_id, "lab/7");
}

}  // namespace
}  // namespace mergegate::pipeline
