#include "client/cli/commands/away.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "client/cli/exit_code.h"
#include "client/cli/format/escape.h"
#include "client/cli/format/json.h"
#include "client/cli/format/review_json.h"
#include "client/cli/format/reviews.h"
#include "client/cli/session.h"

namespace mergegate::client {
namespace {

using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

struct AwayOptions {
  ConnectionFlags connection;
  std::string from, until, reason, hours, zone, person;
  std::vector<std::string> days;
  std::string format = "text";
  bool back = false;
};

// A day or a moment, UTC: "2026-12-01", "2026-12-01T14:00".
absl::StatusOr<Timestamp> ParseTime(const std::string& text) {
  Timestamp time;
  const std::string whole = text.size() == 10 ? text + "T00:00:00Z" : text.size() == 16 ? text + ":00Z" : text;
  if (TimeUtil::FromString(whole, &time)) return time;
  return absl::InvalidArgumentError(
      fmt::format("\"{}\" is no time: write 2026-12-01, or 2026-12-01T14:00 (UTC)", EscapeControl(text)));
}

// "9:00-17:30".
absl::Status ParseHours(const std::string& text, v1::Availability& to) {
  int from_hour = 0, from_minute = 0, to_hour = 0, to_minute = 0, end = 0;
  if (std::sscanf(text.c_str(), "%2d:%2d-%2d:%2d%n", &from_hour, &from_minute, &to_hour, &to_minute, &end) != 4 ||
      static_cast<size_t>(end) != text.size()) {
    return absl::InvalidArgumentError(fmt::format("\"{}\" are no hours: write 9:00-17:30", EscapeControl(text)));
  }
  to.set_from_minute(from_hour * 60 + from_minute);
  to.set_to_minute(to_hour * 60 + to_minute);
  return absl::OkStatus();
}

// Changes what the options say; the rest stays.
absl::Status Change(const AwayOptions& options, v1::Availability& availability) {
  const Timestamp now = TimeUtil::GetCurrentTime();
  auto& absences = *availability.mutable_absences();
  if (options.back) {
    // Leave that goes on ends now; what is yet to come is dropped.
    for (int i = absences.size(); i-- > 0;) {
      if (absences[i].until() <= now) continue;
      if (absences[i].from() < now) {
        *absences[i].mutable_until() = now;
      } else {
        absences.DeleteSubrange(i, 1);
      }
    }
  }
  if (!options.until.empty()) {
    v1::Absence absence;
    const auto until = ParseTime(options.until);
    if (!until.ok()) return until.status();
    const auto from = options.from.empty() ? absl::StatusOr<Timestamp>(now) : ParseTime(options.from);
    if (!from.ok()) return from.status();
    *absence.mutable_from() = *from;
    *absence.mutable_until() = *until;
    absence.set_reason(options.reason);
    *absences.Add() = absence;
  }
  if (!options.zone.empty()) availability.set_time_zone(options.zone);
  if (!options.days.empty()) {
    static const std::vector<std::string> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    availability.clear_days();
    for (const std::string& day : options.days) {
      availability.add_days(static_cast<int>(std::ranges::find(kDays, day) - kDays.begin()) + 1);
    }
  }
  return options.hours.empty() ? absl::OkStatus() : ParseHours(options.hours, availability);
}

int Away(const AwayOptions& options, Environment& env) {
  auto session = Session::Open(options.connection, Session::Needs::kServer, "", env);
  if (!session.ok()) return Report(session.status(), env);
  std::string person = options.person;
  if (person.empty()) {
    const auto me = session->Caller();
    if (!me.ok()) return Report(me.status(), env);
    person = *me;
  }
  auto availability = session->connection().GetAvailability(person);
  if (!availability.ok()) return Report(availability.status(), env);
  const bool changes = options.back || !options.until.empty() || !options.hours.empty() || !options.zone.empty() ||
                       !options.days.empty();
  if (changes) {
    v1::SetAvailabilityRequest request;
    *request.mutable_availability() = *availability;
    if (const absl::Status status = Change(options, *request.mutable_availability()); !status.ok()) {
      return Report(status, env);
    }
    availability = session->connection().SetAvailability(request);
    if (!availability.ok()) return Report(availability.status(), env);
  }
  const TextStyle style{UseColor(session->settings().color, env.terminal.out_is_tty, env.variable),
                        env.terminal.columns};
  env.out << (options.format == "json" ? DumpJson(AvailabilityToJson(*availability))
                                       : FormatAvailability(*availability, style));
  return kExitPass;
}

}  // namespace

void AddAway(CLI::App& program, Environment& env) {
  auto options = std::make_shared<AwayOptions>();
  CLI::App* verb = program.add_subcommand("away", "Tell when you are away, and when you work");
  verb->footer(
      "Examples:\n  mergegate away --until 2026-12-24 --reason holiday\n"
      "  mergegate away --from 2026-12-01 --until 2026-12-03\n  mergegate away --back\n"
      "  mergegate away --hours 8:30-16:30 --zone Europe/Zurich --days mon,tue,thu\n  mergegate away --who "
      "ben@example.org");
  auto* until = verb->add_option("--until", options->until, "First day back, or the moment (UTC)")->type_name("DAY");
  verb->add_option("--from", options->from, "First day away [now]")->type_name("DAY")->needs(until);
  verb->add_option("--reason", options->reason, "For those who ask")->type_name("TEXT")->needs(until);
  verb->add_flag("--back", options->back, "You are back: leave ends now, what was planned is dropped");
  verb->add_option("--hours", options->hours, "When you work, as 9:00-17:00")->type_name("HOURS");
  verb->add_option("--zone", options->zone, "Time zone of these hours, as Europe/Zurich")->type_name("ZONE");
  verb->add_option("--days", options->days, "Days you work, comma-separated")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"mon", "tue", "wed", "thu", "fri", "sat", "sun"}));
  verb->add_option("--who", options->person, "Only look at somebody's")->type_name("PERSON")->excludes(until);
  verb->add_option("--format", options->format, "Output format [text]")->check(CLI::IsMember({"text", "json"}));
  AddConnectionFlags(*verb, options->connection);
  AddCallerFlag(*verb, options->connection);
  verb->callback([&env, options] { env.exit_code = Away(*options, env); });
}

}  // namespace mergegate::client
