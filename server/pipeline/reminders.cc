#include "server/pipeline/reminders.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/pipeline/chat_message.h"
#include "server/pipeline/panel.h"
#include "server/pipeline/review_log.h"
#include "server/reviewers/people.h"
#include "server/wire/convert.h"
#include "server/wire/verdict_bytes.h"

namespace mergegate::pipeline {
namespace {

constexpr absl::Duration kOldNews = absl::Hours(5 * 24);

// "late 1800000000"
std::string KindAndDeadline(const DueTurn& due) {
  return absl::StrCat(due.deadline.late ? "late " : "soon ", absl::ToUnixSeconds(due.deadline.due));
}

// All names of the person of a chat; none for a bot.
absl::StatusOr<std::vector<Handle>> NamesOf(storage::Store& store, const ChatConfig& chat) {
  ASSIGN_OR_RETURN(Person person, store.ResolvePerson(chat.person));
  if (person.bot || reviewers::IsBot(IdentityOf(chat.person))) return std::vector<Handle>();
  return std::move(person.identities);
}

// Sets title and link. False when there is nothing to review at the host: closed, a draft, or a push is on its way.
absl::StatusOr<bool> LookAtHost(const PublishParts& parts, const reviewers::ReviewState& state, Reminder& reminder) {
  const Push& push = state.pushes.back().push;
  reminder.title = absl::StrCat(reminder.project.value(), " ", reminder.change,
                                push.title.empty() ? "" : absl::StrCat(": ", push.title));
  const absl::StatusOr<HostProject> project = parts.store.FindHostProject(reminder.project);
  if (absl::IsNotFound(project.status())) return true;
  RETURN_IF_ERROR(project.status());
  const absl::StatusOr<HostChange> change = parts.store.FindHostChange(reminder.project, reminder.change);
  if (absl::IsNotFound(change.status())) return true;  // submitted by somebody, not by the host
  RETURN_IF_ERROR(change.status());
  if (change->state != HostChangeState::kOpen || change->head != push.head) return false;
  const hosts::HostClient* client = parts.host(project->host);
  const HostKind kind = client == nullptr ? HostKind::kGitHub : client->kind();
  reminder.title = publication::TitleOf(*project, *change, kind);
  if (client != nullptr) reminder.link = client->ChangeUrl({*project, *change, change->head});
  return true;
}

// What a person (under one name) could be reminded of in one review now.
absl::StatusOr<std::optional<Reminder>> ReminderIn(const PublishParts& parts, const ProjectId& project,
                                                   const std::string& change, const Handle& name) {
  ASSIGN_OR_RETURN(const ReviewLog log, ReviewLog::Read(parts.store, project, change));
  if (!log.state().open || log.state().pushes.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const auto runs, parts.store.ListRuns(project, change, 1, ""));
  if (runs.items.empty() || runs.items[0].state != RunState::kDone) return std::nullopt;
  ASSIGN_OR_RETURN(const storage::VerdictRecord record, parts.store.GetVerdict(runs.items[0].id));
  ASSIGN_OR_RETURN(const Verdict verdict, wire::ParseVerdict(record.verdict));
  ASSIGN_OR_RETURN(const Facts facts, wire::ParseFacts(record.facts));
  const absl::Time now = parts.clock.Now();
  ASSIGN_OR_RETURN(std::vector<DueTurn> turns,
                   DueTurns(parts.store, log.state(), GateViewOf(verdict, runs.items[0].finished),
                            RespondTime(facts.policy_text), now));
  for (DueTurn& due : turns) {
    if (due.turn.person != name || !due.turn.reviewer || due.away || now < due.deadline.remind) continue;
    Reminder reminder{.project = project, .change = change, .due = std::move(due)};
    ASSIGN_OR_RETURN(const bool reviewable, LookAtHost(parts, log.state(), reminder));
    return reviewable ? std::optional(std::move(reminder)) : std::nullopt;
  }
  return std::nullopt;
}

publication::DueAnswer AnswerOf(const Reminder& reminder) {
  const DueTurn& due = reminder.due;
  return {.reason = due.turn.reason,
          .due = due.deadline.due,
          .late = due.deadline.late,
          .leave_comes = due.deadline.leave_comes,
          .next = due.next.person.value(),
          .next_why = due.next.reasons.empty() ? "" : due.next.reasons.front(),
          .project = reminder.project.value(),
          .change = reminder.change};
}

}  // namespace

absl::StatusOr<std::vector<Reminder>> RemindersOf(const PublishParts& parts, const ChatConfig& chat) {
  std::vector<Reminder> reminders;
  ASSIGN_OR_RETURN(const std::vector<Handle> names, NamesOf(parts.store, chat));
  for (const Handle& name : names) {
    std::string token;
    do {
      ASSIGN_OR_RETURN(const auto page, parts.store.ListReviews({.person = name}, 100, token));
      for (const storage::StoredReview& review : page.items) {
        if (!Hears(chat, review.project)) continue;
        ASSIGN_OR_RETURN(std::optional<Reminder> reminder, ReminderIn(parts, review.project, review.change, name));
        if (reminder) reminders.push_back(*std::move(reminder));
      }
      token = page.next_token;
    } while (!token.empty());
  }
  return reminders;
}

publication::ChatItem ItemOf(const Reminder& reminder, absl::Time now) {
  return publication::DueItem(AnswerOf(reminder), now, reminder.due.zone, reminder.title, reminder.link);
}

absl::StatusOr<int> AddReminders(const PublishParts& parts) {
  int all = 0;
  for (const ChatConfig& chat : parts.chats) {
    if (chat.person.empty()) continue;
    ASSIGN_OR_RETURN(const std::vector<Reminder> reminders, RemindersOf(parts, chat));
    for (const Reminder& reminder : reminders) {
      const absl::Time now = parts.clock.Now();
      const reviewers::Deadline& deadline = reminder.due.deadline;
      if (deadline.late && now - deadline.due > kOldNews) continue;
      const std::string what = KindAndDeadline(reminder.due);
      const std::string slot = absl::StrCat("reminder:", chat.name, deadline.late ? ":late" : ":soon");
      ASSIGN_OR_RETURN(const std::string before, parts.store.GetSent(reminder.project, reminder.change, slot));
      if (before == what) continue;
      const std::string key =
          absl::StrCat("reminder:", chat.name, ":", reminder.project.value(), ":", reminder.change, ":", what);
      ASSIGN_OR_RETURN(const bool added,
                       parts.store.AddIntent(MessageFor(parts, chat, reminder.project, reminder.change,
                                                        absl::StrCat(std::string(kReminder), what), key),
                                             now));
      RETURN_IF_ERROR(parts.store.SetSent(reminder.project, reminder.change, slot, what));
      if (added) ++all;
    }
  }
  return all;
}

absl::StatusOr<Told> TellReminder(const PublishParts& parts, const ChatConfig& chat, const storage::Intent& intent) {
  const std::string what = intent.text.substr(kReminder.size());
  ASSIGN_OR_RETURN(const std::vector<Handle> names, NamesOf(parts.store, chat));
  for (const Handle& name : names) {
    ASSIGN_OR_RETURN(const std::optional<Reminder> reminder, ReminderIn(parts, intent.project, intent.change, name));
    if (!reminder || KindAndDeadline(reminder->due) != what) continue;
    RETURN_IF_ERROR(parts.say(chat, {.headline = publication::HeadlineOf(AnswerOf(*reminder)),
                                     .items = {ItemOf(*reminder, parts.clock.Now())}}));
    return Told{};
  }
  return Told{.sent = false, .note = "nothing of theirs is due like that any more"};
}

}  // namespace mergegate::pipeline
