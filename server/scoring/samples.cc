#include "server/scoring/samples.h"

#include <algorithm>
#include <map>

namespace mergegate::scoring {
namespace {

constexpr size_t kShown = 3;
constexpr size_t kSmallestTeam = 5;

}  // namespace

std::vector<uint64_t> Worst(std::vector<std::pair<double, uint64_t>> lives) {
  const size_t most = std::min(lives.size(), 4 * kShown);  // a few of one life
  std::ranges::partial_sort(lives, lives.begin() + static_cast<ptrdiff_t>(most));
  std::vector<uint64_t> worst;
  for (size_t i = 0; i < most && worst.size() < kShown; ++i) {
    if (std::ranges::find(worst, lives[i].second) == worst.end()) worst.push_back(lives[i].second);
  }
  return worst;
}

WeightedShare::WeightedShare(std::span<const Observation> seen) : n(static_cast<int>(seen.size())) {
  double sum = 0, squares = 0, held = 0;
  for (const Observation& one : seen) {
    const double weight = one.tag;
    sum += weight;
    squares += weight * weight;
    if (one.value > 0) {
      held += weight;
      ++good;
    } else {
      bad.emplace_back(-weight, one.id);
    }
  }
  const double effective = sum * sum / squares;
  share = Proportion(held / sum * effective, effective);
}

std::vector<double> SumByPerson(std::vector<std::pair<PersonKey, double>> values, std::span<const PersonKey> members,
                                double full) {
  std::map<PersonKey, double> sums;
  for (const PersonKey member : members) sums[member] = 0;
  for (const auto& [person, value] : values) {
    if (members.empty() || sums.contains(person)) sums[person] += value;
  }
  std::vector<double> shares;
  for (const auto& [person, sum] : sums) shares.push_back(std::min(1.0, sum / full));
  return shares;
}

double Mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

void ObservePartners(const Life& life, const Surroundings&, const Emit& emit) {
  if (life.family != Family::kChange || life.change->author == 0) return;
  for (const auto& [reviewer, at] : life.change->reviewers) {
    emit({life.change->author, reviewer}, {.at = at, .id = life.id, .who = reviewer, .whom = life.change->author});
  }
}

std::vector<Partners> PartnersOf(const Sample& sample, int most) {
  struct Act {
    PersonKey person = 0, partner = 0;
    bool received = false;
    auto operator<=>(const Act&) const = default;
  };
  std::vector<Act> acts;
  for (const Observation& seen : sample.seen) {
    acts.push_back({seen.who, seen.whom, false});
    acts.push_back({seen.whom, seen.who, true});
  }
  std::ranges::sort(acts);
  std::vector<Partners> people;
  for (size_t i = 0; i < acts.size();) {
    const Act& first = acts[i];
    const bool counts = sample.members.empty() || std::ranges::binary_search(sample.members, first.person);
    if (counts && (i == 0 || acts[i - 1].person != first.person)) people.emplace_back();
    int given = 0, received = 0;
    for (; i < acts.size() && acts[i].person == first.person && acts[i].partner == first.partner; ++i) {
      ++(acts[i].received ? received : given);
    }
    if (!counts) continue;
    given = std::min(most, given);
    received = std::min(most, received);
    people.back().given += given;
    people.back().received += received;
    people.back().counts.push_back(given + received);
  }
  return people;
}

bool IsSmallTeam(const Sample& sample) {
  return sample.scope == ScopeKind::kTeam && sample.members.size() < kSmallestTeam;
}

}  // namespace mergegate::scoring
