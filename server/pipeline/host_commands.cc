#include "server/pipeline/host_commands.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/status_macros.h"
#include "server/pipeline/host_reviews.h"
#include "server/pipeline/judge.h"
#include "server/pipeline/public_name.h"
#include "server/pipeline/publish.h"
#include "server/pipeline/reviewers_stage.h"
#include "server/publication/escape.h"
#include "server/publication/verdict_text.h"
#include "server/wire/convert.h"
#include "server/wire/verdict_bytes.h"

namespace mergegate::pipeline {
namespace {

constexpr absl::Duration kLongestOverride = absl::Hours(24 * 90);
constexpr size_t kLongestReason = 1000;

bool IsForTheCaller(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsPermissionDenied(status) || absl::IsFailedPrecondition(status) ||
         absl::IsInvalidArgument(status);
}

bool Covers(const AccessToken& token, const ProjectId& project, absl::Time now) {
  const bool in_force = token.expires > now && !token.revoked && token.role != Role::kBot;
  return in_force && (token.projects.empty() || std::ranges::find(token.projects, project) != token.projects.end());
}

}  // namespace

absl::StatusOr<Role> HostCommands::RoleOfSender() const {
  storage::Store& store = inbound_.parts.store;
  ASSIGN_OR_RETURN(const Person sender, PersonOf(store, host_, event_.sender));
  if (sender.id.empty()) return Role::kUnspecified;
  std::vector<AccessToken> tokens;
  if (IsLinked(sender)) {
    ASSIGN_OR_RETURN(tokens, store.ListTokens());
  }
  Role best = Role::kUnspecified;
  for (const AccessToken& token : tokens) {
    if (!Covers(token, change_.project, inbound_.parts.clock.Now())) continue;
    ASSIGN_OR_RETURN(const Person owner, store.ResolvePerson(token.person));
    if (owner.id == sender.id && !AtLeast(best, token.role)) best = token.role;
  }
  if (best == Role::kUnspecified && (event_.trusted || HandleOf(event_.sender.login) == HandleOf(change_.author))) {
    return Role::kDeveloper;
  }
  return best;
}

absl::StatusOr<CommandAnswer> HostCommands::Carry(const GateCommand& command) const {
  if (!command.problem.empty()) return CommandAnswer{.text = absl::StrCat("I did not understand: ", command.problem)};
  if (change_.head.empty())
    return CommandAnswer{.text = "I know nothing of this change yet; push to it, or reopen it."};
  ASSIGN_OR_RETURN(const Role role, RoleOfSender());
  const Role least = command.verb == GateVerb::kExplain ? Role::kViewer : Role::kDeveloper;
  if (!AtLeast(role, least)) {
    return CommandAnswer{.text =
                             absl::StrCat("I know no role of yours here, and this takes ", std::string(Name(least)),
                                          ". An administrator can give one: `mergegate admin token create MAIL --role ",
                                          std::string(Name(least)), "`, then `mergegate person link MAIL ",
                                          host_.alone ? "" : host_.name + ":", "LOGIN`.")};
  }
  switch (command.verb) {
    case GateVerb::kRerun:
      return CommandAnswer{.text = absl::StrCat("Running again for ", change_.head.value().substr(0, 12), "."),
                           .rerun = true};
    case GateVerb::kExplain:
      return Explain();
    case GateVerb::kOverride:
      return OverrideCondition(command, role);
    case GateVerb::kReviewer:
      return AskReviewers(command);
    case GateVerb::kUnknown:
      break;
  }
  return CommandAnswer{};
}

absl::StatusOr<CommandAnswer> HostCommands::Explain() const {
  storage::Store& store = inbound_.parts.store;
  ASSIGN_OR_RETURN(const auto newest, store.ListRuns(change_.project, change_.change, 1, ""));
  if (newest.items.empty()) return CommandAnswer{.text = "There was no run yet; `/gate rerun` asks for one."};
  const Run& run = newest.items[0];
  if (run.state != RunState::kDone)
    return CommandAnswer{.text = "The change is being analyzed; a verdict will follow."};
  ASSIGN_OR_RETURN(const storage::VerdictRecord record, store.GetVerdict(run.id));
  ASSIGN_OR_RETURN(const Facts facts, wire::ParseFacts(record.facts));
  Verdict verdict = Judge(facts);
  HideMails(store, verdict);
  return CommandAnswer{.text = publication::VerdictMarkdown(
                           {.verdict = std::move(verdict), .run = run.id.value(), .whole_ledger = true})};
}

absl::StatusOr<CommandAnswer> HostCommands::OverrideCondition(const GateCommand& command, Role role) const {
  const absl::Time now = inbound_.parts.clock.Now();
  if (command.until <= now || command.until > now + kLongestOverride) {
    return CommandAnswer{.text = "An override ends within 90 days, and not in the past."};
  }
  if (command.reason.size() > kLongestReason) return CommandAnswer{.text = "The reason is over 1000 bytes."};
  ASSIGN_OR_RETURN(const Person sender, PersonOf(inbound_.parts.store, host_, event_.sender));
  const absl::StatusOr<bool> judged = OverrideAndJudgeAgain(inbound_.parts, {.project = change_.project,
                                                                             .change = change_.change,
                                                                             .condition = command.condition,
                                                                             .actor = sender.id,
                                                                             .role = std::string(Name(role)),
                                                                             .reason = command.reason,
                                                                             .created = now,
                                                                             .expires = command.until});
  if (IsForTheCaller(judged.status())) {
    return CommandAnswer{
        .text = absl::StrCat("Not overridden: ", publication::Inline(std::string(judged.status().message()), 1000))};
  }
  RETURN_IF_ERROR(judged.status());
  if (*judged) inbound_.submitted();
  return CommandAnswer{.text = absl::StrCat(publication::Code(command.condition), " is overridden until ",
                                            absl::FormatTime("%Y-%m-%d %H:%M UTC", command.until, absl::UTCTimeZone()),
                                            ". It is in the audit log.")};
}

absl::StatusOr<CommandAnswer> HostCommands::AskReviewers(const GateCommand& command) const {
  HostEvent asked = event_;
  asked.said = ReviewEventKind::kRequested;
  asked.text.clear();
  for (const std::string& login : command.logins) asked.people.push_back({.login = login});
  const std::string id = absl::StrCat("command/", event_.repository.number, "/", event_.id);
  ASSIGN_OR_RETURN(const std::vector<ReviewEvent> events,
                   ReviewEventsOf(inbound_.parts.store, host_, id, asked, change_, inbound_.parts.clock.Now()));
  if (events.empty()) return CommandAnswer{.text = "Nobody was asked: an author or a bot reviews nothing."};
  RETURN_IF_ERROR(TellReview(inbound_, change_.project, change_.change, events));
  const std::string who = publication::Inline(absl::StrJoin(command.logins, ", "), 1000);
  ASSIGN_OR_RETURN(const bool now, AskHost());
  return CommandAnswer{.text = now ? absl::StrCat("Asked ", who, " to review.")
                                   : absl::StrCat("Noted: ", who, " will be asked when the code passes.")};
}

// Asks reviewers at the host, too, if it is their turn; else the next verdict does.
absl::StatusOr<bool> HostCommands::AskHost() const {
  storage::Store& store = inbound_.parts.store;
  ASSIGN_OR_RETURN(const auto newest, store.ListRuns(change_.project, change_.change, 1, ""));
  if (newest.items.empty() || newest.items[0].state != RunState::kDone) return false;
  const RunId& run = newest.items[0].id;
  ASSIGN_OR_RETURN(const storage::VerdictRecord record, store.GetVerdict(run));
  ASSIGN_OR_RETURN(const Verdict verdict, wire::ParseVerdict(record.verdict));
  if (!WaitsForPeopleOnly(verdict)) return false;
  storage::NewIntent intent{.kind = storage::IntentKind::kReviewers, .project = change_.project};
  intent.change = change_.change;
  intent.subject = run.value();
  intent.key = absl::StrCat("reviewers:", run.value(), ":", event_.id);
  RETURN_IF_ERROR(store.AddIntent(intent, inbound_.parts.clock.Now()).status());
  return true;
}

}  // namespace mergegate::pipeline
