#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/domain/glob.h"
#include "server/planning/plan.h"

namespace mergegate::planning {
namespace {

int ChangedLineCount(const ChangedFile& file) {
  if (file.binary) return 1;  // there is something that nobody saw
  int lines = 0;
  for (const Hunk& hunk : file.hunks) lines += std::max(1, hunk.new_count);
  return lines;
}

// The unit's view of one file.
struct Sight {
  const UnitTask* unit = nullptr;
  bool parsed = false;
};

class CoverageCount {
 public:
  CoverageCount(const Diff& diff, const Plan& plan, const std::vector<TaskResult>& results,
                const AnalysisPolicy& policy)
      : diff_(diff), plan_(plan), results_(results), policy_(policy) {
    coverage_.declarations = plan.cover.declarations;
    for (const FileCoverage& hidden : plan.cover.hidden) hidden_[hidden.path].push_back(hidden);
    for (size_t i = 0; i < std::min(plan.head.size(), results.size()); ++i) {
      const bool parsed = FatalFailure(results[i]) == nullptr;
      if (parsed) ++coverage_.units_analyzed;
      for (const InputFile& input : results[i].inputs) seen_[input.path].push_back({&plan.head[i], parsed});
    }
    coverage_.units_affected = plan.units_affected;
    coverage_.units_left_out = plan.units_left_out;
  }

  Coverage Run() {
    for (const ChangedFile& file : diff_.files) {
      if (Counts(file)) CountFile(file);
    }
    std::ranges::sort(coverage_.files, {}, [](const FileCoverage& file) {  // hidden lines last
      return std::make_tuple(std::string_view(file.path), file.units.empty(), std::string_view(file.reason));
    });
    CountDeclarations();
    coverage_.sandbox_missing = WeakestSandbox();
    return std::move(coverage_);
  }

 private:
  bool Counts(const ChangedFile& file) const {
    return !file.new_path.empty() && IsCpp(file.new_path) && !file.symlink_or_submodule &&
           !AnyGlobMatches(policy_.exclude_paths, file.new_path) &&
           !std::ranges::binary_search(plan_.excluded, file.new_path) && ChangedLineCount(file) > 0;
  }

  void CountFile(const ChangedFile& file) {
    FileCoverage covered;
    covered.path = file.new_path;
    covered.changed_lines = ChangedLineCount(file);
    double confidence = 0;
    for (const Sight& sight : seen_[file.new_path]) {
      if (!sight.parsed || file.binary) continue;
      covered.units.push_back(sight.unit->main_file);
      if (covered.source == CommandSource::kUnspecified || sight.unit->source < covered.source) {
        covered.source = sight.unit->source;
      }
      confidence = std::max(confidence, sight.unit->confidence);
    }
    std::ranges::sort(covered.units);
    coverage_.changed_lines += covered.changed_lines;
    std::vector<FileCoverage> hidden;
    if (!covered.units.empty()) hidden = hidden_[file.new_path];
    for (const FileCoverage& lines : hidden) {
      covered.changed_lines -= lines.changed_lines;
      coverage_.missed_lines += lines.changed_lines;
    }
    if (covered.units.empty()) {
      covered.reason = WhyMissed(file);
      coverage_.missed_lines += covered.changed_lines;
    } else if (covered.source == CommandSource::kInferred || covered.source == CommandSource::kUnspecified) {
      covered.reason = absl::StrFormat("parsed under a guessed compile command only (confidence %.1f)", confidence);
      coverage_.guessed_lines += covered.changed_lines;
    } else {
      coverage_.parsed_lines += covered.changed_lines;
    }
    coverage_.files.push_back(std::move(covered));
    std::ranges::move(hidden, std::back_inserter(coverage_.files));
  }

  std::string WhyMissed(const ChangedFile& file) const {
    if (file.binary) return "binary or too large to be compared";
    const auto chosen = plan_.covers.find(file.new_path);
    for (size_t i = 0; i < plan_.head.size(); ++i) {
      const std::string& unit = plan_.head[i].main_file;
      const bool meant =
          unit == file.new_path || (chosen != plan_.covers.end() && std::ranges::binary_search(chosen->second, unit));
      if (!meant) continue;
      if (i >= results_.size()) return absl::StrCat(unit, ": no result");
      if (const AnalysisFailure* failure = FatalFailure(results_[i])) return absl::StrCat(unit, ": ", failure->message);
    }
    return "no analyzed unit includes it";
  }

  void CountDeclarations() {
    std::map<std::string_view, std::vector<LineRange>> changed;
    for (const ChangedFile& file : diff_.files) {
      if (Counts(file)) changed[file.new_path] = diff_.ChangedLines(file, true);
    }
    std::set<std::pair<std::string_view, std::string_view>> declarations;
    for (const TaskResult& result : results_) {
      for (const Declaration& declaration : result.declarations) {
        const auto lines = changed.find(declaration.path);
        if (lines == changed.end()) continue;
        const bool touched = std::ranges::any_of(lines->second, [&](const LineRange& range) {
          return range.first <= declaration.end_line && declaration.start_line <= range.last;
        });
        if (touched) declarations.emplace(declaration.usr, declaration.path);
      }
    }
    coverage_.changed_declarations = static_cast<int>(declarations.size());
  }

  std::string WeakestSandbox() const {
    const SandboxReport* weakest = nullptr;
    const auto strength = [](const SandboxReport& report) {
      return std::tie(report.seccomp, report.landlock_abi, report.missing);
    };
    for (const TaskResult& result : results_) {
      if (result.sandbox.missing.empty()) continue;
      if (weakest == nullptr || strength(result.sandbox) < strength(*weakest)) weakest = &result.sandbox;
    }
    return weakest == nullptr ? "" : weakest->missing;
  }

  const Diff& diff_;
  const Plan& plan_;
  const std::vector<TaskResult>& results_;
  const AnalysisPolicy& policy_;
  std::map<std::string, std::vector<Sight>, std::less<>> seen_;           // path -> units that read it
  std::map<std::string, std::vector<FileCoverage>, std::less<>> hidden_;  // lines that conditionals hid
  Coverage coverage_;
};

}  // namespace

const AnalysisFailure* FatalFailure(const TaskResult& result) {
  const auto found = std::ranges::find_if(
      result.failures, [](const AnalysisFailure& failure) { return failure.kind != FailureKind::kOutputLimit; });
  return found == result.failures.end() ? nullptr : &*found;
}

Coverage MeasureCoverage(const Diff& diff, const Plan& plan, const std::vector<TaskResult>& results,
                         const AnalysisPolicy& policy) {
  return CoverageCount(diff, plan, results, policy).Run();
}

}  // namespace mergegate::planning
