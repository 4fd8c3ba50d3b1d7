#include "server/reviewers/assign.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace mergegate::reviewers {
namespace {

constexpr double kSecond = 0.25;       // of a second reviewer's score in an area
constexpr double kAsking = 0.05;       // what asking one more person must be worth
constexpr double kWaiting = 0.1;       // of a whole day's wait
constexpr double kLearning = 0.1;      // of one learner
constexpr double kMissingOwner = 1.0;  // of an owner that is lacking
constexpr double kMostSets = 20'000;
constexpr size_t kMostCandidates = 60;
constexpr size_t kStandIns = 3;
constexpr double kSame = 1e-9;

using Set = std::vector<size_t>;  // indices of candidates, ascending

bool Contains(const std::vector<Handle>& people, const Handle& person) {
  return std::ranges::find(people, person) != people.end();
}

std::string Percent(double share) { return absl::StrFormat("%.0f %%", share * 100); }

class Chooser {
 public:
  Chooser(const AssignInput& input, const ReviewersPolicy& policy) : input_(input), policy_(policy) {
    for (const Candidate& candidate : input.candidates) {
      if (MayBeAsked(candidate)) people_.push_back(&candidate);
    }
    std::ranges::sort(people_, {}, [](const Candidate* candidate) { return candidate->person; });
    KeepTheLikely();
    for (const Area& area : input.areas) FindLearners(area);
  }

  Assignment Choose() {
    Assignment assignment;
    const Set fixed = Fixed();
    const size_t count = static_cast<size_t>(std::max({policy_.count, input_.at_least, 0}));
    const Set chosen = Search(fixed, std::max(count, fixed.size()));
    for (const Set& with = WithOwners(chosen); const size_t index : with) {
      assignment.reviewers.push_back(Explain(index, with));
    }
    Finish(assignment);
    return assignment;
  }

 private:
  bool MayBeAsked(const Candidate& candidate) const {
    const auto is = [&](const std::string& text) { return HandleOf(text) == candidate.person; };
    return candidate.person != input_.author && !candidate.person.empty() && candidate.away.empty() &&
           !Contains(input_.declined, candidate.person) && std::ranges::none_of(policy_.exclude, is);
  }

  bool IsRequired(const Handle& person) const {
    return std::ranges::any_of(policy_.required, [&](const std::string& text) { return HandleOf(text) == person; });
  }

  bool IsOwner(const Handle& person) const {
    return std::ranges::any_of(input_.owners,
                               [&](const OwnerDemand& demand) { return Contains(demand.owners, person); });
  }

  double ScoreIn(const Area& area, size_t index) const {
    const auto it = area.scores.find(people_[index]->person);
    return it == area.scores.end() ? 0 : it->second;
  }

  // Bounds the search: whoever must be looked at, then the best.
  void KeepTheLikely() {
    if (people_.size() <= kMostCandidates) return;
    std::vector<const Candidate*> likely = people_;
    const auto rank = [&](const Candidate* candidate) {
      const bool must =
          IsRequired(candidate->person) || IsOwner(candidate->person) || Contains(input_.kept, candidate->person);
      return std::tuple(!must, -candidate->score, candidate->person);
    };
    std::ranges::sort(likely, {}, rank);
    likely.resize(kMostCandidates);
    std::ranges::sort(likely, {}, [](const Candidate* candidate) { return candidate->person; });
    people_ = std::move(likely);
  }

  // One person knows the area: who has touched it a little, or works beside it, is to learn it.
  void FindLearners(const Area& area) {
    std::vector<size_t> knowers;
    std::optional<size_t> learner;
    for (size_t i = 0; i < people_.size(); ++i) {
      const double score = ScoreIn(area, i);
      if (score >= kFamiliar) {
        knowers.push_back(i);
      } else if (people_[i]->score > 0 && (!learner || people_[i]->score > people_[*learner]->score + kSame)) {
        learner = i;
      }
    }
    if (knowers.size() != 1 || ScoreIn(area, knowers.front()) < kKnows || !learner) return;
    learners_.push_back({&area, *learner, knowers.front()});
  }

