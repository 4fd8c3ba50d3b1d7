// What several sub-indices do with a sample. Pure.
#ifndef MERGEGATE_SERVER_SCORING_SAMPLES_H_
#define MERGEGATE_SERVER_SCORING_SAMPLES_H_

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "server/scoring/estimate.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {

// The lives of the three smallest first parts, smallest first; a life once.
std::vector<uint64_t> Worst(std::vector<std::pair<double, uint64_t>> lives);

// Share of the observations with value > 0, each weighted by its tag: Wilson's interval at the effective sample size
// (sum w)^2 / sum w^2 (Kish 1965).
struct WeightedShare {
  explicit WeightedShare(std::span<const Observation> seen);
  Interval share = {};
  int n = 0;
  int good = 0;
  std::vector<std::pair<double, uint64_t>> bad = {};  // heaviest first when sorted
};

// min(1, sum / full) by person: of the members where there are any, else of the people seen; ordered by person.
std::vector<double> SumByPerson(std::vector<std::pair<PersonKey, double>> values, std::span<const PersonKey> members,
                                double full);

double Mean(std::span<const double> values);

// Reviews between people, at the reviewer's first answer: who reviewed whom.
void ObservePartners(const Life& life, const Surroundings& world, const Emit& emit);

// Reviews of one person: given, received, and with each partner in both directions; of each direction of a pair at most
// `most` count.
struct Partners {
  int given = 0;
  int received = 0;
  std::vector<int> counts = {};
};
// Of a team's members, elsewhere of everybody; ordered by person.
std::vector<Partners> PartnersOf(const Sample& sample, int most);

// Scores of cohesion need a group: five people.
bool IsSmallTeam(const Sample& sample);
inline constexpr std::string_view kSmallTeam = "a team of fewer than 5 has no score of cohesion";

}  // namespace mergegate::scoring

#endif  // MERGEGATE_SERVER_SCORING_SAMPLES_H_
