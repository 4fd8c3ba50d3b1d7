#include "server/reviewers/join_reviews.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"

namespace mergegate::reviewers {
namespace {

bool SamePerson(const Identity& a, const Identity& b) {
  const auto same = [](const std::string& x, const std::string& y) {
    return !x.empty() && absl::AsciiStrToLower(x) == absl::AsciiStrToLower(y);
  };
  return same(a.mail, b.mail) || same(a.login, b.login);
}

std::string PathsKey(std::set<std::string> paths) {
  std::string key;
  for (const std::string& path : paths) key += path + '\n';
  return key;
}

std::string PathsOf(const ReviewRecord& record) {
  std::set<std::string> paths;
  for (const TouchedFile& file : record.files) paths.insert(file.path);
  return PathsKey(std::move(paths));
}

void AddReviewers(const GivenReview& review, ReviewRecord& record) {
  for (const Identity& reviewer : review.reviewers) {
    const bool known =
        std::ranges::any_of(record.reviewers, [&](const Identity& r) { return SamePerson(r, reviewer); });
    if (!known) record.reviewers.push_back(reviewer);
  }
}

}  // namespace

std::vector<std::vector<size_t>> LandedAs(std::span<const GivenReview> given, std::span<const ReviewRecord> records) {
  std::vector<std::vector<size_t>> landed(given.size());
  if (given.empty()) return landed;
  absl::flat_hash_map<std::string, size_t> by_id;
  for (size_t i = 0; i < records.size(); ++i) by_id.emplace(records[i].id, i);
  std::set<size_t> taken;
  std::vector<size_t> rewritten;
  for (size_t r = 0; r < given.size(); ++r) {
    for (const std::string& head : given[r].heads) {
      const auto found = by_id.find(head);
      if (found == by_id.end()) continue;
      taken.insert(found->second);
      landed[r].push_back(found->second);
    }
    if (landed[r].empty()) rewritten.push_back(r);
  }
  if (rewritten.empty()) return landed;

  absl::flat_hash_map<std::string, std::vector<size_t>> by_paths;  // in landing order
  for (size_t i = 0; i < records.size(); ++i) by_paths[PathsOf(records[i])].push_back(i);
  std::ranges::sort(rewritten, {}, [&](size_t r) { return std::pair(given[r].pushed, r); });
  for (const size_t r : rewritten) {
    const GivenReview& review = given[r];
    const auto found = by_paths.find(PathsKey({review.paths.begin(), review.paths.end()}));
    if (found == by_paths.end()) continue;
    for (const size_t i : found->second) {
      const ReviewRecord& record = records[i];
      if (record.landed < review.pushed || record.landed > review.pushed + kLandsWithin ||
          !SamePerson(record.author, review.author) || !taken.insert(i).second) {
        continue;
      }
      landed[r] = {i};
      break;
    }
  }
  return landed;
}

void JoinReviews(std::span<const GivenReview> given, std::vector<ReviewRecord>& records) {
  const std::vector<std::vector<size_t>> landed = LandedAs(given, records);
  for (size_t r = 0; r < given.size(); ++r) {
    for (const size_t i : landed[r]) AddReviewers(given[r], records[i]);
  }
}

}  // namespace mergegate::reviewers
