#include "server/reviewers/rank.h"

#include <algorithm>
#include <cmath>

#include "server/reviewers/reviewer_model.h"
#include "server/reviewers/terms.h"

namespace mergegate::reviewers {
namespace {

// Rows are made for so many; the others have next to nothing.
constexpr size_t kMostCandidates = 120;

}  // namespace

std::vector<RankedPerson> Rank(const ReviewerModel& model, const RankQuery& query) {
  const Candidates candidates = FindCandidates(model.history(), model.corrections(), query, kMostCandidates);
  std::vector<RankedPerson> ranked;
  for (size_t i = 0; i < candidates.people.size(); ++i) {
    RankedPerson person;
    person.id = candidates.people[i];
    person.utility = model.weights().Utility(candidates.rows[i]);
    ranked.push_back(std::move(person));
  }
  std::ranges::sort(ranked, [](const RankedPerson& a, const RankedPerson& b) {
    return a.utility != b.utility ? a.utility > b.utility : a.id < b.id;
  });
  double total = 0;
  for (const RankedPerson& person : ranked) total += std::exp(person.utility - ranked.front().utility);
  if (ranked.size() > query.limit) ranked.resize(query.limit);
  for (RankedPerson& person : ranked) {
    person.score = std::exp(person.utility - ranked.front().utility) / total;
    person.person = model.history().people().Describe(person.id);
  }
  return ranked;
}

}  // namespace mergegate::reviewers
