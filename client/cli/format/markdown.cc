#include "client/cli/format/markdown.h"

#include <fmt/format.h>

#include <algorithm>

#include "client/cli/format/escape.h"
#include "client/cli/format/names.h"
#include "client/cli/format/sections.h"

namespace mergegate::client {
namespace {

constexpr int kMostFindings = 60;
constexpr int kMostOthers = 20;
constexpr size_t kLongestText = 500;

// Escaped and cut: one hostile message must not push the rest over the host's limit.
std::string Cell(std::string_view text) {
  if (text.size() <= kLongestText) return EscapeMarkdown(text);
  size_t end = kLongestText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return EscapeMarkdown(text.substr(0, end)) + "…";
}

std::string Title(v1::VerdictState state) {
  std::string word(Word(state));
  word[0] = static_cast<char>(word[0] - 'a' + 'A');
  return word;
}

std::string And(int more) { return more > 0 ? fmt::format("- … and {} more\n", more) : ""; }

}  // namespace

std::string FormatMarkdown(const v1::GetVerdictResponse& response) {
  const v1::Verdict& verdict = response.verdict();
  std::string text = fmt::format("## mergegate: {}\n\nVerdict: {}\n", Title(verdict.state()), Cell(verdict.summary()));

  if (!verdict.conditions().empty()) {
    text += "\n| Condition | Result | Actual | Threshold | Why |\n| --- | --- | --- | --- | --- |\n";
    for (const v1::ConditionResult& condition : verdict.conditions()) {
      text += fmt::format("| {}{} | {} | {} | {} | {} |\n", Cell(condition.name()),
                          condition.level() == v1::CONDITION_LEVEL_WARN ? " (warns only)" : "",
                          ConditionPhrase(condition.state()), Cell(condition.actual()), Cell(condition.threshold()),
                          Cell(condition.reason()));
    }
  }
  int shown = 0;
  int introduced = 0;
  std::string findings;
  for (const v1::Finding& finding : verdict.findings()) {
    if (!IsIntroduced(finding)) continue;
    ++introduced;
    if (shown == kMostFindings) continue;
    ++shown;
    findings +=
        fmt::format("- **{}** {} ({}, {}{}) at {}\n", Word(finding.severity()), Cell(finding.message()),
                    Cell(finding.check()), Word(finding.state()),
                    finding.caused_by().empty() ? "" : " by " + Cell(finding.caused_by()), Cell(PlaceOf(finding)));
  }
  if (introduced > 0) text += "\n### Findings\n\n" + findings + And(introduced - shown);

  if (!verdict.counterfactual().actions().empty()) {
    text += "\n### To pass\n\n";
    int actions = 0;
    for (const v1::Action& action : verdict.counterfactual().actions()) {
      if (actions++ < kMostOthers) text += fmt::format("- {}\n", Cell(action.description()));
    }
    text += And(actions - kMostOthers);
  }
  if (!verdict.failures().empty()) {
    text += "\n### Not analyzed\n\n";
    int failures = 0;
    for (const v1::AnalysisFailure& failure : verdict.failures()) {
      if (failures++ >= kMostOthers) continue;
      text += fmt::format("- {}{} ({}): {}\n", Cell(failure.unit()), failure.at_base() ? " at the base" : "",
                          Cell(Word(failure.kind())), Cell(failure.message()));
    }
    text += And(failures - kMostOthers);
  }
  if (verdict.has_quality()) {
    text += fmt::format("\n<details><summary>Q {} of 100</summary>\n\n| Points | Why |\n| ---: | --- |\n",
                        Points(verdict.quality().value()));
    for (const v1::LedgerEntry& entry : verdict.quality().ledger()) {
      text += fmt::format("| {} | {} |\n", SignedPoints(entry.points()), Cell(entry.reason()));
    }
    text += fmt::format("| **{}** | Q |\n\n</details>\n", Points(verdict.quality().value()));
  }
  if (const std::string risk = RiskSentence(verdict, response.stats()); !risk.empty()) {
    text += fmt::format("\n{}.\n", Cell(risk));
  }
  text += fmt::format("\n{} {}\n", CoverageSentence(verdict.coverage()), CostSentence(response.stats()));
  if (!response.run().name().empty()) text += fmt::format("Run: {}\n", Cell(response.run().name()));
  return text;
}

}  // namespace mergegate::client
