#include "server/scoring/growth/training_plan.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "server/domain/glob.h"
#include "server/scoring/estimate.h"

namespace mergegate::scoring {
namespace {

std::set<std::string> Fitting(const Course& course, const std::set<std::string>& checks) {
  std::set<std::string> fitting;
  for (const std::string& check : checks) {
    if (AnyGlobMatches(course.checks, check)) fitting.insert(check);
  }
  return fitting;
}

const std::string* FittingTopic(const Course& course, const FindingClass& what) {
  const auto topic = std::ranges::find_if(course.topics, [&](const std::string& one) { return MeansClass(one, what); });
  return topic == course.topics.end() ? nullptr : &*topic;
}

std::optional<absl::Time> Completed(const Course& course, std::span<const TakenCourse> taken) {
  std::optional<absl::Time> at;
  for (const TakenCourse& one : taken) {
    if (Names(one.name, course) && (!at || one.at > *at)) at = one.at;
  }
  return at;
}

// Courses that fit: not completed first, then most checks that fit, then by provider and id.
std::vector<ProposedCourse> CoursesFor(const RecurringClass& recurs, std::span<const Course> catalogue,
                                       std::span<const TakenCourse> taken) {
  struct Fit {
    ProposedCourse proposed;
    size_t checks = 0;
  };
  std::vector<Fit> fits;
  for (const Course& course : catalogue) {
    const std::set<std::string> checks = Fitting(course, recurs.checks);
    const std::string* topic = FittingTopic(course, recurs.what);
    if (checks.empty() && topic == nullptr) continue;
    std::string reason = checks.empty() ? absl::StrCat("its topic \"", *topic, "\"")
                                        : absl::StrCat("it is about ", absl::StrJoin(checks, ", "));
    fits.push_back({{course, std::move(reason), Completed(course, taken)}, checks.size()});
  }
  std::ranges::sort(fits, {}, [](const Fit& fit) {
    return std::tuple(fit.proposed.completed.has_value(), -static_cast<int>(fit.checks), fit.proposed.course.provider,
                      fit.proposed.course.id);
  });
  std::vector<ProposedCourse> courses;
  for (Fit& fit : fits) courses.push_back(std::move(fit.proposed));
  return courses;
}

std::string Rate(double value) { return std::isinf(value) ? "without bound" : absl::StrFormat("%.2f", value); }

std::string VerdictOf(const CourseOutcome& outcome) {
  if (!outcome.ratio) return "no analyzed change since: nothing can be said yet";
  const Ratio& ratio = *outcome.ratio;
  std::string text = absl::StrCat(Decimal(outcome.before.per_1000_lines()), " changes with it per 1000 lines before (",
                                  outcome.before.changes, " of ", outcome.before.judged, "), ",
                                  Decimal(outcome.after.per_1000_lines()), " after (", outcome.after.changes, " of ",
                                  outcome.after.judged, "): x", Rate(ratio.value), ", 90 %: ", Rate(ratio.low), " to ",
                                  Rate(ratio.high), "; ");
  absl::StrAppend(&text, ratio.high < 1  ? "it came less often"
                         : ratio.low > 1 ? "it came more often"
                                         : "too little to tell");
  if (outcome.others) {
    absl::StrAppend(&text, "; the rest of the team at the same time x", Rate(outcome.others->value), " (",
                    Rate(outcome.others->low), " to ", Rate(outcome.others->high), ")");
  }
  return text;
}

}  // namespace

std::vector<TakenCourse> CoursesTakenBy(const Handle& person, std::span<const Signal> signals) {
  std::map<std::string, absl::Time> last;
  for (const Signal& signal : signals) {
    if (signal.kind != SignalKind::kCourseCompleted || signal.actor != person) continue;
    const auto [known, added] = last.emplace(signal.object, signal.at);
    if (!added) known->second = std::max(known->second, signal.at);
  }
  std::vector<TakenCourse> taken;
  for (const auto& [name, at] : last) taken.push_back({name, at});
  return taken;
}

bool Names(std::string_view object, const Course& course) {
  const std::string name(object);
  return absl::EqualsIgnoreCase(name, course.id) || absl::EqualsIgnoreCase(name, course.title) ||
         absl::EqualsIgnoreCase(name, absl::StrCat(course.provider, "/", course.id));
}

std::vector<CourseOutcome> OutcomesOf(std::span<const JudgedChange> changes, const Handle& person,
                                      const std::set<Handle>& team, std::span<const Course> catalogue,
                                      std::span<const TakenCourse> taken, absl::Time now) {
  std::set<Handle> others = team;
  others.erase(person);
  std::vector<CourseOutcome> outcomes;
  for (const Course& course : catalogue) {
    const std::optional<absl::Time> completed = Completed(course, taken);
    if (!completed || *completed > now) continue;
    const Period before{*completed - kOutcomeWindow, *completed};
    const Period after{*completed, std::min(now, *completed + kOutcomeWindow)};
    for (const RecurringClass& about : RecurringIn(changes, person, {before.since, after.until}, 1)) {
      if (Fitting(course, about.checks).empty() && FittingTopic(course, about.what) == nullptr) continue;
      CourseOutcome outcome{.course = course, .completed = *completed, .about = about};
      outcome.before = CountOf(changes, {person}, about.what.id, before);
      outcome.after = CountOf(changes, {person}, about.what.id, after);
      if (outcome.before.changes == 0) continue;  // it was not why the course was taken
      outcome.ratio = RateRatio(outcome.before, outcome.after);
      if (team.size() >= kLeastTeam) {
        outcome.others =
            RateRatio(CountOf(changes, others, about.what.id, before), CountOf(changes, others, about.what.id, after));
      }
      outcome.verdict = VerdictOf(outcome);
      outcomes.push_back(std::move(outcome));
    }
  }
  return outcomes;
}

Plan PlanOf(std::span<const JudgedChange> changes, const Handle& person, const Period& period,
            std::span<const Course> catalogue, std::span<const TakenCourse> taken) {
  Plan plan;
  std::vector<CourseOutcome> outcomes = OutcomesOf(changes, person, {}, catalogue, taken, period.until);
  for (RecurringClass& one : RecurringIn(changes, person, period)) {
    PlanItem item{.courses = CoursesFor(one, catalogue, taken)};
    absl::Time since = period.since;
    for (const ProposedCourse& course : item.courses) since = std::max(since, course.completed.value_or(since));
    if (since > period.since) {
      std::vector<RecurringClass> now = RecurringIn(changes, person, {since, period.until});
      const auto still = std::ranges::find(now, one.what.id, [](const RecurringClass& other) { return other.what.id; });
      if (still == now.end()) {
        for (CourseOutcome& outcome : outcomes) {
          const bool last = outcome.about.what.id == one.what.id && outcome.completed == since;
          if (last) plan.learnt.push_back(std::move(outcome));
        }
        continue;
      }
      one = std::move(*still);
      item.since = since;
    }
    item.recurs = std::move(one);
    plan.items.push_back(std::move(item));
  }
  return plan;
}

}  // namespace mergegate::scoring
