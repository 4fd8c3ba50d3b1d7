// value = 1 - G, G = Gini coefficient of reviewed changes per regular, corrected for small groups (x n / (n - 1)).
//
// A regular is somebody with 3 reviews or merged changes in the window; who only writes counts with zero reviews.
// Window 90 days, 10 reviews and 3 regulars at least; bootstrap over reviews. Source: Gini 1912, the usual measure of
// review load in the literature on recommenders. It never names anybody. A change counts once for each of its
// reviewers. Missing: too few regulars.
#include <algorithm>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

constexpr int kRegular = 3;
constexpr size_t kFewest = 3;
enum Tag : uint32_t { kReview = 0, kMerge = 1 };

void Observe(const Life& life, const Surroundings&, const Emit& emit) {
  if (life.family != Family::kChange) return;
  const ChangeLife& change = *life.change;
  for (const auto& [reviewer, at] : change.reviewers) {
    emit({reviewer}, {.at = at, .id = life.id, .who = reviewer, .whom = change.author, .tag = kReview});
  }
  if (change.merged) emit({change.author}, {.at = *change.merged, .id = life.id, .who = change.author, .tag = kMerge});
}

double Evenness(std::vector<int> counts) {
  std::ranges::sort(counts);
  double sum = 0, weighted = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    sum += counts[i];
    weighted += static_cast<double>(i + 1) * counts[i];
  }
  if (!(sum > 0)) return 1;
  const auto n = static_cast<double>(counts.size());
  const double gini = 2 * weighted / (n * sum) - (n + 1) / n;
  return 1 - gini * n / (n - 1);
}

Estimate Estimated(const Sample& sample) {
  absl::flat_hash_map<PersonKey, int> acts;
  for (const Observation& seen : sample.seen) ++acts[seen.who];
  absl::flat_hash_map<PersonKey, size_t> regulars;
  for (const auto& [person, count] : acts) {
    if (count >= kRegular) regulars.emplace(person, 0);
  }
  size_t next = 0;
  for (auto& [person, index] : regulars) index = next++;
  std::vector<size_t> reviews;
  for (const Observation& seen : sample.seen) {
    const auto regular = regulars.find(seen.who);
    if (seen.tag == kReview && regular != regulars.end()) reviews.push_back(regular->second);
  }
  const int n = static_cast<int>(reviews.size());
  if (regulars.size() < kFewest) return Missing("fewer than 3 people review or write regularly", n);
  if (n == 0) return Missing("no review is known");
  std::vector<int> counts(regulars.size());
  const Interval even = Bootstrap(reviews.size(), SeedOf(sample.seen), [&](std::span<const int> drawn) {
    std::ranges::fill(counts, 0);
    for (size_t i = 0; i < reviews.size(); ++i) counts[reviews[i]] += drawn[i];
    return Evenness(counts);
  });
  return Found(even, n,
               absl::StrCat(Counted(n, "review"), " by ", regulars.size(), " regulars, Gini coefficient ",
                            Percent(1 - even.value)));
}

}  // namespace

SubIndexRow Balance() {
  return {.metric = MetricKind::kCollaboration,
          .name = "balance",
          .question = "whether the work of reviewing is shared",
          .weight = 15,
          .min_sample = 10,
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
