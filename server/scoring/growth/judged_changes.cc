#include "server/scoring/growth/judged_changes.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <tuple>

#include "absl/strings/str_cat.h"

namespace mergegate::scoring {
namespace {

constexpr double kTail = 0.05;
constexpr double kFewestLines = 20, kMostLines = 500;  // as in survival.cc
constexpr size_t kMostEvidence = 5;

// The x in [low, high] where a falling function is `kTail`.
double WhereFalling(double low, double high, const std::function<double(double)>& f) {
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (f(middle) > kTail ? low : high) = middle;
  }
  return (low + high) / 2;
}

// P(Binomial(n, p) <= k).
double BinomialUpTo(int k, int n, double p) {
  double sum = 0;
  for (int i = 0; i <= k; ++i) {
    sum += std::exp(std::lgamma(n + 1.0) - std::lgamma(i + 1.0) - std::lgamma(n - i + 1.0) + i * std::log(p) +
                    (n - i) * std::log1p(-p));
  }
  return sum;
}

// P(Poisson(mean) <= k).
double PoissonUpTo(int k, double mean) {
  double sum = 0;
  for (int i = 0; i <= k; ++i) sum += std::exp(i * std::log(mean) - mean - std::lgamma(i + 1.0));
  return sum;
}

bool TellsOfFindings(SignalKind kind) {
  return kind == SignalKind::kChangeJudged || kind == SignalKind::kFindingAdded || kind == SignalKind::kFindingAvoided;
}

}  // namespace

std::vector<JudgedChange> JudgedChangesOf(std::span<const Signal> signals) {
  std::map<std::string, JudgedChange> judged;
  std::map<std::string, double> lines;
  for (const Signal& signal : signals) {
    const std::string name = absl::StrCat("projects/", signal.project.value(), "/reviews/", signal.object);
    if (signal.kind == SignalKind::kChangeMerged && signal.value > 0) {
      lines[name] = std::max(lines[name], signal.value);
    }
    if (!TellsOfFindings(signal.kind)) continue;
    JudgedChange& change = judged[name];
    change.name = name;
    change.author = signal.actor;
    change.at = std::max(change.at, signal.at);
    if (signal.kind == SignalKind::kFindingAdded && signal.value > 0) {
      change.added[signal.part] += static_cast<int>(std::min(signal.value, 1e6));
    }
  }
  std::vector<JudgedChange> changes;
  for (auto& [name, change] : judged) {
    change.lines = std::clamp(lines[name], kFewestLines, kMostLines);
    changes.push_back(std::move(change));
  }
  std::ranges::sort(changes, [](const JudgedChange& a, const JudgedChange& b) {
    return std::tie(a.at, a.name) < std::tie(b.at, b.name);
  });
  return changes;
}

std::vector<RecurringClass> RecurringIn(std::span<const JudgedChange> changes, const Handle& person,
                                        const Period& period, int least) {
  std::map<std::string, RecurringClass> classes;
  int judged = 0;
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    if (change->author != person || !period.Holds(change->at)) continue;
    ++judged;
    std::set<std::string> seen;
    for (const auto& [check, count] : change->added) {
      const FindingClass what = ClassOf(check);
      RecurringClass& one = classes[what.id];
      one.what = what;
      one.findings += count;
      one.checks.insert(check);
      if (!seen.insert(what.id).second) continue;
      ++one.changes;
      if (one.evidence.size() < kMostEvidence) one.evidence.push_back(change->name);
    }
  }
  std::vector<RecurringClass> recurring;
  for (auto& [id, one] : classes) {
    one.judged = judged;
    if (one.changes >= least) recurring.push_back(std::move(one));
  }
  std::ranges::sort(recurring, {},
                    [](const RecurringClass& one) { return std::tuple(-one.changes, -one.findings, one.what.id); });
  return recurring;
}

ClassCount CountOf(std::span<const JudgedChange> changes, const std::set<Handle>& people, const std::string& class_id,
                   const Period& period) {
  ClassCount count;
  for (const JudgedChange& change : changes) {
    if (!people.contains(change.author) || !period.Holds(change.at)) continue;
    ++count.judged;
    count.lines += change.lines;
    count.changes +=
        std::ranges::any_of(change.added, [&](const auto& added) { return ClassOf(added.first).id == class_id; });
  }
  return count;
}

std::optional<Ratio> RateRatio(const ClassCount& before, const ClassCount& after) {
  const int n = before.changes + after.changes, k = after.changes;
  if (n == 0 || !(before.lines > 0) || !(after.lines > 0)) return std::nullopt;
  const double scale = before.lines / after.lines;
  const auto ratio = [&](double p) { return p < 1 ? p / (1 - p) * scale : std::numeric_limits<double>::infinity(); };
  const double low = k == 0 ? 0 : 1 - WhereFalling(0, 1, [&](double q) { return BinomialUpTo(n - k, n, q); });
  const double high = k == n ? 1 : WhereFalling(0, 1, [&](double p) { return BinomialUpTo(k, n, p); });
  return Ratio{ratio(static_cast<double>(k) / n), ratio(low), ratio(high)};
}

Bounds Poisson90(int count) {
  const double most = count + 10 * std::sqrt(count + 1.0) + 10;
  Bounds bounds;
  bounds.high = WhereFalling(0, most, [&](double mean) { return PoissonUpTo(count, mean); });
  if (count > 0) {
    // P(X >= count) = 1 - P(X <= count - 1) rises with the mean.
    bounds.low = most - WhereFalling(0, most, [&](double down) { return 1 - PoissonUpTo(count - 1, most - down); });
  }
  return bounds;
}

}  // namespace mergegate::scoring
