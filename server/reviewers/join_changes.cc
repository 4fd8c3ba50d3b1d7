#include "server/reviewers/join_changes.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace mergegate::reviewers {
namespace {

void Absorb(ReviewRecord& into, ReviewRecord&& later) {
  into.id = std::move(later.id);
  into.landed = later.landed;
  absl::flat_hash_set<std::string> known;
  for (const TouchedFile& file : into.files) known.insert(file.path);
  for (TouchedFile& file : later.files) {
    if (known.insert(file.path).second) into.files.push_back(std::move(file));
  }
  for (Identity& reviewer : later.reviewers) {
    if (std::ranges::find(into.reviewers, reviewer) == into.reviewers.end()) {
      into.reviewers.push_back(std::move(reviewer));
    }
  }
}

}  // namespace

std::vector<ReviewRecord> JoinChanges(std::vector<ReviewRecord> records) {
  std::vector<ReviewRecord> joined;
  joined.reserve(records.size());
  absl::flat_hash_map<std::string, size_t> open;  // change and author -> index in `joined`
  for (ReviewRecord& record : records) {
    if (record.change.empty()) {
      joined.push_back(std::move(record));
      continue;
    }
    const auto [place, added] = open.try_emplace(record.change + "\n" + record.author.mail, joined.size());
    if (!added && record.landed - joined[place->second].landed <= absl::Hours(24)) {
      Absorb(joined[place->second], std::move(record));
      continue;
    }
    place->second = joined.size();
    joined.push_back(std::move(record));
  }
  std::vector<size_t> order(joined.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, [&](size_t a, size_t b) {
    return joined[a].landed != joined[b].landed ? joined[a].landed < joined[b].landed : a < b;
  });
  std::vector<ReviewRecord> sorted;
  sorted.reserve(joined.size());
  for (const size_t i : order) sorted.push_back(std::move(joined[i]));
  return sorted;
}

}  // namespace mergegate::reviewers
