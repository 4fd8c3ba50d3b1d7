#include "server/pipeline/host_reviews.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <span>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/pipeline/review_log.h"
#include "server/pipeline/reviewers_stage.h"
#include "server/pipeline/signal_feed.h"

namespace mergegate::pipeline {
namespace {

// "github" or "gitlab": what signals and events call the place that they come from.
std::string SourceOf(const HostConfig& host) { return host.kind == HostKind::kGitLab ? "gitlab" : "github"; }

bool Decides(ReviewEventKind kind) {
  return kind == ReviewEventKind::kApproved || kind == ReviewEventKind::kChangesRequested;
}

ReviewEventKind KindOf(const HostEvent& event) {
  if (event.kind == HostEventKind::kSaid) return event.said;
  switch (event.step) {
    case ChangeStep::kOpened:
    case ChangeStep::kAsked:
      return ReviewEventKind::kRequested;
    case ChangeStep::kClosed:
      return ReviewEventKind::kClosed;
    case ChangeStep::kReopened:
      return ReviewEventKind::kReopened;
    default:
      return ReviewEventKind::kUnspecified;
  }
}

// Whether it says anything new: somebody who is asked already is not asked again, a closed review is not closed again.
bool SaysSomething(const ReviewEvent& event, const reviewers::ReviewState& state) {
  switch (event.kind) {
    case ReviewEventKind::kRequested: {
      const reviewers::ReviewerState* known = state.Find(event.subject);
      return known == nullptr || known->stance != ReviewerStance::kAsked;
    }
    case ReviewEventKind::kClosed:
      return state.open;
    case ReviewEventKind::kReopened:
      return !state.open;
    default:
      return true;
  }
}

}  // namespace

absl::StatusOr<Person> PersonOf(storage::Store& store, const HostConfig& host, const HostUser& user) {
  if (user.login.empty()) return Person();
  ASSIGN_OR_RETURN(Person person, store.ResolvePerson(HandleOf(absl::StrCat(host.name, ":", user.login))));
  if (!host.alone || IsLinked(person)) return person;
  return store.ResolvePerson(HandleOf(user.login));
}

absl::StatusOr<std::vector<ReviewEvent>> ReviewEventsOf(storage::Store& store, const HostConfig& host,
                                                        const std::string& id, const HostEvent& event,
                                                        const HostChange& change, absl::Time now) {
  std::vector<ReviewEvent> events;
  const ReviewEventKind kind = KindOf(event);
  if (kind == ReviewEventKind::kUnspecified) return events;
  ASSIGN_OR_RETURN(const Person sender, PersonOf(store, host, event.sender));
  const bool asks = kind == ReviewEventKind::kRequested;
  const bool ends = kind == ReviewEventKind::kClosed || kind == ReviewEventKind::kReopened;
  // A bot may close a change or ask somebody to look; what it says about code counts for nothing.
  if ((event.sender.bot || sender.bot) && !asks && !ends) return events;
  if (sender.id.empty() && !ends) return events;
  if (Decides(kind) && HandleOf(event.sender.login) == HandleOf(change.author)) return events;
  ReviewEvent told{.kind = kind,
                   .actor = sender.id,
                   .head = event.commit,
                   .text = event.text,
                   .at = event.at == absl::InfinitePast() ? now : event.at,
                   .source = SourceOf(host),
                   .source_id = absl::StrCat(host.name, "/", id)};
  if (ends && change.state == HostChangeState::kMerged) told.text = "merged";
  if (Decides(kind) && !event.trusted && !IsLinked(sender)) {
    told.kind = ReviewEventKind::kCommented;
    told.text =
        absl::StrCat(event.text, event.text.empty() ? "" : "\n\n",
                     kind == ReviewEventKind::kApproved ? "(An approval" : "(A request for changes",
                     " that does not count: not of a collaborator of the repository, nor of a person linked here.)");
  }
  if (!asks) {
    events.push_back(std::move(told));
    return events;
  }
  for (const HostUser& user : event.people) {
    ASSIGN_OR_RETURN(const Person person, PersonOf(store, host, user));
    if (person.id.empty() || person.bot || user.bot || HandleOf(user.login) == HandleOf(change.author)) continue;
    events.push_back(told);
    events.back().subject = person.id;
    events.back().source_id += absl::StrCat("/", person.id.value());
  }
  return events;
}

absl::Status TellReview(const Inbound& inbound, const ProjectId& project, const std::string& change,
                        const std::vector<ReviewEvent>& events) {
  const PipelineParts& parts = inbound.parts;
  bool added = false;
  for (const ReviewEvent& event : events) {
    const absl::Status status = RetryAborted([&]() -> absl::Status {
      ASSIGN_OR_RETURN(const bool told, parts.store.HasReviewEvent(event.source, event.source_id));
      if (told) return absl::OkStatus();
      ASSIGN_OR_RETURN(ReviewLog log, ReviewLog::Read(parts.store, project, change));
      const bool ends = event.kind == ReviewEventKind::kClosed || event.kind == ReviewEventKind::kReopened;
      if (!SaysSomething(event, log.state()) || (ends && log.events().empty())) return absl::OkStatus();
      ReviewEvent stored = event;
      if (stored.head.empty() && !log.state().pushes.empty()) stored.head = log.state().pushes.back().push.head;
      RETURN_IF_ERROR(log.Append({std::move(stored)}));
      added = true;
      return absl::OkStatus();
    });
    RETURN_IF_ERROR(status);
  }
  if (!added) return absl::OkStatus();
  // What people said is stored; that it could not be counted is no reason to do it again.
  if (const absl::Status fed = FeedReview(parts, project, change); !fed.ok()) {
    spdlog::warn("signals of {} {}: {}", project.value(), change, fed.ToString());
  }
  const absl::StatusOr<bool> judged = JudgeAgainIfMoved(parts, project, change);
  if (judged.ok() && *judged) inbound.submitted();
  return absl::IsNotFound(judged.status()) ? absl::OkStatus() : judged.status();
}

absl::Status TellThread(storage::Store& store, const HostConfig& host, const HostEvent& event, SignalKind kind,
                        const ProjectId& project, const std::string& author, absl::Time now) {
  ASSIGN_OR_RETURN(const Person sender, PersonOf(store, host, event.sender));
  if (sender.id.empty() || sender.bot || event.sender.bot) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Person asked, PersonOf(store, host, {.login = author}));
  const Signal signal{.kind = kind,
                      .actor = sender.id,
                      .subject = kind == SignalKind::kThreadOpened ? asked.id : Handle(),
                      .project = project,
                      .object = event.change.change,
                      .part = event.thread,
                      .at = event.at == absl::InfinitePast() ? now : event.at,
                      .source = SourceOf(host),
                      .source_id = absl::StrCat(host.name, "/", event.repository.number, "/thread/", event.thread, "/",
                                                kind == SignalKind::kThreadOpened ? "opened" : "resolved")};
  return store.AppendSignals(std::span(&signal, 1)).status();
}

}  // namespace mergegate::pipeline
