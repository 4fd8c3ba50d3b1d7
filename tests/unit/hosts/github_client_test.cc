// What is said to GitHub, request by request. Stories against a double with a memory: tests/e2e/publish_test.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
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
const std::string kRepo = "/repos/acme/widget";
const std::string kFind =
    absl::StrCat(kRepo, "/commits/", kHead, "/check-runs?check_name=mergegate&filter=all&per_page=100");

// The rights of an App, without its key.
class GivenAccess final : public HostAccess {
 public:
  absl::StatusOr<Credential> ForRepository(const std::string&, const std::string&) override { return ForApp(); }
  absl::StatusOr<Credential> ForApp() override {
    return Credential{.header = "Authorization", .value = "Bearer t", .secret = "t"};
  }
  bool Refused(const Credential&) override { return false; }

 protected:
  std::string GitUser() const override { return "x"; }
};

class GitHubTest : public ::testing::Test {
 protected:
  explicit GitHubTest(const std::string& app_id = "1")
      : api_({.name = "github",
              .kind = HostKind::kGitHub,
              .api_url = "https://host.example/api",
              .web_url = "https://github.example",
              .app_id = app_id},
             http_, access_, clock_),
        client_(MakeGitHubClient(api_, clock_)) {
    place_.project = {.full_name = "acme/widget", .installation = "7"};
    place_.project.repository = "42";
    place_.change.number = 12;
    place_.change.author = "author-gh";
    place_.head = CommitId(kHead);
  }

  static HostStatus Verdict(int annotations, StatusState state = StatusState::kFail) {
    HostStatus status{.state = state, .run = "r1", .title = "fail: it does", .markdown = "why"};
    for (int i = 0; i < annotations; ++i) {
      status.annotations.push_back(
          {.path = "a.cc", .first_line = i + 1, .last_line = i + 1, .title = "t", .message = "m"});
    }
    return status;
  }
  std::vector<json> Posted() { return http_.Bodies("POST " + kRepo + "/check-runs"); }
  std::vector<json> Patched() { return http_.Bodies("PATCH " + kRepo + "/check-runs/5"); }

  FakeClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  ScriptedHttp http_;
  GivenAccess access_;
  HostApi api_;
  std::unique_ptr<HostClient> client_;
  MapMemory memory_;
  Place place_;
};

class CheckRunTest : public GitHubTest {
 protected:
  CheckRunTest() {
    http_.On("POST", kRepo + "/check-runs", {201, R"({"id":5})"});
    http_.On("PATCH", kRepo + "/check-runs/5", {200, R"({"id":5})"});
  }
};

TEST_F(CheckRunTest, IsMadeOnceAndThenUpdated) {
  HostStatus pending{.state = StatusState::kPending, .run = "r1", .title = "pending", .markdown = "soon"};
  ASSERT_THAT(client_->PublishStatus(place_, pending, memory_, {}), IsOk());
  ASSERT_THAT(client_->PublishStatus(place_, Verdict(1), memory_, {}), IsOk());
  ASSERT_THAT(Posted(), SizeIs(1));
  EXPECT_EQ(Posted()[0]["status"], "in_progress");
  EXPECT_EQ(Posted()[0]["head_sha"], kHead);
  EXPECT_EQ(Posted()[0]["external_id"], "r1");
  ASSERT_THAT(Patched(), SizeIs(1));
  EXPECT_EQ(Patched()[0]["status"], "completed");
  EXPECT_EQ(Patched()[0]["conclusion"], "failure");
  EXPECT_EQ(Patched()[0]["completed_at"], "2027-01-15T08:00:00Z");
  EXPECT_EQ(Patched()[0]["output"]["annotations"].size(), 1u);
}

TEST_F(CheckRunTest, TheConclusionComesWithTheLastPageOnly) {
  ASSERT_THAT(client_->PublishStatus(place_, Verdict(120), memory_, {}), IsOk());
  ASSERT_THAT(Posted(), SizeIs(1));
  ASSERT_THAT(Patched(), SizeIs(2));
  EXPECT_EQ(Posted()[0]["output"]["annotations"].size(), 50u);
  EXPECT_EQ(Posted()[0]["status"], "in_progress");
  EXPECT_FALSE(Posted()[0].contains("conclusion"));
  EXPECT_EQ(Patched()[0]["status"], "in_progress");
  EXPECT_EQ(Patched()[1]["output"]["annotations"].size(), 20u);
  EXPECT_EQ(Patched()[1]["output"]["annotations"][19]["start_line"], 120);
  EXPECT_EQ(Patched()[1]["conclusion"], "failure");
}

