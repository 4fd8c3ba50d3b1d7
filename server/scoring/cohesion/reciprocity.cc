// value = mean over people of min(given, received) / max(given, received), reviews given and received.
//
// At most 5 with one partner count each way; people with 5 such reviews at least, 5 people in a group of 5 or more,
// else missing. Window 90 days; bootstrap over people. It asks whether each person is on both sides of reviews, not
// whether each pair is even: two who approve each other gain nothing over the cap. The formula is ours, after
// reciprocity in social networks (Garlaschelli and Loffredo 2004).
#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/samples.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

constexpr int kMostOfPair = 5, kFewestReviews = 5;

Estimate Estimated(const Sample& sample) {
  if (IsSmallTeam(sample)) return Missing(std::string(kSmallTeam));
  std::vector<double> scores;
  for (const Partners& person : PartnersOf(sample, kMostOfPair)) {
    if (person.given + person.received < kFewestReviews) continue;
    scores.push_back(static_cast<double>(std::min(person.given, person.received)) /
                     std::max(person.given, person.received));
  }
  const int n = static_cast<int>(scores.size());
  if (scores.empty()) return Missing("nobody has 5 reviews");
  return Found(BootstrapMean(scores, SeedOf(sample.seen)), n,
               absl::StrCat(Counted(n, "person"), " on ", Percent(Mean(scores)),
                            " as many reviews of the rarer side as of the other, on average"));
}

}  // namespace

SubIndexRow Reciprocity() {
  return {.metric = MetricKind::kCohesion,
          .name = "reciprocity",
          .question = "whether people both review and are reviewed",
          .weight = 20,
          .observe = ObservePartners,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
