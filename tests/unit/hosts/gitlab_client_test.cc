// What is said to GitLab, request by request.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "server/hosts/host_client.h"
#include "tests/support/map_memory.h"
#include "tests/support/scripted_http.h"
#include "tests/support/status_matchers.h"

namespace mergegate::hosts {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::MapMemory;
using mergegate::testing::ScriptedHttp;
using mergegate::testing::StatusIs;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kHead(40, 'a');
const std::string kRequest = "/projects/42/merge_requests/12";

class GitLabTest : public ::testing::Test {
 protected:
  GitLabTest() {
    setenv("MERGEGATE_TEST_GITLAB", "glpat-1", 1);
    const HostConfig config{.name = "lab",
                            .kind = HostKind::kGitLab,
                            .api_url = "https://host.example/api",
                            .web_url = "https://lab.example",
                            .token = "env:MERGEGATE_TEST_GITLAB"};
    access_ = MakeHostAccess(config, http_, clock_);
    api_ = std::make_unique<HostApi>(config, http_, *access_, clock_);
    client_ = MakeGitLabClient(*api_);
    place_.project = {.repository = "42", .full_name = "acme/widget"};
    place_.change.number = 12;
    place_.change.head_ref = "feature";
    place_.head = CommitId(kHead);
  }

  HostStatus Status(StatusState state) { return {.state = state, .run = "r1", .title = "t", .markdown = "m"}; }
  static publication::LineComment Comment(const std::string& key, int line, int old_line) {
    return {.key = key,
            .path = "b.cc",
            .old_path = "a.cc",
            .first_line = line,
            .line = line,
            .old_line = old_line,
            .body = publication::HiddenMark(key)};
  }

  FakeClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  ScriptedHttp http_;
  std::unique_ptr<HostAccess> access_;
  std::unique_ptr<HostApi> api_;
  std::unique_ptr<HostClient> client_;
  MapMemory memory_;
  Place place_;
};

TEST_F(GitLabTest, StatusesAreInItsWordsAndAPassNeedsNoNote) {
  http_.On("POST", "/projects/42/statuses/" + kHead, {201, "{}"});
  for (const StatusState state : {StatusState::kPending, StatusState::kPass}) {
    ASSERT_THAT(client_->PublishStatus(place_, Status(state), memory_, {}), IsOk());
  }
  const auto bodies = http_.Bodies("POST /projects/42/statuses/" + kHead);
  ASSERT_THAT(bodies, SizeIs(2));
  EXPECT_EQ(bodies[0], (json{{"state", "running"}, {"name", "mergegate"}, {"description", "t"}, {"ref", "feature"}}));
  EXPECT_EQ(bodies[1]["state"], "success");
  EXPECT_THAT(http_.Asked(), SizeIs(2));
}

TEST_F(GitLabTest, WhatStandsThereAlreadyIsDone) {
  http_.On("POST", "/projects/42/statuses/" + kHead,
           {400, R"({"message":"Cannot transition status via :run from :running"})"});
  EXPECT_THAT(client_->PublishStatus(place_, Status(StatusState::kPending), memory_, {}), IsOk());
  http_.On("POST", "/projects/42/statuses/" + kHead, {400, R"({"message":"state is invalid"})"});
}

TEST_F(GitLabTest, AFailureIsToldInANoteThatIsKeptCurrent) {
  http_.On("POST", "/projects/42/statuses/" + kHead, {201, "{}"});
  http_.On("POST", kRequest + "/notes", {201, R"({"id":3})"});
  http_.On("PUT", kRequest + "/notes/3", {200, R"({"id":3})"});
  ASSERT_THAT(client_->PublishStatus(place_, Status(StatusState::kFail), memory_, {}), IsOk());
  ASSERT_THAT(client_->PublishStatus(place_, Status(StatusState::kPass), memory_, {}), IsOk());
  EXPECT_THAT(http_.Bodies("POST " + kRequest + "/notes"),
              ElementsAre(json{{"body", "m\n<!-- mergegate:summary -->"}}));
  EXPECT_THAT(http_.Bodies("PUT " + kRequest + "/notes/3"), SizeIs(1));
}

class DiscussionsTest : public GitLabTest {
 protected:
  DiscussionsTest() {
    http_.On("GET", kRequest + "/versions",
             {200, json{{{"base_commit_sha", "b0"}, {"start_commit_sha", "s0"}, {"head_commit_sha", kHead}},
                        {{"head_commit_sha", "old"}}}
                       .dump()});
    http_.On("POST", kRequest + "/discussions", {201, R"({"id":"d1"})"});
    http_.On("PUT", kRequest + "/discussions/d1", {200, "{}"});
  }
};

TEST_F(DiscussionsTest, StandOnALineByThreeCommitsAndBothNumbersWhereItIsUnchanged) {
  const HostReview review{.comments = {Comment("k1", 3, 0), Comment("k2", 9, 8)}, .standing = {"k1", "k2"}};
  ASSERT_THAT(client_->PublishReview(place_, review, memory_, {}), IsOk());
  ASSERT_THAT(client_->PublishReview(place_, review, memory_, {}), IsOk());
  const auto bodies = http_.Bodies("POST " + kRequest + "/discussions");
  ASSERT_THAT(bodies, SizeIs(2));
  EXPECT_EQ(bodies[0]["position"], (json{{"position_type", "text"},
                                         {"base_sha", "b0"},
                                         {"start_sha", "s0"},
                                         {"head_sha", kHead},
                                         {"old_path", "a.cc"},
                                         {"new_path", "b.cc"},
                                         {"new_line", 3}}));
  EXPECT_EQ(bodies[1]["position"]["old_line"], 8);
}

TEST_F(DiscussionsTest, AreResolvedWhenTheirFindingIsGone) {
  ASSERT_THAT(client_->PublishReview(place_, {.comments = {Comment("k1", 3, 0)}, .standing = {"k1"}}, memory_, {}),
              IsOk());
  ASSERT_THAT(client_->PublishReview(place_, {}, memory_, {}), IsOk());
  EXPECT_EQ(http_.Asked().back(), "PUT " + kRequest + "/discussions/d1");
  http_.Forget();
  ASSERT_THAT(client_->PublishReview(place_, {}, memory_, {}), IsOk());
  EXPECT_THAT(http_.Asked(), IsEmpty());
}

TEST_F(DiscussionsTest, ForAHeadThatGitLabNoLongerShowsAreNotMade) {
  place_.head = CommitId(std::string(40, 'c'));
  const auto note =
      client_->PublishReview(place_, {.comments = {Comment("k1", 3, 0)}, .standing = {"k1"}}, memory_, {});
  ASSERT_THAT(note, IsOk());
  EXPECT_THAT(*note, HasSubstr("newest version"));
  EXPECT_THAT(http_.Asked(), SizeIs(1));
}

TEST_F(DiscussionsTest, AfterACrashOurOwnAreFoundByTheirMark) {
  http_.On("GET", "/user", {200, R"({"id":1})"});
  http_.On("GET", kRequest + "/discussions?per_page=100",
           {200, R"([{"id":"d1","notes":[{"body":"<!-- mergegate:k1 -->","author":{"id":1},"resolved":false}]},
                     {"id":"d2","notes":[{"body":"<!-- mergegate:k2 -->","author":{"id":2},"resolved":false}]}])"});
  const HostReview review{.comments = {Comment("k1", 3, 0), Comment("k2", 4, 0)}, .standing = {"k1", "k2"}};
  ASSERT_THAT(client_->PublishReview(place_, review, memory_, {.again = true}), IsOk());
  EXPECT_THAT(http_.Bodies("POST " + kRequest + "/discussions"), SizeIs(1));
}

TEST_F(GitLabTest, ReviewersAreReadMergedAndWritten) {
  http_.On("GET", kRequest, {200, R"({"author":{"id":9},"reviewers":[{"id":4}]})"});
  http_.On("GET", "/projects/42/members/all?query=ann&per_page=100",
           {200, R"([{"id":5,"username":"Ann"},{"id":6,"username":"anna"}])"});
  http_.On("GET", "/projects/42/members/all?query=nobody&per_page=100", {200, "[]"});
  http_.On("PUT", kRequest, {200, R"({"reviewers":[{"id":5}]})"});
  const auto note = client_->RequestReviewers(place_, {{"ann"}, {"nobody"}}, memory_);
  ASSERT_THAT(note, IsOk());
  EXPECT_EQ(*note, "nobody is no member; GitLab kept 1 of 2 reviewers");
  EXPECT_THAT(http_.Bodies("PUT " + kRequest), ElementsAre(json{{"reviewer_ids", {4, 5}}}));
}

}  // namespace
}  // namespace mergegate::hosts
