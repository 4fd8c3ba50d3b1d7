#include "client/cli/format/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <sstream>
#include <utility>

#include "client/cli/format/escape.h"
#include "client/cli/format/names.h"

namespace mergegate::client {
namespace {

constexpr int kUnwrapped = 1 << 20;

Ink InkOf(v1::VerdictState state) {
  return state == v1::VERDICT_STATE_PASS ? Ink::kGreen : state == v1::VERDICT_STATE_FAIL ? Ink::kRed : Ink::kYellow;
}

Ink InkOf(v1::ConditionState state) {
  switch (state) {
    case v1::CONDITION_STATE_SATISFIED:
      return Ink::kGreen;
    case v1::CONDITION_STATE_UNSATISFIED:
      return Ink::kRed;
    case v1::CONDITION_STATE_NOT_APPLICABLE:
      return Ink::kDim;
    default:
      return Ink::kYellow;
  }
}

Ink InkOf(v1::Severity severity) {
  return severity >= v1::SEVERITY_MAJOR ? Ink::kRed : severity == v1::SEVERITY_MINOR ? Ink::kYellow : Ink::kDim;
}

std::string Upper(std::string_view word) {
  std::string text(word);
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return text;
}

std::string ShortCommit(const std::string& commit) {
  return commit.empty() ? "missing" : EscapeControl(commit.substr(0, 12));
}

std::string FixLine(const v1::Fix& fix) {
  std::string text = fix.description().empty() ? "" : EscapeControl(fix.description());
  if (fix.edits().size() == 1 && fix.edits(0).replacement().size() <= 40) {
    const v1::Edit& edit = fix.edits(0);
    const std::string what = edit.length() == 0 ? fmt::format("insert \"{}\"", EscapeControl(edit.replacement()))
                             : edit.replacement().empty()
                                 ? fmt::format("delete {} bytes", edit.length())
                                 : fmt::format("write \"{}\"", EscapeControl(edit.replacement()));
    text += fmt::format("{}{} at {}:{}", text.empty() ? "" : ": ", what, edit.start_line(), edit.start_column());
  } else if (text.empty()) {
    text = Count(fix.edits().size(), "edit", "edits");
  }
  return text;
}

std::string FindingText(const v1::Finding& finding, const TextStyle& style) {
  const std::string place = finding.line() == 0 ? "file" : fmt::format("{}:{}", finding.line(), finding.column());
  const std::string severity(Word(finding.severity()));
  std::string text = fmt::format("{} ({}, {})", EscapeControl(finding.message()), EscapeControl(finding.check()),
                                 Word(finding.state()));
  if (finding.guessed()) text += " [guessed compile command: does not block]";
  if (finding.suppressed_by_change()) text += " [the change adds a suppression of it]";
  const std::string lead = fmt::format("  {}  {}  ", PadLeft(place, 7), PadRight(severity, 8));
  const std::string deeper(static_cast<size_t>(DisplayWidth(lead)), ' ');
  std::string out = Wrap(text, {lead, deeper}, style.width);
  if (style.color) out.replace(out.find(severity), severity.size(), style.Paint(InkOf(finding.severity()), severity));
  const auto add = [&](std::string_view label, const std::string& value) {
    out += Wrap(value, {deeper + std::string(label), deeper + std::string(label.size(), ' ')}, style.width);
  };
  if (!finding.line_text().empty())
    out += deeper + style.Paint(Ink::kDim, "| " + EscapeControl(finding.line_text())) + "\n";
  if (!finding.caused_by().empty()) add("caused by ", EscapeControl(finding.caused_by()));
  if (!finding.fixes().empty()) add("fix: ", FixLine(finding.fixes(0)));
  return out;
}

}  // namespace

std::string PlaceOf(const v1::Finding& finding) {
  if (finding.line() == 0) return finding.path();
  if (finding.column() == 0) return fmt::format("{}:{}", finding.path(), finding.line());
  return fmt::format("{}:{}:{}", finding.path(), finding.line(), finding.column());
}

double OddsAgainstTypical(const v1::DefectRisk& risk) {
  const auto odds = [](int millionths) {
    return std::clamp(millionths, 1, 999'999) / (1e6 - std::clamp(millionths, 1, 999'999));
  };
  return odds(risk.probability()) / odds(risk.typical());
}

