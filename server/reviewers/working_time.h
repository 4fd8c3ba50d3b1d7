// Time as people work it: hours of the day in their zone, working days, leave.
//
//   Calendar ann{.zone = zurich};                                   // Monday to Friday, 9:00 to 17:00
//   AddWorkingTime(ann, friday_16_00, absl::Hours(2));              // Monday 10:00
//
// Pure. Values.
#ifndef MERGEGATE_SERVER_REVIEWERS_WORKING_TIME_H_
#define MERGEGATE_SERVER_REVIEWERS_WORKING_TIME_H_

#include <array>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "server/domain/review.h"

namespace mergegate::reviewers {

struct Calendar {
  absl::TimeZone zone = absl::UTCTimeZone();
  int from_minute = 9 * 60;  // after midnight
  int to_minute = 17 * 60;
  std::array<bool, 7> works = {true, true, true, true, true, false, false};  // Monday first
  std::vector<Absence> absences = {};
};

// A calendar of what somebody set; the defaults for what they did not. `zone` is that of availability.time_zone.
Calendar CalendarOf(const Availability& availability, absl::TimeZone zone);

// The moment when `time` working hours have passed since `from`; the infinite future when that is more than two years
// on. For no time at all, `from` itself.
absl::Time AddWorkingTime(const Calendar& calendar, absl::Time from, absl::Duration time);

// Working time between two moments; zero when `to` is not after `from`.
absl::Duration WorkingTimeBetween(const Calendar& calendar, absl::Time from, absl::Time to);

// The leave that covers a moment: when it ends; nullopt when there is none. Leaves that touch are one.
std::optional<absl::Time> AwayUntil(const Calendar& calendar, absl::Time now);

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_WORKING_TIME_H_
