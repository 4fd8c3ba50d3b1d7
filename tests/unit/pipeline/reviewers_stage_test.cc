// The life of a review as the pipeline tells it: pushes, the choice of reviewers, what approvals are worth.
#include "server/pipeline/reviewers_stage.h"

#include "server/pipeline/review_log.h"
#include "tests/unit/pipeline/pipeline_fixture.h"

namespace mergegate::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kPolicy[] =
    "version: 1\n"
    "conditions:\n"
    "  - {name: approved, kind: approvals, min: 1}\n"
    "  - {name: owners, kind: owners}\n";

class ReviewersStageTest : public PipelineTest {
 protected:
  ReviewersStageTest() {
    parts_.rank = [this](const ProjectId&, const reviewers::RankQuery& query) {
      asked_.push_back(query.paths);
      std::vector<reviewers::RankedPerson> ranked;
      for (const auto& [mail, score] : knowers_) {
        ranked.push_back({.person = {.mail = mail}, .score = score, .reasons = {{.text = "wrote most of it"}}});
      }
      return ranked;
    };
  }

  // Gates a push of the change and stores the run, so that it can be judged again.
  Verdict Push(const CommitId& base, const CommitId& head) {
    Submission submission{.project = kProject, .change = "pr-1", .base = base, .head = head};
    const auto run = store_->SubmitRun(submission, RunId(absl::StrCat("run", ++runs_)), clock_.Now());
    EXPECT_TRUE(run.ok()) << run.status();
    return CarryOut();
  }
  Verdict CarryOut() {
    FakeWorker worker(board_, [this](const AnalysisTask& task) { return Analyze(task); });
    const auto lease = store_->LeaseRun("test", clock_.Now(), absl::Minutes(1));
    EXPECT_TRUE(lease.ok() && *lease);
    const storage::VerdictRecord record = Gate((*lease)->run, parts_);
    EXPECT_TRUE(store_->FinishRun((*lease)->run.id, (*lease)->run.attempt, record, clock_.Now()).ok());
    return VerdictOf(record);
  }

  ReviewLog Log() { return *ReviewLog::Read(*store_, kProject, "pr-1"); }
  void Tell(ReviewEventKind kind, const std::string& actor) {
    ReviewLog log = Log();
    ReviewEvent event{.kind = kind, .actor = Handle(actor), .at = clock_.Now()};
    event.head = log.state().pushes.back().push.head;
    event.source_id = absl::StrCat("test", ++told_);
    EXPECT_TRUE(log.Append({event}).ok());
  }
  std::vector<int> Kinds() {
    std::vector<int> kinds;
    const ReviewLog log = Log();
    for (const ReviewEvent& event : log.events()) kinds.push_back(static_cast<int>(event.kind));
    return kinds;
  }

  std::vector<std::pair<std::string, double>> knowers_ = {{"ann@example.org", 0.6}, {"ben@example.org", 0.3}};
  std::vector<std::vector<std::string>> asked_;
  int told_ = 0;
};

constexpr int kPushed = 1, kAssigned = 2, kApproved = 7, kLost = 9;

TEST_F(ReviewersStageTest, APushIsRememberedAndReviewersAreChosen) {
  const CommitId base = repo_.Commit({{"a.txt", "a\n"}, {".mergegate.yaml", kPolicy}, {"CODEOWNERS", "* @olga\n"}});
  const CommitId head = repo_.Commit({{"a.txt", "b\n"}}, {.message = "Better a\n\nBecause.\n"});
  const Verdict verdict = Push(base, head);
  EXPECT_EQ(verdict.state, VerdictState::kFail);
  EXPECT_EQ(verdict.conditions[1].reason, "a.txt needs the approval of olga (CODEOWNERS:1)");
  ASSERT_EQ(verdict.counterfactual.actions.size(), 1u) << verdict.counterfactual.reason;
  EXPECT_EQ(verdict.counterfactual.actions[0].description, "get the approval of olga");

  EXPECT_THAT(Kinds(), ElementsAre(kPushed, kAssigned));
  const reviewers::ReviewState state = Log().state();
  EXPECT_EQ(state.pushes[0].push.title, "Better a");
  EXPECT_EQ(state.author.value(), "ada@example.org");
  ASSERT_EQ(state.reviewers.size(), 2u);
  EXPECT_EQ(state.reviewers[0].person.value(), "ann@example.org");
  EXPECT_TRUE(state.reviewers[0].responsible);
  EXPECT_THAT(state.reviewers[0].reasons, ::testing::Contains("wrote most of it"));
  EXPECT_EQ(state.reviewers[1].person.value(), "olga");
  EXPECT_THAT(asked_[0], ElementsAre("a.txt"));
}

