// What must hold of every counterfactual, shown on random facts small enough to try all sets of steps.
#ifndef MERGEGATE_TESTS_SUPPORT_COUNTERFACTUAL_PROPERTIES_H_
#define MERGEGATE_TESTS_SUPPORT_COUNTERFACTUAL_PROPERTIES_H_

#include <gtest/gtest.h>

#include <bit>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/gate/conditions/condition.h"
#include "server/gate/evaluate.h"
#include "server/gate/remedy.h"
#include "tests/support/facts_builder.h"

namespace mergegate::testing {

// Facts with at most about ten things that could be better, and a policy with some conditions over them.
class RandomCase {
 public:
  explicit RandomCase(unsigned seed) : random_(seed) {
    MakeFacts();
    MakePolicy();
  }
  Policy policy;
  Facts facts;

 private:
  int UpTo(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n + 1)); }
  bool OneIn(int n) { return UpTo(n - 1) == 0; }

  void MakeFacts() {
    facts = CleanChange(10 + UpTo(200));
    const char* units[] = {"src/a.cc", "src/b.cc"};
    for (int i = UpTo(4); i > 0; --i) {
      Finding finding = NewFinding(absl::StrCat("check-", i), static_cast<Severity>(1 + UpTo(4)), units[UpTo(1)]);
      finding.state = static_cast<BaselineState>(1 + UpTo(3));
      finding.guessed = OneIn(5);
      facts.findings.push_back(finding);
    }
    for (int i = UpTo(2); i > 0; --i) {
      facts.functions.push_back(
          ChangedFunction(absl::StrCat("f", i), OneIn(2) ? std::optional<int>(UpTo(40)) : std::nullopt, UpTo(60)));
    }
    for (int i = UpTo(2); i > 0; --i) {
      const int first = 1 + UpTo(50);
      facts.duplicates.push_back(CopyOf(100 * i + first, 100 * i + first + UpTo(40)));
    }
    for (int i = UpTo(2); i > 0; --i) {
      facts.relaxations.push_back({.kind = "nolint", .path = "src/a.cc", .line = i, .text = "// NOLINT"});
    }
    if (OneIn(3)) facts.failures.push_back(Failure(units[UpTo(1)], OneIn(2) ? "" : "clang-tidy", OneIn(2)));
    if (OneIn(5)) facts.failures.push_back(Failure("duplication"));
    if (OneIn(5)) {
      facts.coverage.missed_lines = facts.coverage.parsed_lines;
      facts.coverage.parsed_lines = 0;
      facts.coverage.files[0].units.clear();
    }
  }

  void Add(ConditionKind kind, double threshold) {
    Condition condition;
    condition.name = absl::StrCat("condition-", policy.conditions.size());
    condition.kind = kind;
    condition.threshold = threshold;
    condition.level = OneIn(6) ? ConditionLevel::kWarn : ConditionLevel::kBlock;
    condition.filter.min_severity = static_cast<Severity>(1 + UpTo(4));
    if (OneIn(4)) condition.filter.states = {BaselineState::kNew, BaselineState::kUnchanged};
    if (kind == ConditionKind::kRequiredReports) condition.tools = {"ruff"};
    policy.conditions.push_back(condition);
  }

  void MakePolicy() {
    if (OneIn(2)) Add(ConditionKind::kFindings, UpTo(2));
    if (OneIn(3)) Add(ConditionKind::kFindings, UpTo(1));
    if (!OneIn(3)) Add(ConditionKind::kQuality, 0.5 + UpTo(50) / 100.0);
    if (OneIn(2)) Add(ConditionKind::kComplexity, 10 + UpTo(20));
    if (OneIn(2)) Add(ConditionKind::kDuplication, UpTo(20) / 100.0);
    if (OneIn(2)) Add(ConditionKind::kAnalysisCoverage, 0.9);
    if (OneIn(3)) Add(ConditionKind::kSuppressionsAdded, UpTo(1));
    if (OneIn(5)) Add(ConditionKind::kRequiredReports, 0);
    if (OneIn(10)) Add(ConditionKind::kSize, 150);
  }

  std::mt19937 random_;
};

