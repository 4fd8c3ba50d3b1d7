#include "server/pipeline/publish_chat.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/domain/names.h"
#include "server/pipeline/chat_message.h"
#include "server/pipeline/reminders.h"
#include "server/pipeline/review_log.h"
#include "server/wire/verdict_bytes.h"

namespace mergegate::pipeline {
namespace {

using publication::ChatItem;
using publication::ChatMessage;
using storage::Intent;
using storage::IntentKind;

// What a kMessage's text begins with; the run's id follows.
constexpr std::string_view kVerdict = "verdict ";
constexpr std::string_view kTurn = "turn ";

Told Skipped(std::string why) { return {.sent = false, .note = std::move(why)}; }

bool SamePerson(storage::Store& store, const Handle& a, const Handle& b) {
  if (a == b) return true;
  const auto one = store.ResolvePerson(a), other = store.ResolvePerson(b);
  return one.ok() && other.ok() && one->id == other->id;
}

// Why it is the person's turn; empty when it is not.
std::string WhyTheirTurn(storage::Store& store, const reviewers::ReviewState& state, const Verdict& verdict,
                         const Handle& person) {
  if (!state.open) return "";
  if (!WaitsForPeopleOnly(verdict)) {
    return SamePerson(store, state.author, person) ? "the gate does not pass for your change" : "";
  }
  for (const reviewers::ReviewerState& reviewer : state.reviewers) {
    const bool waits = reviewer.stance == ReviewerStance::kAsked || reviewer.stance == ReviewerStance::kAccepted;
    if (waits && SamePerson(store, reviewer.person, person)) {
      return reviewer.reasons.empty() ? "your review is asked for"
                                      : absl::StrCat("your review is asked for: ", reviewer.reasons.front());
    }
  }
  return "";
}

const ChatConfig* FindChat(const PublishParts& parts, const std::string& name) {
  const auto it = std::ranges::find(parts.chats, name, &ChatConfig::name);
  return it == parts.chats.end() ? nullptr : &*it;
}

// A change with its newest verdict.
struct Known {
  HostProject project;
  HostChange change;
  Run run;
  Verdict verdict;
  std::string title;
  std::string link;
};

// nullopt when the change, or a verdict of its head, is not there.
absl::StatusOr<std::optional<Known>> NewestVerdict(const PublishParts& parts, const HostProject& project,
                                                   const HostChange& change) {
  ASSIGN_OR_RETURN(const auto runs, parts.store.ListRuns(change.project, change.change, 20, ""));
  for (const Run& run : runs.items) {
    if (run.submission.head != change.head || !run.submission.policy.empty()) continue;
    if (run.state != RunState::kDone) return std::nullopt;  // it is about to be told anew
    ASSIGN_OR_RETURN(const storage::VerdictRecord record, parts.store.GetVerdict(run.id));
    ASSIGN_OR_RETURN(Verdict verdict, wire::ParseVerdict(record.verdict));
    const hosts::HostClient* client = parts.host(project.host);
    const HostKind kind = client == nullptr ? HostKind::kGitHub : client->kind();
    return Known{project,
                 change,
                 run,
                 std::move(verdict),
                 publication::TitleOf(project, change, kind),
                 client == nullptr ? "" : client->ChangeUrl({project, change, change.head})};
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<ChatItem>> TurnItem(const PublishParts& parts, const Known& known, const Handle& person) {
  ASSIGN_OR_RETURN(const ReviewLog log, ReviewLog::Read(parts.store, known.change.project, known.change.change));
  const std::string why = WhyTheirTurn(parts.store, log.state(), known.verdict, person);
  if (why.empty()) return std::nullopt;
  return ChatItem{.title = known.title, .link = known.link, .lines = {why}, .state = known.verdict.state};
}

absl::StatusOr<ChatMessage> Digest(const PublishParts& parts, const ChatConfig& chat) {
  ChatMessage message{.headline = chat.person.empty() ? "Open changes" : "It is your turn"};
  std::vector<Reminder> reminders;
  if (!chat.person.empty()) {
    ASSIGN_OR_RETURN(reminders, RemindersOf(parts, chat));
    for (const Reminder& reminder : reminders) message.items.push_back(ItemOf(reminder, parts.clock.Now()));
  }
  ASSIGN_OR_RETURN(const std::vector<HostProject> projects, parts.store.ListHostProjects());
  for (const HostProject& project : projects) {
    if (!Hears(chat, project.project)) continue;
    ASSIGN_OR_RETURN(const std::vector<HostChange> changes, parts.store.ListOpenHostChanges(project.project));
    for (const HostChange& change : changes) {
      const auto is_it = [&](const Reminder& reminder) {
        return reminder.project == change.project && reminder.change == change.change;
      };
      if (std::ranges::any_of(reminders, is_it)) continue;  // it is told of already
      ASSIGN_OR_RETURN(const std::optional<Known> known, NewestVerdict(parts, project, change));
      if (!known) continue;
      if (!chat.person.empty()) {
        ASSIGN_OR_RETURN(std::optional<ChatItem> item, TurnItem(parts, *known, chat.person));
        if (item) message.items.push_back(*std::move(item));
      } else if (std::ranges::find(chat.verdicts, known->verdict.state) != chat.verdicts.end()) {
        message.items.push_back(publication::VerdictItem(known->verdict, known->title, known->link));
      }
    }
  }
  return message;
}

absl::StatusOr<Told> Say(const PublishParts& parts, const ChatConfig& chat, const ChatMessage& message) {
  RETURN_IF_ERROR(parts.say(chat, message));
  return Told{};
}

}  // namespace

absl::StatusOr<Told> TellChats(const PublishParts& parts, const Run& run, const Verdict& verdict,
                               const hosts::Place& place) {
  const HostChange& change = place.change;
  ASSIGN_OR_RETURN(const ReviewLog log, ReviewLog::Read(parts.store, change.project, change.change));
  int told = 0;
  for (const ChatConfig& chat : parts.chats) {
    if (!Hears(chat, change.project)) continue;
    const bool wanted = chat.person.empty() ? std::ranges::find(chat.verdicts, verdict.state) != chat.verdicts.end()
                                            : !WhyTheirTurn(parts.store, log.state(), verdict, chat.person).empty();
    if (!wanted) continue;
    const std::string head = absl::StrCat(change.project.value(), ":", change.change, ":", change.head.value(), ":");
    const storage::NewIntent message =
        chat.person.empty()
            ? MessageFor(parts, chat, change.project, change.change,
                         absl::StrCat(std::string(kVerdict), run.id.value()),
                         absl::StrCat("told:", chat.name, ":", head, std::string(Name(verdict.state))))
            : MessageFor(parts, chat, change.project, change.change, absl::StrCat(std::string(kTurn), run.id.value()),
                         absl::StrCat("turn:", chat.name, ":", head, WaitsForPeopleOnly(verdict) ? "review" : "code"));
    ASSIGN_OR_RETURN(const bool added, parts.store.AddIntent(message, parts.clock.Now()));
    if (added) ++told;
  }
  return told == 0 ? Skipped("no chat is to hear of it") : Told{.sent = true, .note = absl::StrCat(told, " chats")};
}

absl::StatusOr<Told> TellMessage(const PublishParts& parts, const Intent& intent) {
  const ChatConfig* chat = FindChat(parts, intent.subject);
  if (chat == nullptr) return Skipped("the chat is no longer configured");
  if (intent.text == kDigest) {
    ASSIGN_OR_RETURN(const ChatMessage digest, Digest(parts, *chat));
    return digest.items.empty() ? Skipped("nothing is left to tell") : Say(parts, *chat, digest);
  }
  if (absl::StartsWith(intent.text, absl::string_view(kReminder.data(), kReminder.size()))) {
    return TellReminder(parts, *chat, intent);
  }
  const absl::StatusOr<HostProject> project = parts.store.FindHostProject(intent.project);
  const absl::StatusOr<HostChange> change = parts.store.FindHostChange(intent.project, intent.change);
  if (!project.ok() || !change.ok()) return Skipped("the change is not known");
  if (change->state != HostChangeState::kOpen && change->state != HostChangeState::kDraft) {
    return Skipped("the change is closed");
  }
  ASSIGN_OR_RETURN(const std::optional<Known> known, NewestVerdict(parts, *project, *change));
  if (!known) return Skipped("a newer head or run is on its way");
  if (absl::StartsWith(intent.text, absl::string_view(kTurn.data(), kTurn.size()))) {
    ASSIGN_OR_RETURN(std::optional<ChatItem> item, TurnItem(parts, *known, chat->person));
    if (!item) return Skipped("it is no longer their turn");
    return Say(parts, *chat, {.headline = "It is your turn", .items = {*std::move(item)}});
  }
  if (intent.text != absl::StrCat(std::string(kVerdict), known->run.id.value())) {
    return Skipped("a newer run speaks for this commit");
  }
  return Say(parts, *chat,
             {.headline = absl::StrCat("mergegate: ", std::string(Name(known->verdict.state))),
              .items = {publication::VerdictItem(known->verdict, known->title, known->link)}});
}

}  // namespace mergegate::pipeline
