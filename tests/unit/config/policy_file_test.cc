#include "server/config/policy_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace mergegate::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// "line:column: message" of every problem.
std::vector<std::string> Problems(std::string_view yaml) {
  std::vector<std::string> lines;
  for (const PolicyProblem& problem : ParsePolicy(yaml).problems) {
    lines.push_back(absl::StrCat(problem.line, ":", problem.column, ": ", problem.message));
  }
  return lines;
}

// A policy with one condition of the given lines.
std::string WithCondition(std::string_view lines) {
  return absl::StrCat("version: 1\nconditions:\n", std::string(lines));
}

TEST(ParsePolicyTest, ReadsEveryKey) {
  const ParsedPolicy parsed = ParsePolicy(R"(
version: 1
analysis:
  checks: "-*,bugprone-*"
  static_analyzer: false
  header_units: 0
  unit_seconds: 60
  unit_memory_mib: 2048
  duplication_min_tokens: 50
  require_sandbox: true
  exclude_paths: ["third_party/**"]
conditions:
  - name: no-new-problems
    kind: findings
    level: warn
    max: 2
    severity: critical
    states: [new, unchanged]
    checks: ["bugprone-*"]
    paths: ["src/**"]
    exclude_paths: ["src/gen/**"]
    applies_when: {paths: ["**/*.cc"], min_lines_added: 1}
    override_roles: [maintainer]
  - {name: good, kind: q, min: 0.6}
  - {name: lint, kind: required_reports, tools: [ruff, clippy]}
)");
  EXPECT_THAT(parsed.problems, IsEmpty());
  Policy expected;
  expected.analysis = {.checks = "-*,bugprone-*",
                       .static_analyzer = false,
                       .header_units = 0,
                       .unit_seconds = 60,
                       .unit_memory_mib = 2048,
                       .duplication_min_tokens = 50,
                       .require_sandbox = true,
                       .exclude_paths = {"third_party/**"}};
  Condition findings;
  findings.name = "no-new-problems";
  findings.kind = ConditionKind::kFindings;
  findings.level = ConditionLevel::kWarn;
  findings.threshold = 2;
  findings.filter = {.states = {BaselineState::kNew, BaselineState::kUnchanged},
                     .min_severity = Severity::kCritical,
                     .checks = {"bugprone-*"},
                     .paths = {"src/**"},
                     .exclude_paths = {"src/gen/**"}};
  findings.applies_when = {.paths = {"**/*.cc"}, .min_lines_added = 1};
  findings.override_roles = {"maintainer"};
  Condition good;
  good.name = "good";
  good.kind = ConditionKind::kQuality;
  good.threshold = 0.6;
  Condition lint;
  lint.name = "lint";
  lint.kind = ConditionKind::kRequiredReports;
  lint.tools = {"ruff", "clippy"};
  expected.conditions = {findings, good, lint};
  EXPECT_EQ(parsed.policy, expected);
}

TEST(ParsePolicyTest, ReadsWhoReviews) {
  const ParsedPolicy parsed = ParsePolicy(R"(
version: 1
reviewers:
  count: 3
  load_weight: 0.25
  respond_hours: 16
  required: [sec@example.org]
  exclude: ["@bot"]
  fallback: "@boss"
  groups:
    "@org/db": ["@ann", ben@example.org]
conditions:
  - {name: approved, kind: approvals, min: 2}
  - {name: owners, kind: owners}
)");
  ASSERT_THAT(parsed.problems, IsEmpty());
  const ReviewersPolicy& reviewers = parsed.policy.reviewers;
  EXPECT_EQ(reviewers.count, 3);
  EXPECT_EQ(reviewers.load_weight, 0.25);
  EXPECT_EQ(reviewers.respond_hours, 16);
  EXPECT_THAT(reviewers.required, ElementsAre("sec@example.org"));
  EXPECT_THAT(reviewers.exclude, ElementsAre("@bot"));
  EXPECT_EQ(reviewers.fallback, "@boss");
  EXPECT_THAT(reviewers.groups.at("@org/db"), ElementsAre("@ann", "ben@example.org"));
  EXPECT_EQ(parsed.policy.conditions[0].threshold, 2);
  EXPECT_EQ(parsed.policy.conditions[1].kind, ConditionKind::kOwners);
  EXPECT_THAT(Problems("version: 1\nreviewers: {count: 21, groups: [a]}\n"),
              ElementsAre("2:20: must be from 0 to 20, not \"21\"",
                          "2:32: groups must be a map of keys to values, not a list"));
}

