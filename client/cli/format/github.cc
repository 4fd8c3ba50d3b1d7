#include "client/cli/format/github.h"

#include <fmt/format.h>

#include "client/cli/format/escape.h"
#include "client/cli/format/names.h"

namespace mergegate::client {
namespace {

std::string Annotation(const v1::Finding& finding) {
  std::string command = finding.severity() >= v1::SEVERITY_MAJOR ? "::error " : "::warning ";
  command += "file=" + EscapeWorkflowProperty(finding.path());
  if (finding.line() > 0) command += fmt::format(",line={}", finding.line());
  if (finding.line() > 0 && finding.column() > 0) command += fmt::format(",col={}", finding.column());
  if (finding.line() > 0 && finding.end_line() >= finding.line())
    command += fmt::format(",endLine={}", finding.end_line());
  command += ",title=" + EscapeWorkflowProperty(finding.check());
  std::string message = finding.message();
  if (!finding.caused_by().empty()) message += fmt::format("\ncaused by the change of {}", finding.caused_by());
  if (!finding.fixes().empty() && !finding.fixes(0).description().empty()) {
    message += fmt::format("\nfix: {}", finding.fixes(0).description());
  }
  return fmt::format("{}::{}\n", command, EscapeWorkflowMessage(message));
}

std::string Command(std::string_view level, std::string_view title, std::string_view message) {
  return fmt::format("::{} title={}::{}\n", level, EscapeWorkflowProperty(title), EscapeWorkflowMessage(message));
}

}  // namespace

std::string FormatGithub(const v1::GetVerdictResponse& response) {
  const v1::Verdict& verdict = response.verdict();
  std::string text;
  for (const v1::ConditionResult& condition : verdict.conditions()) {
    const bool undecided = condition.state() == v1::CONDITION_STATE_UNDECIDED;
    if (condition.state() != v1::CONDITION_STATE_UNSATISFIED && !undecided) continue;
    text += Command(condition.level() == v1::CONDITION_LEVEL_WARN ? "warning" : "error",
                    fmt::format("mergegate: {} {}", condition.name(), undecided ? "is undecided" : "does not hold"),
                    condition.reason());
  }
  for (int severity = v1::Severity_MAX; severity >= v1::Severity_MIN; --severity) {
    for (const v1::Finding& finding : verdict.findings()) {
      if (IsIntroduced(finding) && finding.severity() == severity) text += Annotation(finding);
    }
  }
  for (const v1::AnalysisFailure& failure : verdict.failures()) {
    text += Command("warning", fmt::format("mergegate: {} was not analyzed ({})", failure.unit(), Word(failure.kind())),
                    failure.message());
  }
  return text + Command(verdict.state() == v1::VERDICT_STATE_PASS ? "notice" : "error",
                        fmt::format("mergegate: {}", Word(verdict.state())), verdict.summary());
}

}  // namespace mergegate::client
