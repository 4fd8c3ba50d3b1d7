// Domain structs survive the way over the wire, and what comes from outside is checked.
#include "server/wire/convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/wire/analysis_convert.h"
#include "server/wire/review_convert.h"

namespace mergegate::wire {
namespace {

using ::testing::HasSubstr;

const std::string kBlob(40, 'a');

Finding EveryFieldSet() {
  return {.check = "bugprone-use-after-move",
          .analyzer = "clang-tidy",
          .severity = Severity::kCritical,
          .path = "src/a.cc",
          .line = 12,
          .column = 3,
          .end_line = 12,
          .end_column = 9,
          .message = "'x' used after it was moved",
          .line_text = "use(x);",
          .function = "f",
          .usr = "c:@F@f#",
          .notes = {{"src/a.cc", 11, 5, "move occurred here"}},
          .fixes = {{"remove", {{"src/a.cc", 100, 4, "", 12, 3, 12, 7}}}},
          .unit = "src/a.cc",
          .guessed = true,
          .url = "u",
          .state = BaselineState::kCaused,
          .fingerprint = "v1:0:1",
          .caused_by = "g",
          .suppressed_by_change = true};
}

FunctionMeasurement Measured() {
  return {.usr = "c:@F@f#",
          .function = "f(int)",
          .path = "src/a.cc",
          .start_line = 1,
          .end_line = 20,
          .cognitive = 7,
          .cyclomatic = 5,
          .lines = 20,
          .nesting = 2,
          .parameters = 1};
}

AnalysisFailure Failed() {
  return {.analyzer = "clang-tidy",
          .unit = "src/b.cc",
          .kind = FailureKind::kTimedOut,
          .message = "ran past 600 s",
          .at_base = true};
}

Facts EveryFact() {
  Facts facts;
  facts.base_commit = CommitId(std::string(40, '1'));
  facts.head_commit = CommitId(std::string(40, '2'));
  facts.missing_base = "why";
  facts.tier = Tier::kMatching;
  facts.findings = {EveryFieldSet()};
  facts.failures = {Failed()};
  facts.coverage = {.changed_lines = 10,
                    .parsed_lines = 6,
                    .guessed_lines = 3,
                    .missed_lines = 1,
                    .changed_declarations = 2,
                    .units_affected = 5,
                    .units_analyzed = 3,
                    .files = {{"src/a.cc", {"src/a.cc"}, CommandSource::kTree, "reason", 10}},
                    .units_left_out = {"src/c.cc"},
                    .sandbox_missing = "no Landlock",
                    .declarations = {{.name = "f",
                                      .path = "src/a.h",
                                      .line = 3,
                                      .at_base = true,
                                      .units = {"src/a.cc"},
                                      .instantiations = 2,
                                      .units_left_out = 4,
                                      .reason = "why"}}};
  facts.functions = {{.function = "f(int)", .path = "src/a.cc", .line = 1, .before = Measured(), .after = Measured()},
                     {.function = "g()", .path = "src/a.cc", .line = 30, .before = std::nullopt, .after = Measured()}};
  facts.duplicates = {{"src/a.cc", 1, 9, "src/b.cc", 4, 12, 120}};
  facts.relaxations = {{"nolint", "src/a.cc", 4, "// NOLINT"}};
  facts.lines_added = 11;
  facts.lines_removed = 12;
  facts.changed_paths = {"src/a.cc"};
  facts.imported_tools = {"ruff"};
  facts.policy_text = "version: 1\n";
  facts.policy_source = "default";
  facts.policy_problems = {"1:1: bad"};
  facts.cpp_lines_added = 9;
  facts.touched_tests = TouchedTests{.code_lines = 8, .test_lines = 1, .has_tests = true};
  facts.pieces = {{"a.cc", "f", "c:@F@f", "s", "b"}};
  facts.review =
      ReviewFacts{.events = 4,
                  .author = Handle("author"),
                  .reviewers = {Handle("ann")},
                  .approvals = {{Handle("ann"), CommitId(std::string(40, 'a')), {0}, {"the body of f changed"}}},
                  .changes_requested = {Handle("ben")},
                  .owners = {{"CODEOWNERS:1", {Handle("cleo")}, 2, {"a.cc"}, true, "a group"}},
                  .problems = {"CODEOWNERS:2: what"}};
  facts.risk = RiskFacts{.probability = 41'000,
                         .typical = 12'000,
                         .examples = 900,
                         .factors = {{"x2.9: 710 lines added; typical 19", 1536, true}},
                         .missing = "partly"};
  return facts;
}

TEST(Convert, ReviewEventsRoundTrip) {
  const ChosenReviewer ann{
      .person = Handle("ann"), .role = ReviewerRole::kOwner, .responsible = true, .reasons = {"owns it"}};
  ReviewEvent event{.number = 3,
                    .kind = ReviewEventKind::kPushed,
                    .actor = Handle("ann"),
                    .subject = Handle("ben"),
                    .head = CommitId(std::string(40, 'a')),
                    .text = "why",
                    .at = absl::FromUnixMillis(1'700'000'000'123),
                    .source = "github",
                    .source_id = "17",
                    .push = Push{.base = CommitId(std::string(40, 'b')),
                                 .head = CommitId(std::string(40, 'a')),
                                 .run = "projects/p/runs/r",
                                 .title = "Title",
                                 .author = Handle("author"),
                                 .lines_added = 1,
                                 .lines_removed = 2,
                                 .files = 3,
                                 .pieces = {{"a.cc", "f", "c:@F@f", "s", "b"}}},
                    .assignment = Assignment{.reviewers = {ann}, .stand_ins = {ann}, .problems = {"none"}}};
  EXPECT_EQ(*ParseEvent(SerializeEvent(event)), event);
  EXPECT_FALSE(ParseEvent("\xff\xff").ok());
  v1::ReviewEvent unknown;
  unknown.set_kind(static_cast<v1::ReviewEventKind>(99));
  EXPECT_FALSE(FromProto(unknown).ok());
}

TEST(Convert, AvailabilityMustMakeSense) {
  v1::Availability proto;
  EXPECT_TRUE(FromProto(proto).ok());
  proto.set_from_minute(600);
  EXPECT_FALSE(FromProto(proto).ok()) << "ends before it begins";
  proto.set_to_minute(1441);
  EXPECT_FALSE(FromProto(proto).ok());
  proto.set_to_minute(700);
  EXPECT_TRUE(FromProto(proto).ok());
  proto.add_days(8);
  EXPECT_FALSE(FromProto(proto).ok());
}

TEST(Convert, NamesOfReviewsMayHoldSlashes) {
  const auto name = ParseReviewName("projects/p/reviews/feature/x");
  ASSERT_TRUE(name.ok());
  EXPECT_EQ(name->change, "feature/x");
  EXPECT_EQ(FormatReviewName(name->project, name->change), "projects/p/reviews/feature/x");
  for (const char* bad : {"projects/p/reviews/", "projects/P/reviews/x", "reviews/x", "projects/p/runs/x"}) {
    EXPECT_FALSE(ParseReviewName(bad).ok()) << bad;
  }
}

TEST(Convert, FactsWithoutSuchAPieceAreRefused) {
  Facts facts;
  facts.review = ReviewFacts{.approvals = {{.person = Handle("ann"), .head = {}, .uncovered = {0}, .reasons = {"x"}}}};
  EXPECT_FALSE(FromProto(ToProto(facts)).ok());
}

TEST(Convert, FactsRoundTrip) {
  const auto back = FromProto(ToProto(EveryFact()));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*back, EveryFact());
}

TEST(Convert, VerdictRoundTrip) {
  const Facts facts = EveryFact();
  const Verdict verdict{
      .state = VerdictState::kFail,
      .summary = "fail: one",
      .base_commit = facts.base_commit,
      .head_commit = facts.head_commit,
      .policy = {.source = "default", .digest = "d"},
      .conditions = {{.name = "n",
                      .kind = "findings",
                      .level = ConditionLevel::kWarn,
                      .state = ConditionState::kUndecided,
                      .actual = "2",
                      .threshold = "<= 0",
                      .reason = "r",
                      .fingerprints = {"v1:0:1"}}},
      .findings = facts.findings,
      .failures = facts.failures,
      .coverage = facts.coverage,
      .quality = {.value = 9000, .ledger = {{10000, "start", {}}, {-1000, "debt", {"e"}}}, .missing = {"m"}},
      .counterfactual = {.reachable = true,
                         .smallest = true,
                         .actions = {{"fix-finding", "v1:0:1", "fix it"}},
                         .reason = "why",
                         .q_after = 10000},
      .relaxations = facts.relaxations,
      .functions = facts.functions,
      .duplicates = facts.duplicates,
      .rules_version = 1,
      .risk = facts.risk};
  const auto back = FromProto(ToProto(verdict));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*back, verdict);
}