TEST(ParsePolicyTest, Scores) {
  const ParsedPolicy parsed = ParsePolicy(R"(version: 1
scores:
  weights: {E: 0.4, Q: 0.4}
  sub_indices: {first_review: 40, rounds: 0}
  adapt: {mode: auto, targets: {K: 0.7}, margin: 0.1, gain: 0.5, most: 0.4, dwell_days: 14}
)");
  ASSERT_THAT(parsed.problems, IsEmpty());
  const ScoresPolicy& scores = parsed.policy.scores;
  EXPECT_EQ(scores.weights, (MetricWeights{4000, 4000, 2000, 1000, 2000}));
  EXPECT_EQ(scores.sub_indices.at("first_review"), 40);
  EXPECT_EQ(scores.sub_indices.at("rounds"), 0);
  EXPECT_EQ(scores.adapt, (AdaptPolicy{AdaptMode::kAuto, {6000, 6000, 6000, 7000, 6000}, 1000, 5000, 4000, 14}));
  EXPECT_THAT(Problems("version: 1\nscores:\n  weights: {E: 0.6}\n  sub_indices: {first_revew: 3}\n"),
              ElementsAre(HasSubstr("3:12: the weights of E, Q, T, K and C sum to 1.4, not to 1.3"),
                          "4:17: unknown key \"first_revew\" in sub_indices; did you mean \"first_review\"?"));
  EXPECT_THAT(Problems("version: 1\nscores: {adapt: {mode: maybe, margin: 2}}\n"), SizeIs(2));
}

TEST(ParsePolicyTest, UnknownKeyNamesTheNearestOne) {
  EXPECT_THAT(Problems("version: 1\nanalysis:\n  header_unit: 3\n"),
              ElementsAre("3:3: unknown key \"header_unit\" in analysis; did you mean \"header_units\"?"));
  EXPECT_THAT(
      Problems("version: 1\nzzzzzzzzzz: 3\n"),
      ElementsAre(
          "2:1: unknown key \"zzzzzzzzzz\" in the policy; it has: version, analysis, reviewers, scores, conditions"));
}

TEST(ParsePolicyTest, WrongTypesAndRanges) {
  EXPECT_THAT(Problems("version: 1\nanalysis:\n"
                       "  static_analyzer: yes\n"
                       "  header_units: many\n"
                       "  unit_seconds: 0\n"
                       "  unit_memory_mib: 100.5\n"
                       "  duplication_min_tokens: \"100\"\n"
                       "  exclude_paths: src\n"
                       "  checks: [a]\n"),
              ElementsAre("3:20: must be true or false, not \"yes\"", "4:17: must be a number, not \"many\"",
                          "5:17: must be from 1 to 86400, not \"0\"", "6:20: must be a whole number, not \"100.5\"",
                          "7:27: must be a number, not \"100\"", "8:18: must be a list ([\"a\", \"b\"]), not \"src\"",
                          "9:11: must be a text, not a list"));
}

TEST(ParsePolicyTest, NumbersThatAreNoneAreRefused) {
  for (const char* number : {".inf", ".nan", "nan", "inf", "0x1", "1e999", "--1", "1_000", "~", ""}) {
    EXPECT_THAT(Problems(WithCondition(absl::StrCat("  - {name: a, kind: size, max: ", number, "}\n"))), SizeIs(1))
        << number;
  }
}

