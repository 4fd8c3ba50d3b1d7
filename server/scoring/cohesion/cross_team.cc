// value = min(1, s / 0.2), s = share of reviews between people who share no team.
//
// Window 90 days, 10 reviews between people with teams at least; Wilson's interval. A fifth is full (ours): a team that
// is reviewed by others only is none. Missing: fewer than two teams review each other's people.
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/samples.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

constexpr double kFullShare = 0.2;

void Observe(const Life& life, const Surroundings& world, const Emit& emit) {
  if (life.family != Family::kChange || !world.has_team(life.change->author)) return;
  const ChangeLife& change = *life.change;
  for (const auto& [reviewer, at] : change.reviewers) {
    if (!world.has_team(reviewer)) continue;
    emit({change.author, reviewer}, {.at = at,
                                     .id = life.id,
                                     .who = reviewer,
                                     .whom = change.author,
                                     .value = world.crosses_teams(change.author, reviewer) ? 1.0 : 0.0});
  }
}

Estimate Estimated(const Sample& sample) {
  if (IsSmallTeam(sample)) return Missing(std::string(kSmallTeam));
  int across = 0;
  for (const Observation& seen : sample.seen) across += seen.value > 0;
  const int n = static_cast<int>(sample.seen.size());
  if (n == 0) return Missing("no review between people with teams");
  if (across == 0) return Missing("no review crosses teams", n);
  return Found(Through(Proportion(across, n), [](double share) { return share / kFullShare; }), n,
               absl::StrCat(across, " of ", Counted(n, "review"), " between teams; full at ", Percent(kFullShare)));
}

}  // namespace

SubIndexRow CrossTeam() {
  return {.metric = MetricKind::kCohesion,
          .name = "cross_team",
          .question = "whether teams look at each other's work",
          .weight = 15,
          .min_sample = 10,
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
