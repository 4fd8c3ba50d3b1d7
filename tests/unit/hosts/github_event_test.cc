#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "server/hosts/event.h"
#include "tests/support/status_matchers.h"

namespace mergegate::hosts {
namespace {

using mergegate::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kHead(40, 'a'), kBase(40, 'b'), kOld(40, 'c');

HostEvent Read(std::string_view event, const std::string& body) {
  const absl::StatusOr<HostEvent> read = ReadEvent(HostKind::kGitHub, event, body);
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? *read : HostEvent();
}

// A pull request 12 of acme/widget (number 42), with more members of it and of the event.
std::string Pull(const std::string& event_members, const std::string& pull_members = "",
                 const std::string& head_repo = R"({"id": 42})") {
  return absl::StrCat(R"({"action": "opened", "number": 12, "repository": {"id": 42, "full_name": "acme/widget",
    "default_branch": "main"}, "installation": {"id": 7}, "sender": {"login": "Ann", "id": 1, "type": "User"},
    "pull_request": {"number": 12, "state": "open", "draft": false, "title": "Widen", "merged": false,
    "updated_at": "2024-01-02T03:04:05Z", "user": {"login": "ann", "id": 1},
    "head": {"sha": ")",
                      kHead, R"(", "ref": "wide", "repo": )", head_repo, R"(},
    "base": {"sha": ")",
                      kBase, R"(", "ref": "main", "repo": {"id": 42}})", pull_members, "}", event_members, "}");
}

TEST(GitHubEvent, APullRequestIsOpened) {
  const HostEvent event = Read("pull_request", Pull(""));
  EXPECT_EQ(event.kind, HostEventKind::kChange);
  EXPECT_EQ(event.step, ChangeStep::kOpened);
  EXPECT_EQ(event.installation, "7");
  EXPECT_EQ(event.repository, (HostRepository{"42", "acme/widget", "main"}));
  HostChange change{.change = "pr-12", .number = 12};
  change.state = HostChangeState::kOpen;
  change.head = CommitId(kHead);
  change.base = CommitId(kBase);
  change.base_ref = "main";
  change.head_ref = "wide";
  change.author = "ann";
  change.title = "Widen";
  change.updated = absl::FromCivil(absl::CivilSecond(2024, 1, 2, 3, 4, 5), absl::UTCTimeZone());
  EXPECT_EQ(event.change, change);
  EXPECT_EQ(LaneOf(event), "42#pr-12");
}

TEST(GitHubEvent, AForkMayBeGone) {
  EXPECT_FALSE(Read("pull_request", Pull("")).change.from_fork);
  EXPECT_TRUE(Read("pull_request", Pull("", "", R"({"id": 43})")).change.from_fork);
  EXPECT_TRUE(Read("pull_request", Pull("", "", "null")).change.from_fork);
}

TEST(GitHubEvent, APushTellsTheHeadBefore) {
  const HostEvent event =
      Read("pull_request",
           Pull(absl::StrCat(R"(, "action": "synchronize", "before": ")", kOld, R"(", "after": ")", kHead, "\"")));
  EXPECT_EQ(event.step, ChangeStep::kPushed);
  EXPECT_EQ(event.change.previous, CommitId(kOld));
  EXPECT_EQ(event.change.head, CommitId(kHead));
}

TEST(GitHubEvent, StatesAndSteps) {
  const auto step = [](const std::string& members, const std::string& pull = "") {
    return Read("pull_request", Pull(members, pull)).step;
  };
  EXPECT_EQ(step(R"(, "action": "ready_for_review")"), ChangeStep::kReady);
  EXPECT_EQ(step(R"(, "action": "reopened")"), ChangeStep::kReopened);
  EXPECT_EQ(step(R"(, "action": "closed")"), ChangeStep::kClosed);
  EXPECT_EQ(step(R"(, "action": "labeled")"), ChangeStep::kNone);
  EXPECT_EQ(step(R"(, "action": "edited", "changes": {"title": {"from": "x"}})"), ChangeStep::kNone);
  EXPECT_EQ(step(R"(, "action": "edited", "changes": {"base": {"ref": {"from": "dev"}}})"), ChangeStep::kRetargeted);
  EXPECT_EQ(step(R"(, "action": "invented_tomorrow")"), ChangeStep::kNone);
  const auto state = [](const std::string& pull) { return Read("pull_request", Pull("", pull)).change.state; };
  EXPECT_EQ(state(R"(, "draft": true)"), HostChangeState::kDraft);
  EXPECT_EQ(state(R"(, "state": "closed")"), HostChangeState::kClosed);
  EXPECT_EQ(state(R"(, "state": "closed", "merged_at": "2024-01-02T03:04:05Z")"), HostChangeState::kMerged);
}

TEST(GitHubEvent, SomebodyIsAsked) {
  const HostEvent event =
      Read("pull_request", Pull(R"(, "action": "review_requested", "requested_reviewer": {"login": "ben", "id": 2})"));
  EXPECT_EQ(event.step, ChangeStep::kAsked);
  EXPECT_THAT(event.people, ElementsAre(HostUser{"ben", "2", false}));
  // A team: nobody by name.
  EXPECT_TRUE(Read("pull_request", Pull(R"(, "action": "review_requested", "requested_team": {"name": "core"})"))
                  .people.empty());
}

