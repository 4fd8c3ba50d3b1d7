// value = min(1, 8 / median working hours from opening a change to the first answer of a human who is not its author).
//
// Window 90 days, 5 changes at least; exact order-statistics interval. Eight working hours, one day, is what reviewers
// are asked to keep (ours; LinearB calls 6 hours elite and 13 strong, over 847 000 branches). Who answers sooner earns
// nothing more, so that nobody is hurried; a median, so that one forgotten change does not decide.
//
// A change that still waits counts with the hours so far once they exceed the target, one that was given up unanswered
// with the hours until then. A review that only the merge tells of (a trailer) has no time and is not here either. A
// merged change without a review is not here: `reviewed` counts it. Missing: no change with a known opening was
// answered.
#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/samples.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

constexpr double kTargetHours = 8;
enum Tag : uint32_t { kWaiting = 0, kAnswered = 1, kGivenUp = 2 };

void Observe(const Life& life, const Surroundings& world, const Emit& emit) {
  if (life.family != Family::kChange || !life.change->opened) return;
  const ChangeLife& change = *life.change;
  const int64_t opened = *change.opened;
  Observation seen{.at = opened, .id = life.id, .who = change.first_reviewer, .whom = change.author, .tag = kWaiting};
  if (change.first_answer) {
    if (!change.answer_has_time()) return;
    seen.at = std::max(opened, *change.first_answer);
    seen.tag = kAnswered;
    seen.value = world.hours(opened, seen.at, change.first_reviewer);
  } else if (change.merged) {
    return;
  } else if (change.abandoned) {
    seen.at = std::max(opened, *change.abandoned);
    seen.tag = kGivenUp;
    seen.value = world.hours(opened, seen.at, 0);
  }
  emit({change.author}, seen);
}

Estimate Estimated(const Sample& sample) {
  std::vector<double> hours;
  std::vector<std::pair<double, uint64_t>> slow;
  int waiting = 0;
  for (const Observation& seen : sample.seen) {
    const double value = seen.tag == kWaiting ? sample.hours(seen.at, sample.as_of, 0) : seen.value;
    if (seen.tag == kWaiting && value <= kTargetHours) continue;
    waiting += seen.tag == kWaiting;
    hours.push_back(value);
    slow.emplace_back(-value, seen.id);
  }
  if (hours.empty()) return Missing("no opened change was answered");
  const int n = static_cast<int>(hours.size());
  const Interval median = Median(std::move(hours));
  return Found(Through(median, [](double t) { return t <= kTargetHours ? 1 : kTargetHours / t; }), n,
               absl::StrCat("median ", Decimal(median.value), " working hours to the first answer (",
                            Decimal(median.low), " to ", Decimal(median.high), ") over ", Counted(n, "change"),
                            waiting > 0 ? absl::StrCat(", ", waiting, " of them still waiting") : "", "; full up to ",
                            kTargetHours),
               Worst(slow));
}

}  // namespace

SubIndexRow FirstReview() {
  return {.metric = MetricKind::kCollaboration,
          .name = "first_review",
          .question = "how long authors wait for a first answer",
          .weight = 25,
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
