#include "server/reviewers/rank.h"

#include <algorithm>
#include <cmath>

#include "absl/container/flat_hash_map.h"
#include "server/reviewers/reasons.h"
#include "server/reviewers/reviewer_model.h"
#include "server/reviewers/terms.h"
#include "server/reviewers/weights.h"

namespace mergegate::reviewers {
namespace {

// Rows are made for so many; the others have next to nothing.
constexpr size_t kMostCandidates = 120;

}  // namespace

std::vector<RankedPerson> Rank(const ReviewerModel& model, const RankQuery& query) {
  const People& people = model.history().people();
  const Candidates candidates = FindCandidates(model.history(), model.corrections(), query, kMostCandidates);
  absl::flat_hash_map<PersonId, double> open;
  for (const OpenReviews& reviews : query.open) {
    if (const PersonId person = people.Find(reviews.person); person != kNobody) open[person] += reviews.count;
  }
  struct Place {
    double utility;
    size_t candidate;
  };
  std::vector<Place> places;
  for (size_t i = 0; i < candidates.people.size(); ++i) {
    double utility = model.weights().Utility(candidates.rows[i]);
    if (const auto load = open.find(candidates.people[i]); load != open.end())
      utility -= query.load_weight * load->second;
    places.push_back({utility, i});
  }
  std::ranges::sort(places, [&](const Place& a, const Place& b) {
    return a.utility != b.utility ? a.utility > b.utility
                                  : candidates.people[a.candidate] < candidates.people[b.candidate];
  });
  double total = 0;
  for (const Place& place : places) total += std::exp(place.utility - places.front().utility);
  const double top = places.empty() ? 0 : places.front().utility;
  if (places.size() > query.limit) places.resize(query.limit);
  std::vector<RankedPerson> ranked;
  for (const Place& place : places) {
    const PersonId id = candidates.people[place.candidate];
    RankedPerson& person = ranked.emplace_back();
    person.id = id;
    person.person = people.Describe(id);
    person.utility = place.utility;
    person.score = std::exp(place.utility - top) / total;
    if (!query.with_reasons) continue;
    const auto load = open.find(id);
    person.reasons =
        ReasonsFor(model, query, id, candidates.rows[place.candidate], load == open.end() ? 0 : load->second);
  }
  return ranked;
}

}  // namespace mergegate::reviewers