std::string_view ConditionPhrase(v1::ConditionState state) {
  switch (state) {
    case v1::CONDITION_STATE_SATISFIED:
      return "holds";
    case v1::CONDITION_STATE_UNSATISFIED:
      return "does not hold";
    case v1::CONDITION_STATE_OVERRIDDEN:
      return "overridden";
    case v1::CONDITION_STATE_NOT_APPLICABLE:
      return "does not apply";
    default:
      return "undecided";
  }
}

std::string CoverageSentence(const v1::Coverage& coverage) {
  if (coverage.changed_lines() == 0) return "No C or C++ lines changed.";
  std::string text = fmt::format("Analysis covered {} of {}", coverage.parsed_lines(),
                                 Count(coverage.changed_lines(), "changed C or C++ line", "changed C and C++ lines"));
  if (coverage.guessed_lines() > 0) text += fmt::format("; {} more under a guessed command", coverage.guessed_lines());
  if (coverage.missed_lines() > 0) text += fmt::format("; {} not parsed", coverage.missed_lines());
  text += fmt::format(" ({} of {}).", coverage.units_analyzed(),
                      Count(coverage.units_affected(), "affected unit", "affected units"));
  if (!coverage.sandbox_missing().empty()) {
    text += " Isolation was incomplete: " + EscapeControl(coverage.sandbox_missing());
  }
  return text;
}

std::string CostSentence(const v1::RunStats& stats) {
  std::string text = fmt::format("It took {:.1f} s ({:.1f} s CPU, {} MiB peak): {}, {} from cache",
                                 stats.wall_seconds(), stats.cpu_seconds(), (stats.peak_memory_kib() + 1023) / 1024,
                                 Count(stats.units_total(), "unit passage", "unit passages"), stats.units_from_cache());
  if (const int entries = stats.entries_analyzed() + stats.entries_reused(); entries > 0) {
    text += fmt::format("; the static analyzer went through {} of {}", stats.entries_analyzed(),
                        Count(entries, "function", "functions"));
    if (stats.entries_reused() > 0) text += " and knew the rest";
  }
  return text + ".";
}

std::string HeadlineSection(const v1::GetVerdictResponse& response, const TextStyle& style) {
  const v1::Verdict& verdict = response.verdict();
  const std::string word = Upper(Word(verdict.state()));
  // A summary that begins with the same word would say it twice.
  std::string_view summary = verdict.summary();
  if (summary.starts_with(std::string(Word(verdict.state())) + ": ")) summary.remove_prefix(word.size() + 2);
  std::string out = Wrap(EscapeControl(summary), {word + "  ", "  "}, style.width);
  out.replace(0, word.size(), style.Paint(InkOf(verdict.state()), word));
  const bool decided = verdict.state() != v1::VERDICT_STATE_UNSPECIFIED;
  std::string context =
      fmt::format("base {}, head {}", ShortCommit(decided ? verdict.base_commit() : response.run().base_commit()),
                  ShortCommit(decided ? verdict.head_commit() : response.run().head_commit()));
  if (!verdict.policy().source().empty())
    context += fmt::format(", policy: {}", EscapeControl(verdict.policy().source()));
  out += "  " + style.Paint(Ink::kDim, context) + "\n";
  if (!response.run().name().empty()) out += "  " + style.Paint(Ink::kDim, EscapeControl(response.run().name())) + "\n";
  return out;
}

