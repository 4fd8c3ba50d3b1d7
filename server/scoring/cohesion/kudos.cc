// value = share of a team's members whom somebody thanked: two different people, or one whom they did not thank
// themselves.
//
// Window 180 days, teams of 5 or more; Wilson's interval. However often one person thanks another counts once, and
// thanks that go to and fro between two people alone count nothing, so that trading them gains nothing. Missing: no
// thanks are known.
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/samples.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

void Observe(const Life& life, const Surroundings&, const Emit& emit) {
  if (life.family != Family::kKudos) return;
  for (const Event& event : life.events) {
    if (event.subject == 0 || event.actor == event.subject) continue;
    emit({event.actor, event.subject}, {.at = event.at, .id = event.id, .who = event.actor, .whom = event.subject});
  }
}

Estimate Estimated(const Sample& sample) {
  if (IsSmallTeam(sample)) return Missing(std::string(kSmallTeam));
  std::set<std::pair<PersonKey, PersonKey>> thanked;  // whom, by whom
  for (const Observation& seen : sample.seen) thanked.emplace(seen.whom, seen.who);
  if (thanked.empty()) return Missing("no thanks are known");
  int members = 0;
  for (const PersonKey member : sample.members) {
    int people = 0;
    bool freely = false;
    for (auto it = thanked.lower_bound({member, 0}); it != thanked.end() && it->first == member; ++it) {
      ++people;
      freely |= !thanked.contains({it->second, member});
    }
    members += people >= 2 || freely;
  }
  const int n = static_cast<int>(sample.members.size());
  return Found(Proportion(members, n), n, absl::StrCat(members, " of ", n, " members were thanked"));
}

}  // namespace

SubIndexRow Kudos() {
  return {.metric = MetricKind::kCohesion,
          .name = "kudos",
          .question = "whether people thank each other",
          .weight = 10,
          .window_days = 180,
          .scopes = static_cast<unsigned>(ScopeKind::kTeam),
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
