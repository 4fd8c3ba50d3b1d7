// loss = sum of minutes of the findings that count; full_loss = half the cost of developing the change,
// 30 minutes x ReferenceLines(lines added).
//
// Source: the SQALE debt ratio (remediation effort / development cost) with SonarQube's default of 30 minutes per line;
// its rating grid puts the worst letter above a ratio of 0.5, and there the sub-index reaches 0. Minutes per severity
// are ours, doubling from minor up: a remark costs nothing, since it is never worth blocking on.
#include "absl/strings/str_cat.h"
#include "server/domain/names.h"
#include "server/scoring/quality/sub_index.h"

namespace mergegate::scoring {
namespace {

constexpr int64_t kMinutesPerLine = 30;

int64_t Minutes(Severity severity) {
  switch (severity) {
    case Severity::kInfo:
      return 0;
    case Severity::kMinor:
      return 10;
    case Severity::kUnspecified:  // unknown is not harmless
    case Severity::kMajor:
      return 60;
    case Severity::kCritical:
      return 120;
    case Severity::kBlocker:
      return 240;
  }
  return 60;
}

}  // namespace

bool CountsAgainst(const Finding& finding) {
  return !finding.guessed && (finding.state == BaselineState::kNew || finding.state == BaselineState::kCaused);
}

SubIndex Debt(const Facts& facts) {
  SubIndex debt{.full_loss = kMinutesPerLine * ReferenceLines(facts.lines_added) / 2, .charges = {}, .missing = {}};
  if (facts.coverage.changed_lines > 0 && facts.coverage.parsed_lines <= 0 && facts.imported_tools.empty()) {
    debt.missing = "debt: no changed line was parsed under a known compile command";
    return debt;
  }
  for (const Finding& finding : facts.findings) {
    const int64_t minutes = Minutes(finding.severity);
    if (!CountsAgainst(finding) || minutes == 0) continue;
    debt.loss += minutes;
    debt.charges.push_back(
        {.cost = minutes,
         .reason = absl::StrCat(std::string(Name(finding.state)), " ", std::string(Name(finding.severity)), " finding ",
                                finding.check, " at ", finding.path, ":", finding.line, ": ", minutes, " minutes"),
         .evidence = {finding.fingerprint}});
  }
  return debt;
}

}  // namespace mergegate::scoring
