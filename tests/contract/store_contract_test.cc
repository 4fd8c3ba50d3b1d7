// What every engine does with projects, submissions and uploads.
#include <vector>

#include "tests/contract/store_fixture.h"

namespace mergegate::storage {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StoreContractTest : public StoreContract {
 protected:
  // Ids of all runs, page by page.
  std::vector<std::string> ListIds(const std::string& change, int page_size) {
    std::vector<std::string> ids;
    std::string token;
    do {
      const auto page = store().ListRuns(ProjectId("db"), change, page_size, token);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      EXPECT_LE(page->items.size(), static_cast<size_t>(page_size));
      for (const mergegate::Run& run : page->items) ids.push_back(run.id.value());
      token = page->next_token;
    } while (!token.empty());
    return ids;
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, StoreContractTest, AllEngines(), EngineName);

TEST_P(StoreContractTest, ProjectIsKeptAsGiven) {
  const Project project{ProjectId("lib"), "git@example.org:lib.git", At(5) + absl::Microseconds(7)};
  ASSERT_THAT(store().CreateProject(project), IsOk());
  const auto read = store().GetProject(ProjectId("lib"));
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(*read, project);
}

TEST_P(StoreContractTest, ProjectMayBeCreatedAgainWithTheSameRemoteOnly) {
  const auto again = store().CreateProject({ProjectId("db"), "https://example.org/db.git", At(99)});
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->created, At(0));
  EXPECT_THAT(store().CreateProject({ProjectId("db"), "https://example.org/other.git", At(0)}),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("db")));
  EXPECT_EQ(store().GetProject(ProjectId("db"))->remote, "https://example.org/db.git");
}

TEST_P(StoreContractTest, UnknownProjectIsNotFound) {
  EXPECT_THAT(store().GetProject(ProjectId("none")), StatusIs(absl::StatusCode::kNotFound, HasSubstr("none")));
}

TEST_P(StoreContractTest, ProjectsAreListedInPages) {
  for (const char* id : {"a", "c", "e"}) ASSERT_THAT(store().CreateProject({ProjectId(id), "", At(0)}), IsOk());
  const auto first = store().ListProjects(2, "");
  ASSERT_THAT(first, IsOk());
  ASSERT_EQ(first->items.size(), 2u);
  EXPECT_EQ(first->items[0].id.value(), "a");
  EXPECT_EQ(first->items[1].id.value(), "c");
  const auto second = store().ListProjects(2, first->next_token);
  ASSERT_THAT(second, IsOk());
  ASSERT_EQ(second->items.size(), 2u);
  EXPECT_EQ(second->items[0].id.value(), "db");
  EXPECT_EQ(second->items[1].id.value(), "e");
  EXPECT_EQ(second->next_token, "");
}