TEST_F(CheckRunTest, GoesOnBehindThePageThatWasTheLastToGetThrough) {
  ScriptedHttp http;
  HostApi api(api_.config(), http, access_, clock_);
  const auto client = MakeGitHubClient(api, clock_);
  http.On("POST", kRepo + "/check-runs", {201, R"({"id":5})"});
  http.NoAnswer("PATCH", kRepo + "/check-runs/5");  // it did get through
  EXPECT_THAT(client->PublishStatus(place_, Verdict(120), memory_, {}), StatusIs(absl::StatusCode::kUnavailable));
  http.On("PATCH", kRepo + "/check-runs/5", {200, "{}"});
  http.On("GET", kFind, {200, R"({"check_runs":[{"id":5,"external_id":"r1","output":{"annotations_count":100}}]})"});
  static_cast<void>(client->PublishStatus(place_, Verdict(120), memory_, {.again = true}));  // unanswered, once more
  http.Forget();
  ASSERT_THAT(client->PublishStatus(place_, Verdict(120), memory_, {.again = true}), IsOk());
  ASSERT_THAT(http.Bodies("PATCH " + kRepo + "/check-runs/5"), SizeIs(1));
  const json last = http.Bodies("PATCH " + kRepo + "/check-runs/5")[0];
  EXPECT_EQ(last["output"]["annotations"][0]["start_line"], 101);
  EXPECT_EQ(last["conclusion"], "failure");
}

TEST_F(CheckRunTest, IsFoundAgainWhenItsIdWasNeverStored) {
  http_.On(
      "GET", kFind,
      {200,
       R"({"check_runs":[{"id":9,"external_id":"other"},{"id":5,"external_id":"r1","output":{"annotations_count":1}}]})"});
  ASSERT_THAT(client_->PublishStatus(place_, Verdict(1), memory_, {.again = true}), IsOk());
  EXPECT_THAT(Posted(), IsEmpty());
  ASSERT_THAT(Patched(), SizeIs(1));
  EXPECT_FALSE(Patched()[0]["output"].contains("annotations"));  // they are there
}

TEST_F(CheckRunTest, ARerunWithTheSameFindingsUpdatesIt) {
  ASSERT_THAT(client_->PublishStatus(place_, Verdict(3), memory_, {}), IsOk());
  HostStatus again = Verdict(3, StatusState::kPass);
  again.run = "r2";
  ASSERT_THAT(client_->PublishStatus(place_, again, memory_, {}), IsOk());
  EXPECT_THAT(Posted(), SizeIs(1));
  ASSERT_THAT(Patched(), SizeIs(1));
  EXPECT_EQ(Patched()[0]["external_id"], "r2");
  EXPECT_EQ(Patched()[0]["conclusion"], "success");
  EXPECT_FALSE(Patched()[0]["output"].contains("annotations"));
}

TEST_F(CheckRunTest, OtherFindingsForTheSameCommitNeedANewOneForAnnotationsNeverGoAway) {
  http_.On("POST", kRepo + "/check-runs", {201, R"({"id":6})"});
  ASSERT_THAT(client_->PublishStatus(place_, Verdict(3), memory_, {}), IsOk());
  ASSERT_THAT(client_->PublishStatus(place_, Verdict(2), memory_, {}), IsOk());
  EXPECT_THAT(Posted(), SizeIs(2));
}

