#include "server/planning/plan.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/planning/exclusions.h"
#include "server/planning/include_index.h"
#include "server/planning/lexical_path.h"

namespace mergegate::planning {
namespace {

constexpr size_t kMaxDeletedUnits = 20;
constexpr size_t kMaxSiblings = 200;
constexpr size_t kMaxWarnings = 50;

using Names = std::set<std::string, std::less<>>;

class Planner {
 public:
  explicit Planner(const PlanInput& input)
      : input_(input), exclusions_(input.base, input.base_commands.index(), input.policy.exclude_paths) {}

  absl::StatusOr<Plan> Run() {
    const IncludeIndex& index = input_.head_commands.index();
    ASSIGN_OR_RETURN(graph_, IncludeGraph::Build(index, input_.head_commands.IncludeDirectories()));
    for (std::string& file : input_.head_commands.KnownMainFiles()) known_.insert(std::move(file));
    plan_.relaxations = FindRelaxations(input_.diff);
    SortChangedFiles();
    ChooseUnitsOfHeaders();
    MakeTasks();
    MakeDuplicationTask();
    CollectWarnings();
    return std::move(plan_);
  }

 private:
  bool IsMainFile(std::string_view path) const { return IsCppSource(path) || known_.contains(path); }

  // A source that others include and that has no command of its own is part of their units.
  bool ActsAsHeader(const std::string& path, const std::vector<std::string>& includers) const {
    if (!IsMainFile(path)) return true;
    return !known_.empty() && !known_.contains(path) &&
           std::ranges::any_of(includers, [&](const auto& includer) { return known_.contains(includer); });
  }

  void SortChangedFiles() {
    for (const ChangedFile& file : input_.diff.files) {
      const std::string& path = file.path();
      if (file.symlink_or_submodule) {
        if (IsCpp(path)) warnings_.push_back(absl::StrCat(path, ": not analyzed: a symbolic link or submodule"));
        continue;
      }
      std::vector<std::string> includers =
          file.new_path.empty() ? std::vector<std::string>() : graph_.IncludersOf(file.new_path);
      if (!IsCpp(path) && includers.empty()) continue;
      if (const std::string why = exclusions_.WhyChanged(path, file.old_path); !why.empty()) {
        warnings_.push_back(absl::StrCat(path, ": not analyzed: ", why));
        plan_.excluded.push_back(path);
        continue;
      }
      if (file.new_path.empty()) {
        if (IsMainFile(path)) deleted_.push_back(path);
        continue;
      }
      if (file.binary) {
        plan_.failures.push_back({"planning", path, FailureKind::kParseError,
                                  absl::StrCat(path, " is binary or too large to be compared"), false});
      }
      changed_.insert(path);
      if (ActsAsHeader(path, includers)) {
        headers_[path] = std::move(includers);
      } else {
        units_.insert(path);
        affected_.insert(path);
        plan_.covers[path] = {path};
        includers_of_sources_.insert(includers.begin(), includers.end());
      }
    }
    for (const std::string& includer : includers_of_sources_) {
      if (IsCandidate(includer)) affected_.insert(includer);
    }
  }

  bool IsCandidate(const std::string& path) const { return IsMainFile(path) && exclusions_.Why(path).empty(); }

