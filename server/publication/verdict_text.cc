#include "server/publication/verdict_text.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "server/domain/names.h"
#include "server/publication/escape.h"

namespace mergegate::publication {
namespace {

constexpr size_t kMostFindings = 20;
constexpr size_t kMostConditions = 20;
constexpr size_t kMostOthers = 10;
constexpr size_t kMostText = 300;  // bytes of one foreign text

std::string More(size_t all, size_t shown) {
  return all > shown ? absl::StrCat("- … and ", all - shown, " more\n") : "";
}

// The summary without what is said of every verdict that compares nothing, whatever the reason.
std::string Summary(const Verdict& verdict) {
  return absl::StrReplaceAll(verdict.summary, {{"inconclusive: nothing to compare with: ", "inconclusive: "}});
}

std::string_view Mark(VerdictState state) {
  switch (state) {
    case VerdictState::kPass:
      return "✅";
    case VerdictState::kFail:
      return "❌";
    default:
      return "⚠️";
  }
}

// The verdict without what the table says again: "fail: 1 of 2 blocking conditions unsatisfied".
std::string VerdictLine(const Verdict& verdict) {
  const std::string name(Name(verdict.state));
  std::string rest = Summary(verdict);
  if (rest.starts_with(name + ": ")) rest = rest.substr(name.size() + 2);
  if (!verdict.conditions.empty()) {
    for (const std::string_view detail : {" unsatisfied: ", " undecided: "}) {
      if (const size_t at = rest.find(detail); at != std::string::npos) {
        rest = absl::StrCat(rest.substr(0, at), std::string(detail.substr(0, detail.size() - 2)));
      }
    }
  }
  return absl::StrCat(std::string(Mark(verdict.state)), " **", name, "**: ", Inline(rest, 600), ".\n");
}

std::string_view Word(const ConditionResult& result) {
  switch (result.state) {
    case ConditionState::kUnsatisfied:
      return result.level == ConditionLevel::kWarn ? "⚠️" : "❌";
    case ConditionState::kUndecided:
      return "⚠️ undecided";
    case ConditionState::kOverridden:
      return "overridden";
    default:
      return "✅";
  }
}

// Why it is undecided; the first unit that was not analyzed is told with the others below.
std::string Why(const ConditionResult& result) { return result.reason.substr(0, result.reason.find("; first: ")); }

// Those that do not simply hold; on a pass only what was let pass or warns.
std::string Conditions(const Verdict& verdict) {
  std::vector<const ConditionResult*> shown;
  for (const ConditionResult& result : verdict.conditions) {
    if (result.state != ConditionState::kSatisfied && result.state != ConditionState::kNotApplicable) {
      shown.push_back(&result);
    }
  }
  if (shown.empty()) return "";
  std::string text = "\n| Condition | | is | required |\n| :-- | :-: | :-- | :-- |\n";
  for (size_t i = 0; i < std::min(shown.size(), kMostConditions); ++i) {
    const ConditionResult& result = *shown[i];
    const bool figure = !result.actual.empty();
    absl::StrAppend(&text, "| ", Inline(result.name, 100), result.level == ConditionLevel::kWarn ? " (warns)" : "",
                    " | ", std::string(Word(result)), " | ", Inline(figure ? result.actual : Why(result), kMostText),
                    " | ", Inline(result.threshold, 100), " |\n");
  }
  if (shown.size() > kMostConditions) absl::StrAppend(&text, "\n", More(shown.size(), kMostConditions));
  return text;
}

std::string Findings(const Telling& telling) {
  const std::vector<const Finding*> introduced = Introduced(telling.verdict);
  if (introduced.empty()) return "";
  std::string text =
      absl::StrCat("\n**", introduced.size(), introduced.size() == 1 ? " new finding" : " new findings", "**\n\n");
  for (size_t i = 0; i < std::min(introduced.size(), kMostFindings); ++i) {
    absl::StrAppend(&text, "- ", FindingLine(*introduced[i], telling.place_url), "\n");
  }
  return text + More(introduced.size(), kMostFindings);
}

// Where the findings to fix are the first of those that are listed above: which. Empty: they are not.
std::string FixTheFirst(const Verdict& verdict) {
  const std::vector<Action>& actions = verdict.counterfactual.actions;
  const std::vector<const Finding*> listed = Introduced(verdict);
  const size_t count = actions.size();
  if (count > std::min(listed.size(), kMostFindings)) return "";
  for (size_t i = 0; i < count; ++i) {
    const auto fixes = [&](const Action& a) { return a.kind == "fix-finding" && a.subject == listed[i]->fingerprint; };
    if (std::ranges::none_of(actions, fixes)) return "";
  }
  if (count == listed.size()) return count == 1 ? "fix it" : count == 2 ? "fix both" : "fix all of them";
  return count == 1 ? "fix the first of them" : absl::StrCat("fix the first ", count, " of them");
}

// In its own words, but for what stands above.
std::string Told(const Action& action) {
  if (action.kind == "analyze-unit" && !action.subject.empty()) {
    return absl::StrCat("make ", Code(action.subject), " analyzable");
  }
  return Inline(action.description, kMostText);
}

std::string ToPass(const Verdict& verdict) {
  const Counterfactual& way = verdict.counterfactual;
  if (verdict.state == VerdictState::kPass) return "";
  if (way.actions.empty()) {
    if (way.reachable || way.reason.empty()) return "";
    return absl::StrCat("\n**To pass**: ", Inline(way.reason, kMostText), "\n");
  }
  if (const std::string fix = FixTheFirst(verdict); !fix.empty()) return absl::StrCat("\n**To pass**: ", fix, ".\n");
  const bool shorter = !way.smallest && way.actions.size() > 1;
  std::string text = absl::StrCat("\n**To pass**", shorter ? " (one way; a shorter one may exist)" : "", "\n\n");
  for (size_t i = 0; i < std::min(way.actions.size(), kMostOthers); ++i) {
    absl::StrAppend(&text, "- ", Told(way.actions[i]), "\n");
  }
  return text + More(way.actions.size(), kMostOthers);
}

std::string NotAnalyzed(const Verdict& verdict) {
  if (verdict.failures.empty() || verdict.state == VerdictState::kPass) return "";
  std::string text = "\n**Not analyzed**\n\n";
  for (size_t i = 0; i < std::min(verdict.failures.size(), kMostOthers); ++i) {
    const AnalysisFailure& failure = verdict.failures[i];
    absl::StrAppend(&text, "- ", Code(failure.unit), failure.at_base ? " at the base" : "", " (",
                    absl::StrReplaceAll(std::string(Name(failure.kind)), {{"_", " "}}),
                    "): ", Inline(failure.message, kMostText), "\n");
  }
  return text + More(verdict.failures.size(), kMostOthers);
}

std::string Reviewers(const Telling& telling) {
  if (telling.reviewers.empty()) return "";
  std::string text = "\n**Reviewers**\n\n";
  for (size_t i = 0; i < std::min(telling.reviewers.size(), kMostOthers); ++i) {
    const ToldReviewer& reviewer = telling.reviewers[i];
    absl::StrAppend(&text, "- ", Code(reviewer.name, 100), reviewer.responsible ? ", responsible" : "");
    for (size_t j = 0; j < std::min<size_t>(reviewer.reasons.size(), 2); ++j) {
      absl::StrAppend(&text, j == 0 ? ": " : "; ", Inline(reviewer.reasons[j], kMostText));
    }
    text += "\n";
  }
  return text + More(telling.reviewers.size(), kMostOthers);
}

// M runs to 13000 ten-thousandths and is shown as it is defined: 0 to 1.3.
std::string M(int ten_thousandths) { return absl::StrFormat("%.3f", ten_thousandths / 10000.0); }

std::string Figures(const Telling& telling) {
  const Verdict& verdict = telling.verdict;
  std::string text;
  const auto add = [&text](const std::string& part) { absl::StrAppend(&text, text.empty() ? "" : " · ", part); };
  if (!verdict.quality.ledger.empty()) {
    std::string was;
    if (telling.quality_before && *telling.quality_before != verdict.quality.value) {
      was = absl::StrCat(" (was ", Points(*telling.quality_before), ")");
    }
    add(absl::StrCat("Q ", Points(verdict.quality.value), " of 100", was));
  }
  if (verdict.project_m && verdict.project_m->before && verdict.project_m->after) {
    const int before = verdict.project_m->before->value, after = verdict.project_m->after->value;
    add(before == after ? absl::StrCat("M of the project ", M(after))
                        : absl::StrCat("M of the project ", M(before), " → ", M(after)));
  }
  if (!telling.link.empty()) {
    add(Link("details", telling.link));
  } else if (!telling.run.empty()) {
    add(absl::StrCat("run ", Code(telling.run, 100)));
  }
  return text.empty() ? "" : absl::StrCat("\n", text, "\n");
}

std::string LedgerLine(const LedgerEntry& entry) {
  return absl::StrCat("- ", entry.points < 0 ? "−" : "+", Points(std::abs(entry.points)), ": ",
                      Inline(entry.reason, kMostText), "\n");
}

// What took points off Q, folded away; or all of it.
std::string QualityLedger(const Telling& telling) {
  const std::vector<LedgerEntry>& ledger = telling.verdict.quality.ledger;
  if (telling.whole_ledger && !ledger.empty()) {
    std::string text = "\n**Q, point by point**\n\n";
    for (const LedgerEntry& entry : ledger) text += LedgerLine(entry);
    return text;
  }
  std::vector<const LedgerEntry*> losses;
  for (const LedgerEntry& entry : ledger) {
    if (entry.points < 0) losses.push_back(&entry);
  }
  if (losses.empty() || telling.verdict.state == VerdictState::kPass) return "";
  std::ranges::sort(losses, [](const LedgerEntry* a, const LedgerEntry* b) {
    return std::tie(a->points, a) < std::tie(b->points, b);
  });
  std::string text = "\n<details><summary>What Q lost points for</summary>\n\n";
  for (size_t i = 0; i < std::min(losses.size(), kMostOthers); ++i) text += LedgerLine(*losses[i]);
  return absl::StrCat(text, More(losses.size(), kMostOthers), "\n</details>\n");
}

}  // namespace

std::string Points(int ten_thousandths) {
  const std::string text = absl::StrFormat("%d.%02d", ten_thousandths / 100, ten_thousandths % 100);
  return text.ends_with(".00") ? text.substr(0, text.size() - 3)
         : text.ends_with('0') ? text.substr(0, text.size() - 1)
                               : text;
}

std::string StatusLine(const Verdict& verdict, size_t most) { return OneLine(Summary(verdict), most); }

std::string FindingLine(const Finding& finding, const std::string& place_url) {
  std::string place = Code(absl::StrCat(finding.path, finding.line > 0 ? absl::StrCat(":", finding.line) : ""));
  if (!place_url.empty() && finding.line > 0) {
    place = Link(place, absl::StrCat(place_url, UrlPath(finding.path), "#L", finding.line));
  }
  std::string text = absl::StrCat("**", std::string(Name(finding.severity)), "** ", place, " ",
                                  Inline(finding.message, kMostText), " (", Code(finding.check, 100), ")");
  if (finding.state == BaselineState::kCaused) {
    absl::StrAppend(&text, "; not on a changed line, but caused by the change",
                    finding.caused_by.empty() ? "" : absl::StrCat(" of ", Code(finding.caused_by)));
  }
  if (!finding.fixes.empty() && !finding.fixes.front().description.empty()) {
    absl::StrAppend(&text, "; fix: ", Inline(finding.fixes.front().description, 200));
  }
  return text;
}

std::string VerdictMarkdown(const Telling& telling) {
  const Verdict& verdict = telling.verdict;
  return CutMarkdown(absl::StrCat(VerdictLine(verdict), Conditions(verdict), Findings(telling), NotAnalyzed(verdict),
                                  ToPass(verdict), Reviewers(telling), QualityLedger(telling), Figures(telling)),
                     kMostMarkdown);
}

}  // namespace mergegate::publication
