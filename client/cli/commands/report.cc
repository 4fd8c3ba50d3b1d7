// mergegate me report, plan, grant, grants, revoke; mergegate person report.
#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <charconv>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/clock.h"
#include "client/cli/commands/growth.h"
#include "client/cli/commands/page.h"
#include "client/cli/format/escape.h"
#include "client/cli/format/growth.h"
#include "client/cli/format/proto_json.h"
#include "client/importing/signal_rows.h"

namespace mergegate::client {
namespace {

using google::protobuf::util::TimeUtil;

struct ReportOptions {
  ConnectionFlags connection;
  std::string person, since, until, role, format = "text";
  int64_t number = 0;
};

// "90d"; nullopt for anything else.
std::optional<int> DaysOf(const std::string& text) {
  int days = 0;
  if (!text.ends_with('d')) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size() - 1, days);
  const bool whole = error == std::errc() && end == text.data() + text.size() - 1;
  return whole && days >= 1 && days <= 36500 ? std::optional(days) : std::nullopt;
}

// A moment: a day, or so many days from now.
absl::StatusOr<google::protobuf::Timestamp> MomentOf(const std::string& text, std::string_view flag, int direction) {
  std::optional<absl::Time> at = ParseMoment(text, /*day_first=*/false);
  if (const std::optional<int> days = DaysOf(text)) at = absl::Now() + direction * *days * absl::Hours(24);
  if (!at) {
    return absl::InvalidArgumentError(fmt::format(
        "{} \"{}\" is neither a day nor a number of days\nhint: as 2026-12-31, or 90d", flag, EscapeControl(text)));
  }
  return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(*at));
}

absl::Status ShowReport(const ReportOptions& options, Session& session, Environment& env) {
  v1::GetReportRequest request;
  request.set_person(options.person);
  if (!options.since.empty()) {
    auto since = MomentOf(options.since, "--since", -1);
    if (!since.ok()) return since.status();
    *request.mutable_since() = *std::move(since);
  }
  if (!options.until.empty()) {
    auto until = MomentOf(options.until, "--until", -1);
    if (!until.ok()) return until.status();
    *request.mutable_until() = *std::move(until);
  }
  const auto report = session.connection().GetReport(request);
  if (!report.ok()) return report.status();
  env.out << (options.format == "json"       ? JsonLine(*report)
              : options.format == "markdown" ? FormatReportMarkdown(*report)
                                             : FormatReport(*report, StyleFor(session, env)));
  return absl::OkStatus();
}

absl::Status ShowPlan(const ReportOptions& options, Session& session, Environment& env) {
  int days = 0;
  if (!options.since.empty()) {
    const std::optional<int> given = DaysOf(options.since);
    if (!given) return absl::InvalidArgumentError("--since: give a number of days, as 180d");
    days = *given;
  }
  const auto plan = session.connection().GetPlan(days);
  if (!plan.ok()) return plan.status();
  env.out << (options.format == "json" ? JsonLine(*plan) : FormatPlan(*plan, StyleFor(session, env)));
  return absl::OkStatus();
}

void PrintGrant(const v1::Grant& grant, const ReportOptions& options, Environment& env) {
  if (options.format == "json") {
    env.out << JsonLine(grant);
    return;
  }
  env.out << fmt::format("grant {}: {} {} read your report until {}\n", grant.number(),
                         grant.grantee().empty() ? "tokens with just the role " + EscapeControl(grant.role())
                                                 : EscapeControl(grant.grantee()),
                         grant.holds() ? "may" : "may no longer",
                         TimeUtil::ToString(grant.expire_time()).substr(0, 10));
}

absl::Status MakeGrant(const ReportOptions& options, Session& session, Environment& env) {
  v1::CreateGrantRequest request;
  request.set_grantee(options.person);
  request.set_role(options.role);
  auto until = MomentOf(options.until, "--until", 1);
  if (!until.ok()) return until.status();
  *request.mutable_expire_time() = *std::move(until);
  const auto grant = session.connection().CreateGrant(request);
  if (!grant.ok()) return grant.status();
  PrintGrant(*grant, options, env);
  return absl::OkStatus();
}

