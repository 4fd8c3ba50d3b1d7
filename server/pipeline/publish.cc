#include "server/pipeline/publish.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/base/status_macros.h"
#include "server/domain/names.h"
#include "server/pipeline/host_run.h"
#include "server/pipeline/public_name.h"
#include "server/pipeline/publish_chat.h"
#include "server/pipeline/review_log.h"
#include "server/publication/sarif.h"
#include "server/publication/telling.h"
#include "server/publication/verdict_text.h"
#include "server/wire/convert.h"
#include "server/wire/verdict_bytes.h"

namespace mergegate::pipeline {
namespace {

using storage::Intent;
using storage::IntentKind;

Told Skipped(std::string why) { return {.sent = false, .note = std::move(why)}; }

class StoredMemory final : public hosts::Memory {
 public:
  StoredMemory(storage::Store& store, const Intent& intent) : store_(store), intent_(intent) {}
  absl::StatusOr<std::string> Recall(const std::string& slot) override {
    return store_.GetSent(intent_.project, intent_.change, slot);
  }
  absl::Status Keep(const std::string& slot, const std::string& text) override {
    return store_.SetSent(intent_.project, intent_.change, slot, text);
  }

 private:
  storage::Store& store_;
  const Intent& intent_;
};

// Which runs speak for a change at its host: those that were submitted for it, and those that ask the same. Anybody
// with a token may submit a run under the change's key; with a policy of their own, or another base (whose policy would
// count), it decides for them alone.
class Speakers {
 public:
  Speakers(const PublishParts& parts, const HostChange& change) : parts_(parts), change_(change) {}

  bool Has(const Run& run) {
    if (!run.submission.judges_again.empty()) {
      const absl::StatusOr<Run> first = parts_.store.GetRun(run.submission.judges_again);
      return first.ok() && Has(*first);
    }
    if (!run.submission.policy.empty()) return false;
    return IsHostRun(run) || run.submission.base == change_.base || SameFork(run.submission);
  }

 private:
  // Whether both bases are of the same commit as seen from the head: the target branch may have moved since.
  bool SameFork(const Submission& submission) {
    if (mirror_ == nullptr) {
      absl::StatusOr<std::unique_ptr<git::Mirror>> mirror = parts_.mirrors.Open(submission.project);
      if (!mirror.ok()) return false;
      mirror_ = *std::move(mirror);
    }
    const absl::StatusOr<CommitId> theirs = mirror_->MergeBase(submission.base, submission.head);
    const absl::StatusOr<CommitId> ours = mirror_->MergeBase(change_.base, submission.head);
    return theirs.ok() && ours.ok() && *theirs == *ours;
  }

  const PublishParts& parts_;
  const HostChange& change_;
  std::unique_ptr<git::Mirror> mirror_;
};

// Of the runs that speak, the last one that was submitted for a head does.
struct RunsOfChange {
  bool speaks = true;
  bool newest = true;
  RunId before = {};  // the last one that was done before this one
};

absl::StatusOr<RunsOfChange> LookAround(const PublishParts& parts, const Run& run, const HostChange& change) {
  Speakers speakers(parts, change);
  RunsOfChange around{.speaks = speakers.Has(run)};
  if (!around.speaks) return around;
  ASSIGN_OR_RETURN(const auto runs, parts.store.ListRuns(run.submission.project, run.submission.change, 50, ""));
  bool older = false;
  for (const Run& other : runs.items) {
    if (other.id == run.id) {
      older = true;
    } else if (!older) {
      if (other.submission.head == run.submission.head && speakers.Has(other)) around.newest = false;
    } else if (other.state == RunState::kDone && speakers.Has(other)) {
      around.before = other.id;
      break;
    }
  }
  return around;
}

// As everybody may read it.
absl::StatusOr<Verdict> VerdictOf(storage::Store& store, const RunId& run) {
  ASSIGN_OR_RETURN(const storage::VerdictRecord record, store.GetVerdict(run));
  ASSIGN_OR_RETURN(Verdict verdict, wire::ParseVerdict(record.verdict));
  HideMails(store, verdict);
  return verdict;
}

// What one intent about a run is told with.
class RunTeller {
 public:
  RunTeller(const PublishParts& parts, const Intent& intent, hosts::HostClient& client, hosts::Place place, Run run)
      : parts_(parts),
        intent_(intent),
        client_(client),
        place_(std::move(place)),
        run_(std::move(run)),
        memory_(parts.store, intent),
        how_{.again = intent.attempt > 1} {}

