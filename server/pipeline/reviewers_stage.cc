#include "server/pipeline/reviewers_stage.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/digest.h"
#include "server/base/status_macros.h"
#include "server/config/policy_file.h"
#include "server/domain/access.h"
#include "server/git/line_owners.h"
#include "server/pipeline/panel.h"
#include "server/pipeline/review_log.h"
#include "server/reviewers/approvals.h"
#include "server/reviewers/assign.h"
#include "server/wire/convert.h"

namespace mergegate::pipeline {
namespace {

struct HeadCommit {
  Identity author;
  std::string title;
};

absl::StatusOr<HeadCommit> ReadHead(const git::Mirror& mirror, const CommitId& head) {
  ASSIGN_OR_RETURN(const git::HistoryCommit commit, mirror.ReadCommit(head));
  return HeadCommit{.author = {.name = commit.author_name, .mail = commit.author_mail, .login = ""},
                    .title = commit.message.substr(0, commit.message.find('\n'))};
}

std::map<std::string, int> ChangedLines(const Diff& diff) {
  std::map<std::string, int> lines;
  for (const ChangedFile& file : diff.files) {
    int& count = lines[file.path()];
    for (const Hunk& hunk : file.hunks) count += hunk.old_count + hunk.new_count;
  }
  return lines;
}

// Whether it says the same, but for the words of the reasons, which change by the day.
bool SameChoice(const reviewers::ReviewState& state, const Assignment& assignment) {
  const auto same = [&](const ChosenReviewer& chosen) {
    const reviewers::ReviewerState* known = state.Find(chosen.person);
    return known != nullptr && known->responsible == chosen.responsible && known->stance != ReviewerStance::kDeclined;
  };
  const auto is_chosen = [&](const reviewers::ReviewerState& known) {
    return known.stance != ReviewerStance::kAsked || known.role == ReviewerRole::kAsked ||
           std::ranges::find(assignment.reviewers, known.person, &ChosenReviewer::person) != assignment.reviewers.end();
  };
  return std::ranges::all_of(assignment.reviewers, same) && std::ranges::all_of(state.reviewers, is_chosen) &&
         state.problems == assignment.problems &&
         std::ranges::equal(state.stand_ins, assignment.stand_ins, {}, &ChosenReviewer::person,
                            &ChosenReviewer::person);
}

class PushOfRun {
 public:
  PushOfRun(const PipelineParts& parts, const Run& run, const PatchSet& patch_set, const Policy& policy,
            const HeadCommit& head, const std::vector<reviewers::LineOwner>& owners, const Facts& facts)
      : parts_(parts), run_(run), patch_set_(patch_set), policy_(policy), head_(head), owners_(owners), facts_(facts) {}

  // Remembers the push, the choice and the losses in `log`; returns what owner rules say.
  absl::StatusOr<ReviewFacts> Remember(ReviewLog& log) {
    const PanelQuery query{.paths = ChangedLines(patch_set_.diff),
                           .author = head_.author,
                           .title = head_.title,
                           .owners = owners_,
                           .review = &log.state()};
    ASSIGN_OR_RETURN(const Panel panel,
                     MakePanel(parts_, run_.submission.project, query, policy_, *patch_set_.base_tree));
    ASSIGN_OR_RETURN(const bool current, IsNewest());
    if (current) {
      std::vector<ReviewEvent> added;
      if (IsNew(log.state())) {
        added.push_back(Pushed());
        AddLosses(log.state(), added);
      }
      const Assignment assignment = reviewers::Assign(panel.input, policy_.reviewers);
      if (!SameChoice(log.state(), assignment)) {
        added.push_back(Event(ReviewEventKind::kAssigned, ""));
        added.back().assignment = assignment;
      }
      RETURN_IF_ERROR(log.Append(std::move(added)));
    }
    ReviewFacts known;
    known.owners = panel.input.owners;
    known.problems = panel.problems;
    return known;
  }

 private:
  // A run of an earlier push may end after the one of a later push.
  absl::StatusOr<bool> IsNewest() const {
    ASSIGN_OR_RETURN(const auto newest, parts_.store.ListRuns(run_.submission.project, run_.submission.change, 1, ""));
    return newest.items.empty() || newest.items[0].submission.head == patch_set_.head;
  }

  bool IsNew(const reviewers::ReviewState& state) const {
    if (state.pushes.empty()) return true;
    const Push& last = state.pushes.back().push;
    return last.head != patch_set_.head || last.base != patch_set_.base;
  }

  ReviewEvent Event(ReviewEventKind kind, const std::string& about) const {
    const std::string id = absl::StrCat(run_.id.value(), "/", run_.attempt, "/", static_cast<int>(kind), about);
    return {.kind = kind, .head = patch_set_.head, .at = parts_.clock.Now(), .source = "mergegate", .source_id = id};
  }