TEST_F(CheckRunTest, TheOneThatIsReplacedEndsTooAndIsNotTakenForTheNewOne) {
  http_.On("POST", kRepo + "/check-runs", {502, "{}"});
  http_.On("POST", kRepo + "/check-runs", {201, R"({"id":6})"});
  http_.On("PATCH", kRepo + "/check-runs/6", {200, "{}"});
  ASSERT_THAT(client_->PublishStatus(place_, Verdict(3), memory_, {}), IsOk());
  HostStatus pending{.state = StatusState::kPending, .run = "r2", .title = "pending", .markdown = "soon"};
  ASSERT_THAT(client_->PublishStatus(place_, pending, memory_, {}), IsOk());
  EXPECT_EQ(Patched().back()["status"], "in_progress");
  HostStatus other = Verdict(2, StatusState::kPass);
  other.run = "r2";
  EXPECT_THAT(client_->PublishStatus(place_, other, memory_, {}), StatusIs(absl::StatusCode::kUnavailable));
  http_.On("GET", kFind, {200, R"({"check_runs":[{"id":5,"external_id":"r2","output":{"annotations_count":3}}]})"});
  ASSERT_THAT(client_->PublishStatus(place_, other, memory_, {.again = true}), IsOk());
  EXPECT_EQ(Posted().back()["output"]["annotations"].size(), 2u);
  EXPECT_EQ(Patched().back()["conclusion"], "success");
  EXPECT_FALSE(Patched().back()["output"].contains("annotations"));
  http_.Forget();
  ASSERT_THAT(client_->PublishStatus(place_, other, memory_, {}), IsOk());
  EXPECT_THAT(Patched(), IsEmpty());  // it ended once
}

TEST_F(CheckRunTest, WhatIsNotDecidedDoesNotLetMerge) {
  ASSERT_THAT(client_->PublishStatus(place_, Verdict(0, StatusState::kInconclusive), memory_, {}), IsOk());
  EXPECT_EQ(Posted()[0]["conclusion"], "action_required");
}

