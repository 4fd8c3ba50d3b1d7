// value = min(1, 40 / median working hours from taking a task to finishing it).
//
// Window 90 days, 5 tasks at least; exact order-statistics interval. 40 working hours, a week, are ours. Tasks that are
// not finished do not count. Missing: no tracker told of a finished task.
#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/samples.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

constexpr double kTargetHours = 40;

void Observe(const Life& life, const Surroundings& world, const Emit& emit) {
  if (life.family != Family::kTask) return;
  const Event* taken = nullptr;
  for (const Event& event : life.events) {
    if (event.kind == SignalKind::kTaskTaken && taken == nullptr) taken = &event;
    if (event.kind != SignalKind::kTaskDone || taken == nullptr) continue;
    emit({event.actor},
         {.at = event.at, .id = life.id, .who = event.actor, .value = world.hours(taken->at, event.at, event.actor)});
    return;
  }
}

Estimate Estimated(const Sample& sample) {
  std::vector<double> hours;
  std::vector<std::pair<double, uint64_t>> slow;
  for (const Observation& seen : sample.seen) {
    hours.push_back(seen.value);
    slow.emplace_back(-seen.value, seen.id);
  }
  if (hours.empty()) return Missing("no finished task is known");
  const int n = static_cast<int>(hours.size());
  const Interval median = Median(std::move(hours));
  return Found(Through(median, [](double t) { return t <= kTargetHours ? 1 : kTargetHours / t; }), n,
               absl::StrCat("median ", Decimal(median.value), " working hours a task (", Decimal(median.low), " to ",
                            Decimal(median.high), ") over ", Counted(n, "task"), "; full up to ", kTargetHours),
               Worst(slow));
}

}  // namespace

SubIndexRow TaskTime() {
  return {.metric = MetricKind::kCollaboration,
          .name = "task_time",
          .question = "how long tasks take",
          .weight = 10,
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
