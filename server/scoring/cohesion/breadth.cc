// value = mean over people of (p - 1) / 2 held between 0 and 1, p = effective number of people whom they review or who
// review them.
//
// p = N^2 / sum of squares of the reviews with each partner (inverse Simpson index), of which at most 5 with one
// partner count, so that approving each other gains nothing. Three partners in equal parts are full, one alone gives 0.
// People with 3 reviews at least; 5 such people in a group of 5 or more, else missing: a score of four is about
// persons. Window 90 days; bootstrap over people. Source: Simpson 1949; the scale is ours.
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/samples.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

constexpr int kMostOfPair = 5, kFewestReviews = 3;
constexpr double kFullPartners = 3;

Estimate Estimated(const Sample& sample) {
  if (IsSmallTeam(sample)) return Missing(std::string(kSmallTeam));
  std::vector<double> scores;
  for (const Partners& person : PartnersOf(sample, kMostOfPair)) {
    if (person.given + person.received < kFewestReviews) continue;
    double sum = 0, squares = 0;
    for (const int count : person.counts) {
      sum += count;
      squares += static_cast<double>(count) * count;
    }
    scores.push_back(std::clamp((sum * sum / squares - 1) / (kFullPartners - 1), 0.0, 1.0));
  }
  const int n = static_cast<int>(scores.size());
  if (scores.empty()) return Missing("nobody has 3 reviews");
  return Found(BootstrapMean(scores, SeedOf(sample.seen)), n,
               absl::StrCat(Counted(n, "person"), " with reviews; full where everybody has ", kFullPartners,
                            " partners in equal parts"));
}

}  // namespace

SubIndexRow Breadth() {
  return {.metric = MetricKind::kCohesion,
          .name = "breadth",
          .question = "whether everybody works with several others",
          .weight = 30,
          .observe = ObservePartners,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
