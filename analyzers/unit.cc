#include "analyzers/unit.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "analyzers/preamble.h"
#include "analyzers/registry.h"
#include "analyzers/remainder.h"
#include "analyzers/text.h"

namespace mergegate::analyzers {
namespace {

void Fail(const v1::UnitTask& task, v1::FailureKind kind, std::string_view message, std::string_view analyzer,
          v1::TaskResult& result) {
  v1::AnalysisFailure& failure = *result.add_failures();
  failure.set_analyzer(std::string(analyzer));
  failure.set_unit(task.main_file());
  failure.set_kind(kind);
  failure.set_message(ValidUtf8(message));
}

std::string Explain(const CompileError& error, const std::string& directory) {
  std::string place = error.file.empty() ? "" : source::TreePath(error.file, directory);
  if (place.empty()) place = error.file;
  std::string text = place.empty() ? "" : place + ":" + std::to_string(error.line) + ": ";
  text += error.message;
  if (!error.missing_include.empty()) {
    text += "; \"" + error.missing_include +
            "\" is neither in the commit nor among the toolchain's headers on this worker: headers that a build "
            "generates and those of third parties must be provided there";
  }
  return text;
}

// Without a header that it was not given, the compiler's errors tell about the environment, not about the code.
void DropErrors(v1::TaskResult& result) {
  auto& findings = *result.mutable_findings();
  findings.erase(std::remove_if(findings.begin(), findings.end(),
                                [](const v1::Finding& finding) { return finding.check() == "clang-diagnostic-error"; }),
                 findings.end());
}

std::optional<Preamble> PreambleOf(UnitSide& side, Artifacts& artifacts) {
  std::optional<Preamble> preamble = FindPreamble(side, /*with_findings=*/true, artifacts);
  return preamble ? std::move(preamble) : BuildPreamble(side, artifacts);
}

// One side, examined by the matching tier.
v1::TaskResult Matching(UnitSide& side, const Preamble* preamble) {
  v1::TaskResult result;
  for (const std::string& name : side.unit().analyzers()) {
    if (FindAnalyzer(name) == nullptr) {
      Fail(side.unit(), v1::FAILURE_KIND_INTERNAL,
           "there is no analyzer of this name: see mergegate-analyze --describe", name, result);
    }
  }
  if (!side.problem().empty()) {
    Fail(side.unit(), side.problem_kind(), side.problem(), "", result);
    return result;
  }
  const Remainder rest = ExamineRemainder(side, preamble);
  if (!rest.problem.empty()) {
    Fail(side.unit(), v1::FAILURE_KIND_NO_COMMAND, rest.problem, "", result);
    return result;
  }
  WriteUnit(preamble, rest.record, result);
  if (rest.error) {
    Fail(side.unit(), v1::FAILURE_KIND_PARSE_ERROR, Explain(*rest.error, side.unit().directory()), "", result);
    if (!rest.error->missing_include.empty()) DropErrors(result);
  }
  for (const std::string& problem : rest.configuration_problems) {
    Fail(side.unit(), v1::FAILURE_KIND_INTERNAL, "the configuration cannot be read and has no effect: " + problem,
         "clang-tidy", result);
  }
  result.mutable_cost()->set_parses(1);
  return result;
}

}  // namespace

v1::TaskResult AnalyzeUnit(UnitSide& head, UnitSide* base, Artifacts& artifacts) {
  std::optional<Preamble> head_preamble, base_preamble;
  // Both sides are split, or none is: otherwise the way of looking could make a difference.
  if (head.problem().empty() && (base == nullptr || base->problem().empty())) {
    head_preamble = PreambleOf(head, artifacts);
    if (head_preamble && base != nullptr) {
      base_preamble = PreambleOf(*base, artifacts);
      if (!base_preamble) head_preamble.reset();
    }
  }
  v1::TaskResult result = Matching(head, head_preamble ? &*head_preamble : nullptr);
  if (base != nullptr) *result.mutable_base() = Matching(*base, base_preamble ? &*base_preamble : nullptr);
  return result;
}

}  // namespace mergegate::analyzers