AnalysisTask UnitAtHead() {
  AnalysisTask task;
  task.task_id = "t1";
  task.attempt = 2;
  task.project = ProjectId("leveldb");
  task.run = RunId("r-1");
  task.commit = CommitId(std::string(40, 'c'));
  task.limits = {.wall_seconds = 5, .memory_mib = 6, .max_findings = 7};
  task.require_sandbox = true;
  task.work = UnitTask{.main_file = "db/db.cc",
                       .arguments = {"-std=c++17", "-I/src/include"},
                       .directory = "/src/build",
                       .source = CommandSource::kGiven,
                       .confidence = 1,
                       .config_commit = CommitId(std::string(40, 'b')),
                       .checks = "-*,bugprone-*",
                       .analyzers = {"clang-tidy"},
                       .ignored_suppressions = {{"db/db.cc", {{1, 2}, {9, 9}}}},
                       .base = UnitSide{.commit = CommitId(std::string(40, 'b')),
                                        .main_file = "db/old.cc",
                                        .arguments = {"-std=c++17"},
                                        .directory = "/src"},
                       .analyzer_steps = 1000};
  return task;
}

TEST(Convert, TasksRoundTrip) {
  AnalysisTask duplication = UnitAtHead();
  duplication.at_base = true;
  duplication.work = DuplicationTask{.added = {{"a.cc", {{1, 3}}}}, .siblings = {"b.cc"}, .min_tokens = 50};
  for (const AnalysisTask& task : {UnitAtHead(), duplication}) {
    const auto back = FromProto(ToProto(task));
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(*back, task);
  }
}

