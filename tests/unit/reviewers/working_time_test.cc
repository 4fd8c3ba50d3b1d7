#include "server/reviewers/working_time.h"

#include <gtest/gtest.h>

#include "tests/support/review_builder.h"

namespace mergegate::reviewers {
namespace {

using ::mergegate::testing::Hour;

absl::Time Utc(int day, int hour, int minute = 0) {
  return absl::FromCivil(absl::CivilMinute(2026, 11, day, hour, minute), absl::UTCTimeZone());
}

TEST(WorkingTimeTest, RunsFromNineToFiveOnWorkingDays) {
  const Calendar calendar;
  EXPECT_EQ(AddWorkingTime(calendar, Utc(23, 9), absl::Hours(8)), Utc(23, 17));
  EXPECT_EQ(AddWorkingTime(calendar, Utc(23, 12), absl::Hours(8)), Utc(24, 12));
  EXPECT_EQ(AddWorkingTime(calendar, Utc(27, 16), absl::Hours(2)), Utc(30, 10)) << "over the weekend";
  EXPECT_EQ(AddWorkingTime(calendar, Utc(28, 3), absl::Minutes(1)), Utc(30, 9, 1)) << "from a Saturday";
  EXPECT_EQ(AddWorkingTime(calendar, Utc(28, 3), absl::ZeroDuration()), Utc(28, 3));
}

TEST(WorkingTimeTest, LeaveDoesNotCount) {
  Calendar calendar;
  calendar.absences = {{Utc(24, 0), Utc(26, 0), ""}, {Utc(26, 10), Utc(26, 11), "dentist"}};
  EXPECT_EQ(AddWorkingTime(calendar, Utc(23, 16), absl::Hours(4)), Utc(26, 13));
  EXPECT_EQ(WorkingTimeBetween(calendar, Utc(23, 16), Utc(26, 13)), absl::Hours(4));
}

TEST(WorkingTimeTest, ZonesAndDaysAreThePersonsOwn) {
  const Calendar tokyo =
      CalendarOf({.from_minute = 600, .to_minute = 720, .days = {6, 7}}, absl::FixedTimeZone(9 * 3600));
  // Saturday 10:00 to 12:00 in Tokyo is 1:00 to 3:00 UTC.
  EXPECT_EQ(AddWorkingTime(tokyo, Utc(23, 9), absl::Hours(1)), Utc(28, 2));
  EXPECT_EQ(AddWorkingTime(tokyo, Utc(23, 9), absl::Hours(3)), Utc(29, 2));
}

TEST(WorkingTimeTest, NobodyWhoNeverWorksAnswers) {
  Calendar calendar;
  calendar.works = {};
  EXPECT_EQ(AddWorkingTime(calendar, Utc(23, 9), absl::Hours(1)), absl::InfiniteFuture());
}

TEST(WorkingTimeTest, BetweenIsZeroBackwards) {
  EXPECT_EQ(WorkingTimeBetween({}, Utc(24, 9), Utc(23, 9)), absl::ZeroDuration());
  EXPECT_EQ(WorkingTimeBetween({}, Utc(23, 0), Utc(30, 0)), absl::Hours(40));
}

TEST(WorkingTimeTest, LeavesThatTouchAreOne) {
  Calendar calendar;
  calendar.absences = {{Utc(23, 0), Utc(25, 0), ""}, {Utc(25, 0), Utc(26, 0), ""}};
  EXPECT_EQ(AwayUntil(calendar, Utc(24, 12)), Utc(26, 0));
  EXPECT_EQ(AwayUntil(calendar, Utc(26, 0)), std::nullopt);
}

}  // namespace
}  // namespace mergegate::reviewers
