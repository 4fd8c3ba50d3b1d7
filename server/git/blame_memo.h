// Blames that were made last: the same files of the same base are blamed again with every push of a change.
//
//   if (const BlameMemo::Hunks known = BlameMemo::Shared().Find(key); known != nullptr) return known;
//   return BlameMemo::Shared().Keep(key, *std::move(hunks));
//
// What a commit's blame says stays true, so only what was made well may be kept: one that fails for want of objects
// succeeds once they are pushed. Of two generations the older one is dropped when the younger one is full.
//
// Thread safety: safe. Ownership: what was found stays whole though it is dropped meanwhile.
#ifndef MERGEGATE_SERVER_GIT_BLAME_MEMO_H_
#define MERGEGATE_SERVER_GIT_BLAME_MEMO_H_

#include <compare>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/domain/ids.h"
#include "server/git/mirror.h"

namespace mergegate::git {

class BlameMemo {
 public:
  struct Key {
    std::string mirror;  // its path: another one may lack the objects
    CommitId commit;
    std::string path;
    int most_commits = 0;
    auto operator<=>(const Key&) const = default;
  };
  using Hunks = std::shared_ptr<const std::vector<BlameHunk>>;

  // `max_hunks`: of all blames that are kept, about; some 300 bytes each. A blame counts as one hunk more than it has.
  explicit BlameMemo(size_t max_hunks = 50'000) : max_generation_(max_hunks / 2) {}

  static BlameMemo& Shared();

  // nullptr when it is not known.
  Hunks Find(const Key& key);
  // Larger blames than a generation are not kept.
  Hunks Keep(const Key& key, std::vector<BlameHunk> hunks);

  size_t hunks() const;

 private:
  void Add(const Key& key, const Hunks& hunks);

  const size_t max_generation_;
  mutable std::mutex mutex_;
  std::map<Key, Hunks> young_, old_;
  size_t young_hunks_ = 0, old_hunks_ = 0;
};

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_BLAME_MEMO_H_