TEST(ParsePolicyTest, ConditionsNeedWhatTheirKindNeeds) {
  EXPECT_THAT(Problems(WithCondition("  - {name: a, kind: q, max: 1}\n")),
              ElementsAre("3:5: a condition of kind q needs \"min\"", "3:24: kind q has a \"min\", not a \"max\""));
  EXPECT_THAT(Problems(WithCondition("  - {name: a, kind: required_reports, max: 1}\n")),
              ElementsAre("3:5: a condition of kind required_reports needs \"tools\"",
                          "3:39: kind required_reports has no bound; remove \"max\""));
  EXPECT_THAT(Problems(WithCondition("  - {name: a, kind: size, max: 1, severity: major}\n")),
              ElementsAre("3:35: \"severity\" belongs to kind findings, not to size"));
  EXPECT_THAT(Problems(WithCondition("  - {name: a, kind: size, max: 1, paths: [x]}\n")),
              ElementsAre(HasSubstr("use applies_when: {paths: [...]}")));
  EXPECT_THAT(Problems(WithCondition("  - {name: a, kind: required_reports, tools: []}\n")),
              ElementsAre("3:46: tools must name a tool"));
  EXPECT_THAT(Problems(WithCondition("  - {max: 1}\n")),
              ElementsAre("3:5: the condition has no \"kind\"", "3:5: the condition has no \"name\""));
}

TEST(ParsePolicyTest, WordsAreChecked) {
  EXPECT_THAT(Problems(WithCondition("  - {name: a, kind: finding, max: 1}\n")),
              ElementsAre("3:21: unknown kind \"finding\"; did you mean \"findings\"?"));
  EXPECT_THAT(Problems(WithCondition("  - {name: a, kind: findings, max: 0, severity: majro}\n")),
              ElementsAre("3:49: unknown severity \"majro\"; did you mean \"major\"?"));
  EXPECT_THAT(Problems(WithCondition("  - {name: a, kind: findings, max: 0, level: error}\n")),
              ElementsAre("3:46: level must be one of block, warn, not \"error\""));
  EXPECT_THAT(Problems(WithCondition("  - {name: a, kind: findings, max: 0, states: [new, new]}\n")),
              ElementsAre("3:53: the state is listed twice"));
  EXPECT_THAT(Problems(WithCondition("  - {name: a, kind: findings, max: 0, states: []}\n")),
              ElementsAre("3:47: states must be a list of some of new, caused, unchanged, fixed"));
}

TEST(ParsePolicyTest, NamesAndKeysAreUnique) {
  EXPECT_THAT(Problems(WithCondition("  - {name: a, kind: size, max: 1}\n  - {name: a, kind: size, max: 2}\n")),
              ElementsAre("4:12: another condition is called \"a\" already"));
  EXPECT_THAT(Problems("version: 1\nversion: 1\n"), ElementsAre("2:1: key \"version\" is given twice in the policy"));
}

TEST(ParsePolicyTest, VersionIsRequiredAndKnown) {
  EXPECT_THAT(Problems("conditions: []\n"), ElementsAre("1:1: key \"version\" is missing; start with \"version: 1\""));
  EXPECT_THAT(Problems("version: 2\n"), ElementsAre("1:10: version 2 is not known; this build reads version 1"));
}

TEST(ParsePolicyTest, ProblemsAreAllReportedInOrder) {
  EXPECT_THAT(Problems("version: 3\nanalysis: 4\nconditions: 5\nmore: 6\n"),
              ElementsAre(HasSubstr("1:10: version 3"), "2:11: analysis must be a map of keys to values, not \"4\"",
                          HasSubstr("3:13: conditions must be a list"), HasSubstr("4:1: unknown key \"more\"")));
}

TEST(ParsePolicyTest, TextsThatAreNoPolicy) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "1:1: the policy is empty"},
      {"# nothing\n", "1:1: the policy is empty"},
      {"~\n", "1:1: the policy is empty"},
      {"- 1\n", "1:1: the policy must be a map of keys to values, not a list"},
      {"version: 1\n---\nversion: 1\n", "2:1: a second document"},
      {"version: 1\nanalysis:\n\theader_units: 1\n", "3:1: a tab in the indentation"},
      {std::string("version: 1\0", 11), "1:11: a NUL byte"},
      {"version: 1 # \xff\n", "1:14: not valid UTF-8"},
      {"version: 1 # \xed\xa0\x80\n", "1:14: not valid UTF-8"},
      {"version: 1 # \xc0\xaf\n", "1:14: not valid UTF-8"},
      {"version: 1 # \xe2\x82", "1:14: not valid UTF-8"},
      {"version: [1\n", "not valid YAML"},
      {"version: 1\nanalysis: {exclude_paths: [*.cc]}\n", "must be quoted"},
      {"? [a]\n: 1\nversion: 1\n", "a key must be a word, not a list"},
      {std::string((1 << 20) + 1, ' '), "1:1: the file is larger than 1 MiB"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_THAT(Problems(text), ElementsAre(HasSubstr(expected))) << text.substr(0, 80);
  }
}