TEST_P(StoreContractTest, GarbagePageTokensAndSizesAreInvalid) {
  Submit("r1");
  Submit("r2");
  const std::string run_token = store().ListRuns(ProjectId("db"), "", 1, "")->next_token;
  ASSERT_NE(run_token, "");
  for (const std::string& token : {std::string("zz"), std::string("7"), std::string("72"), std::string("7278"),
                                   std::string("72392d"), std::string(3000, 'f'), std::string("\0\xff", 2)}) {
    EXPECT_THAT(store().ListRuns(ProjectId("db"), "", 1, token), StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(store().ListProjects(1, token), StatusIs(absl::StatusCode::kInvalidArgument));
  }
  EXPECT_THAT(store().ListProjects(1, run_token), StatusIs(absl::StatusCode::kInvalidArgument));
  for (const int size : {0, -1}) {
    EXPECT_THAT(store().ListRuns(ProjectId("db"), "", size, ""), StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(store().ListProjects(size, ""), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST_P(StoreContractTest, SubmittedRunIsQueuedAndKeptAsGiven) {
  Submission submission = SubmissionTo("db");
  submission.request_id = "req";
  submission.policy = "version: 1\n";
  submission.caller_analyzes = true;
  submission.deadline = absl::Minutes(7);
  submission.compile_commands = "[]";
  submission.reports = {{"ruff.sarif", "{}", false}, {"cov.info", "SF:a\n", false, ReportKind::kCoverage}};
  const auto submitted = store().SubmitRun(submission, RunId("r1"), At(3));
  ASSERT_THAT(submitted, IsOk());
  const auto read = store().GetRun(RunId("r1"));
  ASSERT_THAT(read, IsOk());
  for (const mergegate::Run& run : {*submitted, *read}) {
    EXPECT_EQ(run.id.value(), "r1");
    EXPECT_EQ(run.state, RunState::kQueued);
    EXPECT_EQ(run.attempt, 0);
    EXPECT_EQ(run.created, At(3));
    EXPECT_EQ(run.deadline, At(3) + absl::Minutes(7));
    EXPECT_EQ(run.finished, absl::InfinitePast());
    EXPECT_EQ(run.verdict, VerdictState::kUnspecified);
    EXPECT_EQ(run.submission.project, submission.project);
    EXPECT_EQ(run.submission.request_id, "req");
    EXPECT_EQ(run.submission.change, "42");
    EXPECT_EQ(run.submission.base, submission.base);
    EXPECT_EQ(run.submission.head, submission.head);
    EXPECT_EQ(run.submission.policy, submission.policy);
    EXPECT_EQ(run.submission.deadline, submission.deadline);
    EXPECT_TRUE(run.submission.caller_analyzes);
    EXPECT_EQ(run.submission.compile_commands, "");
    EXPECT_THAT(run.submission.reports, IsEmpty());
  }
}

TEST_P(StoreContractTest, SubmissionToAnUnknownProjectIsNotFound) {
  EXPECT_THAT(store().SubmitRun(SubmissionTo("none"), RunId("r1"), At(0)),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("none")));
  EXPECT_THAT(store().GetRun(RunId("r1")), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreContractTest, TakenRunIdIsRefused) {
  Submit("r1");
  EXPECT_THAT(store().SubmitRun(SubmissionTo("db"), RunId("r1"), At(0)), StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_P(StoreContractTest, SameRequestReturnsTheFirstRun) {
  Submission submission = SubmissionTo("db");
  submission.request_id = "req";
  submission.compile_commands = "[1]";
  ASSERT_THAT(store().SubmitRun(submission, RunId("first"), At(0)), IsOk());
  const auto again = store().SubmitRun(submission, RunId("second"), At(10));
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->id.value(), "first");
  EXPECT_EQ(again->created, At(0));
  EXPECT_THAT(store().GetRun(RunId("second")), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreContractTest, SameRequestAfterTheVerdictReturnsTheFinishedRun) {
  Submission submission = SubmissionTo("db");
  submission.request_id = "req";
  ASSERT_THAT(store().SubmitRun(submission, RunId("first"), At(0)), IsOk());
  ASSERT_THAT(store().FinishRun(RunId("first"), Lease(1).run.attempt, PassRecord(), At(2)), IsOk());
  EXPECT_EQ(store().SubmitRun(submission, RunId("second"), At(10))->verdict, VerdictState::kPass);
}

TEST_P(StoreContractTest, SameRequestWithOtherContentIsRefused) {
  Submission first = SubmissionTo("db");
  first.request_id = "req";
  first.compile_commands = "[1]";
  first.reports = {{"a.sarif", "{}", false}};
  ASSERT_THAT(store().SubmitRun(first, RunId("first"), At(0)), IsOk());
  std::vector<Submission> others(9, first);
  others[0].change = "43";
  others[1].base = CommitId(std::string(40, 'c'));
  others[2].head = CommitId(std::string(40, 'c'));
  others[3].compile_commands = "[2]";
  others[4].policy = "version: 1";
  others[5].caller_analyzes = true;
  others[6].reports[0].text = "{ }";
  others[8].reports[0].kind = ReportKind::kCoverage;
  others[7].reports[0].at_base = true;
  for (const Submission& other : others) {
    EXPECT_THAT(store().SubmitRun(other, RunId("second"), At(0)),
                StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("req")));
  }
}

TEST_P(StoreContractTest, RequestIdsBelongToTheirProjectAndEmptyOnesNeverMatch) {
  ASSERT_THAT(store().CreateProject({ProjectId("lib"), "", At(0)}), IsOk());
  Submission submission = SubmissionTo("db");
  submission.request_id = "req";
  ASSERT_THAT(store().SubmitRun(submission, RunId("r1"), At(0)), IsOk());
  submission.project = ProjectId("lib");
  EXPECT_EQ(store().SubmitRun(submission, RunId("r2"), At(0))->id.value(), "r2");
  submission.request_id = "";
  EXPECT_EQ(store().SubmitRun(submission, RunId("r3"), At(0))->id.value(), "r3");
  EXPECT_EQ(store().SubmitRun(submission, RunId("r4"), At(0))->id.value(), "r4");
}

TEST_P(StoreContractTest, RunsAreListedNewestFirstByProjectAndChange) {
  ASSERT_THAT(store().CreateProject({ProjectId("lib"), "", At(0)}), IsOk());
  ASSERT_THAT(store().SubmitRun(SubmissionTo("lib"), RunId("foreign"), At(0)), IsOk());
  for (int i = 1; i <= 5; ++i) {
    Submission submission = SubmissionTo("db");
    submission.change = i % 2 == 0 ? "even" : "odd";
    ASSERT_THAT(store().SubmitRun(submission, RunId("r" + std::to_string(i)), At(i)), IsOk());
  }
  for (const int page_size : {1, 2, 5, 1000}) {
    EXPECT_THAT(ListIds("", page_size), ElementsAre("r5", "r4", "r3", "r2", "r1"));
    EXPECT_THAT(ListIds("even", page_size), ElementsAre("r4", "r2"));
    EXPECT_THAT(ListIds("none", page_size), IsEmpty());
  }
}

TEST_P(StoreContractTest, RunsSubmittedWhilePagingDoNotDisturbIt) {
  for (const char* id : {"r1", "r2", "r3"}) Submit(id);
  const auto first = store().ListRuns(ProjectId("db"), "", 2, "");
  Submit("r4");
  const auto second = store().ListRuns(ProjectId("db"), "", 2, first->next_token);
  ASSERT_EQ(second->items.size(), 1u);
  EXPECT_EQ(second->items[0].id.value(), "r1");
}

TEST_P(StoreContractTest, CompileCommandsOfTheNearestCommitAreFound) {
  const ProjectId db("db");
  const CommitId near(std::string(40, '1'));
  const CommitId middle(std::string(40, '2'));
  const CommitId far(std::string(40, '3'));
  EXPECT_EQ(store().FindCompileCommands(db, {near, far}).value(), std::nullopt);
  ASSERT_THAT(store().SaveCompileCommands(db, far, "[far]", At(0)), IsOk());
  ASSERT_THAT(store().SaveCompileCommands(db, middle, "[middle]", At(0)), IsOk());
  EXPECT_EQ(store().FindCompileCommands(db, {near, middle, far}).value(), "[middle]");
  EXPECT_EQ(store().FindCompileCommands(db, {far, middle}).value(), "[far]");
  EXPECT_EQ(store().FindCompileCommands(db, {near}).value(), std::nullopt);
  EXPECT_EQ(store().FindCompileCommands(db, {}).value(), std::nullopt);
  ASSERT_THAT(store().SaveCompileCommands(db, middle, "[again]", At(1)), IsOk());
  EXPECT_EQ(store().FindCompileCommands(db, {middle}).value(), "[again]");
  ASSERT_THAT(store().CreateProject({ProjectId("lib"), "", At(0)}), IsOk());
  EXPECT_EQ(store().FindCompileCommands(ProjectId("lib"), {middle}).value(), std::nullopt);
  EXPECT_THAT(store().SaveCompileCommands(ProjectId("none"), near, "[]", At(0)),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("none")));
}

TEST_P(StoreContractTest, HostileTextsAreKeptAsTheyAre) {
  const std::string hostile("'; DROP TABLE runs; --\0\xff%_\n", 27);
  Submission submission = SubmissionTo("db");
  submission.request_id = submission.change = submission.policy = hostile;
  submission.reports = {{hostile, hostile, true}};
  ASSERT_THAT(store().SubmitRun(submission, RunId(hostile), At(0)), IsOk());
  EXPECT_EQ(store().GetRun(RunId(hostile))->submission.change, hostile);
  EXPECT_EQ(ListIds(hostile, 1), std::vector<std::string>{hostile});
  EXPECT_EQ(Lease(1).run.submission.reports, submission.reports);
}

TEST_P(StoreContractTest, EverythingIsThereAfterReopening) {
  if (!GetParam().keeps_data) GTEST_SKIP() << "this engine keeps nothing";
  Submit("r1");
  Submit("r2");
  const RunLease lease = Lease(1);
  ASSERT_THAT(store().FinishRun(lease.run.id, lease.run.attempt, PassRecord(), At(2)), IsOk());
  ASSERT_THAT(store().SaveResult("key", {"manifest", "result"}, At(0)), IsOk());
  ASSERT_THAT(store().SaveCompileCommands(ProjectId("db"), CommitId("c"), "[]", At(0)), IsOk());
  Reopen();
  EXPECT_EQ(store().GetVerdict(RunId("r1"))->verdict, "verdict bytes");
  EXPECT_EQ(store().GetRun(RunId("r2"))->state, RunState::kQueued);
  EXPECT_EQ(*store().FindResult("key", [](std::string_view) { return true; }), "result");
  EXPECT_EQ(store().FindCompileCommands(ProjectId("db"), {CommitId("c")}).value(), "[]");
  EXPECT_EQ(store().GetProject(ProjectId("db"))->created, At(0));
}

}  // namespace
}  // namespace mergegate::storage
