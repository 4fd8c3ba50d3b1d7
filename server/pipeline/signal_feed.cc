#include "server/pipeline/signal_feed.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/base/status_macros.h"
#include "server/git/review_history.h"
#include "server/pipeline/experts.h"
#include "server/pipeline/given_reviews.h"
#include "server/pipeline/panel.h"
#include "server/pipeline/review_log.h"
#include "server/reviewers/people.h"
#include "server/reviewers/review_signals.h"
#include "server/wire/convert.h"

namespace mergegate::pipeline {
namespace {

constexpr size_t kPart = 5000;
constexpr absl::Duration kLate = absl::Hours(24);  // after that a closed review that is not merged was given up
constexpr absl::Duration kLooksBack = absl::Hours(24 * 90);
constexpr int kPage = 200;

absl::StatusOr<int64_t> Append(storage::Store& store, const std::vector<Signal>& signals) {
  int64_t fresh = 0;
  for (size_t i = 0; i < signals.size(); i += kPart) {
    const std::span part = std::span(signals).subspan(i, std::min(kPart, signals.size() - i));
    ASSIGN_OR_RETURN(const auto outcomes, store.AppendSignals(part));
    fresh += std::ranges::count(outcomes, storage::SignalOutcome::kNew);
  }
  return fresh;
}

// The commit of the target branch that a review landed as: its head, else, after a squash or a rebase, what JoinReviews
// would choose. Empty: none.
absl::StatusOr<std::string> LandedCommit(const git::Mirror& mirror, const CommitId& tip,
                                         const reviewers::ReviewState& state) {
  const CommitId& head = state.pushes.back().push.head;
  const absl::StatusOr<CommitId> base = mirror.MergeBase(head, tip);
  if (base.ok() && *base == head) return head.value();
  ASSIGN_OR_RETURN(const git::CommitRecords since_base,
                   git::ReadReviewHistory(mirror.path(), {.ref = tip.value()}, state.pushes.front().push.base));
  const reviewers::GivenReview review = GivenReviewOf(state);
  const std::vector<size_t> landed = reviewers::LandedAs({&review, 1}, since_base.records).front();
  return landed.empty() ? "" : since_base.records[landed.front()].id;
}

// Whether a closed review is in the target branch. Nobody knows while the mirror has no branch.
absl::StatusOr<reviewers::Outcome> OutcomeOf(const PipelineParts& parts, const ReviewLog& log) {
  if (log.state().open || log.state().pushes.empty()) return reviewers::Outcome::kUnknown;
  // A host knows it, whatever became of the commits.
  const absl::StatusOr<HostChange> there = parts.store.FindHostChange(log.project(), log.change());
  if (there.ok() && there->state == HostChangeState::kMerged) return reviewers::Outcome::kMerged;
  ASSIGN_OR_RETURN(const auto mirror, parts.mirrors.Open(log.project()));
  const absl::StatusOr<CommitId> tip = mirror->DefaultBranch();
  if (!tip.ok() || !mirror->HasCommit(log.state().pushes.back().push.head)) return reviewers::Outcome::kUnknown;
  ASSIGN_OR_RETURN(const std::string landed, LandedCommit(*mirror, *tip, log.state()));
  if (!landed.empty()) return reviewers::Outcome::kMerged;
  return parts.clock.Now() - log.state().updated < kLate ? reviewers::Outcome::kUnknown
                                                         : reviewers::Outcome::kAbandoned;
}

// New and caused findings of the verdict of a push, by check.
absl::StatusOr<std::map<std::string, int>> FindingsOf(storage::Store& store, const Push& push) {
  std::map<std::string, int> counts;
  ASSIGN_OR_RETURN(const wire::RunName name, wire::ParseRunName(push.run));
  ASSIGN_OR_RETURN(const storage::VerdictRecord record, store.GetVerdict(name.run));
  ASSIGN_OR_RETURN(const Facts facts, wire::ParseFacts(record.facts));
  for (const Finding& finding : facts.findings) {
    const bool brought = finding.state == BaselineState::kNew || finding.state == BaselineState::kCaused;
    if (brought) ++counts[finding.check];
  }
  return counts;
}

// Of a merged change: that it was judged, what its last push brought, and what an earlier one had more of.
void AddFindings(const PipelineParts& parts, const ReviewLog& log, std::vector<Signal>& signals) {
  const Signal merged = signals.back();
  const auto& pushes = log.state().pushes;
  const auto last = FindingsOf(parts.store, pushes.back().push);
  if (!last.ok()) return;  // the verdict is not there (yet); the next feeding sees it
  Signal judged = merged;
  judged.kind = SignalKind::kChangeJudged;
  judged.value = 0;
  for (const auto& [check, count] : *last) judged.value += count;
  judged.source_id += "/judged";
  signals.push_back(std::move(judged));
  std::map<std::string, int> most = *last;
  for (const reviewers::PushedAt& pushed : pushes) {
    const auto counts = FindingsOf(parts.store, pushed.push);
    if (!counts.ok()) continue;
    for (const auto& [check, count] : *counts) most[check] = std::max(most[check], count);
  }
  for (const auto& [check, count] : most) {
    const auto left = last->find(check);
    const int added = left == last->end() ? 0 : left->second;
    for (const auto& [kind, value] :
         {std::pair(SignalKind::kFindingAdded, added), std::pair(SignalKind::kFindingAvoided, count - added)}) {
      if (value == 0) continue;
      Signal signal = merged;
      signal.kind = kind;
      signal.part = check.substr(0, 500);
      signal.value = value;
      signal.source_id =
          absl::StrCat(merged.source_id, "/", static_cast<int>(kind), "/", Sha256Hex(check).substr(0, 16));
      signals.push_back(std::move(signal));
    }
  }
}

// What was taken for given up and was merged after all.
Signal TakeBackAbandoned(const Signal& merged) {
  Signal signal = merged;
  signal.kind = SignalKind::kChangeAbandoned;
  signal.value = 0;
  signal.corrects = merged.source_id.substr(0, merged.source_id.rfind('/')) + "/abandoned";
  signal.source_id = signal.corrects + "/not";
  signal.retracted = true;
  return signal;
}

bool IsHex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == std::string_view::npos; }

}  // namespace