  void ChooseUnitsOfHeaders() {
    std::map<std::string, std::vector<std::string>> candidates;
    std::map<std::string, int> headers_covered;  // by candidate
    for (const auto& [header, includers] : headers_) {
      for (const std::string& includer : includers) {
        if (!IsCandidate(includer)) continue;
        candidates[header].push_back(includer);
        ++headers_covered[includer];
        affected_.insert(includer);
      }
    }
    for (const auto& [header, includers] : headers_) {
      std::vector<std::string>& units = candidates[header];
      if (units.empty()) {
        if (!IsCpp(header)) continue;
        units_.insert(header);
        affected_.insert(header);
        plan_.covers[header] = {header};
        warnings_.push_back(absl::StrCat(header, ": no unit includes it; analyzed on its own"));
        continue;
      }
      const auto rank = [&](const std::string& unit) {
        return std::make_tuple(!changed_.contains(unit), !known_.contains(unit), !graph_.IncludesDirectly(unit, header),
                               -headers_covered[unit], Stem(unit) != Stem(header), std::string_view(unit));
      };
      std::ranges::sort(units, [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
      const auto wanted = static_cast<size_t>(std::max(0, input_.policy.header_units));
      if (wanted > 0 && units.size() > wanted) units.resize(wanted);
      units_.insert(units.begin(), units.end());
    }
    // What covers a header is every chosen unit that includes it, also one chosen for another header.
    for (const auto& [header, includers] : headers_) {
      for (const std::string& includer : includers) {
        if (units_.contains(includer)) plan_.covers[header].push_back(includer);
      }
    }
    plan_.units_affected = static_cast<int>(affected_.size());
    std::ranges::set_difference(affected_, units_, std::back_inserter(plan_.units_left_out));
  }

  UnitTask TaskFor(const CommandSet& commands, const std::string& main_file) {
    CompileCommand command = commands.For(main_file);
    UnitTask task;
    task.main_file = main_file;
    task.arguments = std::move(command.arguments);
    task.directory = std::move(command.directory);
    task.source = command.source;
    task.confidence = command.confidence;
    task.config_commit = input_.base_commit;
    task.checks = input_.policy.checks;
    task.analyzers = {"clang-tidy"};
    if (input_.policy.static_analyzer) task.analyzers.push_back("static-analyzer");
    task.analyzers.push_back("code-metrics");
    for (const std::string& dropped : command.dropped) ++dropped_[dropped];
    return task;
  }

  void MakeTasks() {
    LinesByPath ignored = IgnoredSuppressions(plan_.relaxations);
    Names base_files;
    for (const std::string& unit : units_) {
      UnitTask task = TaskFor(input_.head_commands, unit);
      task.ignored_suppressions = ignored;
      plan_.head.push_back(std::move(task));
      const ChangedFile* changed = input_.diff.FindNew(unit);
      const std::string& old_path = changed == nullptr ? unit : changed->old_path;
      if (!old_path.empty() && input_.base.FindBlob(old_path).has_value()) base_files.insert(old_path);
    }
    // Their findings are fixed; seldom worth more than a few.
    if (deleted_.size() > kMaxDeletedUnits) {
      warnings_.push_back(
          absl::StrCat(deleted_.size() - kMaxDeletedUnits, " deleted main files are not analyzed at the base"));
      deleted_.resize(kMaxDeletedUnits);
    }
    base_files.insert(deleted_.begin(), deleted_.end());
    for (const std::string& file : base_files) plan_.base.push_back(TaskFor(input_.base_commands, file));
  }

  void MakeDuplicationTask() {
    DuplicationTask task;
    task.min_tokens = input_.policy.duplication_min_tokens;
    Names directories;
    for (const std::string& path : changed_) {
      if (!IsCpp(path)) continue;
      std::vector<LineRange> added = input_.diff.ChangedLines(*input_.diff.FindNew(path), false);
      directories.emplace(Directory(path));
      if (!added.empty()) task.added[path] = std::move(added);
    }
    if (directories.empty()) return;
    for (const std::string& file : input_.head_commands.index().files()) {
      if (task.siblings.size() == kMaxSiblings) break;
      if (!IsCpp(file) || task.added.contains(file) || !directories.contains(Directory(file))) continue;
      if (exclusions_.Why(file).empty()) task.siblings.push_back(file);
    }
    plan_.duplication = std::move(task);
  }

  void CollectWarnings() {
    const std::vector<std::string>& of_commands = input_.head_commands.warnings();
    warnings_.insert(warnings_.end(), of_commands.begin(), of_commands.end());
    for (const auto& [flag, times] : dropped_) {
      warnings_.push_back(absl::StrCat("dropped from ", times, times == 1 ? " command: " : " commands: ", flag));
    }
    if (warnings_.size() > kMaxWarnings) {
      const size_t more = warnings_.size() - (kMaxWarnings - 1);
      warnings_.resize(kMaxWarnings - 1);
      warnings_.push_back(absl::StrCat("and ", more, " more warnings"));
    }
    plan_.warnings = std::move(warnings_);
  }

  const PlanInput& input_;
  Exclusions exclusions_;
  IncludeGraph graph_;
  Names known_;
  Names changed_;   // at the head, not excluded
  Names units_;     // chosen
  Names affected_;  // all units that include a changed file
  Names includers_of_sources_;
  std::map<std::string, std::vector<std::string>> headers_;  // changed header -> its includers
  std::vector<std::string> deleted_;
  std::map<std::string, int> dropped_;
  std::vector<std::string> warnings_;
  Plan plan_;
};

}  // namespace

absl::StatusOr<Plan> MakePlan(const PlanInput& input) { return Planner(input).Run(); }

}  // namespace mergegate::planning
