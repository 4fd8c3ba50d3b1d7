#include "server/pipeline/reconcile_loop.h"

#include <spdlog/spdlog.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/base/status_macros.h"
#include "server/hosts/event.h"

namespace mergegate::pipeline {
namespace {

constexpr absl::Duration kGlance = absl::Seconds(1);

}  // namespace

void ReconcileLoop::Start() {
  if (!readers_.empty()) thread_ = std::thread([this] { Loop(); });
}

void ReconcileLoop::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ReconcileLoop::Loop() {
  absl::Time log_read = absl::InfinitePast(), changes_read = absl::InfinitePast();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const absl::Time now = inbound_.parts.clock.Now();
    if (now - log_read >= options_.log_every) {
      log_read = now;
      CheckAllLogs();
    }
    if (now - changes_read >= options_.changes_every) {
      changes_read = now;
      CheckAllChanges();
    }
    lock.lock();
    stop_.wait_for(lock, absl::ToChronoMilliseconds(kGlance), [this] { return stopping_; });
  }
}

void ReconcileLoop::CheckAllLogs() {
  for (const auto& [host, reader] : readers_) {
    const absl::StatusOr<int> again = CheckLog(host);
    if (!again.ok()) {
      spdlog::warn("log of deliveries of {}: {}", host, again.status().ToString());
    } else if (*again > 0) {
      spdlog::info("{} deliveries of {} were asked for again", *again, host);
    }
  }
}

void ReconcileLoop::CheckAllChanges() {
  const absl::StatusOr<std::vector<HostProject>> projects = inbound_.parts.store.ListHostProjects();
  if (!projects.ok()) {
    spdlog::warn("open changes: {}", projects.status().ToString());
    return;
  }
  for (const HostProject& project : *projects) {
    {
      std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    const absl::StatusOr<int> found = CheckChanges(project);
    if (!found.ok()) {
      spdlog::warn("open changes of {}: {}", project.full_name, found.status().ToString());
    } else if (*found > 0) {
      spdlog::info("{} changes of {} were not as they were known", *found, project.full_name);
    }
  }
}

absl::StatusOr<int> ReconcileLoop::CheckLog(const std::string& host) {
  hosts::HostReader& reader = *readers_.at(host);
  const absl::Time now = inbound_.parts.clock.Now();
  ASSIGN_OR_RETURN(const std::vector<hosts::SentDelivery> sent, reader.SentDeliveries(now - options_.log_reaches_back));
  std::map<std::string, int> attempts;
  std::set<std::string> taken;
  for (const hosts::SentDelivery& one : sent) {
    ++attempts[one.id];
    if (one.taken || now - one.sent < options_.takes) taken.insert(one.id);
  }
  int again = 0;
  for (const hosts::SentDelivery& one : sent) {
    if (attempts[one.id] >= options_.most_attempts || !taken.insert(one.id).second) continue;
    // The answer may have been lost on its way back.
    const absl::StatusOr<Delivery> known = inbound_.parts.store.GetDelivery(host, one.id);
    if (known.ok() && known->state != DeliveryState::kFailed) continue;
    RETURN_IF_ERROR(reader.Redeliver(one.number));
    ++again;
  }
  return again;
}

absl::StatusOr<int> ReconcileLoop::CheckChanges(const HostProject& project) {
  const auto reader = readers_.find(project.host);
  const HostConfig* host = inbound_.Find(project.host);
  if (reader == readers_.end() || host == nullptr) return 0;
  ASSIGN_OR_RETURN(const std::vector<hosts::AskedChange> open, reader->second->OpenChanges(project));
  int found = 0;
  std::set<std::string> seen;
  for (const hosts::AskedChange& asked : open) {
    const absl::StatusOr<HostEvent> event = hosts::ReadEvent(host->kind, asked.event, asked.body);
    if (event.ok()) seen.insert(event->change.change);
    ASSIGN_OR_RETURN(const bool fresh, DeliverIfNew(project, asked));
    found += fresh ? 1 : 0;
  }
  // Open as far as is known here, but not there.
  ASSIGN_OR_RETURN(const std::vector<HostChange> known, inbound_.parts.store.ListOpenHostChanges(project.project));
  for (const HostChange& change : known) {
    if (change.number == 0 || seen.contains(change.change)) continue;
    const absl::StatusOr<hosts::AskedChange> asked = reader->second->Change(project, change.number);
    if (absl::IsNotFound(asked.status())) continue;
    RETURN_IF_ERROR(asked.status());
    ASSIGN_OR_RETURN(const bool fresh, DeliverIfNew(project, *asked));
    found += fresh ? 1 : 0;
  }
  if (found > 0) found_();
  return found;
}

absl::StatusOr<bool> ReconcileLoop::Differs(const HostProject& project, const HostChange& told) const {
  storage::Store& store = inbound_.parts.store;
  const absl::StatusOr<HostChange> known = store.FindHostChange(project.project, told.change);
  if (absl::IsNotFound(known.status())) return true;
  RETURN_IF_ERROR(known.status());
  if (known->head != told.head || known->state != told.state || known->base_ref != told.base_ref) return true;
  if (told.state != HostChangeState::kOpen) return false;
  ASSIGN_OR_RETURN(const auto newest, store.ListRuns(project.project, told.change, 1, ""));
  return newest.items.empty() || newest.items[0].submission.head != told.head;
}

absl::StatusOr<bool> ReconcileLoop::DeliverIfNew(const HostProject& project, const hosts::AskedChange& asked) {
  const HostConfig* host = inbound_.Find(project.host);
  if (host == nullptr) return false;
  const absl::StatusOr<HostEvent> event = hosts::ReadEvent(host->kind, asked.event, asked.body);
  if (!event.ok() || event->kind != HostEventKind::kChange) return false;
  ASSIGN_OR_RETURN(const bool differs, Differs(project, event->change));
  if (!differs) return false;
  const HostChange& change = event->change;
  const std::string state = absl::StrCat(change.head.value(), " ", change.base_ref, " ", static_cast<int>(change.state),
                                         " ", absl::ToUnixSeconds(change.updated));
  const Delivery delivery{
      .host = host->name,
      .id = absl::StrCat("poll-", project.repository, "-", change.change, "-", Sha256Hex(state).substr(0, 16)),
      .installation = project.installation,
      .event = asked.event,
      .lane = absl::StrCat(host->name, "/", hosts::LaneOf(*event)),
      .body = asked.body};
  ASSIGN_OR_RETURN(const std::vector<bool> waits,
                   inbound_.parts.store.AddDeliveries({delivery}, inbound_.parts.clock.Now()));
  return static_cast<bool>(waits[0]);
}

}  // namespace mergegate::pipeline
