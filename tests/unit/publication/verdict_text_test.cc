// The text that people read, one golden per situation in tests/testdata/publication (MERGEGATE_UPDATE_GOLDENS=1
// rewrites them; look at what changed as rendered Markdown).
#include "server/publication/verdict_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/facts_builder.h"

namespace mergegate::publication {
namespace {

using mergegate::testing::Failure;
using mergegate::testing::NewFinding;
using ::testing::HasSubstr;
using ::testing::Not;

void ExpectGolden(const std::string& name, const std::string& text) {
  const std::string file = absl::StrCat(MERGEGATE_SOURCE_DIR, "/tests/testdata/publication/", name, ".md");
  if (std::getenv("MERGEGATE_UPDATE_GOLDENS") != nullptr) std::ofstream(file, std::ios::binary) << text;
  std::ifstream stream(file, std::ios::binary);
  ASSERT_TRUE(stream) << file << " is missing: set MERGEGATE_UPDATE_GOLDENS=1";
  std::ostringstream golden;
  golden << stream.rdbuf();
  EXPECT_EQ(text, golden.str()) << file;
}

ConditionResult Condition(std::string name, ConditionState state, std::string actual, std::string threshold) {
  return {.name = std::move(name),
          .kind = "findings",
          .state = state,
          .actual = std::move(actual),
          .threshold = std::move(threshold)};
}

// A change that passes, with Q 87.5 and two reviewers.
Telling Passing() {
  Telling telling;
  telling.verdict.state = VerdictState::kPass;
  telling.verdict.summary = "pass: 2 blocking conditions hold";
  telling.verdict.conditions = {Condition("no-new-problems", ConditionState::kSatisfied, "0 findings", "<= 0"),
                                Condition("size", ConditionState::kSatisfied, "40", "<= 400")};
  telling.verdict.quality = {.value = 8750,
                             .ledger = {{.points = 10000, .reason = "start"}, {-1250, "12 lines untested", {}}}};
  telling.verdict.project_m = ProjectM{.before = Ranged{.value = 8710}, .after = Ranged{.value = 8735}};
  telling.place_url = "https://github.com/acme/widget/blob/" + std::string(40, 'a') + "/";
  telling.run = "r-1";
  telling.link = "https://gate.example.org/projects/acme-widget/runs/r-1";
  return telling;
}

Telling Failing() {
  Telling telling = Passing();
  Verdict& verdict = telling.verdict;
  verdict.state = VerdictState::kFail;
  verdict.summary = "fail: 1 of 2 blocking conditions unsatisfied: no-new-problems (2 findings; required: <= 0)";
  verdict.conditions[0] = Condition("no-new-problems", ConditionState::kUnsatisfied, "2 findings", "<= 0");
  Finding use = NewFinding("bugprone-use-after-move", Severity::kMajor, "src/db.cc");
  use.line = 42;
  use.message = "'batch' used after it was moved";
  use.fixes = {{.description = "move it last", .edits = {}}};
  Finding caused = NewFinding("clang-analyzer-core.NullDereference", Severity::kCritical, "src/cache.cc");
  caused.line = 7;
  caused.message = "Dereference of null pointer (loaded from variable 'entry')";
  caused.state = BaselineState::kCaused;
  caused.caused_by = "Lookup";
  verdict.findings = {use, caused};
  verdict.counterfactual = {.reachable = true,
                            .smallest = true,
                            .actions = {{"fix-finding", use.fingerprint, "fix the use"},
                                        {"fix-finding", caused.fingerprint, "fix the dereference"}}};
  verdict.quality = {
      .value = 6120,
      .ledger = {
          {10000, "start", {}}, {-2630, "2 findings on 40 changed lines", {}}, {-1250, "12 lines untested", {}}}};
  telling.quality_before = 8750;
  telling.reviewers = {{.name = "ann-gh",
                        .responsible = true,
                        .reasons = {"reviewed 8 of the last 20 changes in src/", "wrote 6 % of the changes of db.cc"}},
                       {.name = "ben-gh", .reasons = {"owns src/cache.cc"}}};
  return telling;
}

TEST(VerdictTextTest, APassIsALineOrTwo) {
  const std::string text = VerdictMarkdown(Passing());
  ExpectGolden("pass", text);
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 3);
}

TEST(VerdictTextTest, FailingByFindings) { ExpectGolden("fail_findings", VerdictMarkdown(Failing())); }

TEST(VerdictTextTest, WhatIsListedAboveIsNotListedAgain) {
  Telling telling = Failing();
  EXPECT_THAT(VerdictMarkdown(telling), HasSubstr("**To pass**: fix both."));
  telling.verdict.counterfactual.actions.erase(
      telling.verdict.counterfactual.actions.begin());  // the critical one stays
  EXPECT_THAT(VerdictMarkdown(telling), HasSubstr("**To pass**: fix the first of them."));
  telling.verdict.counterfactual.actions[0].subject = "a finding that is not listed";
  EXPECT_THAT(VerdictMarkdown(telling), HasSubstr("- fix the dereference"));
}

TEST(VerdictTextTest, AnExplanationHasTheWholeLedger) {
  Telling telling = Passing();
  telling.whole_ledger = true;
  EXPECT_THAT(VerdictMarkdown(telling),
              HasSubstr("**Q, point by point**\n\n- +100: start\n- −12.5: 12 lines untested\n"));
}

TEST(VerdictTextTest, FailingByAConditionOnly) {
  Telling telling = Passing();
  telling.verdict.state = VerdictState::kFail;
  telling.verdict.summary = "fail: 1 of 2 blocking conditions unsatisfied: approved (0 approvals; required: >= 1)";
  telling.verdict.conditions[1] = Condition("approved", ConditionState::kUnsatisfied, "0 approvals", ">= 1");
  telling.verdict.conditions.push_back(Condition("size", ConditionState::kUnsatisfied, "1200 lines", "<= 400"));
  telling.verdict.conditions.back().level = ConditionLevel::kWarn;
  telling.verdict.counterfactual = {.reachable = true,
                                    .smallest = true,
                                    .actions = {{"get-approval", "", "one approval of src/db.cc: ann-gh or ben-gh"}}};
  telling.reviewers = {{.name = "ann-gh", .responsible = true, .reasons = {"owns src/"}}};
  ExpectGolden("fail_condition", VerdictMarkdown(telling));
}

TEST(VerdictTextTest, Inconclusive) {
  Telling telling = Passing();
  telling.verdict.state = VerdictState::kInconclusive;
  telling.verdict.summary =
      "inconclusive: 1 of 2 blocking conditions undecided: no-new-problems (1 of 3 units could not be analyzed)";
  telling.verdict.conditions[0] = Condition("no-new-problems", ConditionState::kUndecided, "", "<= 0");
  telling.verdict.conditions[0].reason = "1 of 3 units could not be analyzed; first: 'x.h' file not found";
  telling.verdict.failures = {Failure("src/gui.cc")};
  telling.verdict.counterfactual = {
      .reachable = true,
      .actions = {{"analyze-unit", "src/gui.cc", "make src/gui.cc analyzable: 'x.h' file not found"}}};
  ExpectGolden("inconclusive", VerdictMarkdown(telling));
}

TEST(VerdictTextTest, ClosedByTheWatchdog) {
  Telling telling;
  telling.verdict.state = VerdictState::kInconclusive;
  telling.verdict.summary =
      "inconclusive: nothing to compare with: the deadline of 1h passed before there was a verdict; submit again, or "
      "with a longer deadline";
  telling.run = "r-9";
  ExpectGolden("watchdog", VerdictMarkdown(telling));
}

TEST(VerdictTextTest, TenThousandFindingsFitWithASumOfTheRest) {
  Telling telling = Failing();
  telling.verdict.findings.clear();
  for (int i = 0; i < 10'000; ++i) {
    Finding finding = NewFinding("bugprone-x", Severity::kMajor, "src/generated.cc");
    finding.line = i + 1;
    finding.message = std::string(5'000, 'm');
    telling.verdict.findings.push_back(finding);
  }
  const std::string text = VerdictMarkdown(telling);
  ExpectGolden("ten_thousand", text);
  EXPECT_THAT(text, HasSubstr("… and 9980 more"));
  EXPECT_LT(text.size(), kMostMarkdown);
}

TEST(VerdictTextTest, NamesOfStrangersDoNothing) {
  Telling telling = Failing();
  Finding& finding = telling.verdict.findings[0];
  finding.path = "src/`</code>|\n<img src=x onerror=alert(1)>@all.cc";
  finding.check = "x`](https://evil.example)@all";
  finding.message =
      "</details><script>alert(1)</script> @everyone #1 ![p](http://e/x.png) [l](javascript:x) www.evil.example\n"
      "/close\n# big | **bold** ~~x~~ $x$ \xe2\x80\xaeturned \xff GH-1 !2 \\";
  finding.fixes[0].description = "<b>@here</b>\n```\n/merge";
  telling.verdict.conditions[0].name = "a | b <i>@x</i>";
  telling.verdict.conditions[0].actual = "[x](y)|\n|";
  telling.reviewers[0].name = "@acme/all`";
  telling.reviewers[0].reasons = {"<details>@acme/all"};
  telling.verdict.counterfactual.actions[0].kind = "get-approval";
  telling.verdict.counterfactual.actions[0].description = "- [ ] @acme fix\n\n/approve";
  telling.link = "javascript:alert(1)";
  const std::string text = VerdictMarkdown(telling);
  ExpectGolden("hostile", text);
  EXPECT_THAT(text, Not(HasSubstr("@everyone")));
  EXPECT_THAT(text, HasSubstr("\\<script\\>"));
  EXPECT_THAT(text, HasSubstr("\\[l\\](javascript"));
  EXPECT_THAT(text, ::testing::EndsWith(" · details\n"));  // no link to what is no web address
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n')))
    EXPECT_FALSE(line.starts_with('/'));
}

TEST(VerdictTextTest, AStatusIsALineOfAtMost140Bytes) {
  Verdict verdict;
  verdict.summary = "fail: " + std::string(200, 'x') + "\n";
  EXPECT_EQ(StatusLine(verdict).size(), 140u);
  EXPECT_THAT(StatusLine(verdict), ::testing::EndsWith("..."));
}

TEST(VerdictTextTest, Points) {
  EXPECT_EQ(Points(6250), "62.5");
  EXPECT_EQ(Points(10000), "100");
  EXPECT_EQ(Points(7), "0.07");
}

}  // namespace
}  // namespace mergegate::publication
