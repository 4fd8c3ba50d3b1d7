// What analysis found in people's merged changes, by class, and how often that is.
//
//   std::vector<JudgedChange> changes = JudgedChangesOf(signals);
//   for (const RecurringClass& one : RecurringIn(changes, ann, since, until)) ...   // "memory" in 4 of 9 changes
//   RateRatio(OccurrencesOf(changes, people, "memory", before), OccurrencesOf(changes, people, "memory", after));
//
// A change is judged when a signal says so (kChangeJudged), or tells of findings that it added or avoided. Pure; the
// order of the signals does not matter. Values.
#ifndef MERGEGATE_SERVER_SCORING_GROWTH_JUDGED_CHANGES_H_
#define MERGEGATE_SERVER_SCORING_GROWTH_JUDGED_CHANGES_H_

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/signal.h"
#include "server/scoring/growth/finding_classes.h"

namespace mergegate::scoring {

// [since, until).
struct Period {
  absl::Time since = {};
  absl::Time until = {};
  bool Holds(absl::Time at) const { return since <= at && at < until; }
  absl::Duration length() const { return until - since; }
};

struct JudgedChange {
  std::string name = {};  // "projects/db/reviews/pr-7"
  Handle author = {};
  absl::Time at = {};
  double lines = 20;                      // added + removed, held between 20 and 500, so that slicing changes nothing
  std::map<std::string, int> added = {};  // check -> findings that the merge brought
};

// Oldest first, then by name.
std::vector<JudgedChange> JudgedChangesOf(std::span<const Signal> signals);

inline constexpr int kRecurs = 3;  // changes with a class of findings, from which on it recurs (ours)

struct RecurringClass {
  FindingClass what = {};
  int changes = 0;
  int judged = 0;  // of the person in the period
  int findings = 0;
  std::set<std::string> checks = {};
  std::vector<std::string> evidence = {};  // names of the changes, latest first, at most 5
};
// Classes in at least `least` of the person's changes of the period: most changes first, then most findings, then id.
std::vector<RecurringClass> RecurringIn(std::span<const JudgedChange> changes, const Handle& person,
                                        const Period& period, int least = kRecurs);

// Changes with findings of a class among those of some people in a period.
struct ClassCount {
  int changes = 0;
  int judged = 0;
  double lines = 0;  // of the judged ones
  double per_1000_lines() const { return lines > 0 ? changes * 1000 / lines : 0; }
};
ClassCount CountOf(std::span<const JudgedChange> changes, const std::set<Handle>& people, const std::string& class_id,
                   const Period& period);

// Rate after / rate before with its 90 % interval; `high` is infinite when there was none before.
struct Ratio {
  double value = 0, low = 0, high = 0;
};
// Per line. Given all k occurrences, those after are binomial(k, p) with p / (1 - p) = ratio x lines after / lines
// before; the interval of p is Clopper and Pearson's (1934). Source: Przyborowski and Wilenski 1940, the exact
// conditional comparison of two Poisson rates. nullopt without occurrences, or without lines on a side.
std::optional<Ratio> RateRatio(const ClassCount& before, const ClassCount& after);

// 5 % and 95 % bounds of the mean of a Poisson count: exact (Garwood 1936). Poisson90(0) is 0 to 3.00.
struct Bounds {
  double low = 0, high = 0;
};
Bounds Poisson90(int count);

}  // namespace mergegate::scoring

#endif  // MERGEGATE_SERVER_SCORING_GROWTH_JUDGED_CHANGES_H_
