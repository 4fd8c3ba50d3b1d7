#include "server/reviewers/working_time.h"

#include <algorithm>
#include <utility>

namespace mergegate::reviewers {
namespace {

constexpr int kMostDays = 731;

using Span = std::pair<absl::Time, absl::Time>;

// What is left of a span outside of an absence.
std::vector<Span> Without(const std::vector<Span>& spans, const Absence& absence) {
  std::vector<Span> left;
  for (const auto& [from, to] : spans) {
    if (from < std::min(to, absence.from)) left.emplace_back(from, std::min(to, absence.from));
    if (std::max(from, absence.until) < to) left.emplace_back(std::max(from, absence.until), to);
  }
  return left;
}

// The working spans of a day, ascending.
std::vector<Span> SpansOf(const Calendar& calendar, absl::CivilDay day) {
  if (!calendar.works[static_cast<size_t>(absl::GetWeekday(day))]) return {};
  const absl::CivilMinute midnight(day);
  std::vector<Span> spans = {{absl::FromCivil(midnight + calendar.from_minute, calendar.zone),
                              absl::FromCivil(midnight + calendar.to_minute, calendar.zone)}};
  for (const Absence& absence : calendar.absences) {
    if (absence.from < absence.until) spans = Without(spans, absence);
  }
  return spans;
}

}  // namespace

Calendar CalendarOf(const Availability& availability, absl::TimeZone zone) {
  Calendar calendar{.zone = zone, .absences = availability.absences};
  if (availability.to_minute > availability.from_minute) {
    calendar.from_minute = availability.from_minute;
    calendar.to_minute = availability.to_minute;
  }
  if (!availability.days.empty()) {
    calendar.works = {};
    for (const int day : availability.days) {
      if (day >= 1 && day <= 7) calendar.works[static_cast<size_t>(day - 1)] = true;
    }
  }
  return calendar;
}

absl::Time AddWorkingTime(const Calendar& calendar, absl::Time from, absl::Duration time) {
  if (time <= absl::ZeroDuration()) return from;
  absl::CivilDay day = absl::ToCivilDay(from, calendar.zone);
  for (int days = 0; days < kMostDays; ++days, ++day) {
    for (const auto& [begin, end] : SpansOf(calendar, day)) {
      const absl::Duration there = end - std::max(begin, from);
      if (there <= absl::ZeroDuration()) continue;
      if (there >= time) return std::max(begin, from) + time;
      time -= there;
    }
  }
  return absl::InfiniteFuture();
}

absl::Duration WorkingTimeBetween(const Calendar& calendar, absl::Time from, absl::Time to) {
  absl::Duration sum;
  absl::CivilDay day = absl::ToCivilDay(from, calendar.zone);
  for (int days = 0; days < kMostDays; ++days, ++day) {
    if (absl::FromCivil(day, calendar.zone) >= to) break;
    for (const auto& [begin, end] : SpansOf(calendar, day)) {
      sum += std::max(std::min(end, to) - std::max(begin, from), absl::ZeroDuration());
    }
  }
  return sum;
}

std::optional<absl::Time> AwayUntil(const Calendar& calendar, absl::Time now) {
  std::optional<absl::Time> until;
  for (bool grown = true; grown;) {
    grown = false;
    for (const Absence& absence : calendar.absences) {
      const absl::Time at = until.value_or(now);
      if (absence.from <= at && at < absence.until) {
        until = absence.until;
        grown = true;
      }
    }
  }
  return until;
}

}  // namespace mergegate::reviewers