// Every step that any blocking condition that does not hold proposes, without repetition.
inline std::vector<gate::Remedy> AllRemedies(const Policy& policy, const Facts& facts,
                                             const gate::QualityFunction& quality) {
  const Verdict verdict = gate::Evaluate(policy, facts, quality);
  const gate::Evidence evidence(facts, quality);
  std::map<std::tuple<int, size_t, std::string>, gate::Remedy> unique;
  for (size_t i = 0; i < verdict.conditions.size(); ++i) {
    const ConditionState state = verdict.conditions[i].state;
    if (state == ConditionState::kSatisfied || verdict.conditions[i].level == ConditionLevel::kWarn) continue;
    for (const gate::Remedy& remedy :
         gate::RowOf(policy.conditions[i].kind).propose(policy.conditions[i], evidence).remedies) {
      auto [it, added] = unique.try_emplace({static_cast<int>(remedy.target), remedy.index, remedy.name}, remedy);
      if (!added && remedy.cognitive < it->second.cognitive) it->second = remedy;
    }
  }
  std::vector<gate::Remedy> remedies;
  for (const auto& [key, remedy] : unique) remedies.push_back(remedy);
  return remedies;
}

// Size of the smallest set of remedies that leads to a pass, by trying all; nullopt when none does.
inline std::optional<size_t> SmallestByTryingAll(const Policy& policy, const Facts& facts,
                                                 const gate::QualityFunction& quality,
                                                 const std::vector<gate::Remedy>& remedies) {
  std::optional<size_t> smallest;
  for (unsigned set = 0; set < 1U << remedies.size(); ++set) {
    const auto size = static_cast<size_t>(std::popcount(set));
    if (smallest && size >= *smallest) continue;
    std::vector<gate::Remedy> chosen;
    for (size_t i = 0; i < remedies.size(); ++i) {
      if ((set >> i & 1U) != 0) chosen.push_back(remedies[i]);
    }
    if (gate::Evaluate(policy, gate::Apply(facts, chosen), quality).state == VerdictState::kPass) smallest = size;
  }
  return smallest;
}

// Checks a random case; adds to `reached` when its verdict was no pass and a way was found.
inline void CheckRandomCase(unsigned seed, const gate::QualityFunction& quality, int budget, int& reached) {
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  const RandomCase example(seed);
  const Counterfactual answer = gate::FindCounterfactual(example.policy, example.facts, quality, budget);
  const std::vector<gate::Remedy> remedies = AllRemedies(example.policy, example.facts, quality);
  ASSERT_LE(remedies.size(), 14u);
  const std::optional<size_t> smallest = SmallestByTryingAll(example.policy, example.facts, quality, remedies);
  ASSERT_EQ(answer.reachable, smallest.has_value()) << answer.reason;
  if (!answer.reachable) {
    ASSERT_TRUE(answer.actions.empty());
    ASSERT_FALSE(answer.reason.empty());
    return;
  }
  std::vector<gate::Remedy> chosen;
  for (const Action& action : answer.actions) {
    for (const gate::Remedy& remedy : remedies) {
      if (remedy.action == action) chosen.push_back(remedy);
    }
  }
  ASSERT_EQ(chosen.size(), answer.actions.size());
  const Verdict after = gate::Evaluate(example.policy, gate::Apply(example.facts, chosen), quality);
  ASSERT_EQ(after.state, VerdictState::kPass) << after.summary;
  ASSERT_EQ(answer.q_after, after.quality.value);
  if (answer.smallest) {
    ASSERT_EQ(answer.actions.size(), *smallest);
  }
  for (size_t i = 0; i < chosen.size(); ++i) {
    std::vector<gate::Remedy> fewer = chosen;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    ASSERT_NE(gate::Evaluate(example.policy, gate::Apply(example.facts, fewer), quality).state, VerdictState::kPass)
        << "can be left out: " << chosen[i].action.description;
  }
  if (budget >= 20000) {
    ASSERT_TRUE(answer.smallest) << "the budget sufficed to try all";
  }
  if (!answer.actions.empty()) ++reached;
}

}  // namespace mergegate::testing

#endif  // MERGEGATE_TESTS_SUPPORT_COUNTERFACTUAL_PROPERTIES_H_