TEST(GitHubEvent, AReviewSaysItsState) {
  const auto review = [](const std::string& state, const std::string& body) {
    return Read(
        "pull_request_review",
        Pull(absl::StrCat(R"(, "action": "submitted", "review": {"id": 99, "state": ")", state, R"(", "body": )", body,
                          R"(, "user": {"login": "ben", "id": 2, "type": "User"}, "commit_id": ")", kHead,
                          R"(", "submitted_at": "2024-01-02T04:00:00Z", "author_association": "MEMBER"})")));
  };
  const HostEvent approved = review("approved", "null");
  EXPECT_EQ(approved.kind, HostEventKind::kSaid);
  EXPECT_EQ(approved.said, ReviewEventKind::kApproved);
  EXPECT_EQ(approved.id, "99");
  EXPECT_EQ(approved.sender.login, "ben");
  EXPECT_EQ(approved.commit, CommitId(kHead));
  EXPECT_TRUE(approved.trusted);
  EXPECT_EQ(review("changes_requested", "\"No.\"").said, ReviewEventKind::kChangesRequested);
  EXPECT_EQ(review("commented", "\"Hm.\"").said, ReviewEventKind::kCommented);
  EXPECT_EQ(review("commented", "null").kind, HostEventKind::kIgnored);
}

TEST(GitHubEvent, ADismissedApprovalIsAskedForAnew) {
  const HostEvent event = Read(
      "pull_request_review",
      Pull(
          R"(, "action": "dismissed", "review": {"id": 99, "state": "dismissed", "user": {"login": "ben", "id": 2}})"));
  EXPECT_EQ(event.said, ReviewEventKind::kRequested);
  EXPECT_THAT(event.people, ElementsAre(HostUser{"ben", "2", false}));
  EXPECT_EQ(event.id, "99/dismissed");
}

TEST(GitHubEvent, ACommentIsAboutAPullRequestOrNot) {
  const auto comment = [](const std::string& issue) {
    return Read("issue_comment",
                absl::StrCat(R"({"action": "created", "repository": {"id": 42}, "issue": {"number": 12,
      "user": {"login": "ann"})",
                             issue, R"(}, "comment": {"id": 5, "body": "/gate rerun", "user": {"login": "ci[bot]",
      "type": "Bot"}, "created_at": "2024-01-02T04:00:00Z"}, "sender": {"login": "ci[bot]", "type": "Bot"}})"));
  };
  const HostEvent event = comment(R"(, "pull_request": {"url": "x"})");
  EXPECT_EQ(event.kind, HostEventKind::kSaid);
  EXPECT_EQ(event.said, ReviewEventKind::kCommented);
  EXPECT_EQ(event.change.change, "pr-12");
  EXPECT_TRUE(event.change.head.empty());
  EXPECT_EQ(event.text, "/gate rerun");
  EXPECT_TRUE(event.sender.bot);
  EXPECT_FALSE(event.trusted);
  EXPECT_EQ(comment("").kind, HostEventKind::kIgnored);
}

TEST(GitHubEvent, ThreadsAreKnownByTheirFirstComment) {
  const auto comment = [](const std::string& more) {
    return Read("pull_request_review_comment",
                Pull(absl::StrCat(R"(, "action": "created", "comment": {"id": 5, "body": "Hm.", "path": "a.cc",
                                  "user": {"login": "ben"})",
                                  more, "}")));
  };
  EXPECT_EQ(comment("").thread, "5");
  EXPECT_EQ(comment(R"(, "in_reply_to_id": 4)").thread, "4");
  EXPECT_EQ(comment(R"(, "in_reply_to_id": null)").thread, "5");
  const std::string thread = R"(, "thread": {"node_id": "x", "comments": [{"id": 5}]})";
  const HostEvent resolved =
      Read("pull_request_review_thread", Pull(absl::StrCat(R"(, "action": "resolved")", thread)));
  EXPECT_EQ(resolved.kind, HostEventKind::kThreadResolved);
  EXPECT_EQ(resolved.thread, "5");
  EXPECT_EQ(Read("pull_request_review_thread", Pull(absl::StrCat(R"(, "action": "unresolved")", thread))).kind,
            HostEventKind::kIgnored);
}