  absl::StatusOr<Told> Tell() {
    ASSIGN_OR_RETURN(around_, LookAround(parts_, run_, place_.change));
    if (!around_.speaks) return Skipped("the run has a policy or a base of its own: it decides for its caller alone");
    const bool head_is_current = place_.change.head == run_.submission.head;
    place_.head = run_.submission.head;
    if (!around_.newest) return Skipped("a newer run speaks for this commit");
    switch (intent_.kind) {
      case IntentKind::kPending:
      case IntentKind::kOverdue:
        if (run_.state == RunState::kDone) return Skipped("the run is done");
        if (!head_is_current) return Skipped("a newer head was pushed");
        return intent_.kind == IntentKind::kPending ? Pending() : Overdue();
      case IntentKind::kVerdict:
        // What hangs on an old head is brought to an end, and only that.
        if (!head_is_current) {
          ASSIGN_OR_RETURN(const bool hangs, client_.HasStatus(place_, memory_));
          if (!hangs) return Skipped("a newer head was pushed");
        }
        return Decided(head_is_current);
      default:
        break;
    }
    if (!head_is_current) return Skipped("a newer head was pushed");
    if (place_.change.state == HostChangeState::kMerged || place_.change.state == HostChangeState::kClosed) {
      return Skipped("the change is closed");
    }
    ASSIGN_OR_RETURN(verdict_, VerdictOf(parts_.store, run_.id));
    switch (intent_.kind) {
      case IntentKind::kReview:
        return Review();
      case IntentKind::kReviewers:
        return Reviewers();
      case IntentKind::kChat:
        return TellChats(parts_, run_, verdict_, place_);
      case IntentKind::kSarif:
        return Send(client_.UploadSarif(place_, publication::SarifOf(verdict_)));
      default:
        return Skipped("nobody is to be told");
    }
  }

 private:
  static absl::StatusOr<Told> Send(absl::StatusOr<std::string> note) {
    RETURN_IF_ERROR(note.status());
    return Told{.sent = true, .note = *std::move(note)};
  }

  hosts::HostStatus Status(hosts::StatusState state, std::string title) const {
    return {.state = state, .run = run_.id.value(), .title = std::move(title), .link = Link()};
  }

  std::string Link() const {
    return parts_.public_url.empty()
               ? ""
               : absl::StrCat(parts_.public_url, "/", wire::FormatRunName(run_.submission.project, run_.id));
  }

  absl::StatusOr<Told> Pending() {
    hosts::HostStatus status = Status(hosts::StatusState::kPending, "pending: the change is being looked at");
    status.markdown =
        absl::StrCat("The verdict comes here, at ", absl::FormatTime("%H:%M UTC", run_.deadline, absl::UTCTimeZone()),
                     " at the latest.");
    return Send(client_.PublishStatus(place_, status, memory_, how_));
  }

  absl::StatusOr<Told> Overdue() {
    const std::string after = absl::FormatDuration(intent_.due - intent_.added);
    std::string why = absl::StrCat("the analysis still goes on after ", after);
    if (run_.state == RunState::kQueued && run_.attempt == 0) {
      why = absl::StrCat("the run has waited ", after, " for its turn");
    } else if (run_.attempt > 1 || run_.state == RunState::kQueued) {
      why = absl::StrCat("the server was restarted while it worked on this; the run began anew");
    }
    hosts::HostStatus status = Status(hosts::StatusState::kInconclusive, absl::StrCat("inconclusive: ", why));
    status.markdown =
        absl::StrCat("⚠️ **inconclusive**: ", why, ". The verdict takes this one's place when the run ends.");
    ASSIGN_OR_RETURN(const hosts::Try how, LookFirst());
    return Send(client_.PublishStatus(place_, status, memory_, how));
  }