  ReviewEvent Pushed() const {
    ReviewEvent event = Event(ReviewEventKind::kPushed, "");
    event.push = Push{.base = patch_set_.base,
                      .head = patch_set_.head,
                      .run = wire::FormatRunName(run_.submission.project, run_.id),
                      .title = head_.title,
                      .author = HandleOf(head_.author),
                      .lines_added = facts_.lines_added,
                      .lines_removed = facts_.lines_removed,
                      .files = static_cast<int>(facts_.changed_paths.size()),
                      .pieces = facts_.pieces};
    return event;
  }

  // Approvals that hold for less than they did for the push before.
  void AddLosses(const reviewers::ReviewState& state, std::vector<ReviewEvent>& added) const {
    if (state.pushes.empty()) return;
    const auto before = reviewers::ApprovalsFor(state, state.pushes.back().push.pieces);
    for (const ApprovalFact& now : reviewers::ApprovalsFor(state, facts_.pieces)) {
      const auto then = std::ranges::find(before, now.person, &ApprovalFact::person);
      if (now.reasons.empty() || (then != before.end() && then->reasons == now.reasons)) continue;
      added.push_back(Event(ReviewEventKind::kApprovalLost, "/" + now.person.value()));
      added.back().subject = now.person;
      added.back().text = absl::StrJoin(now.reasons, "; ");
    }
  }

  const PipelineParts& parts_;
  const Run& run_;
  const PatchSet& patch_set_;
  const Policy& policy_;
  const HeadCommit& head_;
  const std::vector<reviewers::LineOwner>& owners_;
  const Facts& facts_;
};

absl::StatusOr<Facts> StoredFacts(storage::Store& store, const RunId& run) {
  ASSIGN_OR_RETURN(const storage::VerdictRecord record, store.GetVerdict(run));
  return wire::ParseFacts(record.facts);
}

// Those that have not lapsed.
absl::StatusOr<std::vector<OverrideFact>> OverridesOf(const PipelineParts& parts, const ProjectId& project,
                                                      const std::string& change) {
  std::vector<OverrideFact> facts;
  ASSIGN_OR_RETURN(const std::vector<Override> overrides, parts.store.ListOverrides(project, change));
  for (const Override& one : overrides) {
    if (one.expires <= parts.clock.Now()) continue;
    facts.push_back({.condition = one.condition,
                     .person = one.actor,
                     .role = one.role,
                     .reason = one.reason,
                     .until = one.expires});
  }
  return facts;
}

// A queued run that judges the facts of a run again; the same `why` once.
absl::Status SubmitAgain(const PipelineParts& parts, const Run& run, const std::string& why) {
  const RunId id(absl::StrCat("r-", Sha256Hex(why).substr(0, 16)));
  return parts.store.SubmitJudgement(run.id, id, why, parts.clock.Now()).status();
}

bool LooksAtReviews(const Policy& policy) {
  return std::ranges::any_of(policy.conditions, [](const Condition& condition) {
    return condition.kind == ConditionKind::kApprovals || condition.kind == ConditionKind::kOwners;
  });
}

}  // namespace

absl::Status AddReview(const PipelineParts& parts, const Run& run, const git::Mirror& mirror, const PatchSet& patch_set,
                       const Policy& policy, Facts& facts) {
  ASSIGN_OR_RETURN(const HeadCommit head, ReadHead(mirror, patch_set.head));
  const std::vector<reviewers::LineOwner> owners = git::LineOwnersOf(mirror, patch_set.base, patch_set.diff);
  PushOfRun push(parts, run, patch_set, policy, head, owners, facts);
  return RetryAborted([&]() -> absl::Status {
    ASSIGN_OR_RETURN(ReviewLog log, ReviewLog::Read(parts.store, run.submission.project, run.submission.change));
    ASSIGN_OR_RETURN(ReviewFacts known, push.Remember(log));
    facts.review = FactsOf(log.state(), facts.pieces, std::move(known));
    ASSIGN_OR_RETURN(facts.review->overrides, OverridesOf(parts, run.submission.project, run.submission.change));
    return absl::OkStatus();
  });
}

std::string QueuedChange(const std::string& branch) {
  static constexpr std::string_view kQueue = "gh-readonly-queue/";
  const size_t at = branch.rfind("/pr-");
  if (!branch.starts_with(kQueue) || at == std::string::npos) return "";
  const size_t digits = at + 4;
  const size_t end = branch.find_first_not_of("0123456789", digits);
  return end == digits || end == std::string::npos ? "" : branch.substr(at + 1, end - at - 1);
}

absl::Status BorrowReview(const PipelineParts& parts, const Run& run, Facts& facts) {
  const ProjectId& project = run.submission.project;
  const absl::StatusOr<HostChange> entry = parts.store.FindHostChange(project, run.submission.change);
  const std::string change = entry.ok() ? QueuedChange(entry->head_ref) : "";
  if (change.empty()) return absl::IsNotFound(entry.status()) ? absl::OkStatus() : entry.status();
  ASSIGN_OR_RETURN(const auto newest, parts.store.ListRuns(project, change, 1, ""));
  if (newest.items.empty() || newest.items[0].state != RunState::kDone) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Facts of_change, StoredFacts(parts.store, newest.items[0].id));
  if (!of_change.review) return absl::OkStatus();
  ASSIGN_OR_RETURN(const ReviewLog log, ReviewLog::Read(parts.store, project, change));
  facts.review = FactsOf(log.state(), facts.pieces, *of_change.review);
  ASSIGN_OR_RETURN(facts.review->overrides, OverridesOf(parts, project, change));
  return absl::OkStatus();
}

