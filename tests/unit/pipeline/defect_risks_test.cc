#include "server/pipeline/defect_risks.h"

#include <filesystem>

#include "server/pipeline/judge.h"
#include "tests/unit/pipeline/pipeline_fixture.h"

namespace mergegate::pipeline {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class DefectRisksTest : public PipelineTest {
 protected:
  // A history in which every fourth commit mends the one before it, and the mirror's branch at its end.
  DefectRisksTest() {
    CommitId last;
    for (int i = 0; i < 240; ++i) {
      std::string text;
      for (int line = 0; line <= i % 8 * 5; ++line) absl::StrAppend(&text, "int f", i, "_", line, ";\n");
      const std::string path = i % 2 == 0 ? "a.cc" : "b.cc";
      last = repo_.Commit({{path, text}},
                          {.message = i % 4 == 3 ? "Fix it\n\nFixes: " + last.value() + "\n" : "Change\n"});
    }
    MoveBranch();
    base_ = last;
    head_ = repo_.Commit({{"a.cc", "int changed;\nif (x) f();\n"}}, {.parents = {{base_}}});
    clock_.Advance(absl::Hours(24 * 500));  // the year of all of them is over
  }

  void MoveBranch() {
    const auto mirror = *mirrors_.Open(kProject);
    EXPECT_TRUE(mirror->Fetch(repo_.path(), {"+refs/heads/main:refs/heads/main"}).ok());
  }

