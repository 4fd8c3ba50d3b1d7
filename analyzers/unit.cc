#include "analyzers/unit.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "analyzers/path_comparison.h"
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

bool CanBeParsed(UnitSide& side, v1::TaskResult& result) {
  for (const std::string& name : side.unit().analyzers()) {
    if (FindAnalyzer(name) == nullptr) {
      Fail(side.unit(), v1::FAILURE_KIND_INTERNAL,
           "there is no analyzer of this name: see mergegate-analyze --describe", name, result);
    }
  }
  if (!side.problem().empty()) Fail(side.unit(), side.problem_kind(), side.problem(), "", result);
  return side.problem().empty();
}

void FailParse(const UnitSide& side, const CompileError& error, v1::TaskResult& result) {
  Fail(side.unit(), v1::FAILURE_KIND_PARSE_ERROR, Explain(error, side.unit().directory()), "", result);
  if (!error.missing_include.empty()) DropErrors(result);
}

// One side, examined by the matching tier.
void Match(UnitSide& side, const Preamble* preamble, v1::TaskResult& result) {
  const Remainder rest = ExamineRemainder(side, preamble);
  if (!rest.problem.empty()) {
    Fail(side.unit(), v1::FAILURE_KIND_NO_COMMAND, rest.problem, "", result);
    return;
  }
  WriteUnit(preamble, rest.record, result);
  if (preamble != nullptr) {
    result.mutable_inputs()->MergeFrom(preamble->manifest().inputs());
    result.mutable_absent()->MergeFrom(preamble->manifest().absent());
  }
  if (rest.error) FailParse(side, *rest.error, result);
  for (const std::string& problem : rest.configuration_problems) {
    Fail(side.unit(), v1::FAILURE_KIND_INTERNAL, "the configuration cannot be read and has no effect: " + problem,
         "clang-tidy", result);
  }
  result.mutable_cost()->set_parses(1);
  if (preamble != nullptr && preamble->reused()) result.mutable_cost()->set_preambles_reused(1);
}

// Both sides are split, or none is: otherwise the way of looking could make a difference.
void MatchBoth(UnitSide& head, UnitSide* base, Artifacts& artifacts, v1::TaskResult& result) {
  std::optional<Preamble> head_preamble, base_preamble;
  head_preamble = PreambleOf(head, artifacts);
  if (head_preamble && base != nullptr) {
    base_preamble = PreambleOf(*base, artifacts);
    if (!base_preamble) head_preamble.reset();
  }
  Match(head, head_preamble ? &*head_preamble : nullptr, result);
  if (base != nullptr) Match(*base, base_preamble ? &*base_preamble : nullptr, *result.mutable_base());
}

void AddCost(const v1::TaskCost& from, v1::TaskCost& to) {
  to.set_parses(to.parses() + from.parses());
  to.set_preambles_reused(to.preambles_reused() + from.preambles_reused());
  to.set_bodies_skipped(to.bodies_skipped() + from.bodies_skipped());
  to.set_entries_analyzed(to.entries_analyzed() + from.entries_analyzed());
  to.set_entries_reused(to.entries_reused() + from.entries_reused());
}

}  // namespace

v1::TaskResult AnalyzeUnit(UnitSide& head, UnitSide* base, Artifacts& artifacts) {
  v1::TaskResult result;
  const bool head_can = CanBeParsed(head, result);
  const bool base_can = base == nullptr || CanBeParsed(*base, *result.mutable_base());
  if (!head_can || !base_can) return result;
  if (head.Has(UnitSide::Tier::kMatching)) MatchBoth(head, base, artifacts, result);
  if (head.Has(UnitSide::Tier::kPaths)) {
    const bool matched = head.Has(UnitSide::Tier::kMatching);
    for (const PathProblem& problem : ComparePaths(head, base, artifacts, result)) {
      if (matched) continue;  // told already
      const UnitSide& side = problem.at_base ? *base : head;
      v1::TaskResult& of = problem.at_base ? *result.mutable_base() : result;
      if (problem.error) {
        FailParse(side, *problem.error, of);
      } else {
        Fail(side.unit(), v1::FAILURE_KIND_NO_COMMAND, problem.problem, "", of);
      }
    }
  }
  if (base != nullptr) {
    AddCost(result.base().cost(), *result.mutable_cost());
    result.mutable_base()->clear_cost();
  }
  return result;
}

}  // namespace mergegate::analyzers
