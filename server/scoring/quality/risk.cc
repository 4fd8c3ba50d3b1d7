// loss = how often the odds of causing a defect double against a typical change of the project, in thousandths;
// full_loss = 3000: eight times the odds. The odds come from server/risk/model.h; odds, not the probability, because
// what share of its defects a project names by links is its habit (2 % to 20 % of changes), and a habit shifts all odds
// alike. The scale is ours.
//
// What grows with a change whatever it does (lines, branches, files) adds loss but never takes any off: a slice that is
// smaller than typical pays for what it touches as a typical one does, so cutting thinner buys nothing.
#include <string_view>

#include "absl/strings/str_format.h"
#include "server/scoring/quality/sub_index.h"

namespace mergegate::scoring {
namespace {

constexpr int64_t kThreeDoublings = 3000;
// Factors below this (7 % of the odds) are told by nobody, though they count.
constexpr int64_t kWorthTelling = 100;

std::string Percent(int millionths) { return absl::StrFormat("%.1f%%", millionths / 10'000.0); }

}  // namespace

SubIndex Risk(const Facts& facts) {
  SubIndex risk{.full_loss = kThreeDoublings, .charges = {}, .missing = {}};
  risk.unasked = !facts.risk.has_value();
  if (risk.unasked) return risk;
  if (!facts.risk->missing.empty()) {
    risk.missing = "risk: " + facts.risk->missing;
    return risk;
  }
  int64_t size = 0, rest = 0;
  for (const RiskFactor& factor : facts.risk->factors) (factor.size ? size : rest) += factor.milli_bits;
  risk.loss = std::max<int64_t>(0, std::max<int64_t>(0, size) + rest);
  if (risk.loss == 0) return risk;
  for (const RiskFactor& factor : facts.risk->factors) {
    if (factor.milli_bits < kWorthTelling || (factor.size && size <= 0)) continue;
    risk.charges.push_back({.cost = factor.milli_bits, .reason = "risk " + factor.text, .evidence = {}});
  }
  const std::string all = "risk: " + Percent(facts.risk->probability) + " of such changes cause a defect, " +
                          Percent(facts.risk->typical) + " of typical ones";
  if (risk.charges.empty()) {
    risk.charges.push_back({.cost = 1, .reason = all, .evidence = {}});
  } else {
    risk.charges.front().reason += " (" + Percent(facts.risk->probability) + " of such changes cause a defect, " +
                                   Percent(facts.risk->typical) + " of typical ones)";
  }
  return risk;
}

}  // namespace mergegate::scoring