TEST(GitHubEvent, ChecksAreAskedForAgain) {
  const auto check = [](std::string_view event, const std::string& body) {
    return Read(event, absl::StrCat(R"({"repository": {"id": 42}, )", body, "}"));
  };
  const std::string run =
      absl::StrCat(R"("check_run": {"head_sha": ")", kHead, R"(", "external_id": "r-1", "pull_requests": []})");
  EXPECT_EQ(check("check_run", absl::StrCat(R"("action": "rerequested", )", run)).kind, HostEventKind::kRerunAsked);
  EXPECT_EQ(check("check_run", absl::StrCat(R"("action": "rerequested", )", run)).commit, CommitId(kHead));
  EXPECT_EQ(check("check_run", absl::StrCat(R"("action": "created", )", run)).kind, HostEventKind::kIgnored);
  EXPECT_EQ(check("check_run",
                  absl::StrCat(R"("action": "requested_action", "requested_action": {"identifier": "rerun"}, )", run))
                .kind,
            HostEventKind::kRerunAsked);
  EXPECT_EQ(check("check_run",
                  absl::StrCat(R"("action": "requested_action", "requested_action": {"identifier": "x"}, )", run))
                .kind,
            HostEventKind::kIgnored);
  const HostEvent suite = check("check_suite", absl::StrCat(R"("action": "rerequested", "check_suite": {"head_sha": ")",
                                                            kHead, R"(", "pull_requests": [{"number": 12}]})"));
  EXPECT_EQ(suite.kind, HostEventKind::kRerunAsked);
  EXPECT_EQ(suite.change.change, "pr-12");
}

TEST(GitHubEvent, AMergeQueueAsks) {
  const HostEvent event = Read(
      "merge_group", absl::StrCat(R"({"action": "checks_requested", "repository": {"id": 42},
    "merge_group": {"head_sha": ")",
                                  kHead, R"(", "head_ref": "refs/heads/gh-readonly-queue/main/pr-12-x", "base_sha": ")",
                                  kBase, R"(", "base_ref": "refs/heads/main"}})"));
  EXPECT_EQ(event.kind, HostEventKind::kQueued);
  EXPECT_EQ(event.change.change, "queue-aaaaaaaaaaaa");
  EXPECT_EQ(event.change.head_ref, "gh-readonly-queue/main/pr-12-x");
  EXPECT_EQ(event.change.base_ref, "main");
  EXPECT_EQ(event.change.number, 0);
}

TEST(GitHubEvent, ABranchMovesOrGoes) {
  const auto push = [](const std::string& ref, const std::string& after, const std::string& more) {
    return Read("push", absl::StrCat(R"({"ref": ")", ref, R"(", "before": ")", kBase, R"(", "after": ")", after,
                                     R"(", "repository": {"id": 42, "master_branch": "main"})", more, "}"));
  };
  const HostEvent moved = push("refs/heads/main", kHead, "");
  EXPECT_EQ(moved.kind, HostEventKind::kPushed);
  EXPECT_EQ(moved.ref, "main");
  EXPECT_EQ(moved.commit, CommitId(kHead));
  EXPECT_EQ(moved.repository.default_branch, "main");
  EXPECT_TRUE(push("refs/heads/gone", std::string(40, '0'), R"(, "deleted": true)").commit.empty());
  EXPECT_EQ(push("refs/tags/v1", kHead, "").kind, HostEventKind::kIgnored);
}

TEST(GitHubEvent, RepositoriesComeAndAreRenamed) {
  const HostEvent added = Read("installation_repositories", R"({"action": "added", "installation": {"id": 7},
    "repositories_added": [{"id": 42, "full_name": "acme/widget"}]})");
  EXPECT_EQ(added.kind, HostEventKind::kRepositories);
  EXPECT_THAT(added.repositories, ElementsAre(HostRepository{"42", "acme/widget", ""}));
  EXPECT_EQ(Read("installation", R"({"action": "suspend", "installation": {"id": 7}})").kind, HostEventKind::kIgnored);
  const HostEvent renamed = Read("repository", R"({"action": "renamed", "repository": {"id": 42,
    "full_name": "acme/gadget", "updated_at": "2024-01-02T03:04:05Z"}})");
  EXPECT_EQ(renamed.kind, HostEventKind::kRepository);
  EXPECT_EQ(renamed.repository.full_name, "acme/gadget");
}

TEST(GitHubEvent, NullsWrongTypesAndTheUnknownAreNoErrors) {
  EXPECT_EQ(Read("pull_request", "{}").kind, HostEventKind::kIgnored);
  EXPECT_EQ(Read("pull_request", R"({"repository": {"id": 42}, "pull_request": null})").kind, HostEventKind::kIgnored);
  EXPECT_EQ(Read("pull_request", R"({"repository": {"id": 42}, "pull_request": {"number": "12"}})").kind,
            HostEventKind::kIgnored);
  EXPECT_EQ(Read("pull_request", Pull("", R"(, "user": null, "title": null, "updated_at": 7)")).change.author, "");
  EXPECT_EQ(Read("tomorrow", R"({"repository": {"id": 42}})").why, "event \"tomorrow\" is not known here");
  EXPECT_EQ(Read("ping", R"({"zen": "Keep it simple.", "hook_id": 1})").kind, HostEventKind::kPing);
  EXPECT_THAT(ReadEvent(HostKind::kGitHub, "ping", "[]"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ReadEvent(HostKind::kGitHub, "ping", "{\"a\":"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not valid JSON")));
  EXPECT_THAT(ReadEvent(HostKind::kGitHub, "ping", std::string(100'000, '[')),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("nested deeper")));
}

}  // namespace
}  // namespace mergegate::hosts