  struct Learner {
    const Area* area;
    size_t person;
    size_t knower;
  };

  // The learner's entry when the set holds both, and the learner is not needed for anything else.
  const Learner* LearnerIn(const Set& set, size_t index) const {
    for (const Learner& learner : learners_) {
      if (learner.person == index && std::ranges::binary_search(set, learner.knower)) return &learner;
    }
    return nullptr;
  }

  double Worth(const Set& set) const {
    double worth = 0;
    for (const Area& area : input_.areas) {
      double best = 0, second = 0;
      for (const size_t index : set) {
        const double score = ScoreIn(area, index);
        second = std::max(second, std::min(best, score));
        best = std::max(best, score);
      }
      worth += area.weight * (best + kSecond * second);
    }
    bool learns = false;
    for (const size_t index : set) {
      const Candidate& candidate = *people_[index];
      worth -= policy_.load_weight * candidate.open_reviews + kAsking + kWaiting * candidate.waits;
      learns = learns || LearnerIn(set, index) != nullptr;
    }
    if (learns) worth += kLearning;
    for (const OwnerDemand& demand : input_.owners) worth -= kMissingOwner * LackingOwners(demand, set);
    return worth;
  }

  int LackingOwners(const OwnerDemand& demand, const Set& set) const {
    if (demand.optional) return 0;
    int has = 0, could = 0;
    for (size_t i = 0; i < people_.size(); ++i) {
      if (!Contains(demand.owners, people_[i]->person)) continue;
      ++could;
      if (std::ranges::binary_search(set, i)) ++has;
    }
    return std::max(0, std::min(demand.required, could) - has);
  }

  // Who is in every set: required, or there already.
  Set Fixed() const {
    Set fixed;
    for (size_t i = 0; i < people_.size(); ++i) {
      if (IsRequired(people_[i]->person) || Contains(input_.kept, people_[i]->person)) fixed.push_back(i);
    }
    return fixed;
  }

  Set Search(const Set& fixed, size_t count) const {
    Set others;
    for (size_t i = 0; i < people_.size(); ++i) {
      if (!std::ranges::binary_search(fixed, i)) others.push_back(i);
    }
    Set best = fixed;
    double most = Worth(best);
    const auto better = [&](const Set& set) {
      const bool enough = set.size() >= static_cast<size_t>(input_.at_least);
      const bool had_enough = best.size() >= static_cast<size_t>(input_.at_least);
      if (enough != had_enough) return enough;
      if (!enough && set.size() != best.size()) return set.size() > best.size();
      return Worth(set) > most + kSame;
    };
    const auto take = [&](Set set) {
      most = Worth(set);
      best = std::move(set);
    };
    const size_t more = std::min(count - fixed.size(), others.size());
    if (std::pow(static_cast<double>(others.size()), static_cast<double>(more)) <= kMostSets * 2) {
      TryAll(fixed, others, 0, more, better, take);
      return best;
    }
    for (bool grown = true; grown;) {
      grown = false;
      const Set from = best;
      for (const size_t other : others) {
        if (std::ranges::binary_search(from, other)) continue;
        if (from.size() < count) grown = Try(With(from, other), better, take) || grown;
        for (const size_t member : from) {
          if (std::ranges::binary_search(fixed, member)) continue;
          grown = Try(With(Without(from, member), other), better, take) || grown;
        }
      }
    }
    return best;
  }

  template <typename Better, typename Take>
  static bool Try(Set set, const Better& better, const Take& take) {
    if (!better(set)) return false;
    take(std::move(set));
    return true;
  }

  template <typename Better, typename Take>
  static void TryAll(const Set& set, const Set& others, size_t from, size_t more, const Better& better,
                     const Take& take) {
    if (more == 0) return;
    for (size_t i = from; i < others.size(); ++i) {
      const Set larger = With(set, others[i]);
      Try(larger, better, take);
      TryAll(larger, others, i + 1, more - 1, better, take);
    }
  }

