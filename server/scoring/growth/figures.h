// Numbers about a person's own work in a period, each with n and a 90 % interval, beside the same of the period before
// and of their team.
//
//   std::vector<WorkOfChange> work = WorkOf(signals);
//   std::vector<Figure> figures = FiguresOf(work, ann, team, period, hours);
//
// Nothing here knows a second person by name: a team is pooled, and takes five people. Pure; the order of the signals
// does not matter. Values.
#ifndef MERGEGATE_SERVER_SCORING_GROWTH_FIGURES_H_
#define MERGEGATE_SERVER_SCORING_GROWTH_FIGURES_H_

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/signal.h"
#include "server/scoring/growth/judged_changes.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {

// What happened in one change, by who did it.
struct WorkOfChange {
  std::string name = {};  // "projects/db/reviews/pr-7"
  Handle author = {};
  std::optional<absl::Time> merged = {}, closed = {}, reverted = {};
  std::map<Handle, absl::Time> asked = {}, declined = {}, answered = {}, commented = {}, addressed = {};  // when first
  std::optional<int> findings = {};  // that the merge brought; nullopt: not judged
  absl::Time judged_at = {};
};
// By name of the change. Signals of people's ids; bots are left out before.
std::vector<WorkOfChange> WorkOf(std::span<const Signal> signals);

// Values equal those of the proto enums.
enum class FigureUnit { kUnspecified = 0, kShare = 1, kHours = 2, kPer30Days = 3 };
enum class Better { kUnspecified = 0, kHigher = 1, kLower = 2, kNeither = 3 };

struct FigureValue {
  double value = 0, low = 0, high = 0;
  int n = 0;
  bool operator==(const FigureValue&) const = default;
};

struct Figure {
  std::string name = {};
  std::string question = {};
  FigureUnit unit = FigureUnit::kUnspecified;
  Better better = Better::kUnspecified;
  std::string missing = {};  // why there is no value of the person's own; empty when there is one
  std::optional<FigureValue> own = {};
  std::optional<FigureValue> earlier = {};  // of the period as long just before
  std::optional<FigureValue> team = {};     // pooled over all members, the person too; see FiguresOf
  std::string reason = {};
  std::vector<std::string> evidence = {};  // names of changes, worst first, at most 3
};

// In this order, with 5 observations at least but for the two that are counts:
//   first_answer  median working hours from being asked for a review to the own first answer, lower is better; exact
//                 order-statistics interval. Who still waits counts once 8 hours are over; declining does not count.
//   led_to_change share of closed changes commented on in which a comment of the person led to a change; Wilson's
//                 interval. Missing where nothing ever tells which comments did.
//   survived      share of merged changes that stood for 14 days; Wilson's interval.
//   clean         share of merged and analyzed changes that brought no finding; Wilson's interval.
//   reviews       changes of others answered, in 30 days; Garwood's interval. Neither way is better.
//   merged        own changes merged, in 30 days; Garwood's interval. Neither way is better: slices are no work.
// `hours` is called with KeyOf(person). A team's value takes five members, and three besides the person who have
// anything in it: of fewer it would tell about them.
std::vector<Figure> FiguresOf(std::span<const WorkOfChange> work, const Handle& person, const std::set<Handle>& team,
                              const Period& period, const WorkingHours& hours);

// Whether the person's interval lies on the better (or worse) side of a value with 5 observations or more.
bool BetterThan(const Figure& figure, const std::optional<FigureValue>& other);
bool WorseThan(const Figure& figure, const std::optional<FigureValue>& other);

// "4.0 h", "71 %", "3.2 in 30 days".
std::string Shown(FigureUnit unit, double value);

}  // namespace mergegate::scoring

#endif  // MERGEGATE_SERVER_SCORING_GROWTH_FIGURES_H_
