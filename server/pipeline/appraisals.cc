#include "server/pipeline/appraisals.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "server/base/status_macros.h"
#include "server/pipeline/panel.h"
#include "server/pipeline/score_board.h"
#include "server/scoring/working_hours.h"

namespace mergegate::pipeline {
namespace {

constexpr int kPage = 1000;
// A change merged before the period counts as standing in it, and one asked about before it may be answered in it.
constexpr absl::Duration kBefore = absl::Hours(24 * 30);

const std::vector<SignalKind> kOfChanges = {
    SignalKind::kChangeOpened,    SignalKind::kChangePushed,   SignalKind::kChangeMerged,
    SignalKind::kChangeAbandoned, SignalKind::kChangeReverted, SignalKind::kReviewRequested,
    SignalKind::kReviewCommented, SignalKind::kApproved,       SignalKind::kChangesRequested,
    SignalKind::kReviewDeclined,  SignalKind::kThreadOpened,   SignalKind::kCommentAddressed,
    SignalKind::kFindingAdded,    SignalKind::kFindingAvoided, SignalKind::kChangeJudged};
const std::vector<SignalKind> kOfFindings = {SignalKind::kChangeMerged, SignalKind::kFindingAdded,
                                             SignalKind::kFindingAvoided, SignalKind::kChangeJudged};
const std::vector<SignalKind> kOfHelp = {
    SignalKind::kCommentAddressed, SignalKind::kAnswerAccepted, SignalKind::kKudos,
    SignalKind::kReviewRequested,  SignalKind::kApproved,       SignalKind::kReviewCommented,
    SignalKind::kChangesRequested, SignalKind::kThreadOpened,   SignalKind::kChangeMerged};

absl::StatusOr<Team> TeamOf(storage::Store& store, const Handle& person) {
  ASSIGN_OR_RETURN(const std::vector<Team> teams, store.ListTeams());
  for (const Team& team : teams) {
    const bool member = std::ranges::find(team.members, person) != team.members.end();
    if (member && team.members.size() >= scoring::kLeastTeam) return team;
  }
  return Team{};
}

// What only the person's own signals tell.
absl::Status ReadWords(storage::Store& store, Appraisal& appraisal) {
  ASSIGN_OR_RETURN(
      std::vector<Signal> words,
      HumanSignals(store, {.persons = {appraisal.person},
                           .kinds = {SignalKind::kFeedbackAsked, SignalKind::kFeedbackGiven, SignalKind::kKudos},
                           .since = appraisal.period.since,
                           .until = appraisal.period.until}));
  std::map<Handle, bool> asked;  // whether they answered since
  for (Signal& word : words) {
    if (word.kind == SignalKind::kFeedbackAsked && word.actor == appraisal.person) asked[word.subject] = false;
    if (word.subject != appraisal.person) continue;
    if (word.kind == SignalKind::kFeedbackGiven) {
      if (const auto question = asked.find(word.actor); question != asked.end()) question->second = true;
      appraisal.feedback.push_back(std::move(word));
    } else if (word.kind == SignalKind::kKudos) {
      appraisal.kudos.push_back(std::move(word));
    }
  }
  appraisal.unanswered = static_cast<int>(std::ranges::count_if(asked, [](const auto& one) { return !one.second; }));
  std::ranges::reverse(appraisal.feedback);
  std::ranges::reverse(appraisal.kudos);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<scoring::TakenCourse>> TakenBy(storage::Store& store, const Handle& person,
                                                          absl::Time until) {
  ASSIGN_OR_RETURN(const std::vector<Signal> signals,
                   HumanSignals(store, {.persons = {person}, .kinds = {SignalKind::kCourseCompleted}, .until = until}));
  return scoring::CoursesTakenBy(person, signals);
}

// From when on outcomes of the courses are counted.
absl::Time SinceFirst(const std::vector<scoring::TakenCourse>& taken, const scoring::Period& period) {
  absl::Time first = period.until;
  for (const scoring::TakenCourse& course : taken) first = std::min(first, course.at);
  return first - scoring::kOutcomeWindow;
}

TrainingPlan MakePlan(const std::vector<scoring::JudgedChange>& changes, const Handle& person,
                      const scoring::Period& period, const std::vector<Course>& catalogue,
                      const std::vector<scoring::TakenCourse>& taken) {
  TrainingPlan plan{.period = period, .catalogue = static_cast<int>(catalogue.size())};
  plan.judged = static_cast<int>(std::ranges::count_if(changes, [&](const scoring::JudgedChange& change) {
    return change.author == person && period.Holds(change.at);
  }));
  scoring::Plan found = scoring::PlanOf(changes, person, period, catalogue, taken);
  plan.items = std::move(found.items);
  plan.learnt = std::move(found.learnt);
  return plan;
}

}  // namespace

absl::StatusOr<std::vector<Signal>> HumanSignals(storage::Store& store, storage::SignalQuery query) {
  ASSIGN_OR_RETURN(const std::vector<Person> persons, store.ListPersons());
  std::set<Handle> bots;
  for (const Person& person : persons) {
    if (person.bot) bots.insert(person.id);
  }
  const auto is_bot = [&](const Handle& handle) {
    return bots.contains(handle) || absl::StrContains(handle.value(), "[bot]");
  };
  std::vector<Signal> signals;
  RETURN_IF_ERROR(store.ScanSignals(query, [&](Signal signal) {
    if (!is_bot(signal.actor) && !is_bot(signal.subject)) signals.push_back(std::move(signal));
  }));
  return signals;
}

absl::StatusOr<std::vector<Course>> CatalogueOf(storage::Store& store) {
  std::vector<Course> courses;
  std::string token;
  do {
    ASSIGN_OR_RETURN(storage::Page<Course> page, store.ListCourses(kPage, token));
    for (Course& course : page.items) courses.push_back(std::move(course));
    token = page.next_token;
  } while (!token.empty());
  return courses;
}

absl::StatusOr<TrainingPlan> TrainingPlanOf(const PipelineParts& parts, const Handle& person,
                                            const scoring::Period& period) {
  ASSIGN_OR_RETURN(const std::vector<Course> catalogue, CatalogueOf(parts.store));
  ASSIGN_OR_RETURN(const auto taken, TakenBy(parts.store, person, period.until));
  ASSIGN_OR_RETURN(const std::vector<Signal> signals,
                   HumanSignals(parts.store, {.persons = {person},
                                              .kinds = kOfFindings,
                                              .since = std::min(period.since, SinceFirst(taken, period)),
                                              .until = period.until}));
  return MakePlan(scoring::JudgedChangesOf(signals), person, period, catalogue, taken);
}

absl::StatusOr<Appraisal> AppraisalOf(const PipelineParts& parts, const Handle& person, const scoring::Period& period) {
  Appraisal appraisal{.person = person, .period = period};
  ASSIGN_OR_RETURN(const Team team, TeamOf(parts.store, person));
  appraisal.team = team.id;
  appraisal.team_size = static_cast<int>(team.members.size());
  const std::set<Handle> members(team.members.begin(), team.members.end());

  std::map<scoring::PersonKey, reviewers::Calendar> calendars;
  std::set<Handle> everybody = members;
  everybody.insert(person);
  for (const Handle& one : everybody) {
    ASSIGN_OR_RETURN(calendars[scoring::KeyOf(one)], CalendarFor(parts.store, one));
  }
  const scoring::WorkingHours hours = [&](int64_t from, int64_t to, scoring::PersonKey who) {
    const auto calendar = calendars.find(who);
    if (calendar == calendars.end()) return scoring::UsualHours(from, to);
    return absl::ToDoubleHours(
        reviewers::WorkingTimeBetween(calendar->second, absl::FromUnixSeconds(from), absl::FromUnixSeconds(to)));
  };
  ASSIGN_OR_RETURN(const std::vector<Signal> of_changes,
                   HumanSignals(parts.store, {.persons = {everybody.begin(), everybody.end()},
                                              .whole_objects = true,
                                              .kinds = kOfChanges,
                                              .since = period.since - period.length() - kBefore,
                                              .until = period.until}));
  appraisal.figures = scoring::FiguresOf(scoring::WorkOf(of_changes), person, members, period, hours);

  ASSIGN_OR_RETURN(const std::vector<Course> catalogue, CatalogueOf(parts.store));
  ASSIGN_OR_RETURN(const auto taken, TakenBy(parts.store, person, period.until));
  ASSIGN_OR_RETURN(const std::vector<Signal> findings,
                   HumanSignals(parts.store, {.persons = {everybody.begin(), everybody.end()},
                                              .kinds = kOfFindings,
                                              .since = std::min(period.since, SinceFirst(taken, period)),
                                              .until = period.until}));
  const std::vector<scoring::JudgedChange> judged = scoring::JudgedChangesOf(findings);
  appraisal.plan = MakePlan(judged, person, period, catalogue, taken);
  appraisal.outcomes = scoring::OutcomesOf(judged, person, members, catalogue, taken, period.until);
  appraisal.advice = scoring::AdviceOf(appraisal.figures, appraisal.plan.items);
  RETURN_IF_ERROR(ReadWords(parts.store, appraisal));
  if (parts.scores != nullptr) {
    const scoring::Scope scope{scoring::ScopeKind::kPerson, person.value()};
    ASSIGN_OR_RETURN(appraisal.score, parts.scores->Of(scope, period.until, {}));
    ASSIGN_OR_RETURN(appraisal.before, parts.scores->Of(scope, period.since, {}));
  }
  return appraisal;
}

absl::StatusOr<std::vector<scoring::HelpOccasion>> HelpOf(storage::Store& store, absl::Time now,
                                                          const scoring::RecognitionRules& rules) {
  // A learner's first steps may lie a window before they review alone.
  ASSIGN_OR_RETURN(const std::vector<Signal> signals,
                   HumanSignals(store, {.kinds = kOfHelp, .since = now - 2 * rules.window}));
  return scoring::HelpIn(signals);
}

}  // namespace mergegate::pipeline
