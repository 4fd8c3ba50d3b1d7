#include "server/reviewers/join_reviews.h"

#include <algorithm>
#include <set>

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

void JoinReviews(std::span<const GivenReview> given, std::vector<ReviewRecord>& records) {
  if (given.empty()) return;
  absl::flat_hash_map<std::string, size_t> by_id;
  for (size_t i = 0; i < records.size(); ++i) by_id.emplace(records[i].id, i);
  std::set<size_t> taken;
  std::vector<const GivenReview*> rewritten;
  for (const GivenReview& review : given) {
    bool landed = false;
    for (const std::string& head : review.heads) {
      const auto found = by_id.find(head);
      if (found == by_id.end()) continue;
      landed = true;
      taken.insert(found->second);
      AddReviewers(review, records[found->second]);
    }
    if (!landed) rewritten.push_back(&review);
  }
  if (rewritten.empty()) return;

  absl::flat_hash_map<std::string, std::vector<size_t>> by_paths;  // in landing order
  for (size_t i = 0; i < records.size(); ++i) by_paths[PathsOf(records[i])].push_back(i);
  std::ranges::sort(rewritten, {}, [](const GivenReview* review) { return review->pushed; });
  for (const GivenReview* review : rewritten) {
    const auto found = by_paths.find(PathsKey({review->paths.begin(), review->paths.end()}));
    if (found == by_paths.end()) continue;
    for (const size_t i : found->second) {
      const ReviewRecord& record = records[i];
      if (record.landed < review->pushed || record.landed > review->pushed + kLandsWithin ||
          !SamePerson(record.author, review->author) || !taken.insert(i).second) {
        continue;
      }
      AddReviewers(*review, records[i]);
      break;
    }
  }
}

}  // namespace mergegate::reviewers
