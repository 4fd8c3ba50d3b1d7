#include "server/gate/uncertainty.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/domain/duplication.h"

namespace mergegate::gate {
namespace {

constexpr size_t kNamesShown = 3;

std::vector<std::string> Distinct(std::vector<std::string> names) {
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return names;
}

}  // namespace

bool Concerns(const AnalysisFailure& failure, Subject subject) {
  const bool duplication = IsDuplicationFailure(failure);
  const bool whole_unit = failure.analyzer.empty() && !duplication;
  switch (subject) {
    case Subject::kFindings:
      return !duplication && failure.analyzer != "code-metrics";
    case Subject::kComplexity:
      return whole_unit || failure.analyzer == "code-metrics";
    case Subject::kDuplication:
      return duplication;
    case Subject::kEverything:
      return true;
  }
  return true;
}

std::vector<bool> UncertainFindings(const Facts& facts) {
  std::set<std::pair<std::string_view, std::string_view>> failed;  // unit, analyzer or ""
  for (const AnalysisFailure& failure : facts.failures) {
    if (failure.at_base && Concerns(failure, Subject::kFindings)) failed.emplace(failure.unit, failure.analyzer);
  }
  std::vector<bool> uncertain;
  for (const Finding& finding : facts.findings) {
    const bool looks_new = finding.state == BaselineState::kNew || finding.state == BaselineState::kCaused;
    uncertain.push_back(looks_new && !finding.unit.empty() && !failed.empty() &&
                        (failed.contains({finding.unit, ""}) || failed.contains({finding.unit, finding.analyzer})));
  }
  return uncertain;
}

bool NewFunctionsAreUncertain(const Facts& facts) {
  return std::ranges::any_of(facts.failures, [](const AnalysisFailure& failure) {
    return failure.at_base && Concerns(failure, Subject::kComplexity);
  });
}

std::string ListNames(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size() && i < kNamesShown; ++i) absl::StrAppend(&text, i == 0 ? "" : ", ", names[i]);
  if (names.size() > kNamesShown) absl::StrAppend(&text, " and ", names.size() - kNamesShown, " more");
  return text;
}

std::string WhatMayBeHidden(const Facts& facts, Subject subject) {
  std::vector<std::string> names;
  std::string first;
  for (const AnalysisFailure& failure : facts.failures) {
    if (failure.at_base || !Concerns(failure, subject)) continue;
    names.push_back(failure.unit.empty() ? "the whole change" : failure.unit);
    if (first.empty()) first = failure.message;
  }
  if (subject != Subject::kDuplication && facts.coverage.missed_lines > 0) {
    for (const FileCoverage& file : facts.coverage.files) {
      if (!file.units.empty() || file.changed_lines <= 0) continue;
      names.push_back(file.path);
      if (first.empty()) first = file.reason;
    }
    if (names.empty()) names.push_back(absl::StrCat(facts.coverage.missed_lines, " changed lines"));
  }
  if (names.empty()) return "";
  return absl::StrCat("not fully analyzed: ", ListNames(Distinct(std::move(names))),
                      first.empty() ? "" : "; first: ", first);
}

std::string WhatFailedAtBase(const Facts& facts) {
  std::vector<std::string> names;
  for (const AnalysisFailure& failure : facts.failures) {
    if (failure.at_base) names.push_back(failure.unit.empty() ? "the whole commit" : failure.unit);
  }
  if (names.empty()) return "";
  return absl::StrCat("not analyzed at the base commit: ", ListNames(Distinct(std::move(names))));
}

std::vector<Remedy> AnalyzeWhatFailed(const Facts& facts, Subject subject) {
  std::vector<std::string> names;
  for (const AnalysisFailure& failure : facts.failures) {
    if (!failure.at_base && Concerns(failure, subject)) names.push_back(failure.unit);
  }
  if (subject != Subject::kDuplication) {
    for (const FileCoverage& file : facts.coverage.files) {
      if (file.units.empty() && file.changed_lines > 0) names.push_back(file.path);
    }
  }
  if (subject == Subject::kFindings || subject == Subject::kEverything) {
    const std::vector<bool> uncertain = UncertainFindings(facts);
    for (size_t i = 0; i < uncertain.size(); ++i) {
      if (uncertain[i]) names.push_back(facts.findings[i].unit);
    }
  }
  std::vector<Remedy> remedies;
  for (const std::string& name : Distinct(std::move(names))) remedies.push_back(AnalyzeUnit(facts, name));
  return remedies;
}

}  // namespace mergegate::gate
