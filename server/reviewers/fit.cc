#include "server/reviewers/fit.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

namespace mergegate::reviewers {
namespace {

constexpr size_t kColumns = 2 * kShareCount + kPlainCount;
using Vector = std::vector<double>;

double Dot(const Vector& a, const Vector& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

Vector Flat(const Weights& weights) {
  Vector flat(weights.log.begin(), weights.log.end());
  flat.insert(flat.end(), weights.share.begin(), weights.share.end());
  flat.insert(flat.end(), weights.plain.begin(), weights.plain.end());
  return flat;
}

Weights Unflat(const Vector& flat) {
  Weights weights;
  for (size_t i = 0; i < kShareCount; ++i) {
    weights.log[i] = static_cast<float>(flat[i]);
    weights.share[i] = static_cast<float>(flat[kShareCount + i]);
  }
  for (size_t i = 0; i < kPlainCount; ++i) weights.plain[i] = static_cast<float>(flat[2 * kShareCount + i]);
  return weights;
}

// The examples as one matrix, a row a candidate, with Phi taken once.
class Problem {
 public:
  Problem(std::span<const Example> examples, Vector towards, double pull) : towards_(std::move(towards)), pull_(pull) {
    for (const Example& example : examples) {
      const auto reviewed = std::count(example.reviewed.begin(), example.reviewed.end(), true);
      if (reviewed == 0 || reviewed == static_cast<std::ptrdiff_t>(example.rows.size())) continue;
      for (size_t i = 0; i < example.rows.size(); ++i) {
        const Row& row = example.rows[i];
        for (const float share : row.shares) cells_.push_back(Phi(share));
        cells_.insert(cells_.end(), row.shares.begin(), row.shares.end());
        cells_.insert(cells_.end(), row.plain.begin(), row.plain.end());
        reviewed_.push_back(example.reviewed[i]);
      }
      ends_.push_back(reviewed_.size());
    }
  }

  bool empty() const { return ends_.empty(); }

  // Mean loss and pull at `w`, and its gradient.
  double Value(const Vector& w, Vector& gradient) const {
    std::array<float, kColumns> weights{};
    std::ranges::copy(w, weights.begin());
    Vector sum(kColumns, 0.0);
    double loss = 0;
    size_t begin = 0;
    std::vector<double> p;
    for (const size_t end : ends_) {
      p.resize(end - begin);
      for (size_t i = begin; i < end; ++i) {
        const float* row = &cells_[i * kColumns];
        float utility = 0;
        for (size_t k = 0; k < kColumns; ++k) utility += weights[k] * row[k];
        p[i - begin] = utility;
      }
      const double top = std::ranges::max(p);
      double total = 0, hit = 0;
      for (size_t i = begin; i < end; ++i) {
        double& value = p[i - begin];
        value = std::exp(value - top);
        total += value;
        if (reviewed_[i]) hit += value;
      }
      loss -= std::log(hit / total);
      for (size_t i = begin; i < end; ++i) {
        const double slope = p[i - begin] / total - (reviewed_[i] ? p[i - begin] / hit : 0);
        if (std::abs(slope) < 1e-7) continue;
        const float* row = &cells_[i * kColumns];
        for (size_t k = 0; k < kColumns; ++k) sum[k] += slope * row[k];
      }
      begin = end;
    }
    const auto n = static_cast<double>(ends_.size());
    double pulled = 0;
    gradient.resize(kColumns);
    for (size_t k = 0; k < kColumns; ++k) {
      gradient[k] = sum[k] / n + pull_ * (w[k] - towards_[k]);
      pulled += (w[k] - towards_[k]) * (w[k] - towards_[k]);
    }
    return loss / n + pull_ * pulled / 2;
  }

 private:
  std::vector<float> cells_;
  std::vector<bool> reviewed_;
  std::vector<size_t> ends_;
  Vector towards_;
  double pull_;
};

struct Step {
  Vector moved, turned;  // differences of place and of gradient
};

// The two-loop recursion of limited-memory BFGS.
Vector Direction(const std::deque<Step>& steps, Vector gradient) {
  Vector alpha(steps.size());
  for (size_t i = steps.size(); i-- > 0;) {
    alpha[i] = Dot(steps[i].moved, gradient) / Dot(steps[i].moved, steps[i].turned);
    for (size_t k = 0; k < gradient.size(); ++k) gradient[k] -= alpha[i] * steps[i].turned[k];
  }
  if (!steps.empty()) {
    const Step& last = steps.back();
    const double scale = Dot(last.moved, last.turned) / Dot(last.turned, last.turned);
    for (double& value : gradient) value *= scale;
  }
  for (size_t i = 0; i < steps.size(); ++i) {
    const double beta = Dot(steps[i].turned, gradient) / Dot(steps[i].moved, steps[i].turned);
    for (size_t k = 0; k < gradient.size(); ++k) gradient[k] += (alpha[i] - beta) * steps[i].moved[k];
  }
  for (double& value : gradient) value = -value;
  return gradient;
}

}  // namespace

Weights Fit(std::span<const Example> examples, const Weights& towards, const FitOptions& options) {
  constexpr size_t kMemory = 10;
  Vector w = Flat(towards);
  const Problem problem(examples, w, options.pull);
  if (problem.empty()) return towards;
  Vector gradient, next_gradient;
  double value = problem.Value(w, gradient);
  std::deque<Step> steps;
  for (int iteration = 0; iteration < options.iterations; ++iteration) {
    const Vector direction = Direction(steps, gradient);
    const double slope = Dot(direction, gradient);
    if (slope > -1e-9) break;
    // Armijo's rule, halving.
    double length = steps.empty() ? std::min(1.0, 1 / std::sqrt(-slope)) : 1.0;
    Vector next(w.size());
    double next_value = value;
    for (int halving = 0; halving < 30; ++halving, length /= 2) {
      for (size_t k = 0; k < w.size(); ++k) next[k] = w[k] + length * direction[k];
      next_value = problem.Value(next, next_gradient);
      if (next_value <= value + 1e-4 * length * slope) break;
    }
    if (!(next_value < value)) break;
    Step step{.moved = next, .turned = next_gradient};
    for (size_t k = 0; k < w.size(); ++k) {
      step.moved[k] -= w[k];
      step.turned[k] -= gradient[k];
    }
    if (Dot(step.moved, step.turned) > 1e-12) steps.push_back(std::move(step));
    if (steps.size() > kMemory) steps.pop_front();
    const bool still = value - next_value < 1e-7;
    w = next;
    gradient = next_gradient;
    value = next_value;
    if (still) break;
  }
  return Unflat(w);
}

double Loss(std::span<const Example> examples, const Weights& weights) {
  const Vector w = Flat(weights);
  const Problem problem(examples, w, 0);
  Vector gradient;
  return problem.empty() ? 0 : problem.Value(w, gradient);
}

}  // namespace mergegate::reviewers