  // Where nothing is remembered of this head, the pending status may have got through before the server died.
  absl::StatusOr<hosts::Try> LookFirst() {
    ASSIGN_OR_RETURN(const bool known, client_.HasStatus(place_, memory_));
    return hosts::Try{.again = how_.again || !known};
  }

  absl::StatusOr<Told> Decided(bool head_is_current) {
    ASSIGN_OR_RETURN(verdict_, VerdictOf(parts_.store, run_.id));
    const auto state = verdict_.state == VerdictState::kPass   ? hosts::StatusState::kPass
                       : verdict_.state == VerdictState::kFail ? hosts::StatusState::kFail
                                                               : hosts::StatusState::kInconclusive;
    hosts::HostStatus status = Status(state, publication::StatusLine(verdict_, 250));
    ASSIGN_OR_RETURN(const publication::Telling telling, TellingOf());
    status.markdown = publication::VerdictMarkdown(telling);
    if (head_is_current) status.annotations = publication::Annotations(verdict_);
    ASSIGN_OR_RETURN(const hosts::Try how, LookFirst());
    ASSIGN_OR_RETURN(std::string note, client_.PublishStatus(place_, status, memory_, how));
    if (head_is_current && client_.wants_sarif()) {
      storage::NewIntent sarif{.kind = IntentKind::kSarif, .project = intent_.project, .change = intent_.change};
      sarif.subject = run_.id.value();
      sarif.key = absl::StrCat("sarif:", run_.id.value());
      RETURN_IF_ERROR(parts_.store.AddIntent(sarif, parts_.clock.Now()).status());
    }
    return Told{.sent = true, .note = std::move(note)};
  }

  absl::StatusOr<publication::Telling> TellingOf() {
    publication::Telling telling{.verdict = verdict_, .link = Link(), .run = run_.id.value()};
    telling.place_url = client_.PlaceUrl(place_);
    if (!around_.before.empty()) {
      // An old verdict that cannot be read is no reason to be silent about this one.
      if (const auto before = VerdictOf(parts_.store, around_.before); before.ok() && !before->quality.ledger.empty()) {
        telling.quality_before = before->quality.value;
      }
    }
    ASSIGN_OR_RETURN(const ReviewLog log,
                     ReviewLog::Read(parts_.store, run_.submission.project, run_.submission.change));
    for (const reviewers::ReviewerState* reviewer : Asked(log.state())) {
      telling.reviewers.push_back(
          {.name = PublicName(parts_.store, reviewer->person), .responsible = reviewer->responsible});
      for (const std::string& reason : reviewer->reasons) {
        telling.reviewers.back().reasons.push_back(WithoutMails(parts_.store, reason));
      }
    }
    return telling;
  }

  // Who has not answered yet, the responsible one first.
  static std::vector<const reviewers::ReviewerState*> Asked(const reviewers::ReviewState& state) {
    std::vector<const reviewers::ReviewerState*> asked;
    for (const bool responsible : {true, false}) {
      for (const reviewers::ReviewerState& reviewer : state.reviewers) {
        if (reviewer.responsible == responsible &&
            (reviewer.stance == ReviewerStance::kAsked || reviewer.stance == ReviewerStance::kAccepted)) {
          asked.push_back(&reviewer);
        }
      }
    }
    return asked;
  }