  static Set With(Set set, size_t index) {
    set.insert(std::ranges::upper_bound(set, index), index);
    return set;
  }
  static Set Without(Set set, size_t index) {
    std::erase(set, index);
    return set;
  }

  // Owner rules are met even when that takes more people than the policy's count.
  Set WithOwners(Set set) const {
    for (const OwnerDemand& demand : input_.owners) {
      while (LackingOwners(demand, set) > 0) {
        std::optional<size_t> best;
        for (size_t i = 0; i < people_.size(); ++i) {
          if (!Contains(demand.owners, people_[i]->person) || std::ranges::binary_search(set, i)) continue;
          if (!best || Worth(With(set, i)) > Worth(With(set, *best)) + kSame) best = i;
        }
        set = With(std::move(set), *best);
      }
    }
    return set;
  }

  double Expertise(size_t index) const {
    double sum = 0;
    for (const Area& area : input_.areas) sum += area.weight * ScoreIn(area, index);
    return sum;
  }

  ChosenReviewer Explain(size_t index, const Set& set) const {
    const Candidate& candidate = *people_[index];
    ChosenReviewer chosen{
        .person = candidate.person, .role = ReviewerRole::kExpert, .responsible = false, .reasons = {}};
    std::vector<std::string> rules;
    for (const OwnerDemand& demand : input_.owners) {
      if (Contains(demand.owners, candidate.person)) {
        rules.push_back(
            absl::StrCat("owns ", demand.paths.empty() ? "what changed" : demand.paths.front(),
                         demand.paths.size() > 1 ? absl::StrCat(" and ", demand.paths.size() - 1, " more") : "", " (",
                         demand.rule, demand.optional ? ", optional" : "", ")"));
      }
    }
    if (IsRequired(candidate.person)) {
      chosen.role = ReviewerRole::kRequired;
      chosen.reasons.push_back("the policy requires them");
    } else if (!rules.empty()) {
      chosen.role = ReviewerRole::kOwner;
    } else if (const Learner* learner = LearnerIn(set, index); learner != nullptr && Expertise(index) < kKnows) {
      chosen.role = ReviewerRole::kLearner;
      chosen.reasons.push_back(absl::StrCat("gets to know ", learner->area->name, ", which only ",
                                            people_[learner->knower]->person.value(), " knows"));
    }
    chosen.reasons.insert(chosen.reasons.end(), rules.begin(), rules.end());
    std::vector<std::string> areas;
    for (const Area& area : input_.areas) {
      if (const double score = ScoreIn(area, index); score >= kStranger) {
        areas.push_back(absl::StrCat(area.name, " (", Percent(score), ")"));
      }
    }
    if (!areas.empty()) {
      if (areas.size() > 3) areas.resize(3);
      chosen.reasons.push_back(absl::StrCat("likely reviewer of ", absl::StrJoin(areas, ", ")));
    }
    chosen.reasons.insert(chosen.reasons.end(), candidate.reasons.begin(), candidate.reasons.end());
    if (Contains(input_.kept, candidate.person)) chosen.reasons.push_back("reviews this change already");
    return chosen;
  }

  // The responsible one, stand-ins, problems, and the fallback.
  void Finish(Assignment& assignment) {
    const auto expertise = [&](const ChosenReviewer& chosen) {
      const auto it =
          std::ranges::lower_bound(people_, chosen.person, {}, [](const Candidate* c) { return c->person; });
      return Expertise(static_cast<size_t>(it - people_.begin()));
    };
    // The first of those kept who can answer for it, so that it does not wander; else who knows most.
    std::ranges::sort(assignment.reviewers, [&](const ChosenReviewer& a, const ChosenReviewer& b) {
      const auto key = [&](const ChosenReviewer& chosen) {
        const auto kept = std::ranges::find(input_.kept, chosen.person);
        return std::tuple(chosen.role == ReviewerRole::kLearner, kept - input_.kept.begin(), -expertise(chosen),
                          chosen.person);
      };
      return key(a) < key(b);
    });
    AddStandIns(assignment);
    NameProblems(assignment);
    if (!assignment.reviewers.empty()) assignment.reviewers.front().responsible = true;
  }

