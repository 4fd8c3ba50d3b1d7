#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "server/hosts/event.h"

namespace mergegate::hosts {
namespace {

using ::testing::ElementsAre;

const std::string kHead(40, 'a'), kOld(40, 'c');

HostEvent Read(const std::string& body) {
  const absl::StatusOr<HostEvent> read = ReadEvent(HostKind::kGitLab, "", body);
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? *read : HostEvent();
}

// Merge request 3 of acme/widget (number 42), with more attributes of it and members of the event.
std::string Request(const std::string& attributes, const std::string& members = "") {
  return absl::StrCat(R"({"object_kind": "merge_request", "user": {"id": 1, "username": "ann"},
    "project": {"id": 42, "path_with_namespace": "acme/widget", "default_branch": "main"},
    "object_attributes": {"id": 900, "iid": 3, "author_id": 1, "title": "Widen", "state": "opened",
    "source_branch": "wide", "target_branch": "main", "source_project_id": 42, "target_project_id": 42,
    "updated_at": "2024-01-02 03:04:05 UTC", "last_commit": {"id": ")",
                      kHead, "\"}", attributes, "}", members, "}");
}

TEST(GitLabEvent, AMergeRequestIsOpened) {
  const HostEvent event = Read(Request(R"(, "action": "open")", R"(, "reviewers": [{"id": 2, "username": "ben"}])"));
  EXPECT_EQ(event.kind, HostEventKind::kChange);
  EXPECT_EQ(event.step, ChangeStep::kOpened);
  EXPECT_EQ(event.change.change, "mr-3");
  EXPECT_EQ(event.change.head, CommitId(kHead));
  EXPECT_EQ(event.change.base_ref, "main");
  EXPECT_EQ(event.change.author, "ann");
  EXPECT_EQ(event.change.state, HostChangeState::kOpen);
  EXPECT_FALSE(event.change.from_fork);
  EXPECT_EQ(event.change.updated, absl::FromCivil(absl::CivilSecond(2024, 1, 2, 3, 4, 5), absl::UTCTimeZone()));
  EXPECT_THAT(event.people, ElementsAre(HostUser{"ben", "2", false}));
  EXPECT_EQ(LaneOf(event), "42#mr-3");
}

TEST(GitLabEvent, AnUpdateIsAPushOnlyWithTheOldRevision) {
  EXPECT_EQ(Read(Request(R"(, "action": "update")")).step, ChangeStep::kNone);
  const HostEvent pushed = Read(Request(absl::StrCat(R"(, "action": "update", "oldrev": ")", kOld, "\"")));
  EXPECT_EQ(pushed.step, ChangeStep::kPushed);
  EXPECT_EQ(pushed.change.previous, CommitId(kOld));
}

TEST(GitLabEvent, DraftsAndForks) {
  EXPECT_EQ(Read(Request(R"(, "draft": true)")).change.state, HostChangeState::kDraft);
  EXPECT_EQ(Read(Request(R"(, "work_in_progress": true)")).change.state, HostChangeState::kDraft);
  EXPECT_EQ(
      Read(Request(R"(, "action": "update")", R"(, "changes": {"draft": {"previous": true, "current": false}})")).step,
      ChangeStep::kReady);
  EXPECT_TRUE(Read(Request(R"(, "source_project_id": 43)")).change.from_fork);
  EXPECT_TRUE(Read(Request(R"(, "source_project_id": null, "source": null)")).change.from_fork);
}

TEST(GitLabEvent, ItIsRetargetedClosedAndMerged) {
  EXPECT_EQ(Read(Request(R"(, "action": "update")", R"(, "changes": {"target_branch": {"previous": "dev"}})")).step,
            ChangeStep::kRetargeted);
  EXPECT_EQ(Read(Request(R"(, "action": "close")")).change.state, HostChangeState::kClosed);
  const HostEvent merged = Read(Request(R"(, "action": "merge")"));
  EXPECT_EQ(merged.step, ChangeStep::kClosed);
  EXPECT_EQ(merged.change.state, HostChangeState::kMerged);
  EXPECT_EQ(Read(Request(R"(, "action": "reopen")")).step, ChangeStep::kReopened);
}

TEST(GitLabEvent, ApprovalsOfOnePersonAndOfAllCount) {
  for (const char* action : {"approved", "approval"}) {
    const HostEvent event = Read(Request(absl::StrCat(R"(, "action": ")", action, "\"")));
    EXPECT_EQ(event.said, ReviewEventKind::kApproved);
    EXPECT_EQ(event.commit, CommitId(kHead));
  }
  EXPECT_EQ(Read(Request(R"(, "action": "unapproval")")).said, ReviewEventKind::kAccepted);
}

TEST(GitLabEvent, ReviewersWhoCameAreAsked) {
  const HostEvent event = Read(Request(R"(, "action": "update")", R"(, "changes": {"reviewers": {
    "previous": [{"id": 2, "username": "ben"}],
    "current": [{"id": 2, "username": "ben"}, {"id": 3, "username": "cid"}]}})"));
  EXPECT_EQ(event.step, ChangeStep::kAsked);
  EXPECT_THAT(event.people, ElementsAre(HostUser{"cid", "3", false}));
}

TEST(GitLabEvent, NotesOnMergeRequestsAreSaidTheOthersNot) {
  const auto note = [](const std::string& attributes, const std::string& user = R"({"id": 2, "username": "ben"})") {
    return Read(absl::StrCat(R"({"object_kind": "note", "project": {"id": 42}, "user": )", user, R"(,
      "object_attributes": {"id": 7, "note": "/gate rerun", "noteable_type": "MergeRequest", "action": "create",
      "created_at": "2024-01-02T03:04:05Z")",
                             attributes, R"(}, "merge_request": {"iid": 3, "state": "opened",
      "last_commit": {"id": ")",
                             kHead, R"("}}})"));
  };
  const HostEvent event = note(R"(, "position": {"new_path": "a.cc"})");
  EXPECT_EQ(event.kind, HostEventKind::kSaid);
  EXPECT_EQ(event.change.change, "mr-3");
  EXPECT_EQ(event.text, "/gate rerun");
  EXPECT_EQ(event.path, "a.cc");
  EXPECT_FALSE(event.sender.bot);
  EXPECT_EQ(note(R"(, "system": true)").kind, HostEventKind::kIgnored);
  EXPECT_EQ(note(R"(, "noteable_type": "Issue")").kind, HostEventKind::kIgnored);
  EXPECT_EQ(note(R"(, "action": "update")").kind, HostEventKind::kIgnored);
  EXPECT_TRUE(note("", R"({"id": 9, "username": "project_42_bot_8fcc"})").sender.bot);
}