std::string ConditionSection(const v1::Verdict& verdict, bool reasons, const TextStyle& style) {
  if (verdict.conditions().empty()) return "";
  std::vector<std::vector<std::string>> rows;
  for (const v1::ConditionResult& condition : verdict.conditions()) {
    std::string name = EscapeControl(condition.name());
    if (condition.level() == v1::CONDITION_LEVEL_WARN) name += " (warns)";
    rows.push_back({std::string(ConditionPhrase(condition.state())), name,
                    condition.actual().empty() ? "-" : EscapeControl(condition.actual()),
                    EscapeControl(condition.threshold())});
  }
  // Laid out first and painted then: colours have no width.
  std::istringstream lines(Table(rows, "  ", kUnwrapped));
  std::string out = style.Paint(Ink::kBold, "Conditions") + "\n";
  for (const v1::ConditionResult& condition : verdict.conditions()) {
    std::string line;
    std::getline(lines, line);
    const std::string_view phrase = ConditionPhrase(condition.state());
    line.replace(line.find(phrase), phrase.size(), style.Paint(InkOf(condition.state()), phrase));
    out += line + "\n";
    if (reasons) out += Wrap(EscapeControl(condition.reason()), {"      ", "      "}, style.width);
  }
  return out;
}

std::string FindingSection(const std::vector<const v1::Finding*>& findings, size_t limit, const TextStyle& style) {
  std::string out;
  const std::string* path = nullptr;
  for (size_t i = 0; i < std::min(limit, findings.size()); ++i) {
    const v1::Finding& finding = *findings[i];
    if (path == nullptr || *path != finding.path()) {
      if (path != nullptr) out += '\n';
      path = &finding.path();
      out += style.Paint(Ink::kBold, EscapeControl(*path)) + "\n";
    }
    out += FindingText(finding, style);
  }
  if (findings.size() > limit) {
    out += fmt::format("  ... and {} more: mergegate findings RUN\n", findings.size() - limit);
  }
  return out;
}

std::string ActionSection(const v1::Verdict& verdict, const TextStyle& style) {
  const v1::Counterfactual& way = verdict.counterfactual();
  if (verdict.state() == v1::VERDICT_STATE_PASS) return "";
  if (way.actions().empty()) {
    return way.reason().empty() ? "" : Wrap(EscapeControl(way.reason()), {"To pass: ", "  "}, style.width);
  }
  const bool findings_only =
      std::ranges::all_of(way.actions(), [](const v1::Action& action) { return action.kind() == "fix-finding"; });
  const int count = way.actions().size();
  std::string title =
      findings_only ? (count == 1 ? "To pass, fix this finding" : fmt::format("To pass, fix these {} findings", count))
                    : (count == 1 ? "To pass, do this" : fmt::format("To pass, do these {} things", count));
  if (!way.reachable()) title = "These would not be enough to pass, but help";
  std::string out = style.Paint(Ink::kBold, title) + ":\n";
  for (const v1::Action& action : way.actions())
    out += Wrap(EscapeControl(action.description()), {"  - ", "    "}, style.width);
  std::string after = way.smallest() ? "No smaller set does." : "";
  if (way.reachable()) after += fmt::format("{}Q would be {}.", after.empty() ? "" : " ", Points(way.q_after()));
  if (!way.reason().empty()) after += (after.empty() ? "" : " ") + EscapeControl(way.reason());
  return after.empty() ? out : out + Wrap(after, {"  ", "  "}, style.width);
}

