#include "server/pipeline/host_changes.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/base/status_macros.h"
#include "server/pipeline/gate_command.h"
#include "server/pipeline/host_commands.h"
#include "server/pipeline/host_fetch.h"
#include "server/pipeline/host_reviews.h"
#include "server/pipeline/host_run.h"

namespace mergegate::pipeline {
namespace {

// What stands for a base that is not known: no commit has it, so the verdict says that it is missing.
const std::string kNoCommit(40, '0');
constexpr size_t kMostProjectName = 45;  // 63 with the number that makes it unique
// Comments of ours begin with it, invisibly.
constexpr std::string_view kOwnMark = "<!-- mergegate";

bool IsOver(const HostChange& change) {
  return change.state == HostChangeState::kMerged || change.state == HostChangeState::kClosed;
}

// "acme-widget" of "Acme/Widget".
ProjectId ProjectIdFor(const HostRepository& repository) {
  std::string id;
  for (const char c : absl::AsciiStrToLower(repository.full_name)) {
    const bool fits = absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_';
    if (fits || (!id.empty() && id.back() != '-')) id += fits ? c : '-';
  }
  id = id.substr(0, kMostProjectName);
  while (!id.empty() && !absl::ascii_isalnum(static_cast<unsigned char>(id.front()))) id.erase(0, 1);
  return ProjectId(id.empty() ? absl::StrCat("repository-", repository.number) : id);
}

std::string RequestId(const Delivery& delivery, const std::string& change) {
  return absl::StrCat("hook-", Sha256Hex(absl::StrCat(delivery.host, "\n", delivery.id, "\n", change)).substr(0, 40));
}

Acted Ignored(std::string why) { return {.state = DeliveryState::kIgnored, .reason = std::move(why)}; }

}  // namespace

absl::StatusOr<Acted> HostChanges::Act(const Delivery& delivery, const HostEvent& event) {
  if (event.kind == HostEventKind::kIgnored) return Ignored(event.why);
  const HostConfig* host = inbound_.Find(delivery.host);
  if (host == nullptr) return Acted{DeliveryState::kFailed, "this host is no longer configured"};
  Work work{.delivery = delivery, .event = event, .host = *host};
  if (event.kind == HostEventKind::kPing) return Acted{.reason = "the hook works"};
  if (event.kind == HostEventKind::kRepositories) return Repositories(work);
  ASSIGN_OR_RETURN(work.project, SaveProject(work, event.repository));
  switch (event.kind) {
    case HostEventKind::kPushed:
      return Pushed(work);
    case HostEventKind::kChange:
    case HostEventKind::kQueued:
    case HostEventKind::kUnqueued:
      return Changed(work);
    case HostEventKind::kSaid:
      return Said(work);
    case HostEventKind::kThreadResolved:
      RETURN_IF_ERROR(TellThread(inbound_.parts.store, *host, event, SignalKind::kThreadResolved, work.project.project,
                                 event.change.author, delivery.received));
      return Acted{.reason = "a thread was resolved"};
    case HostEventKind::kRerunAsked:
      return RerunAsked(work);
    default:
      return Acted{.reason = absl::StrCat("known as project ", work.project.project.value())};
  }
}

absl::StatusOr<HostProject> HostChanges::SaveProject(const Work& work, const HostRepository& repository) {
  storage::Store& store = inbound_.parts.store;
  const absl::Time heard = work.event.at == absl::InfinitePast() ? work.delivery.received : work.event.at;
  HostProject project{.project = ProjectIdFor(repository),
                      .host = work.host.name,
                      .repository = repository.number,
                      .full_name = repository.full_name,
                      .installation = work.event.installation,
                      .default_branch = repository.default_branch};
  if (project.full_name.empty()) return store.FindHostProjectOf(project.host, project.repository);
  return store.SaveHostProject(project, RemoteOf(work.host, project.full_name), heard, inbound_.parts.clock.Now());
}

absl::StatusOr<Acted> HostChanges::Repositories(const Work& work) {
  for (const HostRepository& repository : work.event.repositories) {
    if (repository.number.empty() || repository.full_name.empty()) continue;
    RETURN_IF_ERROR(SaveProject(work, repository).status());
  }
  return Acted{.reason = absl::StrCat(work.event.repositories.size(), " repositories")};
}

absl::StatusOr<Acted> HostChanges::Pushed(const Work& work) {
  if (work.event.ref != work.project.default_branch) return Ignored("not the default branch");
  if (work.event.commit.empty()) return Ignored("the branch was deleted");
  Submission base;
  base.project = work.project.project;
  ASSIGN_OR_RETURN(base.base, FetchDefaultBranch(inbound_, work.host, work.project));
  inbound_.parts.on_base(base);
  return Acted{.reason = absl::StrCat("the default branch is at ", base.base.value())};
}

absl::StatusOr<Acted> HostChanges::Changed(const Work& work) {
  HostChange told = work.event.change;
  told.project = work.project.project;
  if (told.updated == absl::InfinitePast()) told.updated = work.delivery.received;
  const absl::StatusOr<HostChange> known = inbound_.parts.store.FindHostChange(told.project, told.change);
  ASSIGN_OR_RETURN(const HostChange change, inbound_.parts.store.SaveHostChange(told));
  // What an older event says of an end or a beginning is over.
  const bool current = IsOver(change) == IsOver(told);
  if (work.event.kind == HostEventKind::kChange && current) {
    ASSIGN_OR_RETURN(const auto events, ReviewEventsOf(inbound_.parts.store, work.host, work.delivery.id, work.event,
                                                       change, work.delivery.received));
    RETURN_IF_ERROR(TellReview(inbound_, change.project, change.change, events));
  }
  // Whether it was told or noticed: another target, or open again, is another question.
  const bool other = known.ok() && (known->base_ref != change.base_ref || (IsOver(*known) && !IsOver(change)));
  const bool anew =
      other || (current && (work.event.step == ChangeStep::kRetargeted || work.event.step == ChangeStep::kReopened));
  return Gate(work, change, anew);
}

absl::StatusOr<Acted> HostChanges::Said(const Work& work) {
  storage::Store& store = inbound_.parts.store;
  ASSIGN_OR_RETURN(const Person sender, PersonOf(store, work.host, work.event.sender));
  if (work.event.sender.bot || sender.bot || work.event.text.starts_with(kOwnMark)) {
    return Ignored("a bot said it");
  }
  HostChange change = work.event.change;
  change.project = work.project.project;
  if (change.updated == absl::InfinitePast()) change.updated = work.delivery.received;
  // A comment tells of the head, too, where the host lets it; so a push that nobody told of is noticed.
  const bool knows_head = !change.head.empty();
  if (knows_head) {
    ASSIGN_OR_RETURN(change, store.SaveHostChange(change));
  } else if (const auto known = store.FindHostChange(change.project, change.change); known.ok()) {
    change = *known;
  }
  if (!OnlyCommands(work.event.text) || work.event.said != ReviewEventKind::kCommented) {
    const std::string id =
        work.event.id.empty()
            ? work.delivery.id
            : absl::StrCat(work.project.repository, "/", work.event.path.empty() ? "said/" : "line/", work.event.id);
    ASSIGN_OR_RETURN(const auto events,
                     ReviewEventsOf(store, work.host, id, work.event, change, work.delivery.received));
    RETURN_IF_ERROR(TellReview(inbound_, change.project, change.change, events));
    if (!work.event.thread.empty() && work.event.thread == work.event.id) {
      RETURN_IF_ERROR(TellThread(store, work.host, work.event, SignalKind::kThreadOpened, change.project, change.author,
                                 work.delivery.received));
    }
  }
  if (work.event.said == ReviewEventKind::kCommented) RETURN_IF_ERROR(RunCommands(work, change));
  if (knows_head && !IsOver(change)) return Gate(work, change, false);
  return Acted{};
}

absl::StatusOr<Acted> HostChanges::RerunAsked(const Work& work) {
  storage::Store& store = inbound_.parts.store;
  ASSIGN_OR_RETURN(const auto changes, store.FindHostChangesAt(work.project.project, work.event.commit));
  int asked = 0;
  for (const HostChange& change : changes) {
    if (IsOver(change)) continue;
    RETURN_IF_ERROR(Gate(work, change, true).status());
    ++asked;
  }
  if (asked == 0) return Ignored("no open change has this head");
  return Acted{.reason = absl::StrCat(asked, " runs asked for")};
}

absl::StatusOr<Acted> HostChanges::Gate(const Work& work, const HostChange& change, bool anew) {
  const PipelineParts& parts = inbound_.parts;
  if (IsOver(change)) {
    const std::string how = change.state == HostChangeState::kMerged ? "merged" : "closed";
    RETURN_IF_ERROR(CloseRuns(change, CommitId(), absl::StrCat("the change was ", how, " before there was a verdict")));
    return Acted{.reason = how};
  }
  if (change.state == HostChangeState::kDraft && !work.host.run_drafts && !anew) {
    return Acted{.reason = "a draft: it is gated when it is ready for review"};
  }
  Submission submission;
  submission.project = change.project;
  submission.request_id = RequestId(work.delivery, change.change);
  submission.change = change.change;
  submission.head = change.head;
  ASSIGN_OR_RETURN(const auto newest, parts.store.ListRuns(change.project, change.change, 1, ""));
  if (!newest.items.empty()) {
    const Submission& last = newest.items[0].submission;
    if (last.request_id == submission.request_id) return Acted{.reason = "submitted before"};
    if (!anew && last.head == change.head) return Acted{.reason = "its head has a run"};
  }
  const absl::StatusOr<CommitId> base = FetchChange(inbound_, work.host, work.project, change);
  if (!base.ok() && work.delivery.attempt < kFetchAttempts) return base.status();
  submission.base = base.ok() ? *base : change.base.empty() ? CommitId(kNoCommit) : change.base;
  if (change.base.empty() && base.ok()) {
    HostChange with_base = change;
    with_base.base = *base;
    RETURN_IF_ERROR(parts.store.SaveHostChange(with_base).status());
  }
  RETURN_IF_ERROR(CloseRuns(change, anew ? CommitId() : change.head,
                            absl::StrCat("superseded: another run was asked for, of ", change.head.value())));
  ASSIGN_OR_RETURN(const Run run,
                   parts.store.SubmitRun(submission, HostRunId(submission.request_id), parts.clock.Now()));
  inbound_.submitted();
  return Acted{.reason = base.ok() ? absl::StrCat("run ", run.id.value())
                                   : absl::StrCat("run ", run.id.value(),
                                                  " without its commits: ", std::string(base.status().message()))};
}

absl::Status HostChanges::CloseRuns(const HostChange& change, const CommitId& keep, const std::string& reason) {
  const PipelineParts& parts = inbound_.parts;
  ASSIGN_OR_RETURN(const auto leases, parts.store.LeaseRunsOf(change.project, change.change, keep, "hosts",
                                                              parts.clock.Now(), absl::Minutes(1)));
  for (const storage::RunLease& lease : leases) {
    const absl::Status closed = parts.store.FinishRun(lease.run.id, lease.run.attempt,
                                                      InconclusiveRecord(lease.run, reason), parts.clock.Now());
    parts.progress.Finish(lease.run.id);
    RETURN_IF_ERROR(closed);
  }
  return absl::OkStatus();
}

absl::Status HostChanges::RunCommands(const Work& work, const HostChange& change) {
  const HostCommands commands(inbound_, work.host, change, work.event);
  std::string reply;
  for (const GateCommand& command : ParseGateCommands(work.event.text)) {
    ASSIGN_OR_RETURN(CommandAnswer answer, commands.Carry(command));
    if (answer.rerun) {
      RETURN_IF_ERROR(Gate(work, change, true).status());
    }
    absl::StrAppend(&reply, reply.empty() ? "" : "\n\n", answer.text);
  }
  if (reply.empty()) return absl::OkStatus();
  return inbound_.parts.store
      .AddIntent({.kind = storage::IntentKind::kReply,
                  .project = change.project,
                  .change = change.change,
                  .subject = work.event.id,
                  .text = reply,
                  .key = absl::StrCat("reply:", work.host.name, ":", work.project.repository, ":", work.event.id)},
                 inbound_.parts.clock.Now())
      .status();
}

}  // namespace mergegate::pipeline