absl::Status FeedReview(const PipelineParts& parts, const ProjectId& project, const std::string& change) {
  ASSIGN_OR_RETURN(const ReviewLog log, ReviewLog::Read(parts.store, project, change));
  const absl::StatusOr<reviewers::Outcome> outcome = OutcomeOf(parts, log);
  std::vector<Signal> signals =
      reviewers::SignalsOf(project, change, log.events(), outcome.value_or(reviewers::Outcome::kUnknown));
  if (!signals.empty() && signals.back().kind == SignalKind::kChangeMerged) {
    const Signal merged = signals.back();
    AddFindings(parts, log, signals);
    signals.push_back(TakeBackAbandoned(merged));
  }
  return Append(parts.store, signals).status();
}

std::string RevertedBy(const std::string& message) {
  constexpr std::string_view kWords = "This reverts commit ";
  const size_t at = message.find(kWords);
  if (at == std::string::npos) return "";
  size_t end = at + kWords.size();
  while (end < message.size() && IsHex(std::string_view(message).substr(end, 1))) ++end;
  const std::string id = message.substr(at + kWords.size(), end - at - kWords.size());
  return id.size() >= 7 && id.size() <= 40 ? id : "";
}

std::vector<Signal> SignalsOfHistory(const ProjectId& project, const std::vector<ReviewRecord>& records,
                                     const std::vector<Revert>& reverts, const std::set<std::string>& told_by_reviews) {
  std::vector<Signal> signals;
  std::map<std::string, const ReviewRecord*> by_id;
  const auto make = [&](const ReviewRecord& record, SignalKind kind, const Handle& actor, const std::string& about) {
    return Signal{.kind = kind,
                  .actor = actor,
                  .project = project,
                  .object = record.id,
                  .at = record.landed,
                  .source = "git",
                  .source_id = absl::StrCat(project.value(), "/", about)};
  };
  for (const ReviewRecord& record : records) {
    by_id[record.id] = &record;
    const Handle author = HandleOf(record.author);
    if (author.empty() || reviewers::IsBot(record.author) || told_by_reviews.contains(record.id)) continue;
    signals.push_back(make(record, SignalKind::kChangeMerged, author, absl::StrCat("merged/", record.id)));
    signals.back().value = std::numeric_limits<double>::quiet_NaN();  // no blob is read
    std::set<Handle> seen = {author};
    for (const Identity& identity : record.reviewers) {
      const Handle reviewer = HandleOf(identity);
      if (reviewer.empty() || reviewers::IsBot(identity) || !seen.insert(reviewer).second) continue;
      signals.push_back(make(record, SignalKind::kApproved, reviewer,
                             absl::StrCat("reviewed/", record.id, "/", Sha256Hex(reviewer.value()).substr(0, 16))));
      signals.back().subject = author;
    }
  }
  for (const Revert& revert : reverts) {
    const auto by = by_id.find(revert.by);
    const auto reverted = by_id.lower_bound(revert.reverted);
    if (by == by_id.end() || reverted == by_id.end() || !reverted->first.starts_with(revert.reverted)) continue;
    const ReviewRecord& lost = *reverted->second;
    const Handle author = HandleOf(lost.author);
    if (author.empty() || reviewers::IsBot(lost.author)) continue;
    signals.push_back(make(lost, SignalKind::kChangeReverted, author, absl::StrCat("reverted/", revert.by)));
    signals.back().at = by->second->landed;
    signals.back().subject = HandleOf(by->second->author);
  }
  return signals;
}

