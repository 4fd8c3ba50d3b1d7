#include "server/pipeline/analysis_board.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "server/domain/names.h"

namespace mergegate::pipeline {
namespace {

// Waiters look at the clock and at cancellation so often; results wake them at once.
constexpr auto kGlance = std::chrono::milliseconds(200);

std::string SubjectOf(const AnalysisTask& task) {
  const auto* unit = std::get_if<UnitTask>(&task.work);
  return unit != nullptr ? unit->main_file : "duplication";
}

std::string_view OutcomeOf(const TaskResult& result) {
  return result.failures.empty() ? "ok" : Name(result.failures.front().kind);
}

void CountAnswer(const TaskResult& result, Metrics& metrics) {
  metrics.Count(Counter::kTasks, OutcomeOf(result));
  metrics.Count(Counter::kPreamblesReused, "", result.cost.preambles_reused);
  metrics.Count(Counter::kEntriesAnalyzed, "", result.cost.entries_analyzed);
  metrics.Count(Counter::kEntriesReused, "", result.cost.entries_reused);
}

}  // namespace

struct AnalysisBoard::Batch {
  size_t left = 0;
  bool abandoned = false;
};

struct AnalysisBoard::Entry {
  AnalysisTask task;
  Priority priority = Priority::kInteractive;
  bool caller_analyzes = false;
  std::shared_ptr<Batch> batch;             // null for a posted task
  std::function<void(TaskResult)> on_done;  // of a posted task
  std::string worker;
  absl::Time lease_until = absl::InfinitePast();
  std::optional<TaskResult> result;
  bool reported = false;
};

absl::StatusOr<std::vector<TaskResult>> AnalysisBoard::Analyze(std::vector<AnalysisTask> tasks,
                                                               const AnalyzeOptions& options) {
  auto batch = std::make_shared<Batch>();
  batch->left = tasks.size();
  std::vector<std::shared_ptr<Entry>> entries;
  std::unique_lock lock(mutex_);
  const absl::Time posted = clock_.Now();
  for (AnalysisTask& task : tasks) {
    auto entry = std::make_shared<Entry>();
    entry->task = std::move(task);
    entry->task.task_id = absl::StrCat("t", next_id_++);
    entry->task.attempt = 0;
    entry->priority = options.priority;
    entry->caller_analyzes = options.caller_analyzes;
    entry->batch = batch;
    Enqueue(entry);
    entries.push_back(std::move(entry));
  }
  work_added_.notify_all();

  while (batch->left > 0) {
    result_added_.wait_for(lock, kGlance);
    const absl::Time now = clock_.Now();
    ReturnLapsedLeases(now);
    if (stopped_ || (options.cancelled && options.cancelled())) {
      batch->abandoned = true;
      std::erase_if(queue_, [&](const auto& entry) { return entry->batch == batch; });
      std::erase_if(leased_, [&](const auto& item) { return item.second->batch == batch; });
      return absl::CancelledError("analysis was stopped");
    }
    const bool late = now >= options.deadline;
    const bool no_worker = now - std::max(last_asked_, posted) > options_.no_worker;
    for (const auto& entry : entries) {
      if (entry->result) continue;
      if (late) {
        GiveUp(*entry, FailureKind::kTimedOut, "the run's deadline passed before this unit was analyzed");
      } else if (no_worker && entry->worker.empty()) {
        GiveUp(*entry, FailureKind::kNoWorker,
               "no worker asked for work; start mergegate-worker or see the server's log for why it stopped");
      }
    }
    std::erase_if(queue_, [](const auto& entry) { return entry->result.has_value(); });
    std::erase_if(leased_, [](const auto& item) { return item.second->result.has_value(); });
    for (size_t i = 0; i < entries.size(); ++i) {
      if (!entries[i]->result || entries[i]->reported) continue;
      entries[i]->reported = true;
      if (!options.on_done) continue;
      lock.unlock();
      options.on_done(i, *entries[i]->result);
      lock.lock();
    }
  }
  std::vector<TaskResult> results;
  for (const auto& entry : entries) {
    if (!entry->reported && options.on_done) {
      lock.unlock();
      options.on_done(results.size(), *entry->result);
      lock.lock();
    }
    results.push_back(*std::move(entry->result));
  }
  return results;
}

void AnalysisBoard::Post(AnalysisTask task, std::function<void(TaskResult)> on_done) {
  std::lock_guard lock(mutex_);
  if (stopped_ || posted_ >= options_.max_posted) return;
  ++posted_;
  auto entry = std::make_shared<Entry>();
  entry->task = std::move(task);
  entry->task.task_id = absl::StrCat("t", next_id_++);
  entry->task.attempt = 0;
  entry->priority = Priority::kBackground;
  entry->on_done = std::move(on_done);
  Enqueue(std::move(entry));
  work_added_.notify_all();
}

void AnalysisBoard::Enqueue(std::shared_ptr<Entry> entry, bool first) {
  const auto is_after = [&](const auto& other) {
    return first ? other->priority >= entry->priority : other->priority > entry->priority;
  };
  queue_.insert(std::ranges::find_if(queue_, is_after), entry);
}

std::optional<std::string> AnalysisBoard::KnownBuild(const RunId& run, bool caller_analyzes) const {
  if (caller_analyzes) {
    const auto it = builds_of_callers_.find(run);
    return it == builds_of_callers_.end() ? std::nullopt : std::optional(it->second);
  }
  return build_.empty() ? std::nullopt : std::optional(build_);
}

std::optional<std::string> AnalysisBoard::AnalyzerBuild(const RunId& run, bool caller_analyzes) {
  std::lock_guard lock(mutex_);
  return KnownBuild(run, caller_analyzes);
}

std::optional<std::string> AnalysisBoard::WaitForAnalyzerBuild(const RunId& run, bool caller_analyzes,
                                                               absl::Time deadline) {
  std::unique_lock lock(mutex_);
  const absl::Time give_up = std::min(deadline, clock_.Now() + options_.no_worker);
  while (!stopped_) {
    if (std::optional<std::string> build = KnownBuild(run, caller_analyzes)) return build;
    if (clock_.Now() >= give_up) return std::nullopt;
    result_added_.wait_for(lock, kGlance);
  }
  return std::nullopt;
}

std::vector<AnalysisTask> AnalysisBoard::Lease(std::string_view worker, std::string_view build, const RunId& run,
                                               int max, absl::Duration wait) {
  std::unique_lock lock(mutex_);
  const absl::Time until = clock_.Now() + wait;
  if (run.empty()) {
    build_ = build;
  } else {
    builds_of_callers_[run] = build;
  }
  result_added_.notify_all();
  std::vector<AnalysisTask> tasks;
  while (!stopped_) {
    const absl::Time now = clock_.Now();
    last_asked_ = now;
    ReturnLapsedLeases(now);
    while (static_cast<int>(tasks.size()) < max) {
      const std::shared_ptr<Entry> entry = NextFor(run);
      if (entry == nullptr) break;
      ++entry->task.attempt;
      entry->worker = worker;
      entry->lease_until = now + options_.lease;
      leased_[entry->task.task_id] = entry;
      tasks.push_back(entry->task);
    }
    if (!tasks.empty() || now >= until) break;
    work_added_.wait_for(lock, kGlance);
  }
  return tasks;
}

std::vector<TaskLease> AnalysisBoard::Renew(std::string_view worker, const std::vector<TaskLease>& leases) {
  std::lock_guard lock(mutex_);
  const absl::Time now = clock_.Now();
  last_asked_ = now;
  std::vector<TaskLease> lost;
  for (const TaskLease& lease : leases) {
    const auto it = leased_.find(lease.task_id);
    if (it == leased_.end() || it->second->worker != worker || it->second->task.attempt != lease.attempt) {
      lost.push_back(lease);
    } else {
      it->second->lease_until = now + options_.lease;
    }
  }
  return lost;
}

absl::Status AnalysisBoard::Complete(std::string_view worker, const TaskLease& lease, TaskResult result) {
  std::shared_ptr<Entry> entry;
  {
    std::lock_guard lock(mutex_);
    const auto it = leased_.find(lease.task_id);
    if (it == leased_.end() || it->second->worker != worker || it->second->task.attempt != lease.attempt) {
      return absl::AbortedError(absl::StrCat("task ", lease.task_id, " attempt ", lease.attempt,
                                             " is no longer this worker's; its result is not used"));
    }
    entry = it->second;
    leased_.erase(it);
    if (options_.metrics != nullptr) CountAnswer(result, *options_.metrics);
    if (entry->batch != nullptr) {
      entry->result = std::move(result);
      --entry->batch->left;
      result_added_.notify_all();
      return absl::OkStatus();
    }
    --posted_;
  }
  entry->on_done(std::move(result));
  return absl::OkStatus();
}

BoardLoad AnalysisBoard::Load() const {
  std::lock_guard lock(mutex_);
  return {.waiting = queue_.size(), .leased = leased_.size(), .last_asked = last_asked_};
}

void AnalysisBoard::Stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  work_added_.notify_all();
  result_added_.notify_all();
}

