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
  DefectRisks risks_{clock_, mirrors_, *store_, data_.Join("risk")};
  CommitId base_, head_;
};

TEST_F(DefectRisksTest, NobodyWaitsForAHistory) {
  EXPECT_EQ(risks_.Of(kProject, base_, head_).missing, "the project's history is still being read");
  risks_.ReadAsked();
  const RiskFacts facts = risks_.Of(kProject, base_, head_);
  EXPECT_THAT(facts.missing, IsEmpty());
  EXPECT_EQ(facts.examples, 240);
  EXPECT_GT(facts.probability, 0);
  EXPECT_LT(facts.probability, 1'000'000);
  EXPECT_THAT(facts.factors, Not(IsEmpty()));
}

TEST_F(DefectRisksTest, ShortHistoriesAnswerAtOnce) {
  const CommitId first = repo_.Commit({{"a.cc", "int a;\n"}}, {.parents = std::vector<CommitId>()});
  const CommitId second = repo_.Commit({{"a.cc", "int b;\n"}});
  EXPECT_EQ(risks_.Of(kProject, first, second).missing, "of fewer than 200 past changes it is known what they caused");
}

TEST_F(DefectRisksTest, AnAnswerStaysTheAnswer) {
  risks_.Of(kProject, base_, head_);
  risks_.ReadAsked();
  const RiskFacts facts = risks_.Of(kProject, base_, head_);
  repo_.Commit({{"a.cc", "int later;\n"}}, {.parents = {{base_}}, .message = "Fix\n\nFixes: " + base_.value() + "\n"});
  MoveBranch();
  risks_.ReadAsked();
  EXPECT_EQ(risks_.Of(kProject, base_, head_), facts);
}

TEST_F(DefectRisksTest, ARestartReadsTheFileAndSaysTheSame) {
  risks_.Of(kProject, base_, head_);
  risks_.ReadAsked();
  const RiskFacts facts = risks_.Of(kProject, base_, head_);
  EXPECT_TRUE(std::filesystem::exists(data_.Join("risk/p")));
  DefectRisks later(clock_, mirrors_, *store_, data_.Join("risk"));
  later.Of(kProject, base_, head_);
  later.ReadAsked();
  EXPECT_EQ(later.Of(kProject, base_, head_), facts);
}

TEST_F(DefectRisksTest, WhatCannotBeJudgedSaysWhy) {
  risks_.Of(kProject, base_, head_);
  risks_.ReadAsked();
  EXPECT_THAT(risks_.Of(kProject, base_, base_).missing, HasSubstr("part of the history"));
  const CommitId text = repo_.Commit({{"README", "x\n"}}, {.parents = {{base_}}});
  EXPECT_THAT(risks_.Of(kProject, base_, text).missing, HasSubstr("C and C++ only"));
  EXPECT_THAT(risks_.Of(kProject, base_, CommitId(std::string(40, 'a'))).missing, HasSubstr("aaaa"));
}

TEST_F(DefectRisksTest, YoungHistoriesTellNothing) {
  FakeClock then(absl::FromUnixSeconds(1'700'100'000));
  DefectRisks risks(then, mirrors_, *store_, data_.Join("risk"));
  risks.Of(kProject, base_, head_);
  risks.ReadAsked();
  EXPECT_EQ(risks.Of(kProject, base_, head_).missing, "of fewer than 200 past changes it is known what they caused");
}

TEST_F(DefectRisksTest, TheVerdictTellsItAndIdenticalRequestsAreIdentical) {
  const FakeWorker worker(board_, [this](const AnalysisTask& task) { return Analyze(task); });
  PipelineParts parts = parts_;
  parts.risk = [this](const ProjectId& project, const CommitId& base, const CommitId& head) {
    return risks_.Of(project, base, head);
  };
  const storage::VerdictRecord before = Gate(RunOf(base_, head_), parts);
  EXPECT_THAT(VerdictOf(before).quality.missing, Contains(HasSubstr("risk: the project's history")));
  risks_.ReadAsked();
  // The analysis is kept; what history says now is added to it.
  const storage::VerdictRecord first = Gate(RunOf(base_, head_), parts);
  EXPECT_EQ(metrics_.Get(Counter::kMemoHits), 1);
  EXPECT_THAT(VerdictOf(first).quality.missing, Not(Contains(HasSubstr("risk"))));
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
  risks_.Of(kProject, base_, head_);
  risks_.Start();
  risks_.Stop();
}

}  // namespace
}  // namespace mergegate::pipeline