  void AddStandIns(Assignment& assignment) const {
    std::vector<size_t> rest;
    for (size_t i = 0; i < people_.size(); ++i) {
      if (std::ranges::find(assignment.reviewers, people_[i]->person, &ChosenReviewer::person) ==
          assignment.reviewers.end()) {
        rest.push_back(i);
      }
    }
    std::ranges::sort(rest, {}, [&](size_t i) {
      return std::tuple(!IsOwner(people_[i]->person),
                        policy_.load_weight * people_[i]->open_reviews - people_[i]->score, i);
    });
    for (const size_t index : rest) {
      if (assignment.stand_ins.size() == kStandIns) break;
      assignment.stand_ins.push_back(Explain(index, {}));
    }
  }

  void NameProblems(Assignment& assignment) const {
    for (const OwnerDemand& demand : input_.owners) {
      if (demand.optional) continue;
      if (!demand.unknown.empty()) assignment.problems.push_back(absl::StrCat(demand.rule, ": ", demand.unknown));
      const auto is_chosen = [&](const ChosenReviewer& chosen) { return Contains(demand.owners, chosen.person); };
      const auto has = std::ranges::count_if(assignment.reviewers, is_chosen);
      if (demand.unknown.empty() && !demand.owners.empty() && has < demand.required) {
        assignment.problems.push_back(absl::StrCat(demand.rule, " wants ", demand.required, " of ",
                                                   absl::StrJoin(demand.owners, ", ", AppendHandle), "; ", has,
                                                   " can be asked"));
      }
    }
    for (const std::string& required : policy_.required) {
      const Handle person = HandleOf(required);
      const bool there =
          std::ranges::find(assignment.reviewers, person, &ChosenReviewer::person) != assignment.reviewers.end();
      if (!there && person != input_.author) {
        assignment.problems.push_back(absl::StrCat(person.value(), " is required and cannot be asked", WhyNot(person)));
      }
    }
    if (!assignment.reviewers.empty()) return;
    if (policy_.count == 0 && input_.at_least == 0 && policy_.required.empty()) return;
    const Handle fallback = HandleOf(policy_.fallback);
    if (!fallback.empty() && fallback != input_.author && !Contains(input_.declined, fallback)) {
      assignment.reviewers.push_back({.person = fallback,
                                      .role = ReviewerRole::kFallback,
                                      .responsible = true,
                                      .reasons = {"nobody else can be asked; the policy names them for that"}});
      assignment.problems.push_back(
          absl::StrCat("nobody is eligible", Ineligible(), "; ", fallback.value(), " falls to it"));
    } else {
      assignment.problems.push_back(absl::StrCat("nobody is eligible", Ineligible(),
                                                 "; ask somebody by name, or set reviewers: fallback in the policy"));
    }
  }

  static void AppendHandle(std::string* out, const Handle& handle) { out->append(handle.value()); }

  std::string WhyNot(const Handle& person) const {
    if (Contains(input_.declined, person)) return ": declined";
    const auto it = std::ranges::find(input_.candidates, person, &Candidate::person);
    return it == input_.candidates.end() || it->away.empty() ? "" : absl::StrCat(": ", it->away);
  }

  // " (ann: away until ..., ben: declined)", at most three.
  std::string Ineligible() const {
    std::vector<std::string> names;
    for (const Candidate& candidate : input_.candidates) {
      if (candidate.person == input_.author || names.size() == 3) continue;
      names.push_back(absl::StrCat(candidate.person.value(), WhyNot(candidate.person)));
    }
    return names.empty() ? ": the history knows no other reviewer"
                         : absl::StrCat(" (", absl::StrJoin(names, ", "), ")");
  }

  const AssignInput& input_;
  const ReviewersPolicy& policy_;
  std::vector<const Candidate*> people_;  // who may be asked, by handle
  std::vector<Learner> learners_;
};

}  // namespace

Assignment Assign(const AssignInput& input, const ReviewersPolicy& policy) { return Chooser(input, policy).Choose(); }

}  // namespace mergegate::reviewers
