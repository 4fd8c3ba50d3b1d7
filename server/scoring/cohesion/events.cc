// value = share of a team's members who attended an event or gave a talk.
//
// Window 180 days, teams of 5 or more; Wilson's interval. Once is enough: who attends every week earns nothing more.
// Missing: no event is known.
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/samples.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

void Observe(const Life& life, const Surroundings&, const Emit& emit) {
  if (life.family != Family::kCommunity) return;
  for (const Event& event : life.events) {
    if (event.kind != SignalKind::kEventAttended && event.kind != SignalKind::kTalkGiven) continue;
    emit({event.actor}, {.at = event.at, .id = life.id, .who = event.actor});
  }
}

Estimate Estimated(const Sample& sample) {
  if (IsSmallTeam(sample)) return Missing(std::string(kSmallTeam));
  if (sample.seen.empty()) return Missing("no event is known");
  absl::flat_hash_map<PersonKey, bool> there;
  for (const Observation& seen : sample.seen) there[seen.who] = true;
  const int n = static_cast<int>(sample.members.size());
  const int came = static_cast<int>(there.size());
  return Found(Proportion(came, n), n, absl::StrCat(came, " of ", n, " members came to an event"));
}

}  // namespace

SubIndexRow Events() {
  return {.metric = MetricKind::kCohesion,
          .name = "events",
          .question = "whether people meet",
          .weight = 10,
          .window_days = 180,
          .scopes = static_cast<unsigned>(ScopeKind::kTeam),
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
