#include "server/web/guests.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace mergegate::web {

absl::StatusOr<Guests::Ticket> Guests::Enter(const std::string& peer, std::function<void()> let_go) {
  std::function<void()> displaced;
  Ticket ticket = 0;
  {
    std::lock_guard lock(mutex_);
    if (closing_) return absl::UnavailableError("the server is stopping");
    const auto counted = by_peer_.find(peer);
    if (counted != by_peer_.end() && counted->second >= limits_.by_peer) {
      return absl::ResourceExhaustedError(absl::StrCat(peer, " has ", limits_.by_peer, " connections already"));
    }
    if (guests_.size() >= limits_.all) {
      if (may_go_.empty()) {
        return absl::ResourceExhaustedError(absl::StrCat("all ", limits_.all, " connections are being served"));
      }
      // It leaves a moment later; until then there is one guest too many.
      displaced = std::exchange(guests_.at(may_go_.begin()->second).let_go, nullptr);
      may_go_.erase(may_go_.begin());
    }
    ticket = ++events_;
    guests_[ticket] = {.peer = peer, .let_go = std::move(let_go), .state = State::kIdle, .since = ticket};
    may_go_[ticket] = ticket;
    if (!peer.empty()) ++by_peer_[peer];
  }
  if (displaced) displaced();
  return ticket;
}

bool Guests::Set(Ticket ticket, State state) {
  std::lock_guard lock(mutex_);
  const auto it = guests_.find(ticket);
  if (it == guests_.end() || !it->second.let_go) return false;
  Guest& guest = it->second;
  may_go_.erase(guest.since);
  guest.state = state;
  guest.since = ++events_;
  if (state != State::kServed) may_go_[guest.since] = ticket;
  return state != State::kIdle || !closing_;
}

void Guests::Leave(Ticket ticket) {
  std::lock_guard lock(mutex_);
  const auto it = guests_.find(ticket);
  if (it == guests_.end()) return;
  may_go_.erase(it->second.since);
  if (const auto counted = by_peer_.find(it->second.peer); counted != by_peer_.end() && --counted->second == 0) {
    by_peer_.erase(counted);
  }
  guests_.erase(it);
  if (guests_.empty()) left_.notify_all();
}

void Guests::LetGo(bool all) {
  std::vector<std::function<void()>> calls;
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
    for (auto& [ticket, guest] : guests_) {
      if (!guest.let_go || (guest.state != State::kIdle && !all)) continue;
      may_go_.erase(guest.since);
      calls.push_back(std::exchange(guest.let_go, nullptr));
    }
  }
  for (const auto& call : calls) call();
}

void Guests::Close(absl::Duration grace) {
  LetGo(false);
  if (AllLeft(grace)) return;
  LetGo(true);
  AllLeft(absl::Seconds(5));  // each needs a turn of its thread only
}

bool Guests::AllLeft(absl::Duration within) {
  std::unique_lock lock(mutex_);
  // What std::chrono waits for must be finite.
  return left_.wait_for(lock, absl::ToChronoMilliseconds(std::min(within, absl::Hours(24))),
                        [this] { return guests_.empty(); });
}

bool Guests::closing() const {
  std::lock_guard lock(mutex_);
  return closing_;
}

size_t Guests::served() const {
  std::lock_guard lock(mutex_);
  return static_cast<size_t>(
      std::ranges::count_if(guests_, [](const auto& entry) { return entry.second.state == State::kServed; }));
}

size_t Guests::size() const {
  std::lock_guard lock(mutex_);
  return guests_.size();
}

}  // namespace mergegate::web
