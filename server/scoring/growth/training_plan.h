// A training plan: classes of findings that recur in a person's changes, and the courses that are about them; and
// later, whether a course helped.
//
//   Plan plan = PlanOf(changes, ann, period, catalogue, taken);
//   std::vector<CourseOutcome> outcomes = OutcomesOf(changes, ann, team, catalogue, taken, now);
//
// Pure. Values.
#ifndef MERGEGATE_SERVER_SCORING_GROWTH_TRAINING_PLAN_H_
#define MERGEGATE_SERVER_SCORING_GROWTH_TRAINING_PLAN_H_

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/growth.h"
#include "server/domain/signal.h"
#include "server/scoring/growth/judged_changes.h"

namespace mergegate::scoring {

// A course that somebody completed, as a signal names it.
struct TakenCourse {
  std::string name = {};
  absl::Time at = {};  // the last time
};
std::vector<TakenCourse> CoursesTakenBy(const Handle& person, std::span<const Signal> signals);

// Whether a signal's object means the course: its id, its title (in any case), or "provider/id".
bool Names(std::string_view object, const Course& course);

struct ProposedCourse {
  Course course = {};
  std::string reason = {};  // what fits
  std::optional<absl::Time> completed = {};
};
struct PlanItem {
  std::optional<absl::Time> since = {};      // when such a course was completed, if in the period
  RecurringClass recurs = {};                // in the period, or since a course about it was completed
  std::vector<ProposedCourse> courses = {};  // not completed first, then most checks that fit, then by provider and id
};
inline constexpr absl::Duration kOutcomeWindow = absl::Hours(24 * 180);
inline constexpr size_t kLeastTeam = 5;

// How often a class that a course is about came before and after it was completed.
struct CourseOutcome {
  Course course = {};
  absl::Time completed = {};
  RecurringClass about = {};         // before and after together
  ClassCount before = {};            // in kOutcomeWindow
  ClassCount after = {};             // in at most kOutcomeWindow
  std::optional<Ratio> ratio = {};   // see RateRatio
  std::optional<Ratio> others = {};  // of the rest of the team over the same two times; none in a team under five
  std::string verdict = {};          // one sentence
};
// Of every completed course of the catalogue and every class it fits that came before it at least once. `team`: all
// its members, the person too; empty without one.
std::vector<CourseOutcome> OutcomesOf(std::span<const JudgedChange> changes, const Handle& person,
                                      const std::set<Handle>& team, std::span<const Course> catalogue,
                                      std::span<const TakenCourse> taken, absl::Time now);

struct Plan {
  std::vector<PlanItem> items = {};        // as RecurringIn orders them
  std::vector<CourseOutcome> learnt = {};  // of classes that recurred in the period, but not since a course about them
};
// A course fits a class by a glob that matches a check that was found, or by a topic (MeansClass). Once a course that
// fits is completed, only what came since counts as recurring: what was before is why it was taken. `changes` reach
// kOutcomeWindow back beyond the first of the courses.
Plan PlanOf(std::span<const JudgedChange> changes, const Handle& person, const Period& period,
            std::span<const Course> catalogue, std::span<const TakenCourse> taken);

}  // namespace mergegate::scoring

#endif  // MERGEGATE_SERVER_SCORING_GROWTH_TRAINING_PLAN_H_
