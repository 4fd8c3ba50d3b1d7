// Chooses the reviewers of a change: the set of at most k people that is worth most.
//
//   worth(S) = sum over areas a of  w_a x (max score + second max / 4 of S in a)     the second pair of eyes counts
//   less
//            - sum over p in S of   load_weight x open reviews of p + 0.05           nobody is asked for nothing
//            - 0.1 x share of the next day that p does not work before they begin
//            + 0.1 for one who is to learn an area that a single person knows
//            - 1 for every owner that owner rules demand and S lacks
//
// w_a is the area's share of the changed lines; a score is server/reviewers/rank.h's for that area. Who was chosen
// before and can still review stays, so a push changes as little as can be. Exhaustive while that is at most 20 000
// sets, then greedy with swaps. Deterministic: ties go to the smaller handles.
//
// Pure: no I/O, no clock, no randomness.
#ifndef MERGEGATE_SERVER_REVIEWERS_ASSIGN_H_
#define MERGEGATE_SERVER_REVIEWERS_ASSIGN_H_

#include <map>
#include <string>
#include <vector>

#include "server/domain/policy.h"
#include "server/domain/review.h"

namespace mergegate::reviewers {

// Somebody who could be asked.
struct Candidate {
  Handle person = {};
  double score = 0;                       // for the whole change, [0, 1]
  std::vector<std::string> reasons = {};  // of the score, heaviest first
  int open_reviews = 0;
  std::string away = {};  // why they cannot be asked ("away until 2026-12-01"); empty when they can
  double waits = 0;       // share of a day until they next work, [0, 1]
  bool operator==(const Candidate&) const = default;
};

// A part of the change that knowledge is about: a folder.
struct Area {
  std::string name = {};                 // "db/"
  double weight = 0;                     // share of the changed lines; all together 1
  std::map<Handle, double> scores = {};  // by person; absent: 0
};

struct AssignInput {
  Handle author = {};
  std::vector<Candidate> candidates = {};
  std::vector<Area> areas = {};
  std::vector<OwnerDemand> owners = {};
  std::vector<Handle> kept = {};      // chosen before or acting already: they stay while they can
  std::vector<Handle> declined = {};  // never asked again
  int at_least = 1;                   // approvals that the gate wants
};

// Required people and who is needed for owner rules may exceed policy.count. Nobody eligible: the policy's fallback
// with role kFallback; without one, nobody and a problem that says what to do.
Assignment Assign(const AssignInput& input, const ReviewersPolicy& policy);

// A score that counts as knowing an area, one that counts as being familiar with it, and one below which it is not
// worth a word. A single person knows an area when nobody else is familiar with it.
inline constexpr double kKnows = 0.2;
inline constexpr double kFamiliar = 0.1;
inline constexpr double kStranger = 0.05;

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_ASSIGN_H_