  testing::TempDirectory data_;
  DefectRisks risks_{clock_, mirrors_, data_.Join("risk")};
  CommitId base_, head_;
};

TEST_F(DefectRisksTest, AShortHistoryIsReadAtOnce) {
  const RiskFacts facts = risks_.Of(kProject, base_, head_);
  EXPECT_THAT(facts.missing, IsEmpty());
  EXPECT_EQ(facts.examples, 240);
  EXPECT_GT(facts.probability, 0);
  EXPECT_LT(facts.probability, 1'000'000);
  EXPECT_THAT(facts.factors, Not(IsEmpty()));
  EXPECT_EQ(facts.commits_in_all, 0);
}

TEST_F(DefectRisksTest, NobodyWaitsForALongOneAndTheAnswerSaysHowFarItIs) {
  DefectRisks risks(clock_, mirrors_, data_.Join("long"), /*read_at_once=*/100);
  const RiskFacts before = risks.Of(kProject, base_, head_);
  EXPECT_EQ(before.missing, "the project's history is being read");
  EXPECT_EQ(before.commits_read, 0);
  EXPECT_EQ(before.commits_in_all, 240);
  risks.ReadAsked();
  // As if it had been read at once.
  EXPECT_EQ(risks.Of(kProject, base_, head_), risks_.Of(kProject, base_, head_));
  // Read once, it is known to the next process.
  EXPECT_THAT(DefectRisks(clock_, mirrors_, data_.Join("long"), 100).Of(kProject, base_, head_).missing, IsEmpty());
}

TEST_F(DefectRisksTest, WhatIsReadAheadAnswersTheFirstQuestion) {
  const RiskFacts facts = risks_.Of(kProject, base_, head_);
  for (const size_t at_once : {size_t{100}, DefectRisks::kReadAtOnce}) {
    const std::string folder = data_.Join(absl::StrCat("ahead-", at_once));
    DefectRisks risks(clock_, mirrors_, folder, at_once);
    risks.ReadAhead(kProject);
    EXPECT_FALSE(std::filesystem::exists(folder));
    risks.ReadAsked();
    EXPECT_TRUE(std::filesystem::exists(folder + "/" + kProject.value()));
    EXPECT_EQ(risks.Of(kProject, base_, head_), facts);
  }
}

TEST_F(DefectRisksTest, VeryShortHistoriesTellNothing) {
  const CommitId first = repo_.Commit({{"a.cc", "int a;\n"}}, {.parents = std::vector<CommitId>()});
  const CommitId second = repo_.Commit({{"a.cc", "int b;\n"}});
  EXPECT_EQ(risks_.Of(kProject, first, second).missing, "of fewer than 200 past changes it is known what they caused");
}

TEST_F(DefectRisksTest, AnAnswerStaysTheAnswerAlsoForTheNextProcess) {
  const RiskFacts facts = risks_.Of(kProject, base_, head_);
  repo_.Commit({{"a.cc", "int later;\n"}}, {.parents = {{base_}}, .message = "Fix\n\nFixes: " + base_.value() + "\n"});
  MoveBranch();
  EXPECT_EQ(risks_.Of(kProject, base_, head_), facts);
  clock_.Advance(absl::Hours(24 * 100));
  DefectRisks later(clock_, mirrors_, data_.Join("risk"));
  EXPECT_EQ(later.Of(kProject, base_, head_), facts);
}

TEST_F(DefectRisksTest, TheOrderOfQuestionsDoesNotMatter) {
  const CommitId other = repo_.Commit({{"b.cc", "int other;\n"}}, {.parents = {{base_}}});
  const RiskFacts first = risks_.Of(kProject, base_, head_), second = risks_.Of(kProject, base_, other);
  DefectRisks again(clock_, mirrors_, data_.Join("again"));
  EXPECT_EQ(again.Of(kProject, base_, other), second);
  EXPECT_EQ(again.Of(kProject, base_, head_), first);
}

TEST_F(DefectRisksTest, AHistoryThatGrewSaysWhatItWouldHaveSaidReadWhole) {
  risks_.Of(kProject, base_, head_);
  const CommitId landed = repo_.Commit({{"b.cc", "int b;\n"}}, {.parents = {{base_}}});
  MoveBranch();
  const CommitId next = repo_.Commit({{"a.cc", "int next;\n"}}, {.parents = {{landed}}});
  DefectRisks fresh(clock_, mirrors_, data_.Join("fresh"));
  EXPECT_EQ(risks_.Of(kProject, landed, next), fresh.Of(kProject, landed, next));
}

TEST_F(DefectRisksTest, WhatCannotBeJudgedSaysWhyWhetherReadOrNot) {
  const CommitId text = repo_.Commit({{"README", "x\n"}}, {.parents = {{base_}}});
  const CommitId past(repo_.Commit({{"a.cc", "int past;\n"}}, {.parents = {{base_}}}));
  MoveBranch();
  DefectRisks unread(clock_, mirrors_, data_.Join("unread"), /*read_at_once=*/0);
  for (DefectRisks* risks : {&risks_, &unread}) {
    EXPECT_THAT(risks->Of(kProject, base_, past).missing, HasSubstr("part of the history"));
    EXPECT_THAT(risks->Of(kProject, base_, text).missing, HasSubstr("C and C++ only"));
    EXPECT_THAT(risks->Of(kProject, base_, CommitId(std::string(40, 'a'))).missing, HasSubstr("aaaa"));
  }
}

TEST_F(DefectRisksTest, YoungHistoriesTellNothing) {
  FakeClock then(absl::FromUnixSeconds(1'700'100'000));
  DefectRisks risks(then, mirrors_, data_.Join("risk"));
  EXPECT_EQ(risks.Of(kProject, base_, head_).missing, "of fewer than 200 past changes it is known what they caused");
}

TEST_F(DefectRisksTest, TheVerdictTellsItAndIdenticalRequestsAreIdentical) {
  const FakeWorker worker(board_, [this](const AnalysisTask& task) { return Analyze(task); });
  PipelineParts parts = parts_;
  DefectRisks risks(clock_, mirrors_, data_.Join("verdicts"), /*read_at_once=*/100);
  parts.risk = [&](const ProjectId& project, const CommitId& base, const CommitId& head) {
    return risks.Of(project, base, head);
  };
  const storage::VerdictRecord before = Gate(RunOf(base_, head_), parts);
  EXPECT_THAT(VerdictOf(before).quality.missing, Contains(HasSubstr("risk: the project's history")));
  EXPECT_EQ(VerdictOf(before).risk->missing, "the project's history is being read");
  const auto stats = wire::ParseStats(before.stats);
  ASSERT_TRUE(stats.ok());
  EXPECT_EQ(stats->history_in_all, 240);  // with what it cost, not in the verdict
  risks.ReadAsked();
  // The analysis is kept; what history says now is added to it.
  const storage::VerdictRecord first = Gate(RunOf(base_, head_), parts);
  EXPECT_EQ(metrics_.Get(Counter::kMemoHits), 1);
  EXPECT_THAT(VerdictOf(first).quality.missing, Not(Contains(HasSubstr("risk"))));
  EXPECT_GT(VerdictOf(first).risk->probability, 0);
  const int64_t hits = metrics_.Get(Counter::kMemoHits);
  const storage::VerdictRecord again = Gate(RunOf(base_, head_), parts);
  EXPECT_EQ(metrics_.Get(Counter::kMemoHits), hits + 1);
  EXPECT_EQ(again.verdict, first.verdict);
  EXPECT_EQ(again.facts, first.facts);
  parts.version = "another";  // whose verdicts are not taken: uncached
  EXPECT_EQ(Gate(RunOf(base_, head_), parts).verdict, first.verdict);
  // A replay of what is stored.
  const auto facts = wire::ParseFacts(first.facts);
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(wire::Serialize(wire::ToProto(Judge(*facts))), first.verdict);
}

TEST_F(DefectRisksTest, TheThreadStopsWhileItReads) {
  DefectRisks risks(clock_, mirrors_, data_.Join("stopped"), /*read_at_once=*/0);
  risks.Of(kProject, base_, head_);
  risks.Start();
  risks.Stop();
}

}  // namespace
}  // namespace mergegate::pipeline
