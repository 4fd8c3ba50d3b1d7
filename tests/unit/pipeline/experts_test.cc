// Who ranks first, from commits with trailers, from reviews given here, and after a night.
#include "server/pipeline/experts.h"

#include <filesystem>

#include "server/pipeline/review_log.h"
#include "tests/unit/pipeline/pipeline_fixture.h"

namespace mergegate::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ExpertsTest : public PipelineTest {
 protected:
  CommitId Land(const std::string& path, const std::string& reviewer = "") {
    const std::string text = absl::StrCat(++landed_, "\n");
    return repo_.Commit({{path, text}},
                        {.message = reviewer.empty() ? "Change\n"
                                                     : absl::StrCat("Change\n\nReviewed-by: ", reviewer, " <", reviewer,
                                                                    "@example.org>\n")});
  }

  // Bob approves a change of `path` through mergegate; it is pushed and nothing else.
  void Review(const std::string& change, const CommitId& head, const std::string& path) {
    ReviewLog log = *ReviewLog::Read(*store_, kProject, change);
    ReviewEvent pushed{.kind = ReviewEventKind::kPushed, .at = clock_.Now(), .source_id = change + " pushed"};
    pushed.push =
        Push{.base = repo_.head(), .head = head, .author = Handle("ada@example.org"), .pieces = {{.path = path}}};
    const ReviewEvent approved{.kind = ReviewEventKind::kApproved,
                               .actor = Handle("bob@example.org"),
                               .head = head,
                               .at = clock_.Now(),
                               .source_id = change + " approved"};
    ASSERT_TRUE(log.Append({pushed, approved}).ok());
  }

  // Without the domain; the newest run tells where the target branch is.
  std::vector<std::string> Ranked(Experts& experts, const std::string& path) {
    if (!repo_.head().empty()) {
      const Submission run{.project = kProject, .change = "x", .base = repo_.head(), .head = repo_.head()};
      EXPECT_TRUE(store_->SubmitRun(run, RunId(absl::StrCat("tip", ++asked_)), clock_.Now()).ok());
    }
    const auto ranked = experts.Rank(
        kProject,
        {.author = {.mail = "ada@example.org"}, .paths = {path}, .now = absl::FromUnixSeconds(1'700'100'000)});
    EXPECT_TRUE(ranked.ok()) << ranked.status();
    std::vector<std::string> names;
    for (const reviewers::RankedPerson& person : *ranked) {
      names.push_back(person.person.mail.substr(0, person.person.mail.find('@')));
    }
    return names;
  }

  int landed_ = 0, asked_ = 0;
};

TEST_F(ExpertsTest, NobodyWithoutAHistory) {
  Experts experts(clock_, mirrors_, *store_, "");
  EXPECT_THAT(Ranked(experts, "a.cc"), IsEmpty());
}

TEST_F(ExpertsTest, TrailersAndWhatCameSince) {
  Land("a.cc", "cyd");
  Experts experts(clock_, mirrors_, *store_, home_.Join("histories"));
  EXPECT_THAT(Ranked(experts, "a.cc"), ElementsAre("cyd"));
  Land("b.cc", "dan");
  EXPECT_THAT(Ranked(experts, "b.cc"), ElementsAre("dan", "cyd"));
  Experts restarted(clock_, mirrors_, *store_, home_.Join("histories"));
  EXPECT_THAT(Ranked(restarted, "b.cc"), ElementsAre("dan", "cyd"));
}

TEST_F(ExpertsTest, WhatWasReadAheadIsKeptForTheFirstQuestion) {
  Land("a.cc", "cyd");
  const auto mirror = *mirrors_.Open(kProject);
  ASSERT_TRUE(mirror->Fetch(repo_.path(), {"+refs/heads/main:refs/heads/main"}).ok());
  {
    Experts experts(clock_, mirrors_, *store_, home_.Join("histories"));
    experts.ReadAhead(kProject);
    experts.ReadAsked();
    EXPECT_TRUE(std::filesystem::exists(home_.Join("histories/" + kProject.value())));
    EXPECT_THAT(Ranked(experts, "a.cc"), ElementsAre("cyd"));
  }
  Experts stopped(clock_, mirrors_, *store_, "");
  stopped.Stop();
  EXPECT_FALSE(stopped.Rank(kProject, {}).ok());  // a history is given up half way
}

TEST_F(ExpertsTest, AnApprovalGivenHereIsAReviewOnceTheChangeLands) {
  Land("a.cc", "cyd");
  Experts experts(clock_, mirrors_, *store_, "");
  EXPECT_THAT(Ranked(experts, "b.cc"), ElementsAre("cyd"));
  const CommitId head = repo_.Commit({{"b.cc", "1\n"}});
  Review("pr-1", head, "b.cc");
  EXPECT_THAT(Ranked(experts, "b.cc"), ElementsAre("bob", "cyd"));
}

TEST_F(ExpertsTest, AnApprovalAfterTheLandingCountsTheNextDay) {
  Land("a.cc", "cyd");
  const CommitId head = Land("b.cc");
  Experts experts(clock_, mirrors_, *store_, home_.Join("histories"));
  EXPECT_THAT(Ranked(experts, "b.cc"), ElementsAre("cyd"));
  Review("pr-1", head, "b.cc");
  EXPECT_THAT(Ranked(experts, "b.cc"), ElementsAre("cyd"));
  EXPECT_EQ(experts.RebuildOld(), 0);
  clock_.Advance(absl::Hours(25));
  EXPECT_EQ(experts.RebuildOld(), 1);
  EXPECT_THAT(Ranked(experts, "b.cc"), ElementsAre("bob", "cyd"));
  EXPECT_EQ(experts.RebuildOld(), 0);
}

}  // namespace
}  // namespace mergegate::pipeline