std::shared_ptr<AnalysisBoard::Entry> AnalysisBoard::NextFor(const RunId& run) {
  const auto it = std::ranges::find_if(
      queue_, [&](const auto& entry) { return run.empty() ? !entry->caller_analyzes : entry->task.run == run; });
  if (it == queue_.end()) return nullptr;
  std::shared_ptr<Entry> entry = *it;
  queue_.erase(it);
  return entry;
}

void AnalysisBoard::ReturnLapsedLeases(absl::Time now) {
  for (auto it = leased_.begin(); it != leased_.end();) {
    const std::shared_ptr<Entry> entry = it->second;
    if (entry->lease_until > now) {
      ++it;
      continue;
    }
    it = leased_.erase(it);
    if (entry->result) continue;
    entry->worker.clear();
    if (entry->task.attempt >= options_.max_attempts) {
      GiveUp(*entry, FailureKind::kNoWorker,
             absl::StrCat("lost with its worker ", entry->task.attempt, " times; see the worker's log"));
    } else {
      Enqueue(entry, /*first=*/true);
    }
  }
}

void AnalysisBoard::GiveUp(Entry& entry, FailureKind kind, std::string message) {
  if (entry.batch == nullptr) {
    --posted_;
    return;
  }
  TaskResult result;
  result.failures.push_back({.analyzer = "",
                             .unit = SubjectOf(entry.task),
                             .kind = kind,
                             .message = std::move(message),
                             .at_base = entry.task.at_base});
  entry.result = std::move(result);
  --entry.batch->left;
  result_added_.notify_all();
}

}  // namespace mergegate::pipeline
