#include "server/rpc/growth_view.h"

#include <cmath>

#include "server/wire/growth_convert.h"
#include "server/wire/review_convert.h"
#include "server/wire/score_convert.h"

namespace mergegate::rpc {
namespace {

v1::FigureValue ViewOf(const scoring::FigureValue& value) {
  v1::FigureValue proto;
  proto.set_value(value.value);
  proto.set_low(value.low);
  proto.set_high(value.high);
  proto.set_n(value.n);
  return proto;
}

v1::Figure ViewOf(const scoring::Figure& figure) {
  v1::Figure proto;
  proto.set_name(figure.name);
  proto.set_question(figure.question);
  proto.set_unit(static_cast<v1::FigureUnit>(figure.unit));
  proto.set_better(static_cast<v1::FigureDirection>(figure.better));
  proto.set_missing(figure.missing);
  if (figure.own) *proto.mutable_own() = ViewOf(*figure.own);
  if (figure.earlier) *proto.mutable_earlier() = ViewOf(*figure.earlier);
  if (figure.team) *proto.mutable_team() = ViewOf(*figure.team);
  proto.set_reason(figure.reason);
  for (const std::string& name : figure.evidence) proto.add_evidence(name);
  return proto;
}

v1::FindingClass ViewOf(const scoring::RecurringClass& recurs) {
  v1::FindingClass proto;
  proto.set_id(recurs.what.id);
  proto.set_title(recurs.what.title);
  proto.set_changes(recurs.changes);
  proto.set_judged(recurs.judged);
  proto.set_findings(recurs.findings);
  for (const std::string& check : recurs.checks) proto.add_checks(check);
  for (const std::string& name : recurs.evidence) proto.add_evidence(name);
  return proto;
}

v1::RatioValue ViewOf(const scoring::Ratio& ratio) {
  v1::RatioValue proto;
  proto.set_value(ratio.value);
  proto.set_low(ratio.low);
  proto.set_high(ratio.high);
  return proto;
}

v1::Occurrences ViewOf(const scoring::ClassCount& count) {
  v1::Occurrences proto;
  proto.set_changes(count.changes);
  proto.set_judged(count.judged);
  proto.set_lines(count.lines);
  proto.set_per_1000_lines(count.per_1000_lines());
  return proto;
}

v1::TrainingOutcome ViewOf(const scoring::CourseOutcome& outcome) {
  v1::TrainingOutcome proto;
  *proto.mutable_course() = wire::ToProto(outcome.course);
  *proto.mutable_completed() = wire::ToTimestamp(outcome.completed);
  *proto.mutable_about() = ViewOf(outcome.about);
  *proto.mutable_before() = ViewOf(outcome.before);
  *proto.mutable_after() = ViewOf(outcome.after);
  if (outcome.ratio) *proto.mutable_ratio() = ViewOf(*outcome.ratio);
  if (outcome.others) *proto.mutable_others() = ViewOf(*outcome.others);
  proto.set_verdict(outcome.verdict);
  return proto;
}

v1::Score ScoreOf(const CompositeScore& score, const Handle& person) {
  v1::Score proto = wire::ToProto(score);
  proto.set_name("people/" + person.value());
  return proto;
}

}  // namespace

v1::Plan ViewOf(const pipeline::TrainingPlan& plan) {
  v1::Plan proto;
  proto.set_window_days(static_cast<int>(std::lround(absl::FDivDuration(plan.period.length(), absl::Hours(24)))));
  proto.set_judged(plan.judged);
  proto.set_least_changes(scoring::kRecurs);
  proto.set_catalogue(plan.catalogue);
  for (const scoring::PlanItem& item : plan.items) {
    v1::PlanItem& shown = *proto.add_items();
    *shown.mutable_recurs() = ViewOf(item.recurs);
    for (const scoring::ProposedCourse& proposed : item.courses) {
      v1::ProposedCourse& course = *shown.add_courses();
      *course.mutable_course() = wire::ToProto(proposed.course);
      course.set_reason(proposed.reason);
      if (proposed.completed) *course.mutable_completed() = wire::ToTimestamp(*proposed.completed);
    }
  }
  for (const scoring::CourseOutcome& outcome : plan.learnt) *proto.add_learnt() = ViewOf(outcome);
  return proto;
}

v1::Report ViewOf(const pipeline::Appraisal& appraisal) {
  v1::Report proto;
  proto.set_person(appraisal.person.value());
  *proto.mutable_since() = wire::ToTimestamp(appraisal.period.since);
  *proto.mutable_until() = wire::ToTimestamp(appraisal.period.until);
  proto.set_team(appraisal.team.value());
  proto.set_team_size(appraisal.team_size);
  for (const scoring::Figure& figure : appraisal.figures) *proto.add_figures() = ViewOf(figure);
  if (appraisal.score) *proto.mutable_score() = ScoreOf(*appraisal.score, appraisal.person);
  if (appraisal.before) *proto.mutable_score_before() = ScoreOf(*appraisal.before, appraisal.person);
  for (const scoring::Strength& strength : appraisal.advice.strengths) {
    v1::Strength& shown = *proto.add_strengths();
    shown.set_figure(strength.figure);
    shown.set_text(strength.text);
    for (const std::string& evidence : strength.evidence) shown.add_evidence(evidence);
  }
  for (const scoring::Suggestion& suggestion : appraisal.advice.suggestions) {
    v1::Suggestion& shown = *proto.add_suggestions();
    shown.set_title(suggestion.title);
    shown.set_text(suggestion.text);
    for (const std::string& evidence : suggestion.evidence) shown.add_evidence(evidence);
    for (const Course& course : suggestion.courses) *shown.add_courses() = wire::ToProto(course);
  }
  proto.set_fewer_suggestions(appraisal.advice.fewer);
  *proto.mutable_plan() = ViewOf(appraisal.plan);
  for (const scoring::CourseOutcome& outcome : appraisal.outcomes) *proto.add_outcomes() = ViewOf(outcome);
  for (const Signal& signal : appraisal.feedback) *proto.add_feedback() = wire::FeedbackOf(signal);
  proto.set_unanswered(appraisal.unanswered);
  for (const Signal& signal : appraisal.kudos) *proto.add_kudos() = wire::FeedbackOf(signal);
  return proto;
}

}  // namespace mergegate::rpc