TEST_F(CheckRunTest, ARepositoryThatIsGoneIsAnError) {
  ScriptedHttp empty;
  HostApi api(api_.config(), empty, access_, clock_);
  EXPECT_THAT(MakeGitHubClient(api, clock_)->PublishStatus(place_, Verdict(0), memory_, {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("404 Not Found")));
}

class CommitStatusTest : public GitHubTest {
 protected:
  CommitStatusTest() : GitHubTest("") {
    http_.On("POST", kRepo + "/statuses/" + kHead, {201, "{}"});
    http_.On("POST", kRepo + "/issues/12/comments", {201, R"({"id":77})"});
    http_.On("PATCH", kRepo + "/issues/comments/77", {200, R"({"id":77})"});
  }
};

TEST_F(CommitStatusTest, IsSaidOnceWithACommentThatIsKeptCurrent) {
  ASSERT_THAT(client_->PublishStatus(place_, Verdict(3), memory_, {}), IsOk());
  ASSERT_THAT(client_->PublishStatus(place_, Verdict(3), memory_, {}), IsOk());
  const auto statuses = http_.Bodies("POST " + kRepo + "/statuses/" + kHead);
  ASSERT_THAT(statuses, SizeIs(1));
  EXPECT_EQ(statuses[0], (json{{"state", "failure"}, {"context", "mergegate"}, {"description", "fail: it does"}}));
  EXPECT_THAT(http_.Bodies("POST " + kRepo + "/issues/12/comments"), SizeIs(1));
  EXPECT_THAT(http_.Bodies("PATCH " + kRepo + "/issues/comments/77"), SizeIs(1));
}

TEST_F(CommitStatusTest, APassMakesNoCommentButMendsTheOneThatIsThere) {
  ASSERT_THAT(client_->PublishStatus(place_, Verdict(0, StatusState::kPass), memory_, {}), IsOk());
  EXPECT_THAT(http_.Asked(), ElementsAre("POST " + kRepo + "/statuses/" + kHead));
  ASSERT_THAT(client_->PublishStatus(place_, Verdict(0), memory_, {}), IsOk());
  ASSERT_THAT(client_->PublishStatus(place_, Verdict(0, StatusState::kPass), memory_, {}), IsOk());
  EXPECT_EQ(http_.Asked().back(), "PATCH " + kRepo + "/issues/comments/77");
}

class ReviewTest : public GitHubTest {
 protected:
  ReviewTest() {
    http_.On("GET", "/app", {200, R"({"slug":"gate"})"});
    http_.On("POST", kRepo + "/pulls/12/reviews", {200, R"({"id":1})"});
  }
  static publication::LineComment Comment(const std::string& key, int line) {
    return {
        .key = key, .path = "a.cc", .first_line = line, .line = line, .body = "text " + publication::HiddenMark(key)};
  }
  static HostReview Review(std::vector<publication::LineComment> comments) {
    HostReview review{.run = "r1", .body = "above", .comments = std::move(comments)};
    for (const auto& comment : review.comments) review.standing.push_back(comment.key);
    return review;
  }
};

TEST_F(ReviewTest, AllCommentsComeInOneReviewAndOnce) {
  ASSERT_THAT(client_->PublishReview(place_, Review({Comment("k1", 3), Comment("k2", 4)}), memory_, {}), IsOk());
  ASSERT_THAT(client_->PublishReview(place_, Review({Comment("k1", 5), Comment("k2", 6)}), memory_, {}), IsOk());
  const auto reviews = http_.Bodies("POST " + kRepo + "/pulls/12/reviews");
  ASSERT_THAT(reviews, SizeIs(1));
  EXPECT_EQ(reviews[0]["event"], "COMMENT");
  EXPECT_EQ(reviews[0]["commit_id"], kHead);
  EXPECT_EQ(reviews[0]["comments"][0],
            (json{{"path", "a.cc"}, {"line", 3}, {"side", "RIGHT"}, {"body", "text <!-- mergegate:k1 -->"}}));
}

TEST_F(ReviewTest, NothingToSayIsNoReview) {
  ASSERT_THAT(client_->PublishReview(place_, Review({}), memory_, {}), IsOk());
  EXPECT_THAT(http_.Asked(), IsEmpty());
}

TEST_F(ReviewTest, AfterACrashOnlyOurOwnCommentsCountAsSaid) {
  http_.On("GET", kRepo + "/pulls/12/comments?per_page=100",
           {200, R"([{"body":"x <!-- mergegate:k1 -->","user":{"login":"gate[bot]"}},
                     {"body":"x <!-- mergegate:k2 -->","user":{"login":"mallory"}}])"});
  ASSERT_THAT(client_->PublishReview(place_, Review({Comment("k1", 3), Comment("k2", 4)}), memory_, {.again = true}),
              IsOk());
  const auto reviews = http_.Bodies("POST " + kRepo + "/pulls/12/reviews");
  ASSERT_THAT(reviews, SizeIs(1));
  ASSERT_EQ(reviews[0]["comments"].size(), 1u);
  EXPECT_EQ(reviews[0]["comments"][0]["line"], 4);
}

TEST_F(ReviewTest, ALineThatGitHubDoesNotShowDoesNotTakeTheOthersWithIt) {
  ScriptedHttp http;
  HostApi api(api_.config(), http, access_, clock_);
  http.On("POST", kRepo + "/pulls/12/reviews", {422, R"({"message":"Unprocessable Entity"})"});
  http.On("POST", kRepo + "/pulls/12/comments", {201, "{}"});
  http.On("POST", kRepo + "/pulls/12/comments", {422, R"({"message":"line must be part of the diff"})"});
  const auto note =
      MakeGitHubClient(api, clock_)->PublishReview(place_, Review({Comment("k1", 3), Comment("k2", 4)}), memory_, {});
  ASSERT_THAT(note, IsOk());
  EXPECT_THAT(*note, HasSubstr("1 of 2 comments refused"));
  EXPECT_THAT(*memory_.Recall("review"), HasSubstr("k1"));
  EXPECT_THAT(*memory_.Recall("review"), ::testing::Not(HasSubstr("k2")));
}

TEST_F(ReviewTest, CommentsWhoseFindingIsGoneAreResolvedIfTheyAreOurs) {
  ASSERT_THAT(client_->PublishReview(place_, Review({Comment("k1", 3), Comment("k2", 4)}), memory_, {}), IsOk());
  http_.On("POST", "/graphql", {200, R"({"data":{"repository":{"pullRequest":{"reviewThreads":{"nodes":[
      {"id":"T1","isResolved":false,"comments":{"nodes":[{"body":"<!-- mergegate:k1 -->","viewerDidAuthor":true}]}},
      {"id":"T2","isResolved":false,"comments":{"nodes":[{"body":"<!-- mergegate:k2 -->","viewerDidAuthor":true}]}},
      {"id":"T3","isResolved":false,"comments":{"nodes":[{"body":"<!-- mergegate:k1 -->","viewerDidAuthor":false}]}}
      ]}}}}})"});
  http_.On("POST", "/graphql", {200, R"({"data":{}})"});
  http_.Forget();
  ASSERT_THAT(client_->PublishReview(place_, Review({Comment("k2", 4)}), memory_, {}), IsOk());
  const auto asked = http_.Bodies("POST /graphql");
  ASSERT_THAT(asked, SizeIs(2));
  EXPECT_EQ(asked[0]["variables"]["number"], 12);
  EXPECT_EQ(asked[1]["variables"], (json{{"id", "T1"}}));
  http_.Forget();
  ASSERT_THAT(client_->PublishReview(place_, Review({Comment("k2", 4)}), memory_, {}), IsOk());
  EXPECT_THAT(http_.Asked(), IsEmpty());  // once
}

