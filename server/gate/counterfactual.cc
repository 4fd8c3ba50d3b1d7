// The search rests on one property (remedy.h): more remedies never make a verdict worse. Hence
// - if all remedies together do not pass, nothing does;
// - in a list of remedies the shortest passing prefix is found by bisection;
// - a remedy without which all the others do not pass is in every solution;
// - a condition that needs n remedies of its own kind bounds every solution from below, and when it proposes no more
//   than n, each of them is in every solution. This keeps thousands of findings cheap.
#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/gate/evaluate.h"
#include "server/gate/judgement.h"
#include "server/gate/text.h"

namespace mergegate::gate {
namespace {

using Target = Remedy::Target;
using Indices = std::vector<size_t>;  // into the candidates

// Evaluations spent on making a set irreducible; so many only come up where a change has thousands of findings.
constexpr int kMostReductions = 1000;

struct Candidate {
  Remedy remedy;
  bool needed = false;  // in every solution
};

// What the search works on: the open conditions and the facts that the candidates are about, without heavy texts.
struct Problem {
  std::vector<const Condition*> open;  // blocking, neither satisfied nor not applicable
  Facts facts;
  std::vector<Remedy> remedies;  // the candidates, about `facts`
  std::vector<bool> needed;      // by candidate
  std::vector<int> urgency;      // severity of a finding, lines of a duplicate, 0 for others
  size_t at_least = 0;           // no smaller set passes
};

class Search {
 public:
  Search(const Problem& problem, const QualityFunction& quality, int budget)
      : problem_(problem), quality_(quality), budget_(budget) {}

  struct Solution {
    Indices chosen;
    bool smallest = false;
    bool irreducible = true;
  };

  // Requires that all candidates together pass.
  Solution Solve() {
    Indices order = MostPromisingFirst();
    Solution solution = Greedy(order);
    if (solution.chosen.size() <= problem_.at_least) {
      solution.smallest = true;
    } else if (solution.irreducible) {
      LookForSmaller(order, solution);
    }
    std::ranges::sort(solution.chosen);
    return solution;
  }

  bool Passes(const Indices& chosen) {
    const Facts after = Applied(chosen);
    const Evidence evidence(after, quality_);
    return std::ranges::all_of(problem_.open, [&](const Condition* condition) {
      return LetsPass(JudgeCondition(*condition, evidence).state);
    });
  }

 private:
  Facts Applied(const Indices& chosen) {
    ++spent_;
    std::vector<Remedy> remedies;
    for (const size_t i : chosen) remedies.push_back(problem_.remedies[i]);
    return Apply(problem_.facts, remedies);
  }

  Indices MostPromisingFirst() {
    const size_t count = problem_.remedies.size();
    Indices order(count);
    std::iota(order.begin(), order.end(), size_t{0});
    std::vector<int> gain(count, 0);
    const bool q_is_open = std::ranges::any_of(
        problem_.open, [](const Condition* condition) { return condition->kind == ConditionKind::kQuality; });
    if (q_is_open && static_cast<int>(count) <= budget_ / 2) {
      for (size_t i = 0; i < count; ++i) gain[i] = quality_(Applied({i})).value;
    }
    std::ranges::sort(order, {},
                      [&](size_t i) { return std::tuple(!problem_.needed[i], -gain[i], -problem_.urgency[i], i); });
    return order;
  }

  // Irreducible (nothing in it can be left out) unless that would take too long.
  Solution Greedy(const Indices& order) {
    size_t fails = 0, passes = order.size();  // lengths of prefixes
    while (passes - fails > 1) {
      const size_t middle = fails + (passes - fails) / 2;
      const bool ok = Passes(Indices(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(middle)));
      (ok ? passes : fails) = middle;
    }
    Solution solution{.chosen = Indices(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(passes))};
    // The last one cannot go, for without it the prefix fails.
    int reductions = 0;
    for (size_t i = passes - 1; i-- > 0 && solution.chosen.size() > problem_.at_least;) {
      if (problem_.needed[solution.chosen[i]]) continue;
      if (++reductions > kMostReductions) {
        solution.irreducible = false;
        break;
      }
      Indices fewer = solution.chosen;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (Passes(fewer)) solution.chosen = std::move(fewer);
    }
    return solution;
  }

