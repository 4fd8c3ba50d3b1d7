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

void WriteRemainder(const UnitSide& side, const Preamble* preamble, const Remainder& rest, v1::TaskResult& result) {
  if (!rest.problem.empty()) {
    Fail(side.unit(), v1::FAILURE_KIND_NO_COMMAND, rest.problem, "", result);
    return;
  }
  WriteUnit(preamble, rest.record, result);
  if (const int limit = std::max(side.task().limits().max_findings(), 1); result.findings_size() > limit) {
    Fail(side.unit(), v1::FAILURE_KIND_OUTPUT_LIMIT,
         "kept " + std::to_string(limit) + " of " + std::to_string(result.findings_size()) +
             " findings: raise the limit or narrow the checks",
         "", result);
    result.mutable_findings()->DeleteSubrange(limit, result.findings_size() - limit);
  }
  result.mutable_inputs()->MergeFrom(rest.record.part().inputs());
  result.mutable_absent()->MergeFrom(rest.record.part().absent());
  if (preamble != nullptr) {
    result.mutable_inputs()->MergeFrom(preamble->manifest().inputs());
    result.mutable_absent()->MergeFrom(preamble->manifest().absent());
  }
  if (rest.error) FailParse(side, *rest.error, result);
  for (const std::string& problem : rest.configuration_problems) {
    Fail(side.unit(), v1::FAILURE_KIND_INTERNAL, "the configuration cannot be read and has no effect: " + problem,
         "clang-tidy", result);
  }
}

Digest RemainderKey(const UnitSide& side, const Preamble& preamble) {
  return DigestBuilder().Add(side.ChecksKey()).Text(preamble.name()).Text(side.text()).Finish();
}

std::optional<Remainder> FindRemainder(UnitSide& side, const Preamble& preamble, Artifacts& artifacts) {
  const auto manifest = artifacts.FindFor("unit", RemainderKey(side, preamble), side.tree());
  const auto content = manifest ? artifacts.Find(manifest->artifact()) : std::nullopt;
  Remainder rest;
  if (!content || !rest.record.ParseFromArray(content->data(), static_cast<int>(content->size()))) return std::nullopt;
  return rest;
}

void KeepRemainder(UnitSide& side, const Preamble& preamble, Remainder& rest, Artifacts& artifacts) {
  if (!rest.problem.empty() || rest.error || !rest.configuration_problems.empty()) return;
  v1::Manifest manifest = ManifestOf(side.tree());
  *rest.record.mutable_part()->mutable_inputs() = manifest.inputs();
  *rest.record.mutable_part()->mutable_absent() = manifest.absent();
  artifacts.PutFor("unit", RemainderKey(side, preamble), std::move(manifest), rest.record.SerializeAsString());
}

// A side that nothing is compared with: from an earlier task, or examined whole.
Remainder WholeRemainder(UnitSide& side, const Preamble* preamble, Artifacts& artifacts, v1::TaskCost& cost) {
  if (preamble != nullptr) {
    if (auto known = FindRemainder(side, *preamble, artifacts)) return *std::move(known);
  }
  Remainder rest = ExamineRemainder(side, preamble);
  cost.set_parses(cost.parses() + 1);
  if (preamble != nullptr) {
    if (preamble->reused()) cost.set_preambles_reused(cost.preambles_reused() + 1);
    KeepRemainder(side, *preamble, rest, artifacts);
  }
  return rest;
}

// True when files that are included below the preamble are the same, too.
bool ReadsTheSame(const v1::TaskResult& base, UnitSide& head) {
  return std::all_of(base.inputs().begin(), base.inputs().end(),
                     [&](const v1::InputFile& input) {
                       return input.path() == head.unit().main_file() ||
                              head.tree().BlobAt(input.path()) == input.blob();
                     }) &&
         std::none_of(base.absent().begin(), base.absent().end(),
                      [&](const std::string& path) { return head.tree().Exists(path); });
}

// The matching tier. Both sides are split, or none is: otherwise the way of looking could make a difference. For the
// same reason the head is examined against the base whenever that can be done, whatever was kept of it.
void MatchBoth(UnitSide& head, UnitSide* base, Artifacts& artifacts, v1::TaskResult& result) {
  std::optional<Preamble> head_preamble, base_preamble;
  if (!head.MustBeWhole() && (base == nullptr || !base->MustBeWhole()))
    head_preamble = PreambleOf(head, /*with_findings=*/true, artifacts);
  if (head_preamble && base != nullptr) {
    base_preamble = PreambleOf(*base, /*with_findings=*/true, artifacts);
    if (!base_preamble) head_preamble.reset();
  }
  const Preamble* preamble = head_preamble ? &*head_preamble : nullptr;
  v1::TaskCost& cost = *result.mutable_cost();
  if (base == nullptr) {
    WriteRemainder(head, preamble, WholeRemainder(head, preamble, artifacts, cost), result);
    return;
  }
  const Preamble* of_base = preamble == nullptr ? nullptr : &*base_preamble;
  const Remainder before = WholeRemainder(*base, of_base, artifacts, cost);
  WriteRemainder(*base, of_base, before, *result.mutable_base());
  if (preamble != nullptr && before.problem.empty() && !before.error && head.IsSameCommand(*base) &&
      of_base->name() == preamble->name() && ReadsTheSame(before.record.part(), head)) {
    if (auto after = ExamineChangedBodies(head, *preamble, *base, before.record)) {
      cost.set_parses(cost.parses() + 1);
      cost.set_preambles_reused(cost.preambles_reused() + (preamble->reused() ? 1 : 0));
      cost.set_bodies_skipped(after->bodies_skipped);
      WriteRemainder(head, preamble, *after, result);
      return;
    }
  }
  WriteRemainder(head, preamble, WholeRemainder(head, preamble, artifacts, cost), result);
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
