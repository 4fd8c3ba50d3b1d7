// Q = cap(1 - sum over sub-indices of weight x min(1, loss / full_loss)), computed in ten-thousandths.
//
// The ledger is made of integers: what a sub-index loses is shared among its charges by largest remainder, so the
// entries sum to Q exactly. A lower cap holds where a severe finding counts (as ratings by worst severity do in
// SonarQube): one new blocker keeps Q at 0.2 or less, one new critical finding at 0.5, however large the change.
#include "server/scoring/quality.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/scoring/quality/sub_index.h"
#include "server/scoring/split.h"

namespace mergegate::scoring {
namespace {

constexpr int kOne = 10000;
// Entries per sub-index before the rest is folded into one.
constexpr size_t kMaxEntries = 50;
constexpr int kBlockerCap = 2000;
constexpr int kCriticalCap = 5000;

struct SubIndexRow {
  std::string_view name;
  int64_t weight;  // relative to the others present
  SubIndex (*measure)(const Facts&);
};

constexpr std::array kSubIndices = {
    SubIndexRow{"debt", 50, Debt},
    SubIndexRow{"complexity", 25, ComplexityAdded},
    SubIndexRow{"duplication", 25, DuplicationAdded},
    SubIndexRow{"risk", 20, Risk},
    SubIndexRow{"coverage", 25, LinesUncovered},
    SubIndexRow{"tests touched", 15, TestsTouched},
};

// Points lost, not yet limited to the weight. Beyond a hundred times the weight the figure says nothing more, and
// stopping there keeps it inside an int.
int64_t PointsLost(const SubIndex& index, int weight) {
  const int64_t loss = std::min(index.loss, 100 * index.full_loss);
  return (2 * weight * loss + index.full_loss) / (2 * index.full_loss);
}

void AddEntries(const SubIndex& index, std::string_view name, int weight, std::vector<LedgerEntry>& ledger) {
  if (index.charges.empty()) return;
  const int64_t lost = PointsLost(index, weight);
  std::vector<int64_t> costs;
  for (const Charge& charge : index.charges) costs.push_back(charge.cost);
  const std::vector<int> points = Split(lost, costs);

  std::vector<size_t> order(points.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, {}, [&](size_t i) { return std::pair(-costs[i], i); });
  const size_t shown = order.size() > kMaxEntries ? kMaxEntries - 1 : order.size();
  for (size_t i = 0; i < shown; ++i) {
    const Charge& charge = index.charges[order[i]];
    ledger.push_back({.points = -points[order[i]], .reason = charge.reason, .evidence = charge.evidence});
  }
  if (shown < order.size()) {
    LedgerEntry rest{.points = 0,
                     .reason = absl::StrCat("and ", order.size() - shown, " more of ", std::string(name)),
                     .evidence = {}};
    for (size_t i = shown; i < order.size(); ++i) {
      rest.points -= points[order[i]];
      const std::vector<std::string>& evidence = index.charges[order[i]].evidence;
      rest.evidence.insert(rest.evidence.end(), evidence.begin(), evidence.end());
    }
    ledger.push_back(std::move(rest));
  }
  if (lost > weight) {
    ledger.push_back({.points = static_cast<int>(lost - weight),
                      .reason = absl::StrCat("floor: ", std::string(name), " cannot cost more than its weight, ",
                                             weight, " of ", kOne),
                      .evidence = {}});
  }
}

void AddCap(const Facts& facts, std::vector<LedgerEntry>& ledger) {
  std::vector<std::string> blockers, criticals;
  for (const Finding& finding : facts.findings) {
    if (!CountsAgainst(finding)) continue;
    if (finding.severity == Severity::kBlocker) blockers.push_back(finding.fingerprint);
    if (finding.severity == Severity::kCritical) criticals.push_back(finding.fingerprint);
  }
  if (blockers.empty() && criticals.empty()) return;
  const int cap = blockers.empty() ? kCriticalCap : kBlockerCap;
  int sum = 0;
  for (const LedgerEntry& entry : ledger) sum += entry.points;
  if (sum <= cap) return;
  ledger.push_back({.points = cap - sum,
                    .reason = blockers.empty() ? "cap: a new or caused critical finding keeps Q at 0.5 or less"
                                               : "cap: a new or caused blocker keeps Q at 0.2 or less",
                    .evidence = blockers.empty() ? std::move(criticals) : std::move(blockers)});
}

}  // namespace

Metric QualityOfChange(const Facts& facts) {
  Metric metric;
  if (!facts.missing_base.empty()) {
    metric.missing.push_back("nothing to compare with: " + facts.missing_base);
    return metric;
  }
  std::vector<std::pair<const SubIndexRow*, SubIndex>> present;
  std::vector<int64_t> weights;
  for (const SubIndexRow& row : kSubIndices) {
    SubIndex index = row.measure(facts);
    if (index.unasked) continue;
    if (!index.missing.empty()) {
      metric.missing.push_back(std::move(index.missing));
      continue;
    }
    present.emplace_back(&row, std::move(index));
    weights.push_back(row.weight);
  }
  if (present.empty()) return metric;

  metric.ledger.push_back({.points = kOne,
                           .reason = facts.risk ? "a change that adds no debt, complexity, duplication or unusual risk"
                                                : "a change that adds no debt, complexity or duplication",
                           .evidence = {}});
  const std::vector<int> rescaled = Split(kOne, weights);
  for (size_t i = 0; i < present.size(); ++i) {
    AddEntries(present[i].second, present[i].first->name, rescaled[i], metric.ledger);
  }
  AddCap(facts, metric.ledger);
  for (const LedgerEntry& entry : metric.ledger) metric.value += entry.points;
  return metric;
}

}  // namespace mergegate::scoring