absl::Status ShowGrants(const ReportOptions& options, Session& session, Environment& env) {
  const auto grants = session.connection().ListGrants();
  if (!grants.ok()) return grants.status();
  env.out << (options.format == "json" ? JsonLine(*grants) : FormatGrants(*grants, StyleFor(session, env)));
  return absl::OkStatus();
}

absl::Status Revoke(const ReportOptions& options, Session& session, Environment& env) {
  const auto grant = session.connection().RevokeGrant(options.number);
  if (!grant.ok()) return grant.status();
  PrintGrant(*grant, options, env);
  return absl::OkStatus();
}

using Action = absl::Status (*)(const ReportOptions&, Session&, Environment&);
void Run(CLI::App& page, const std::shared_ptr<ReportOptions>& options, Action action, Environment& env) {
  page.callback([&env, options, action] {
    env.exit_code =
        WithSession(options->connection, env, [&](Session& session) { return action(*options, session, env); });
  });
}

void AddPeriod(CLI::App& page, ReportOptions& options) {
  page.add_option("--since", options.since, "From this day on, or so many days [90d]")->type_name("DATE|90d");
  page.add_option("--until", options.until, "Up to this day [now]")->type_name("DATE");
}

}  // namespace

void AddMyReport(CLI::App& me, Environment& env) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* report = Page(me, "report", "Your appraisal: numbers, strengths, two things to try, feedback",
                          "mergegate me report\n  mergegate me report --since 180d --format markdown > report.md",
                          options->connection, options->format, {"text", "json", "markdown"});
  AddPeriod(*report, *options);
  Run(*report, options, ShowReport, env);

  CLI::App* plan = Page(me, "plan", "What recurs in your changes, and which courses are about it",
                        "mergegate me plan\n  mergegate me plan --since 365d", options->connection, options->format);
  plan->add_option("--since", options->since, "So many days back [180d]")->type_name("180d");
  Run(*plan, options, ShowPlan, env);

  CLI::App* grant = Page(me, "grant", "Let somebody, or a role, read your report",
                         "mergegate me grant ben@example.org --until 2026-12-31\n"
                         "  mergegate me grant --role lead --until 30d",
                         options->connection, options->format);
  CLI::Option* who = grant->add_option("who", options->person, "Mail or login")->type_name("WHO");
  grant->add_option("--role", options->role, "Everybody whose token has just this role")
      ->check(CLI::IsMember({"viewer", "developer", "reviewer", "lead", "admin"}))
      ->excludes(who);
  grant->add_option("--until", options->until, "The last moment, at most 366 days ahead")
      ->required()
      ->type_name("DATE|30d");
  Run(*grant, options, MakeGrant, env);

  CLI::App* grants = Page(me, "grants", "Who may read your report, and who did when", "mergegate me grants",
                          options->connection, options->format);
  Run(*grants, options, ShowGrants, env);

  CLI::App* revoke =
      Page(me, "revoke", "Take a grant back at once", "mergegate me revoke 3", options->connection, options->format);
  revoke->add_option("number", options->number, "Its number")->required()->type_name("NUMBER");
  Run(*revoke, options, Revoke, env);
}

void AddPersonReport(CLI::App& person, Environment& env) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* report =
      Page(person, "report", "Somebody's appraisal, when they granted it to you; they see that you read it",
           "mergegate person report ann@example.org --since 180d", options->connection, options->format,
           {"text", "json", "markdown"});
  report->add_option("who", options->person, "Mail or login")->required()->type_name("WHO");
  AddPeriod(*report, *options);
  Run(*report, options, ShowReport, env);
}

}  // namespace mergegate::client
