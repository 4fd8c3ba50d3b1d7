// A report in a terminal of 80 columns, and as Markdown.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "client/cli/format/growth.h"

namespace mergegate::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::Report SomeReport() {
  v1::Report report;
  report.set_person("ann@example.org");
  report.mutable_since()->set_seconds(1'787'961'600);  // 2026-08-29
  report.mutable_until()->set_seconds(1'795'737'600);  // 2026-11-27
  v1::Figure& figure = *report.add_figures();
  figure.set_name("first_answer");
  figure.set_question("how soon you answer when asked to review");
  figure.set_unit(v1::FIGURE_UNIT_HOURS);
  figure.set_better(v1::FIGURE_DIRECTION_LOWER);
  figure.mutable_own()->set_value(3.24);
  figure.mutable_own()->set_low(2);
  figure.mutable_own()->set_high(5.05);
  figure.mutable_own()->set_n(12);
  figure.mutable_earlier()->set_value(6);
  figure.set_reason("over 12 requests for review");
  figure.add_evidence("projects/db/reviews/pr-7");
  v1::Figure& missing = *report.add_figures();
  missing.set_name("survived");
  missing.set_question("whether your merged changes stand");
  missing.set_missing("only 2 of the 5 that it takes");
  v1::Suggestion& suggestion = *report.add_suggestions();
  suggestion.set_title("ownership and lifetime");
  suggestion.set_text("in 4 of your 9 analyzed changes");
  suggestion.add_evidence("projects/db/reviews/pr-7");
  v1::Course& course = *suggestion.add_courses();
  course.set_title("Ownership");
  course.set_provider("ours");
  course.set_hours(6);
  report.set_fewer_suggestions("no more than 1 has evidence");
  v1::Feedback& feedback = *report.add_feedback();
  feedback.set_from("ben");
  feedback.set_text("<b>well</b> done \x1b[31m");
  (*report.mutable_titles())["projects/db/reviews/pr-7"] = "Faster <b>Get</b>";
  return report;
}

TEST(FormatReport, FitsATerminalAndSaysWhatEveryNumberIs) {
  const std::string text = FormatReport(SomeReport(), {});
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(DisplayWidth(line), 80) << line;
  EXPECT_THAT(text, HasSubstr("Report of ann@example.org, 2026-08-29 to 2026-11-27\n"));
  EXPECT_THAT(text, HasSubstr("  first answer  3.2 h  2.0 to 5.0  12   6.0 h     -\n"));
  EXPECT_THAT(text, HasSubstr("    review; less is better; look at pr-7 of db \"Faster"));
  EXPECT_THAT(text, HasSubstr("survived: whether your merged changes stand; only 2 of the 5 that it takes"));
  EXPECT_THAT(text, HasSubstr("course: Ownership (ours, 6 h)"));
  EXPECT_THAT(text, HasSubstr("no more than 1 has evidence"));
  EXPECT_THAT(text, HasSubstr("with no team: that takes one of\n  five;"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b"))) << "what people write is escaped";
}

TEST(FormatReport, MarkdownHoldsNoMarkupOfOthers) {
  const std::string text = FormatReportMarkdown(SomeReport());
  EXPECT_THAT(text, HasSubstr("# Report of "));
  EXPECT_THAT(text, HasSubstr("| first answer | 3.2 h |"));
  EXPECT_THAT(text, HasSubstr("## Two things to try"));
  EXPECT_THAT(text, Not(HasSubstr("<b>")));
}

TEST(FormatPlan, SaysWhenTheCatalogueHasNothing) {
  v1::Plan plan;
  plan.set_window_days(180);
  plan.set_judged(9);
  plan.set_least_changes(3);
  v1::FindingClass& recurs = *plan.add_items()->mutable_recurs();
  recurs.set_id("memory");
  recurs.set_title("ownership and lifetime");
  recurs.set_changes(4);
  recurs.set_judged(9);
  recurs.set_findings(7);
  recurs.add_checks("bugprone-use-after-move");
  const std::string text = FormatPlan(plan, {});
  EXPECT_THAT(text, HasSubstr("in 4 of 9 changes, 7 findings: bugprone-use-after-move"));
  EXPECT_THAT(text, HasSubstr("the catalogue has nothing about it"));
  plan.clear_items();
  EXPECT_THAT(FormatPlan(plan, {}), HasSubstr("Nothing recurs"));
  plan.set_judged(2);
  EXPECT_THAT(FormatPlan(plan, {}), HasSubstr("Too few changes"));
}

TEST(FormatPlan, WhatWasLearntIsToldApart) {
  v1::Plan plan;
  plan.set_window_days(180);
  plan.set_judged(12);
  plan.set_least_changes(3);
  v1::TrainingOutcome& learnt = *plan.add_learnt();
  learnt.mutable_about()->set_title("ownership and lifetime");
  learnt.mutable_course()->set_title("Lifetimes");
  learnt.mutable_course()->set_provider("ours");
  learnt.mutable_completed()->set_seconds(1'700'000'000);  // 2023-11-14
  learnt.set_verdict("it came less often");
  const std::string text = FormatPlan(plan, {});
  EXPECT_THAT(text, HasSubstr("Nothing recurs any more."));
  EXPECT_THAT(text, HasSubstr("ownership and lifetime, Lifetimes (ours) on 2023-11-14: it came less often"));
  // What recurs all the same is counted since the course.
  v1::PlanItem& item = *plan.add_items();
  item.mutable_recurs()->set_changes(3);
  item.mutable_recurs()->set_judged(5);
  item.add_courses()->mutable_completed()->set_seconds(1'700'000'000);
  EXPECT_THAT(FormatPlan(plan, {}), HasSubstr("in 3 of 5 changes since 2023-11-14, 0 findings"));
}

TEST(FormatGrants, WhoActedAsSomebodyIsTold) {
  v1::ListGrantsResponse grants;
  v1::Reading& reading = *grants.add_readings();
  reading.set_action("spoke.for");
  reading.set_detail("GrowthService.GetReport");
  EXPECT_THAT(FormatGrants(grants, {}), HasSubstr("whoever has the administrator's socket or token acted as\n    you"));
  EXPECT_THAT(FormatGrants(grants, {}), HasSubstr("nobody but you"));
}

}  // namespace
}  // namespace mergegate::client