  // Tries every smaller set by increasing size while the budget lasts.
  void LookForSmaller(const Indices& order, Solution& solution) {
    Indices needed, optional;
    for (const size_t candidate : order) {
      const bool in_solution = std::ranges::find(solution.chosen, candidate) != solution.chosen.end();
      if (problem_.needed[candidate] || (in_solution && spent_ < budget_ && !Passes(AllBut(candidate)))) {
        needed.push_back(candidate);
      } else {
        optional.push_back(candidate);
      }
    }
    for (size_t size = std::max(problem_.at_least, needed.size()); size < solution.chosen.size(); ++size) {
      Indices chosen = needed;
      const Answer answer = TrySets(optional, 0, size - needed.size(), chosen);
      if (answer == Answer::kBudgetSpent) return;
      if (answer == Answer::kFound) {
        solution = {.chosen = std::move(chosen), .smallest = true, .irreducible = true};
        return;
      }
    }
    solution.smallest = true;
  }

  enum class Answer { kFound, kNone, kBudgetSpent };

  // Extends `chosen` by `missing` of optional[from..]; leaves the set in it when one passes.
  Answer TrySets(const Indices& optional, size_t from, size_t missing, Indices& chosen) {
    if (missing == 0) {
      if (spent_ >= budget_) return Answer::kBudgetSpent;
      return Passes(chosen) ? Answer::kFound : Answer::kNone;
    }
    for (size_t i = from; i + missing <= optional.size(); ++i) {
      chosen.push_back(optional[i]);
      if (const Answer answer = TrySets(optional, i + 1, missing - 1, chosen); answer != Answer::kNone) return answer;
      chosen.pop_back();
    }
    return Answer::kNone;
  }

  Indices AllBut(size_t candidate) const {
    Indices others(problem_.remedies.size());
    std::iota(others.begin(), others.end(), size_t{0});
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(candidate));
    return others;
  }

  const Problem& problem_;
  const QualityFunction& quality_;
  const int budget_;
  int spent_ = 0;
};

// Remedies proposed for the open conditions, each once; for a function the lower aim.
std::vector<Candidate> Candidates(const std::vector<const Condition*>& open, const Evidence& evidence,
                                  size_t& at_least) {
  std::map<std::tuple<Target, size_t, std::string>, Candidate> unique;
  std::map<Target, size_t> least;  // remedies of different targets are different, so their bounds add up
  for (const Condition* condition : open) {
    const ConditionRow& row = RowOf(condition->kind);
    Proposal proposal = row.propose(*condition, evidence);
    least[row.target] = std::max(least[row.target], proposal.at_least);
    const auto of_its_own = [&](const Remedy& remedy) { return remedy.target == row.target; };
    const bool all_needed = std::cmp_equal(std::ranges::count_if(proposal.remedies, of_its_own), proposal.at_least);
    for (const Remedy& remedy : proposal.remedies) {
      Candidate& candidate =
          unique.try_emplace({remedy.target, remedy.index, remedy.name}, Candidate{.remedy = remedy}).first->second;
      if (remedy.cognitive < candidate.remedy.cognitive) candidate.remedy = remedy;
      candidate.needed = candidate.needed || (all_needed && of_its_own(remedy));
    }
  }
  at_least = 0;
  for (const auto& [target, count] : least) at_least += count;
  std::vector<Candidate> candidates;
  for (auto& [key, candidate] : unique) candidates.push_back(std::move(candidate));
  return candidates;
}

std::vector<Remedy> RemediesOf(const std::vector<Candidate>& candidates) {
  std::vector<Remedy> remedies;
  for (const Candidate& candidate : candidates) remedies.push_back(candidate.remedy);
  return remedies;
}

// A finding as far as conditions and Q look at it.
Finding Slim(const Finding& finding) {
  Finding slim;
  slim.check = finding.check;
  slim.analyzer = finding.analyzer;
  slim.severity = finding.severity;
  slim.path = finding.path;
  slim.unit = finding.unit;
  slim.guessed = finding.guessed;
  slim.state = finding.state;
  return slim;
}

// Every finding that counts against an open condition is a candidate, so the others can go.
Problem MakeProblem(std::vector<const Condition*> open, const Facts& facts, const std::vector<Candidate>& candidates,
                    size_t at_least) {
  Problem problem{
      .open = std::move(open), .facts = {}, .remedies = {}, .needed = {}, .urgency = {}, .at_least = at_least};
  Facts& slim = problem.facts;
  slim.failures = facts.failures;
  slim.coverage = facts.coverage;
  slim.functions = facts.functions;
  slim.duplicates = facts.duplicates;
  slim.relaxations = facts.relaxations;
  slim.lines_added = facts.lines_added;
  slim.lines_removed = facts.lines_removed;
  slim.changed_paths = facts.changed_paths;
  slim.imported_tools = facts.imported_tools;
  slim.cpp_lines_added = facts.cpp_lines_added;
  slim.pieces = facts.pieces;
  slim.review = facts.review;
  slim.tests = facts.tests;
  slim.risk = facts.risk;
  slim.touched_tests = facts.touched_tests;
  for (const Candidate& candidate : candidates) {
    Remedy remedy = candidate.remedy;
    int urgency = 0;
    remedy.action = {};
    if (remedy.target == Target::kFinding) {
      const Finding& finding = facts.findings[remedy.index];
      urgency = static_cast<int>(finding.severity);
      remedy.index = slim.findings.size();
      slim.findings.push_back(Slim(finding));
    } else if (remedy.target == Target::kDuplicate) {
      const DuplicateBlock& block = facts.duplicates[remedy.index];
      urgency = std::max(0, block.end_line - block.start_line + 1);
    }
    problem.remedies.push_back(std::move(remedy));
    problem.needed.push_back(candidate.needed);
    problem.urgency.push_back(urgency);
  }
  return problem;
}

// The conditions that still do not hold, for a reader who asks what else it would take.
std::string WhatRemains(const Verdict& verdict) {
  std::vector<std::string> remaining;
  for (const ConditionResult& result : verdict.conditions) {
    if (result.level == ConditionLevel::kBlock && !LetsPass(result.state)) {
      remaining.push_back(absl::StrCat(result.name, " (", result.reason, ")"));
    }
  }
  return remaining.empty() ? verdict.summary : absl::StrJoin(remaining, ", ");
}

std::string Explain(const Search::Solution& solution, const std::vector<Remedy>& chosen) {
  std::string reason = solution.smallest ? "no smaller set of steps is enough"
                       : solution.irreducible
                           ? "none of these steps can be left out; a smaller set of others may exist"
                           : "these steps are enough; there are too many to say which could be left out";
  const auto assumes = [](const Remedy& r) {
    return r.target == Target::kUnit || r.target == Target::kReport || r.target == Target::kTestReport;
  };
  if (std::ranges::any_of(chosen, assumes)) reason += "; assumes that what is not known yet turns out clean";
  return reason;
}

}  // namespace

