// value = mean over people of min(1, credit / 10); a post or an answer is 1, an accepted answer 3, a talk 5.
//
// Of a team over all its members, elsewhere over those who shared anything. Window 90 days, 3 contributions at least;
// bootstrap over people. The cap makes breadth count, not volume; accepted answers between the same two people count
// twice at most, so that trading them gains nothing. Credits are ours. Missing: no community is connected, or nothing
// was shared.
#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/samples.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

constexpr double kFull = 10;
constexpr int kMostOfPair = 2;

double CreditOf(SignalKind kind) {
  switch (kind) {
    case SignalKind::kPosted:
    case SignalKind::kAnswered:
      return 1;
    case SignalKind::kAnswerAccepted:
      return 3;
    case SignalKind::kTalkGiven:
      return 5;
    default:
      return 0;
  }
}

void Observe(const Life& life, const Surroundings&, const Emit& emit) {
  if (life.family != Family::kCommunity) return;
  for (const Event& event : life.events) {
    const double credit = CreditOf(event.kind);
    if (credit == 0 || event.actor == event.subject) continue;
    emit({event.actor}, {.at = event.at,
                         .id = life.id,
                         .who = event.actor,
                         .whom = event.subject,
                         .tag = static_cast<uint32_t>(event.kind),
                         .value = credit});
  }
}

Estimate Estimated(const Sample& sample) {
  if (sample.seen.empty()) return Missing("nothing was posted, answered or presented");
  std::map<std::pair<PersonKey, PersonKey>, int> accepted;
  std::vector<std::pair<PersonKey, double>> credit;
  for (const Observation& seen : sample.seen) {
    const bool trades = seen.tag == static_cast<uint32_t>(SignalKind::kAnswerAccepted);
    if (trades && ++accepted[{seen.who, seen.whom}] > kMostOfPair) continue;
    credit.emplace_back(seen.who, seen.value);
  }
  const std::vector<double> shares = SumByPerson(std::move(credit), sample.members, kFull);
  const int n = static_cast<int>(sample.seen.size());
  return Found(BootstrapMean(shares, SeedOf(sample.seen)), n,
               absl::StrCat(Counted(n, "contribution"), " of ", Counted(static_cast<int>(shares.size()), "person"),
                            "; full at ", kFull, " points each"));
}

}  // namespace

SubIndexRow Exchange() {
  return {.metric = MetricKind::kKnowledge,
          .name = "exchange",
          .question = "what people write down, answer and present",
          .weight = 20,
          .min_sample = 3,
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