TEST(GitLabEvent, ABranchMovesAndAProjectIsRenamed) {
  const HostEvent push = Read(absl::StrCat(
      R"({"object_kind": "push", "ref": "refs/heads/main", "after": ")", kHead,
      R"(", "project_id": 42, "project": {"id": 42, "default_branch": "main"}, "user_username": "ann", "user_id": 1})"));
  EXPECT_EQ(push.kind, HostEventKind::kPushed);
  EXPECT_EQ(push.ref, "main");
  EXPECT_EQ(push.commit, CommitId(kHead));
  EXPECT_EQ(push.sender.login, "ann");
  const HostEvent renamed = Read(R"({"event_name": "project_rename", "project_id": 42,
    "path_with_namespace": "acme/gadget", "updated_at": "2024-01-02T03:04:05Z"})");
  EXPECT_EQ(renamed.kind, HostEventKind::kRepository);
  EXPECT_EQ(renamed.repository.full_name, "acme/gadget");
}

TEST(GitLabEvent, NullsWrongTypesAndTheUnknownAreNoErrors) {
  EXPECT_EQ(Read("{}").kind, HostEventKind::kIgnored);
  EXPECT_EQ(Read(R"({"object_kind": "merge_request", "project": null, "object_attributes": 3})").kind,
            HostEventKind::kIgnored);
  EXPECT_EQ(Read(R"({"object_kind": "tomorrow", "project": {"id": 42}})").why, "event \"tomorrow\" is not known here");
  EXPECT_EQ(Read(R"({"object_kind": "pipeline", "project": {"id": 42}})").why, "no decision depends on it");
}

}  // namespace
}  // namespace mergegate::hosts