std::optional<CommitId> SignalFeed::Fed(const ProjectId& project) const {
  std::ifstream kept(absl::StrCat(folder_, "/", project.value()));
  std::string line;
  if (std::getline(kept, line) && line.size() == 40 && IsHex(line)) return CommitId(line);
  return std::nullopt;
}

absl::StatusOr<std::optional<CommitId>> SignalFeed::NewTip(const ProjectId& project) const {
  ASSIGN_OR_RETURN(const auto mirror, parts_.mirrors.Open(project));
  const absl::StatusOr<CommitId> tip = TipOf(parts_.store, project, *mirror);
  if (absl::IsNotFound(tip.status())) return std::nullopt;
  if (!tip.ok()) return tip.status();
  return Fed(project) == *tip ? std::nullopt : std::optional(*tip);
}

absl::StatusOr<int64_t> SignalFeed::FeedHistory(const ProjectId& project, const CommitId& tip,
                                                std::span<const reviewers::ReviewState> own) {
  ASSIGN_OR_RETURN(const auto mirror, parts_.mirrors.Open(project));
  const std::optional<CommitId> since = Fed(project);
  git::HistoryOptions options;
  if (!mirror->DefaultBranch().ok()) options.ref = tip.value();
  // Reverts refer to what landed before, and histories are small beside what they tell of: all is read when one came.
  ASSIGN_OR_RETURN(git::CommitRecords read, git::ReadReviewHistory(mirror->path(), options, since));
  std::vector<Revert> reverts;
  for (const ReviewRecord& record : read.records) {
    if (!record.title.starts_with("Revert")) continue;
    ASSIGN_OR_RETURN(const git::HistoryCommit commit, mirror->ReadCommit(CommitId(record.id)));
    if (std::string id = RevertedBy(commit.message); !id.empty()) reverts.push_back({record.id, std::move(id)});
  }
  if (since && !reverts.empty()) {
    ASSIGN_OR_RETURN(read, git::ReadReviewHistory(mirror->path(), options, std::nullopt));
  }
  std::vector<reviewers::GivenReview> given;
  for (const reviewers::ReviewState& state : own) given.push_back(GivenReviewOf(state));
  const std::vector<std::vector<size_t>> may_be = reviewers::LandedAs(given, read.records);
  std::set<std::string> told_by_reviews;
  for (size_t r = 0; r < own.size(); ++r) {
    if (may_be[r].empty()) continue;  // else it is so unless it landed before these records
    ASSIGN_OR_RETURN(std::string landed, LandedCommit(*mirror, tip, own[r]));
    told_by_reviews.insert(std::move(landed));
  }
  ASSIGN_OR_RETURN(const int64_t fresh,
                   Append(parts_.store, SignalsOfHistory(project, read.records, reverts, told_by_reviews)));
  std::error_code ignored;
  std::filesystem::create_directories(folder_, ignored);
  std::ofstream(absl::StrCat(folder_, "/", project.value())) << read.tip.value() << '\n';
  return fresh;
}

absl::StatusOr<int64_t> SignalFeed::Feed(const ProjectId& project) {
  ASSIGN_OR_RETURN(const std::optional<CommitId> tip, NewTip(project));
  if (!tip) return 0;
  std::vector<reviewers::ReviewState> own;
  std::vector<std::string> closed;
  std::string token;
  do {
    ASSIGN_OR_RETURN(const auto page, parts_.store.ListReviews({.project = project, .closed_too = true}, kPage, token));
    token = page.next_token;
    for (const storage::StoredReview& review : page.items) {
      ASSIGN_OR_RETURN(const ReviewLog log, ReviewLog::Read(parts_.store, project, review.change));
      if (!log.state().pushes.empty()) own.push_back(log.state());
      const bool of_late = parts_.clock.Now() - review.updated < kLooksBack;
      if (!review.open && of_late) closed.push_back(review.change);
    }
  } while (!token.empty());
  ASSIGN_OR_RETURN(const int64_t fresh, FeedHistory(project, *tip, own));
  for (const std::string& change : closed) RETURN_IF_ERROR(FeedReview(parts_, project, change));
  return fresh;
}

void SignalFeed::BaseMoved(const ProjectId& project) {
  std::lock_guard lock(mutex_);
  moved_.insert(project);
  wake_.notify_one();
}

void SignalFeed::Start() {
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopping_ || !moved_.empty(); });
      if (stopping_) return;
      const ProjectId project = moved_.extract(moved_.begin()).value();
      lock.unlock();
      const absl::StatusOr<int64_t> fresh = Feed(project);
      if (!fresh.ok()) spdlog::warn("signals of {}: {}", project.value(), fresh.status().ToString());
      lock.lock();
    }
  });
}

void SignalFeed::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace mergegate::pipeline