TaskResult EveryResult() {
  TaskResult result;
  result.findings = {EveryFieldSet()};
  result.measurements = {Measured()};
  result.failures = {Failed()};
  result.inputs = {{"src/a.cc", BlobId(kBlob)}};
  result.absent = {"include/x.h"};
  result.declarations = {{"u", "f", "src/a.cc", 1, 2, {0}, true, {7, 9}}};
  result.duplicates = {{"src/a.cc", 1, 9, "src/b.cc", 4, 12, 120}};
  result.suppressed = 3;
  result.sandbox = {.landlock_abi = 2, .seccomp = true, .missing = "m"};
  result.cost = {.wall_seconds = 1,
                 .cpu_seconds = 2,
                 .peak_memory_kib = 3,
                 .parses = 4,
                 .preambles_reused = 5,
                 .bodies_skipped = 6,
                 .entries_analyzed = 7,
                 .entries_reused = 8};
  result.analyzer_build = "build";
  TaskResult base;
  base.findings = {EveryFieldSet()};
  base.inputs = {{"src/old.cc", BlobId(kBlob)}};
  result.base = {base};
  return result;
}

TEST(Convert, ResultsRoundTripAsMessagesAndAsBytes) {
  const auto back = FromProto(ToProto(EveryResult()));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*back, EveryResult());
  EXPECT_EQ(*ParseResult(SerializeResult(EveryResult())), EveryResult());
  EXPECT_TRUE(absl::IsDataLoss(ParseResult("\xff\xff").status()));
}

TEST(Convert, AResultHasOneBaseSideOnly) {
  TaskResult result = EveryResult();
  result.base[0].base = {TaskResult()};
  EXPECT_THAT(FromProto(ToProto(result)).status().message(), HasSubstr("base.base"));
}

TEST(Convert, WorkersCannotNamePathsOutsideTheRepository) {
  for (const char* path : {"", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/."}) {
    TaskResult result = EveryResult();
    result.findings[0].path = path;
    EXPECT_TRUE(absl::IsInvalidArgument(FromProto(ToProto(result)).status())) << path;
    result = EveryResult();
    result.inputs[0].path = path;
    EXPECT_TRUE(absl::IsInvalidArgument(FromProto(ToProto(result)).status())) << path;
    result = EveryResult();
    result.findings[0].fixes[0].edits[0].path = path;
    EXPECT_TRUE(absl::IsInvalidArgument(FromProto(ToProto(result)).status())) << path;
  }
}

TEST(Convert, WorkersCannotPointPastTheDeclarations) {
  for (const int index : {-1, 1}) {
    TaskResult result = EveryResult();
    result.declarations[0].references = {index};
    EXPECT_THAT(FromProto(ToProto(result)).status().message(), HasSubstr("out of range"));
  }
}

TEST(Convert, UnknownEnumValuesAreRefusedByName) {
  v1::Finding finding = ToProto(EveryFieldSet());
  finding.set_severity(static_cast<v1::Severity>(17));
  EXPECT_THAT(FromProto(finding).status().message(), HasSubstr("finding.severity: unknown value 17"));
}

TEST(Names, RoundTripAndSayWhatTheFormIs) {
  EXPECT_EQ(ParseProjectName(ProjectName(ProjectId("lev.el-db_1")))->value(), "lev.el-db_1");
  const auto run = ParseRunName(FormatRunName(ProjectId("p"), RunId("r-0")));
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run->project.value(), "p");
  EXPECT_EQ(run->run.value(), "r-0");
  for (const char* bad : {"", "projects/", "projects/A", "projects/../x", "projects/a/b", "projects/-a", "p/a"}) {
    EXPECT_THAT(ParseProjectName(bad).status().message(), HasSubstr("projects/{project}")) << bad;
    EXPECT_FALSE(ParseRunName(std::string(bad) + "/runs/r").ok()) << bad;
  }
  EXPECT_FALSE(ParseProjectName("projects/" + std::string(64, 'a')).ok());
  EXPECT_FALSE(ParseRunName("projects/a/runs/").ok());
}

TEST(Names, CommitIdsAreFullAndLowerCase) {
  EXPECT_TRUE(ParseCommitId(kBlob, "f").ok());
  for (const std::string& bad :
       {std::string(), std::string("HEAD"), std::string(39, 'a'), std::string(40, 'A'), std::string(40, 'g')}) {
    EXPECT_THAT(ParseCommitId(bad, "commits.base").status().message(), HasSubstr("commits.base")) << bad;
  }
}

TEST(Serialize, EqualMessagesGiveEqualBytes) {
  EXPECT_EQ(Serialize(ToProto(EveryFact())), Serialize(ToProto(EveryFact())));
}

}  // namespace
}  // namespace mergegate::wire