Counterfactual FindCounterfactual(const Policy& policy, const Facts& facts, const QualityFunction& quality,
                                  int budget) {
  Counterfactual result;
  const Verdict now = Evaluate(policy, facts, quality);
  result.q_after = now.quality.value;
  if (now.state == VerdictState::kPass) {
    result.reachable = result.smallest = true;
    result.reason = "it passes already";
    return result;
  }
  std::vector<const Condition*> open;
  for (size_t i = 0; i < now.conditions.size(); ++i) {
    if (Blocks(policy.conditions[i]) && !LetsPass(now.conditions[i].state)) open.push_back(&policy.conditions[i]);
  }
  const Evidence evidence(facts, quality);
  size_t at_least = 0;
  const std::vector<Candidate> candidates = Candidates(open, evidence, at_least);
  const Verdict best = Evaluate(policy, Apply(facts, RemediesOf(candidates)), quality);
  if (best.state != VerdictState::kPass) {
    result.reason = absl::StrCat("no change of the code alone is enough: ", WhatRemains(best));
    return result;
  }

  const Problem problem = MakeProblem(std::move(open), facts, candidates, at_least);
  const Search::Solution solution = Search(problem, quality, budget).Solve();
  std::vector<Remedy> chosen;
  for (const size_t i : solution.chosen) chosen.push_back(candidates[i].remedy);
  const Verdict after = Evaluate(policy, Apply(facts, chosen), quality);
  if (after.state != VerdictState::kPass) {
    result.reason = absl::StrCat("no set of steps was found: ", WhatRemains(after));
    return result;
  }
  result.reachable = true;
  result.smallest = solution.smallest;
  result.q_after = after.quality.value;
  result.reason = Explain(solution, chosen);
  for (Remedy& remedy : chosen) result.actions.push_back(std::move(remedy.action));
  return result;
}

}  // namespace mergegate::gate