TEST(ParsePolicyTest, UmlautsAndByteOrderMarksAreFine) {
  EXPECT_THAT(Problems("\xEF\xBB\xBFversion: 1\nconditions: [{name: \"pr\xC3\xBC"
                       "fung \xF0\x9F\x91\x8D\", kind: size, max: 1}]\n"),
              IsEmpty());
}

TEST(ParsePolicyTest, DeepNestingIsRefusedBeforeItIsFollowed) {
  for (const char* open : {"[", "{a: ", "- ", "? "}) {
    std::string text;
    for (int i = 0; i < 100000; ++i) text += open;
    EXPECT_THAT(Problems(text), SizeIs(1)) << open;
  }
  const std::string indented = [] {
    std::string text;
    for (int i = 0; i < 200; ++i) text += std::string(i, ' ') + "a:\n";
    return text;
  }();
  EXPECT_THAT(Problems(indented), ElementsAre(HasSubstr("33:33: nested more than 32 levels deep")));
}

TEST(ParsePolicyTest, ExpandingAliasesAreRefused) {
  EXPECT_THAT(Problems("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
              ElementsAre(HasSubstr("2:8: aliases are not supported")));
}

TEST(ParsePolicyTest, FloodsAreCutShort) {
  std::string keys = "version: 1\n";
  for (int i = 0; i < 40000; ++i) absl::StrAppend(&keys, "key", i, ": 1\n");
  EXPECT_THAT(Problems(keys), SizeIs(100));
  std::string values = "version: 1\nanalysis: {exclude_paths: [";
  for (int i = 0; i < 200000; ++i) values += "a,";
  EXPECT_THAT(Problems(values + "]}"), ElementsAre(HasSubstr("more than 100000 values")));
  std::string conditions = "version: 1\nconditions:\n";
  for (int i = 0; i < 201; ++i) absl::StrAppend(&conditions, "  - {name: n", i, ", kind: size, max: 1}\n");
  EXPECT_THAT(Problems(conditions), ElementsAre("203:5: more than 200 conditions"));
}

TEST(DefaultPolicyTest, ParsesAndBlocksWhatItSays) {
  const ParsedPolicy parsed = ParsePolicy(DefaultPolicyText());
  EXPECT_THAT(parsed.problems, IsEmpty());
  std::vector<std::string> blocking;
  for (const Condition& condition : parsed.policy.conditions) {
    if (condition.level == ConditionLevel::kBlock) blocking.push_back(condition.name);
  }
  EXPECT_THAT(blocking, ElementsAre("no-new-problems", "quality", "analyzed"));
}

TEST(DescribeConditionsTest, InWords) {
  EXPECT_THAT(DescribeConditions(ParsePolicy(DefaultPolicyText()).policy),
              ElementsAre("no-new-problems (blocks): at most 0 new or caused findings of severity major or worse",
                          "few-new-remarks (warns): at most 5 new or caused findings of severity minor or worse",
                          "quality (blocks): Q of the change is at least 0.6",
                          "analyzed (blocks): at least 90% of the changed C and C++ lines are analyzed, else it is "
                          "undecided",
                          "readable-functions (warns): no changed function is added with or grows to a cognitive "
                          "complexity above 25",
                          "little-duplication (warns): at most 10% of the added C and C++ lines are copies",
                          "reviewable-size (warns): at most 1000 lines are added",
                          "no-new-suppressions (warns): at most 0 suppressions are added"));
  const Policy policy =
      ParsePolicy(WithCondition("  - name: lint\n    kind: required_reports\n    tools: [ruff, mypy]\n"
                                "    applies_when: {paths: [\"*.py\"], min_lines_added: 9}\n"
                                "    override_roles: [owner]\n"))
          .policy;
  EXPECT_THAT(
      DescribeConditions(policy),
      ElementsAre("lint (blocks): reports of ruff and mypy arrive, else it is undecided; only when a changed path "
                  "matches *.py and at least 9 lines are added; may be overridden by: owner"));
}

}  // namespace
}  // namespace mergegate::config