std::string QualitySection(const v1::Verdict& verdict, size_t most, const TextStyle& style) {
  if (!verdict.has_quality()) return "";
  const v1::Metric& quality = verdict.quality();
  std::string out = fmt::format("{} {} of 100\n", style.Paint(Ink::kBold, "Q"), Points(quality.value()));
  std::vector<int> entries(static_cast<size_t>(quality.ledger_size()));
  std::iota(entries.begin(), entries.end(), 0);
  const size_t hidden = entries.size() > most ? entries.size() - most : 0;
  if (hidden > 0) {
    // The heaviest; of equal ones the earlier.
    std::ranges::sort(entries, std::greater<>(),
                      [&](int entry) { return std::pair(std::abs(quality.ledger(entry).points()), -entry); });
    entries.resize(most);
  }
  for (const int i : entries) {
    const v1::LedgerEntry& entry = quality.ledger(i);
    out += Wrap(EscapeControl(entry.reason()),
                {fmt::format("  {}  ", PadLeft(SignedPoints(entry.points()), 8)), "            "}, style.width);
  }
  if (hidden > 0) {
    out += fmt::format("            and {}: mergegate explain RUN\n",
                       Count(static_cast<long>(hidden), "smaller entry", "smaller entries"));
  } else if (!entries.empty()) {
    out += fmt::format("  {}\n  {}  Q\n", "--------", PadLeft(Points(quality.value()), 8));
  }
  for (const std::string& missing : quality.missing()) {
    out += Wrap("not counted: " + EscapeControl(missing), {"  ", "    "}, style.width);
  }
  return out;
}

std::string RiskSentence(const v1::Verdict& verdict, const v1::RunStats& stats) {
  if (!verdict.has_risk()) return "";
  const v1::DefectRisk& risk = verdict.risk();
  if (!risk.missing().empty()) {
    std::string text = "Risk of a defect: not known: " + EscapeControl(risk.missing());
    if (const int all = stats.history_in_all(); all > 0) {
      text += fmt::format(" ({} of {})", stats.history_read(), Count(all, "commit", "commits"));
    }
    return text;
  }
  return fmt::format("Risk of a defect: {:.1f} %, x{:.1f} the odds of a typical change ({:.1f} %), by {}",
                     risk.probability() / 1e4, OddsAgainstTypical(risk), risk.typical() / 1e4,
                     Count(risk.examples(), "past change", "past changes"));
}

std::string RiskSection(const v1::Verdict& verdict, const v1::RunStats& stats, const TextStyle& style) {
  constexpr int kMostFactors = 3;
  const std::string sentence = RiskSentence(verdict, stats);
  if (sentence.empty()) return "";
  std::string out = Wrap(sentence, {"", "  "}, style.width);
  for (int i = 0; i < std::min(kMostFactors, verdict.risk().factors().size()); ++i) {
    out += Wrap(EscapeControl(verdict.risk().factors(i).text()), {"  ", "        "}, style.width);
  }
  return out;
}

std::string FailureSection(const v1::Verdict& verdict, const TextStyle& style) {
  if (verdict.failures().empty()) return "";
  std::string out = style.Paint(Ink::kBold, "Not analyzed") + "\n";
  for (const v1::AnalysisFailure& failure : verdict.failures()) {
    out += Wrap(fmt::format("{}{}{}, {}: {}", EscapeControl(failure.unit()), failure.at_base() ? " at the base" : "",
                            failure.analyzer().empty() ? "" : " by " + EscapeControl(failure.analyzer()),
                            Word(failure.kind()), EscapeControl(failure.message())),
                {"  - ", "    "}, style.width);
  }
  return out;
}

std::string RelaxationSection(const v1::Verdict& verdict, const TextStyle& style) {
  if (verdict.relaxations().empty()) return "";
  std::string out =
      style.Paint(Ink::kBold, "The change relaxes the gate's own rules (this cannot help it pass)") + "\n";
  for (const v1::Relaxation& relaxation : verdict.relaxations()) {
    out += Wrap(fmt::format("{}{}: {} ({})", EscapeControl(relaxation.path()),
                            relaxation.line() > 0 ? fmt::format(":{}", relaxation.line()) : "",
                            EscapeControl(relaxation.text()), EscapeControl(relaxation.kind())),
                {"  - ", "    "}, style.width);
  }
  return out;
}

}  // namespace mergegate::client
