#include "server/planning/command_memo.h"

#include <algorithm>
#include <utility>

namespace mergegate::planning {

CommandMemo& CommandMemo::Shared() {
  static CommandMemo* const shared = new CommandMemo;
  return *shared;
}

CommandMemo::Kept::iterator CommandMemo::Place(std::string_view json) {
  return std::ranges::find_if(kept_, [&](const auto& read) { return read->json == json; });
}

std::shared_ptr<const CommandMemo::Read> CommandMemo::Find(std::string_view json) {
  std::lock_guard lock(mutex_);
  const auto place = Place(json);
  if (place == kept_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, place);
  return kept_.front();
}

std::shared_ptr<const CommandMemo::Read> CommandMemo::Keep(Read read) {
  auto known = std::make_shared<const Read>(std::move(read));
  const size_t bytes = known->json.size();
  if (bytes > max_bytes_) return known;
  std::lock_guard lock(mutex_);
  if (const auto place = Place(known->json); place != kept_.end()) {
    kept_.erase(place);
    bytes_ -= bytes;
  }
  kept_.push_front(known);
  bytes_ += bytes;
  while (bytes_ > max_bytes_) {
    bytes_ -= kept_.back()->json.size();
    kept_.pop_back();
  }
  return known;
}

size_t CommandMemo::bytes() const {
  std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace mergegate::planning
