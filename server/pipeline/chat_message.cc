#include "server/pipeline/chat_message.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "server/domain/glob.h"
#include "server/pipeline/panel.h"
#include "server/reviewers/working_time.h"

namespace mergegate::pipeline {
namespace {

absl::TimeZone ZoneOf(const std::string& name) {
  absl::TimeZone zone;
  return absl::LoadTimeZone(name, &zone) ? zone : absl::UTCTimeZone();
}

// The first moment from `now` on when the person works.
absl::Time InWorkingHours(storage::Store& store, const Handle& person, absl::Time now) {
  const absl::StatusOr<reviewers::Calendar> calendar = CalendarFor(store, person);
  if (!calendar.ok()) return now;
  const absl::Time soon = reviewers::AddWorkingTime(*calendar, now, absl::Seconds(1));
  return soon == absl::InfiniteFuture() ? now : soon - absl::Seconds(1);
}

}  // namespace

bool Hears(const ChatConfig& chat, const ProjectId& project) {
  return chat.projects.empty() || AnyGlobMatches(chat.projects, project.value());
}

storage::NewIntent MessageFor(const PublishParts& parts, const ChatConfig& chat, const ProjectId& project,
                              const std::string& change, std::string text, std::string key) {
  const absl::Time now = parts.clock.Now();
  storage::NewIntent message{
      .kind = storage::IntentKind::kMessage, .project = project, .change = change, .subject = chat.name};
  message.lane = absl::StrCat("chat:", chat.name);
  if (chat.digest.empty()) {
    if (!chat.person.empty()) message.due = InWorkingHours(parts.store, chat.person, now);
    message.text = std::move(text);
    message.key = std::move(key);
  } else {
    message.due = NextAt(now, chat.digest, ZoneOf(chat.time_zone));
    message.text = std::string(kDigest);
    message.key = absl::StrCat("digest:", chat.name, ":", absl::ToUnixSeconds(message.due));
  }
  return message;
}

absl::Time NextAt(absl::Time now, const std::string& time_of_day, const absl::TimeZone& zone) {
  int hour = 0, minute = 0;
  if (time_of_day.size() != 5 || !absl::SimpleAtoi(time_of_day.substr(0, 2), &hour) ||
      !absl::SimpleAtoi(time_of_day.substr(3), &minute)) {
    return now;
  }
  const absl::CivilDay day(absl::ToCivilDay(now, zone));
  for (const absl::CivilDay next : {day, day + 1}) {
    const absl::Time at = absl::FromCivil(absl::CivilMinute(next.year(), next.month(), next.day(), hour, minute), zone);
    if (at >= now) return at;
  }
  return now;
}

}  // namespace mergegate::pipeline