absl::StatusOr<Facts> FactsToJudgeAgain(const PipelineParts& parts, const Run& run) {
  ASSIGN_OR_RETURN(Facts facts, StoredFacts(parts.store, run.submission.judges_again));
  ASSIGN_OR_RETURN(const ReviewLog log, ReviewLog::Read(parts.store, run.submission.project, run.submission.change));
  facts.review = FactsOf(log.state(), facts.pieces, facts.review.value_or(ReviewFacts()));
  ASSIGN_OR_RETURN(facts.review->overrides, OverridesOf(parts, run.submission.project, run.submission.change));
  return facts;
}

absl::StatusOr<bool> JudgeAgainIfMoved(const PipelineParts& parts, const ProjectId& project,
                                       const std::string& change) {
  ASSIGN_OR_RETURN(const auto newest, parts.store.ListRuns(project, change, 1, ""));
  // A run that is not done will read the review, or be looked at again when it is.
  if (newest.items.empty() || newest.items[0].state != RunState::kDone) return false;
  const Run& run = newest.items[0];
  ASSIGN_OR_RETURN(const Facts facts, StoredFacts(parts.store, run.id));
  const config::ParsedPolicy policy = config::ParsePolicy(facts.policy_text);
  if (!facts.review || !LooksAtReviews(policy.policy)) return false;
  ASSIGN_OR_RETURN(const storage::StoredReview review, parts.store.GetReview(project, change));
  if (review.events <= facts.review->events) return false;
  RETURN_IF_ERROR(SubmitAgain(parts, run, absl::StrCat("review ", run.id.value(), " ", review.events)));
  return true;
}

absl::StatusOr<bool> OverrideAndJudgeAgain(const PipelineParts& parts, const Override& wanted) {
  ASSIGN_OR_RETURN(const auto runs, parts.store.ListRuns(wanted.project, wanted.change, 1, ""));
  if (runs.items.empty()) {
    return absl::NotFoundError(absl::StrCat("change ", wanted.change, " was never submitted to this project"));
  }
  const Run& run = runs.items[0];
  if (run.state != RunState::kDone) {
    return absl::FailedPreconditionError("the change is being analyzed; override its condition when that is done");
  }
  ASSIGN_OR_RETURN(const Facts facts, StoredFacts(parts.store, run.id));
  const config::ParsedPolicy policy = config::ParsePolicy(facts.policy_text);
  const auto condition = std::ranges::find(policy.policy.conditions, wanted.condition, &Condition::name);
  if (condition == policy.policy.conditions.end()) {
    return absl::NotFoundError(absl::StrCat(
        "the policy in force has no condition \"", wanted.condition,
        "\"; it has: ", absl::StrJoin(policy.policy.conditions, ", ", [](std::string* out, const Condition& each) {
          absl::StrAppend(out, each.name);
        })));
  }
  if (!FitsOneOf(wanted.role, condition->override_roles)) {
    return absl::PermissionDeniedError(
        absl::StrCat("the policy lets ",
                     condition->override_roles.empty() ? "nobody" : absl::StrJoin(condition->override_roles, ", "),
                     " override \"", wanted.condition, "\", and you are ", wanted.role));
  }
  RETURN_IF_ERROR(parts.store.AddOverride(wanted));
  if (!facts.review) return false;
  ASSIGN_OR_RETURN(const std::vector<Override> all, parts.store.ListOverrides(wanted.project, wanted.change));
  RETURN_IF_ERROR(SubmitAgain(parts, run, absl::StrCat("override ", run.id.value(), " ", all.size())));
  return true;
}

}  // namespace mergegate::pipeline
