#include "server/pipeline/scheduler.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/domain/names.h"
#include "server/pipeline/review_log.h"
#include "server/pipeline/reviewers_stage.h"
#include "server/pipeline/signal_feed.h"

namespace mergegate::pipeline {
namespace {

// How often the queue is looked at without being woken, and leases are renewed.
constexpr absl::Duration kPoll = absl::Seconds(1);

// Renews a run's lease until destroyed; knows whether it was lost.
class LeaseKeeper {
 public:
  LeaseKeeper(const PipelineParts& parts, const Run& run, absl::Duration ttl)
      : parts_(parts), run_(run), ttl_(ttl), thread_([this] { Renew(); }) {}
  ~LeaseKeeper() {
    {
      std::lock_guard lock(mutex_);
      done_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }
  bool lost() const { return lost_; }

 private:
  void Renew() {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, absl::ToChronoMilliseconds(ttl_ / 3), [this] { return done_; })) {
      const absl::Status status = parts_.store.RenewLease(run_.id, run_.attempt, parts_.clock.Now(), ttl_);
      if (absl::IsAborted(status)) {
        lost_ = true;
        return;
      }
      if (!status.ok()) spdlog::warn("run {}: lease not renewed: {}", run_.id.value(), status.ToString());
    }
  }

  const PipelineParts& parts_;
  const Run& run_;
  const absl::Duration ttl_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  std::atomic<bool> lost_ = false;
  std::thread thread_;
};

}  // namespace

absl::Status CloseAbandonedRuns(const PipelineParts& parts) {
  // Seen from the far future, every unfinished run is overdue.
  const absl::Time later = parts.clock.Now() + absl::Hours(24 * 365);
  ASSIGN_OR_RETURN(const auto abandoned, parts.store.LeaseOverdueRuns("start", later, absl::Minutes(1), 0));
  for (const storage::RunLease& lease : abandoned) {
    const storage::VerdictRecord record =
        InconclusiveRecord(lease.run, "the command that asked for this run was interrupted");
    RETURN_IF_ERROR(parts.store.FinishRun(lease.run.id, lease.run.attempt, record, parts.clock.Now()));
  }
  return absl::OkStatus();
}

void Scheduler::Start() {
  for (int i = 0; i < options_.concurrent_runs; ++i) threads_.emplace_back([this] { RunLoop(); });
  threads_.emplace_back([this] { WatchLoop(); });
}

void Scheduler::Wake() {
  std::lock_guard lock(mutex_);
  ++wakes_;
  woken_.notify_all();
}

void Scheduler::Stop() {
  stopping_ = true;
  Wake();
  if (threads_.empty()) return;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  EvictResults();  // which also stores what was used last; short-lived servers come to it only here
}

int64_t Scheduler::Wakes() {
  std::lock_guard lock(mutex_);
  return wakes_;
}

bool Scheduler::Pause(absl::Duration time, int64_t seen) {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, absl::ToChronoMilliseconds(time), [&] { return stopping_ || wakes_ > seen; });
  return stopping_;
}

void Scheduler::RunLoop() {
  while (!stopping_) {
    const int64_t seen = Wakes();  // before looking, so that a wake meanwhile is not slept through
    const auto lease = parts_.store.LeaseRun(options_.owner, parts_.clock.Now(), options_.lease);
    if (!lease.ok()) {
      spdlog::error("queue: {}", lease.status().ToString());
    } else if (*lease) {
      CarryOut(**lease);
      continue;
    }
    Pause(kPoll, seen);
  }
}

void Scheduler::CarryOut(const storage::RunLease& lease) {
  const Run& run = lease.run;
  spdlog::info("run {}: attempt {} of {}..{}", run.id.value(), run.attempt, run.submission.base.value(),
               run.submission.head.value());
  std::optional<LeaseKeeper> keeper(std::in_place, parts_, run, options_.lease);
  const auto cancelled = [&] { return stopping_ || keeper->lost(); };
  absl::StatusOr<storage::VerdictRecord> record = RunPipeline(parts_, run, cancelled);
  const bool lost = keeper->lost();
  if (!record.ok() && !lost && !stopping_ && run.attempt >= options_.max_attempts) {
    record = InconclusiveRecord(
        run, absl::StrCat("the run failed ", run.attempt, " times: ", std::string(record.status().message())));
  }
  absl::Status status = record.status();
  if (record.ok()) {
    status = parts_.store.FinishRun(run.id, run.attempt, *record, parts_.clock.Now());
    if (status.ok()) {
      parts_.metrics.Count(Counter::kRuns, Name(record->state));
      if (IsReviewed(run.submission)) {
        const absl::Status fed = FeedReview(parts_, run.submission.project, run.submission.change);
        if (!fed.ok()) spdlog::warn("signals of run {}: {}", run.id.value(), fed.ToString());
      }
      // What happened in the review meanwhile.
      if (const auto moved = JudgeAgainIfMoved(parts_, run.submission.project, run.submission.change); !moved.ok()) {
        if (!absl::IsNotFound(moved.status())) spdlog::warn("run {}: {}", run.id.value(), moved.status().ToString());
      } else if (*moved) {
        Wake();
      }
      if (!run.submission.caller_analyzes) parts_.on_base(run.submission);
    }
  } else if (!lost) {
    spdlog::warn("run {}: attempt {} given back: {}", run.id.value(), run.attempt, status.ToString());
    status = parts_.store.ReleaseRun(run.id, run.attempt);
  }
  keeper.reset();
  if (!status.ok()) {
    spdlog::warn("run {}: attempt {}: {}", run.id.value(), run.attempt, status.ToString());
  }
  parts_.progress.Finish(run.id);
}

void Scheduler::CloseOverdueRuns() {
  const auto overdue =
      parts_.store.LeaseOverdueRuns(options_.owner, parts_.clock.Now(), options_.lease, options_.max_attempts);
  if (!overdue.ok()) {
    spdlog::error("watchdog: {}", overdue.status().ToString());
    return;
  }
  for (const storage::RunLease& lease : *overdue) {
    const Run& run = lease.run;
    const bool late = parts_.clock.Now() >= run.deadline;
    const std::string reason =
        late ? absl::StrCat("the deadline of ", absl::FormatDuration(run.deadline - run.created),
                            " passed before there was a verdict; submit again, or with a longer deadline")
             : absl::StrCat("the server was interrupted ", run.attempt - 1, " times while it worked on this run");
    const absl::Status status =
        parts_.store.FinishRun(run.id, run.attempt, InconclusiveRecord(run, reason), parts_.clock.Now());
    spdlog::warn("watchdog: run {} closed as inconclusive: {} {}", run.id.value(), reason, status.ToString());
    parts_.progress.Finish(run.id);
  }
}

void Scheduler::EvictResults() {
  const absl::StatusOr<int64_t> evicted = parts_.store.EvictResults(options_.cache_bytes);
  if (evicted.ok()) {
    parts_.metrics.Count(Counter::kCacheEvictions, "", *evicted);
  } else {
    spdlog::warn("result cache: {}", evicted.status().ToString());
  }
}

void Scheduler::WatchLoop() {
  absl::Time last_eviction = absl::InfinitePast();
  while (!stopping_) {
    CloseOverdueRuns();
    if (parts_.clock.Now() - last_eviction > absl::Minutes(10)) {
      last_eviction = parts_.clock.Now();
      EvictResults();
    }
    Pause(kPoll, std::numeric_limits<int64_t>::max());  // new runs are not its business
  }
}

}  // namespace mergegate::pipeline
