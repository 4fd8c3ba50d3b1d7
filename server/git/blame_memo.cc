#include "server/git/blame_memo.h"

#include <utility>

namespace mergegate::git {

BlameMemo& BlameMemo::Shared() {
  static BlameMemo* const shared = new BlameMemo;
  return *shared;
}

BlameMemo::Hunks BlameMemo::Find(const Key& key) {
  std::lock_guard lock(mutex_);
  if (const auto young = young_.find(key); young != young_.end()) return young->second;
  const auto older = old_.find(key);
  if (older == old_.end()) return nullptr;
  Hunks hunks = older->second;
  old_hunks_ -= hunks->size() + 1;
  old_.erase(older);
  Add(key, hunks);
  return hunks;
}

BlameMemo::Hunks BlameMemo::Keep(const Key& key, std::vector<BlameHunk> hunks) {
  auto kept = std::make_shared<const std::vector<BlameHunk>>(std::move(hunks));
  if (kept->size() >= max_generation_) return kept;
  std::lock_guard lock(mutex_);
  // Whoever was first with it knows the same.
  if (!young_.contains(key) && !old_.contains(key)) Add(key, kept);
  return kept;
}

void BlameMemo::Add(const Key& key, const Hunks& hunks) {
  if (young_hunks_ + hunks->size() + 1 > max_generation_) {
    old_ = std::exchange(young_, {});
    old_hunks_ = std::exchange(young_hunks_, 0);
  }
  young_.emplace(key, hunks);
  young_hunks_ += hunks->size() + 1;
}

size_t BlameMemo::hunks() const {
  std::lock_guard lock(mutex_);
  return young_hunks_ + old_hunks_;
}

}  // namespace mergegate::git