  absl::StatusOr<Told> Review() {
    if (place_.change.number == 0) return Skipped("an entry of a merge queue takes no comments");
    hosts::HostReview review{.run = run_.id.value()};
    for (const Finding* finding : publication::Introduced(verdict_)) {
      review.standing.push_back(publication::KeyOf(*finding));
    }
    publication::Comments comments;
    if (!review.standing.empty()) {
      ASSIGN_OR_RETURN(const std::unique_ptr<git::Mirror> mirror, parts_.mirrors.Open(run_.submission.project));
      const absl::StatusOr<Diff> diff = mirror->DiffCommits(verdict_.base_commit, verdict_.head_commit);
      if (!diff.ok()) return Skipped(absl::StrCat("no diff to comment on: ", std::string(diff.status().message())));
      comments = publication::PlaceComments(verdict_, *diff, {.host = client_.kind()});
    } else if (verdict_.state == VerdictState::kInconclusive) {
      // Nothing was looked at, so nothing is known to be gone.
      return Skipped("an inconclusive verdict without findings resolves nothing");
    }
    review.body = publication::ReviewBody(verdict_, comments);
    review.comments = std::move(comments.inside);
    return Send(client_.PublishReview(place_, review, memory_, how_));
  }

  absl::StatusOr<Told> Reviewers() {
    if (place_.change.number == 0) return Skipped("an entry of a merge queue has no reviewers");
    if (place_.change.state == HostChangeState::kDraft) return Skipped("the change is a draft");
    if (!WaitsForPeopleOnly(verdict_)) return Skipped("the code does not pass yet: it is the author's turn");
    ASSIGN_OR_RETURN(const ReviewLog log,
                     ReviewLog::Read(parts_.store, run_.submission.project, run_.submission.change));
    std::vector<std::vector<std::string>> people;
    for (const reviewers::ReviewerState& reviewer : log.state().reviewers) {
      if (reviewer.stance != ReviewerStance::kDeclined)
        people.push_back(LoginsOf(parts_.store, reviewer.person, place_.project.host));
    }
    return Send(client_.RequestReviewers(place_, people, memory_));
  }

  const PublishParts& parts_;
  const Intent& intent_;
  hosts::HostClient& client_;
  hosts::Place place_;
  const Run run_;
  StoredMemory memory_;
  const hosts::Try how_;
  RunsOfChange around_;
  Verdict verdict_;
};

}  // namespace

bool WaitsForPeopleOnly(const Verdict& verdict) {
  if (verdict.state == VerdictState::kPass) return true;
  bool somebody = false;
  for (const ConditionResult& condition : verdict.conditions) {
    const bool holds = condition.level != ConditionLevel::kBlock || (condition.state != ConditionState::kUnsatisfied &&
                                                                     condition.state != ConditionState::kUndecided);
    if (holds) continue;
    if (condition.kind != Name(ConditionKind::kApprovals) && condition.kind != Name(ConditionKind::kOwners))
      return false;
    somebody = true;
  }
  return somebody;
}

absl::StatusOr<Told> Tell(const PublishParts& parts, const Intent& intent) {
  if (intent.kind == IntentKind::kMessage) return TellMessage(parts, intent);
  const absl::StatusOr<HostProject> project = parts.store.FindHostProject(intent.project);
  if (absl::IsNotFound(project.status())) return Skipped("the project is of no host");
  RETURN_IF_ERROR(project.status());
  const absl::StatusOr<HostChange> change = parts.store.FindHostChange(intent.project, intent.change);
  if (absl::IsNotFound(change.status())) return Skipped("the change is not known");
  RETURN_IF_ERROR(change.status());
  hosts::HostClient* client = parts.host(project->host);
  if (client == nullptr) {
    // The administrator may be about to put it back.
    return absl::UnavailableError(absl::StrCat("host ", project->host, " is not in the configuration"));
  }
  const hosts::Place place{.project = *project, .change = *change, .head = change->head};
  if (intent.kind == IntentKind::kReply) {
    StoredMemory memory(parts.store, intent);
    ASSIGN_OR_RETURN(std::string note, client->Reply(place, intent.text, Sha256Hex(intent.key).substr(0, 16), memory,
                                                     {.again = intent.attempt > 1}));
    return Told{.sent = true, .note = std::move(note)};
  }
  absl::StatusOr<Run> run = parts.store.GetRun(RunId(intent.subject));
  if (absl::IsNotFound(run.status())) return Skipped("the run is not known");
  RETURN_IF_ERROR(run.status());
  return RunTeller(parts, intent, *client, place, *std::move(run)).Tell();
}

}  // namespace mergegate::pipeline