TEST_F(ReviewersStageTest, ARebaseKeepsApprovalsAndAChangeLosesItsOwn) {
  const CommitId base = repo_.Commit({{"a.txt", "a\n"}, {"b.txt", "b\n"}, {".mergegate.yaml", kPolicy}});
  const CommitId first = repo_.Commit({{"a.txt", "a2\n"}, {"b.txt", "b2\n"}});
  Push(base, first);
  Tell(ReviewEventKind::kApproved, "ann@example.org");

  const CommitId other = repo_.Commit({{"c.txt", "c\n"}}, {.parents = {{base}}});
  const CommitId rebased = repo_.Commit({{"a.txt", "a2\n"}, {"b.txt", "b2\n"}});
  EXPECT_EQ(Push(other, rebased).state, VerdictState::kPass);
  EXPECT_THAT(Kinds(), ElementsAre(kPushed, kAssigned, kApproved, kPushed));

  const CommitId changed = repo_.Commit({{"b.txt", "b3\n"}});
  const Verdict verdict = Push(other, changed);
  EXPECT_EQ(verdict.state, VerdictState::kFail);
  EXPECT_THAT(
      verdict.conditions[0].reason,
      HasSubstr("b.txt; that of ann@example.org no longer holds: lines outside of declarations changed in b.txt"));
  EXPECT_THAT(Kinds(), ElementsAre(kPushed, kAssigned, kApproved, kPushed, kPushed, kLost));
  EXPECT_EQ(Log().events().back().subject.value(), "ann@example.org");
}

TEST_F(ReviewersStageTest, AnApprovalJudgesTheStoredFactsAgain) {
  const CommitId base = repo_.Commit({{"a.txt", "a\n"}, {".mergegate.yaml", kPolicy}});
  const CommitId head = repo_.Commit({{"a.txt", "b\n"}});
  EXPECT_EQ(Push(base, head).state, VerdictState::kFail);
  EXPECT_FALSE(*JudgeAgainIfMoved(parts_, kProject, "pr-1")) << "nothing happened";
  Tell(ReviewEventKind::kApproved, "ben@example.org");
  const size_t asked = asked_.size();
  EXPECT_TRUE(*JudgeAgainIfMoved(parts_, kProject, "pr-1"));
  EXPECT_FALSE(*JudgeAgainIfMoved(parts_, kProject, "pr-1")) << "it is under way";
  const Verdict verdict = CarryOut();
  EXPECT_EQ(verdict.state, VerdictState::kPass);
  EXPECT_EQ(verdict.conditions[0].reason, "approved by ben@example.org; nobody wants changes");
  EXPECT_EQ(asked_.size(), asked) << "nothing is ranked again";
  EXPECT_FALSE(*JudgeAgainIfMoved(parts_, kProject, "pr-1"));
}

TEST_F(ReviewersStageTest, IdenticalRequestsAreAnsweredByWhatIsKeptAndTheReviewAsItIs) {
  const CommitId base = repo_.Commit({{"a.txt", "a\n"}, {".mergegate.yaml", kPolicy}});
  const CommitId head = repo_.Commit({{"a.txt", "b\n"}});
  EXPECT_EQ(Push(base, head).state, VerdictState::kFail);
  Tell(ReviewEventKind::kApproved, "ann@example.org");
  EXPECT_EQ(Push(base, head).state, VerdictState::kPass);
}

TEST_F(ReviewersStageTest, AChangeWithoutAKeyOfItsOwnIsNotReviewed) {
  const CommitId base = repo_.Commit({{"a.txt", "a\n"}, {".mergegate.yaml", kPolicy}});
  const CommitId head = repo_.Commit({{"a.txt", "b\n"}});
  mergegate::Run run = RunOf(base, head);
  run.submission.change = head.value();
  const Verdict verdict = VerdictOf(Gate(run, parts_));
  EXPECT_EQ(verdict.state, VerdictState::kInconclusive);
  EXPECT_THAT(verdict.conditions[0].reason, HasSubstr("--change KEY"));
  EXPECT_THAT(ReviewLog::Read(*store_, kProject, head.value())->events(), IsEmpty());
}

TEST_F(ReviewersStageTest, LeaveAndOpenReviewsCount) {
  ASSERT_TRUE(store_
                  ->SetAvailability({.person = Handle("ann@example.org"),
                                     .absences = {{clock_.Now(), clock_.Now() + absl::Hours(99), ""}}})
                  .ok());
  const CommitId base = repo_.Commit({{"a.txt", "a\n"}});
  Push(base, repo_.Commit({{"a.txt", "b\n"}}));
  ASSERT_EQ(Log().state().reviewers.size(), 1u);
  EXPECT_EQ(Log().state().reviewers[0].person.value(), "ben@example.org");
}

}  // namespace
}  // namespace mergegate::pipeline