class ReviewersTest : public GitHubTest {
 protected:
  ReviewersTest() {
    http_.On("GET", kRepo + "/collaborators?per_page=100",
             {200, R"([{"login":"Ann-gh"},{"login":"ben-gh"},{"login":"author-gh"}])"});
    http_.On("GET", path_, {200, R"({"users":[{"login":"ben-gh"}],"teams":[]})"});
    http_.On("POST", path_, {201, "{}"});
    http_.On("DELETE", path_, {200, "{}"});
  }
  const std::string path_ = kRepo + "/pulls/12/requested_reviewers";
};

TEST_F(ReviewersTest, OnlyWhoMayAndIsNotAskedYetIsAsked) {
  const auto note =
      client_->RequestReviewers(place_, {{"ann-old", "ann-gh"}, {"ben-gh"}, {"author-gh"}, {"stranger"}, {}}, memory_);
  ASSERT_THAT(note, IsOk());
  EXPECT_EQ(*note, "author-gh may not review here; stranger may not review here; a reviewer has no login here");
  EXPECT_THAT(http_.Bodies("POST " + path_), ElementsAre(json{{"reviewers", {"ann-gh"}}}));
}

TEST_F(ReviewersTest, NobodyIsAskedTwiceAndWhoLeftIsAskedNoLonger) {
  ASSERT_THAT(client_->RequestReviewers(place_, {{"ann-gh"}, {"ben-gh"}}, memory_), IsOk());
  http_.Forget();
  ASSERT_THAT(client_->RequestReviewers(place_, {{"ann-gh"}, {"ben-gh"}}, memory_), IsOk());
  EXPECT_THAT(http_.Asked(), IsEmpty());
  ASSERT_THAT(client_->RequestReviewers(place_, {{"ann-gh"}}, memory_), IsOk());
  EXPECT_THAT(http_.Bodies("DELETE " + path_), ElementsAre(json{{"reviewers", {"ben-gh"}}}));
}

TEST_F(GitHubTest, AnAnswerIsSaidOnce) {
  http_.On("POST", kRepo + "/issues/12/comments", {201, R"({"id":77})"});
  ASSERT_THAT(client_->Reply(place_, "Started.", "key1", memory_, {}), IsOk());
  ASSERT_THAT(client_->Reply(place_, "Started.", "key1", memory_, {.again = true}), IsOk());
  EXPECT_THAT(http_.Bodies("POST " + kRepo + "/issues/12/comments"),
              ElementsAre(json{{"body", "Started.\n<!-- mergegate:key1 -->"}}));
}

TEST_F(GitHubTest, SarifIsZippedAndNamesThePull) {
  http_.On("POST", kRepo + "/code-scanning/sarifs", {202, R"({"id":"u1"})"});
  EXPECT_EQ(*client_->UploadSarif(place_, "{}"), "upload u1");
  const json body = http_.Bodies("POST " + kRepo + "/code-scanning/sarifs").at(0);
  EXPECT_EQ(body["ref"], "refs/pull/12/head");
  EXPECT_THAT(body["sarif"].get<std::string>(), ::testing::StartsWith("H4sI"));  // gzip, in base 64
}

TEST_F(GitHubTest, NamesOfRepositoriesStayInTheirPartOfThePath) {
  place_.project.full_name = "acme/../x";
  HostReview review{.comments = {{.key = "k", .path = "a", .line = 1, .body = "b"}}, .standing = {"k"}};
  static_cast<void>(client_->PublishReview(place_, review, memory_, {}));
  EXPECT_THAT(http_.Asked(), ElementsAre("POST /repos/acme/..%2Fx/pulls/12/reviews"));
}

}  // namespace
}  // namespace mergegate::hosts
