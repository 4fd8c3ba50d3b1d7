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

  // Commits what `like` holds, at a time of its own (seconds).
  CommitId CommitAt(int64_t time, const CommitId& like, const std::vector<CommitId>& parents,
                    const std::string& message = "Change") const {
    std::string command =
        absl::StrCat("GIT_AUTHOR_DATE='@", time, " +0000' GIT_COMMITTER_DATE='@", time, " +0000' git -C ", repo_.path(),
                     " -c user.name=Ada -c user.email=a@b commit-tree ", like.value(), "^{tree} -m '", message, "'");
    for (const CommitId& parent : parents) absl::StrAppend(&command, " -p ", parent.value());
    FILE* const git = popen(command.c_str(), "r");
    char id[41] = "";
    EXPECT_EQ(fscanf(git, "%40s", id), 1) << command;
    EXPECT_EQ(pclose(git), 0) << command;
    return CommitId(id);
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

// The mirror of an adopted repository has no branch: there is the last question to go by.
TEST_F(DefectRisksTest, WhatWasAnsweredFromWhatIsKeptIsReadAheadForTheNextQuestion) {
  const ProjectId adopted("adopted");
  const Mirrors mirrors(home_.path(), {{adopted, repo_.objects()}});
  ASSERT_FALSE((*mirrors.Open(adopted))->DefaultBranch().ok());
  const CommitId other = repo_.Commit({{"b.cc", "int other;\n"}}, {.parents = {{base_}}});
  const RiskFacts first = DefectRisks(clock_, mirrors, data_.Join("kept")).Of(adopted, base_, head_);
  const RiskFacts second = DefectRisks(clock_, mirrors, data_.Join("apart")).Of(adopted, base_, other);
  EXPECT_THAT(second.missing, IsEmpty());

  const auto line = (*mirrors.Open(adopted))->FirstParents(base_, 5);
  ASSERT_TRUE(line.ok());
  for (const bool ahead : {false, true}) {
    DefectRisks risks(clock_, mirrors, data_.Join("kept"), /*read_at_once=*/0);
    risks.ReadAhead(adopted, line->back());  // as a start does, of a head that is another
    risks.ReadAsked();
    EXPECT_EQ(risks.Of(adopted, base_, head_), first);
    if (ahead) risks.ReadAhead(adopted);
    risks.ReadAsked();
    // From now on there is nothing but what was read ahead.
    std::filesystem::rename(data_.Join("kept/adopted"), data_.Join("away"));
    if (ahead) {
      EXPECT_EQ(risks.Of(adopted, base_, other), second);
    } else {
      EXPECT_EQ(risks.Of(adopted, base_, other).missing, "the project's history is being read");
    }
    std::filesystem::rename(data_.Join("away"), data_.Join("kept/adopted"));
  }
}

// As a start does for the head of an adopted repository.
TEST_F(DefectRisksTest, AHistoryThatIsNamedIsReadAheadHoweverLongItIs) {
  const ProjectId adopted("adopted");
  const Mirrors mirrors(home_.path(), {{adopted, repo_.objects()}});
  const RiskFacts facts = DefectRisks(clock_, mirrors, data_.Join("apart")).Of(adopted, base_, head_);
  EXPECT_THAT(facts.missing, IsEmpty());
  const CommitId newest = repo_.Commit({{"b.cc", "int newest;\n"}}, {.parents = {{base_}}});
  for (const size_t at_once : {size_t{100}, DefectRisks::kReadAtOnce}) {
    DefectRisks risks(clock_, mirrors, data_.Join(absl::StrCat("named-", at_once)), at_once);
    risks.ReadAhead(adopted, newest);
    risks.ReadAsked();
    EXPECT_EQ(risks.Of(adopted, base_, head_), facts) << at_once;
  }
}

TEST_F(DefectRisksTest, ReadingAheadForALastQuestionNeverTellsTheNextToWait) {
  const ProjectId adopted("adopted");
  const Mirrors mirrors(home_.path(), {{adopted, repo_.objects()}});
  const CommitId other = repo_.Commit({{"b.cc", "int other;\n"}}, {.parents = {{base_}}});
  const RiskFacts first = DefectRisks(clock_, mirrors, data_.Join("kept")).Of(adopted, base_, head_);
  std::filesystem::remove(data_.Join("kept/adopted"));
  DefectRisks risks(clock_, mirrors, data_.Join("kept"), /*read_at_once=*/100);
  EXPECT_EQ(risks.Of(adopted, base_, head_), first);
  risks.ReadAhead(adopted);  // which takes more than a question may read
  risks.ReadAsked();
  EXPECT_EQ(risks.Of(adopted, base_, head_), first);
  EXPECT_EQ(risks.Of(adopted, base_, other).commits_read, 0);  // asked now, not before
}

TEST_F(DefectRisksTest, HistoriesAreLongOrShortWhateverWasAskedBefore) {
  const auto missing = [&](const CommitId& base) {
    const CommitId head = repo_.Commit({{"a.cc", "int head;\n"}}, {.parents = {{base}}});
    return risks_.Of(kProject, base, head).missing;
  };
  CommitId later = base_, young = repo_.Commit({{"a.cc", "int a;\n"}}, {.parents = std::vector<CommitId>()});
  for (int i = 0; i < 30; ++i) {
    later = repo_.Commit({{"b.cc", absl::StrCat("int b", i, ";\n")}}, {.parents = {{later}}});
    young = repo_.Commit({{"b.cc", absl::StrCat("int b", i, ";\n")}}, {.parents = {{young}}});
    if (i % 7 != 0) continue;
    EXPECT_THAT(missing(later), IsEmpty()) << i;
    EXPECT_THAT(missing(young), HasSubstr("fewer than 200")) << i;
  }
  EXPECT_THAT(missing(later), IsEmpty());  // far from the last
  // One that merges a long one by its second parent is as short as its first.
  EXPECT_THAT(missing(repo_.Commit({{"c.cc", "int c;\n"}}, {.parents = {{young, later}}})), HasSubstr("fewer than"));
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

class GrownHistoryTest : public DefectRisksTest {
 protected:
  // Asks before and after the history grew to `tip`, and asks somebody who reads it only then. `most`: commits that may
  // be read, fewer than the history has.
  void AskBeforeAndAfter(const CommitId& tip, size_t most) {
    DefectRisks risks(clock_, mirrors_, data_.Join("grown")), fresh(clock_, mirrors_, data_.Join("fresh"));
    EXPECT_THAT(risks.Of(adopted_, base_, head_).missing, IsEmpty());
    DefectRisks grown(clock_, mirrors_, data_.Join("grown"), most);
    grown.Of(adopted_, base_, like_);
    std::filesystem::remove(data_.Join("grown/adopted"));  // reading it all again would be noticed
    const CommitId next = repo_.Commit({{"a.cc", "int next;\n"}}, {.parents = {{tip}}});
    EXPECT_EQ(grown.Of(adopted_, tip, next), fresh.Of(adopted_, tip, next));
  }

  // Without a branch, so that the history is the base's.
  const ProjectId adopted_{"adopted"};
  const Mirrors mirrors_{home_.path(), {{adopted_, repo_.objects()}}};
  const CommitId like_ = repo_.Commit({{"b.cc", "int b;\nint d;\n"}}, {.parents = {{base_}}});
  const int64_t newest_ = 1'700'000'000 + 239 * 60;
};

TEST_F(GrownHistoryTest, ALineMayBeOfOneSecond) {
  const CommitId one = CommitAt(newest_, like_, {base_});
  AskBeforeAndAfter(CommitAt(newest_, base_, {one}), /*most=*/2);
}

TEST_F(GrownHistoryTest, ALineMayHaveAClockThatIsLate) {
  const CommitId one = CommitAt(newest_ - 3600, like_, {base_});
  AskBeforeAndAfter(CommitAt(newest_ - 7200, base_, {one}), /*most=*/2);
}

TEST_F(GrownHistoryTest, WhatIsMergedStandsAmongWhatWasThere) {
  const auto before = (*mirrors_.Open(adopted_))->FirstParents(base_, 100);
  ASSERT_TRUE(before.ok());
  const CommitId side = CommitAt(newest_ - 3600, like_, {before->back()});
  const CommitId merge = CommitAt(newest_ + 60, like_, {base_, side});
  AskBeforeAndAfter(merge, DefectRisks::kReadAtOnce);
}

TEST_F(GrownHistoryTest, ARevertOfLastYearCountsThoughTheModelOfTodayWasAskedForBefore) {
  const auto line = (*mirrors_.Open(adopted_))->FirstParents(base_, 4);
  ASSERT_TRUE(line.ok());
  const std::string message = "Revert it\n\nThis reverts commit " + line->back().value() + ".";
  AskBeforeAndAfter(CommitAt(newest_ + 60, like_, {base_}, message), /*most=*/2);
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
