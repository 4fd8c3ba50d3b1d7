#include "client/cli/format/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "client/cli/format/escape.h"
#include "client/cli/format/names.h"
#include "client/cli/format/scores.h"
#include "client/cli/format/sections.h"

namespace mergegate::client {
namespace {

constexpr size_t kMostFindings = 30;
constexpr size_t kTopEntries = 4;
constexpr size_t kAllEntries = SIZE_MAX;

std::vector<const v1::Finding*> Introduced(const v1::Verdict& verdict) {
  std::vector<const v1::Finding*> findings;
  for (const v1::Finding& finding : verdict.findings()) {
    if (IsIntroduced(finding)) findings.push_back(&finding);
  }
  return findings;
}

// Sections apart by an empty line; empty sections leave no gap.
std::string Join(std::initializer_list<std::string> sections) {
  std::string text;
  for (const std::string& section : sections) {
    if (section.empty()) continue;
    if (!text.empty()) text += '\n';
    text += section;
  }
  return text;
}

std::string Closing(const v1::GetVerdictResponse& response, const TextStyle& style) {
  const std::string project_m = ProjectMLine(response.verdict());
  const bool matching = response.verdict().tier() == v1::ANALYSIS_TIER_MATCHING;
  return Wrap(CoverageSentence(response.verdict().coverage()), {"", "  "}, style.width) +
         (matching ? Wrap("The policy decides on the matching tier: the static analyzer is not waited for.", {"", "  "},
                          style.width)
                   : "") +
         RiskSection(response.verdict(), response.stats(), style) +
         (project_m.empty() ? "" : Wrap(project_m, {"", "  "}, style.width)) +
         Wrap(CostSentence(response.stats()), {"", "  "}, style.width);
}

std::string PassText(const v1::GetVerdictResponse& response, const TextStyle& style) {
  const v1::Verdict& verdict = response.verdict();
  std::string numbers = Count(verdict.conditions().size(), "condition", "conditions");
  if (verdict.has_quality()) numbers += fmt::format(", Q {}", Points(verdict.quality().value()));
  if (const size_t count = Introduced(verdict).size(); count > 0) {
    numbers += fmt::format(", {}: mergegate findings",
                           Count(static_cast<long>(count), "finding does not block", "findings do not block"));
  }
  return Join({HeadlineSection(response, style) + Wrap(numbers, {"  ", "  "}, style.width),
               FailureSection(verdict, style), RelaxationSection(verdict, style), Closing(response, style)});
}

std::string NotSeen(const v1::Verdict& verdict, const TextStyle& style) {
  std::string out;
  for (const v1::FileCoverage& file : verdict.coverage().files()) {
    if (file.reason().empty()) continue;
    out += Wrap(fmt::format("{} ({}): {}", EscapeControl(file.path()),
                            Count(file.changed_lines(), "changed line", "changed lines"), EscapeControl(file.reason())),
                {"  - ", "    "}, style.width);
  }
  if (const int left_out = verdict.coverage().units_left_out().size(); left_out > 0) {
    out += Wrap(fmt::format("{} left out, because the chosen ones cover the same changed declarations",
                            Count(left_out, "affected unit was", "affected units were")),
                {"  - ", "    "}, style.width);
  }
  return out.empty() ? "" : style.Paint(Ink::kBold, "Guessed or missed") + "\n" + out;
}

// What shows that the changed declarations of headers were covered.
std::string Proof(const v1::Verdict& verdict, const TextStyle& style) {
  constexpr int kMost = 40;
  const auto& declarations = verdict.coverage().declarations();
  std::string out;
  for (int i = 0; i < std::min(kMost, declarations.size()); ++i) {
    const v1::DeclarationCoverage& declaration = declarations[i];
    std::string line =
        fmt::format("{} ({}:{}{}): ", EscapeControl(declaration.name()), EscapeControl(declaration.path()),
                    declaration.line(), declaration.at_base() ? " at the base" : "");
    line += declaration.units().empty() ? "not covered"
                                        : EscapeControl(fmt::format("{}", fmt::join(declaration.units(), ", ")));
    if (const int n = declaration.instantiations(); n > 0) line += "; " + Count(n, "instantiation", "instantiations");
    if (const int n = declaration.units_left_out(); n > 0) line += fmt::format("; {} that mention it left out", n);
    if (!declaration.reason().empty()) line += "; " + EscapeControl(declaration.reason());
    out += Wrap(line, {"  - ", "    "}, style.width);
  }
  if (declarations.size() > kMost) out += fmt::format("  and {} more: --format json\n", declarations.size() - kMost);
  return out.empty()
             ? ""
             : style.Paint(Ink::kBold, "Changed declarations of headers, and the units that cover them") + "\n" + out;
}

std::string Growth(const v1::Verdict& verdict, const TextStyle& style) {
  std::vector<std::vector<std::string>> rows;
  for (const v1::FunctionChange& change : verdict.functions()) {
    const int after = change.after().cognitive();
    const int before = change.has_before() ? change.before().cognitive() : 0;
    if (after <= before) continue;
    rows.push_back(
        {fmt::format("{} -> {}", change.has_before() ? std::to_string(before) : "new", after),
         fmt::format("{} ({}:{})", EscapeControl(change.function()), EscapeControl(change.path()), change.line())});
  }
  for (const v1::DuplicateBlock& block : verdict.duplicates()) {
    rows.push_back({"duplicate", fmt::format("{}:{}-{} repeats {}:{}-{} ({} tokens)", EscapeControl(block.path()),
                                             block.start_line(), block.end_line(), EscapeControl(block.other_path()),
                                             block.other_start_line(), block.other_end_line(), block.tokens())});
  }
  if (rows.empty()) return "";
  return style.Paint(Ink::kBold, "Cognitive complexity and duplication added") + "\n" + Table(rows, "  ", style.width);
}

}  // namespace

std::string FormatText(const v1::GetVerdictResponse& response, const TextStyle& style) {
  const v1::Verdict& verdict = response.verdict();
  if (verdict.state() == v1::VERDICT_STATE_UNSPECIFIED) return HeadlineSection(response, style);
  if (verdict.state() == v1::VERDICT_STATE_PASS) return PassText(response, style);
  return Join({HeadlineSection(response, style), ConditionSection(verdict, /*reasons=*/false, style),
               FindingSection(Introduced(verdict), kMostFindings, style), ActionSection(verdict, style),
               FailureSection(verdict, style), RelaxationSection(verdict, style),
               QualitySection(verdict, kTopEntries, style), Closing(response, style)});
}

std::string FormatExplanation(const v1::GetVerdictResponse& response, const TextStyle& style) {
  const v1::Verdict& verdict = response.verdict();
  return Join({HeadlineSection(response, style), ConditionSection(verdict, /*reasons=*/true, style),
               ActionSection(verdict, style), QualitySection(verdict, kAllEntries, style), Growth(verdict, style),
               RelaxationSection(verdict, style), FailureSection(verdict, style), Proof(verdict, style),
               NotSeen(verdict, style), Closing(response, style)});
}

std::string FormatFindings(const std::vector<v1::Finding>& findings, bool plain, const TextStyle& style) {
  if (!plain) {
    std::vector<const v1::Finding*> all;
    for (const v1::Finding& finding : findings) all.push_back(&finding);
    return FindingSection(all, all.size(), style);
  }
  std::string out;
  for (const v1::Finding& finding : findings) {
    out += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", Word(finding.state()), Word(finding.severity()),
                       EscapeControl(PlaceOf(finding)), EscapeControl(finding.check()),
                       EscapeControl(finding.message()), EscapeControl(finding.fingerprint()));
  }
  return out;
}

std::string FormatRuns(const std::vector<v1::Run>& runs, bool plain, const TextStyle& style) {
  std::vector<std::vector<std::string>> rows;
  for (const v1::Run& run : runs) {
    const std::string_view state = run.state() == v1::RUN_STATE_DONE ? Word(run.verdict()) : Word(run.state());
    rows.push_back({EscapeControl(run.name()), std::string(state), EscapeControl(run.head_commit().substr(0, 12)),
                    google::protobuf::util::TimeUtil::ToString(run.create_time()).substr(0, 19),
                    EscapeControl(run.change().substr(0, 60))});
  }
  if (!plain) return Table(rows, "", style.width);
  std::string out;
  for (const auto& row : rows) out += fmt::format("{}\n", fmt::join(row, "\t"));
  return out;
}

}  // namespace mergegate::client
