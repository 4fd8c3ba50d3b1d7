#include "server/planning/plan.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <ranges>
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

constexpr std::ptrdiff_t kMaxDeletedUnits = 20;
constexpr size_t kMaxSiblings = 200;
constexpr size_t kMaxWarnings = 50;

using Names = std::set<std::string, std::less<>>;

// What covers a header is every chosen unit that includes it, also one chosen for another header.
void FillCovers(const std::map<std::string, std::vector<std::string>>& candidates, const Names& units, Plan& plan) {
  for (const auto& [header, includers] : candidates) {
    if (includers.empty()) continue;
    std::vector<std::string>& covered_by = plan.covers[header];
    covered_by.clear();
    std::ranges::copy_if(includers, std::back_inserter(covered_by),
                         [&](const auto& includer) { return units.contains(includer); });
  }
}

UnitTask TaskFor(const PlanInput& input, const CommandSet& commands, const std::string& main_file,
                 std::map<std::string, int>* dropped) {
  CompileCommand command = commands.For(main_file);
  UnitTask task;
  task.main_file = main_file;
  task.arguments = std::move(command.arguments);
  task.directory = std::move(command.directory);
  task.source = command.source;
  task.confidence = command.confidence;
  task.config_commit = input.base_commit;
  task.checks = input.policy.checks;
  task.analyzers = {"clang-tidy"};
  if (input.policy.static_analyzer) task.analyzers.push_back("static-analyzer");
  task.analyzers.push_back("code-metrics");
  for (const std::string& flag : command.dropped) ++(*dropped)[flag];
  return task;
}

// Appends the tasks of `units` and their counterparts at the base. Of the deleted files, whose findings are fixed, a
// few: seldom worth more.
void MakeTasksOf(const PlanInput& input, const std::vector<std::string>& units, const std::vector<std::string>& deleted,
                 Plan& plan, std::map<std::string, int>* dropped) {
  const LinesByPath ignored = IgnoredSuppressions(plan.relaxations);
  Names base_files;
  for (const std::string& unit : units) {
    UnitTask task = TaskFor(input, input.head_commands, unit, dropped);
    task.ignored_suppressions = ignored;
    plan.head.push_back(std::move(task));
    const ChangedFile* changed = input.diff.FindNew(unit);
    const std::string& old_path = changed == nullptr ? unit : changed->old_path;
    if (!old_path.empty() && input.base.FindBlob(old_path).has_value()) base_files.insert(old_path);
  }
  for (const std::string& file : deleted | std::views::take(kMaxDeletedUnits)) base_files.insert(file);
  for (const UnitTask& known : plan.base) base_files.erase(known.main_file);
  for (const std::string& file : base_files) plan.base.push_back(TaskFor(input, input.base_commands, file, dropped));
}

class Planner {
 public:
  explicit Planner(const PlanInput& input)
      : input_(input), exclusions_(input.base, input.base_commands.index(), input.policy.exclude_paths) {}

  absl::StatusOr<Plan> Run() {
    const IncludeIndex& index = input_.head_commands.index();
    ASSIGN_OR_RETURN(IncludeGraph graph, IncludeGraph::Build(index, input_.head_commands.IncludeDirectories()));
    graph_ = std::make_shared<const IncludeGraph>(std::move(graph));
    plan_.includes = graph_;
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
          file.new_path.empty() ? std::vector<std::string>() : graph_->IncludersOf(file.new_path);
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
    std::map<std::string, std::set<std::string>> open;  // unit -> headers that it is wanted for
    for (const auto& [header, includers] : headers_) {
      std::vector<std::string>& units = plan_.candidates[header];
      for (const std::string& includer : includers) {
        if (IsCandidate(includer)) units.push_back(includer);
      }
      affected_.insert(units.begin(), units.end());
      if (!units.empty()) {
        const std::vector<std::string> preferred = Preferred(header, units);
        // A unit that changes, too, covers it, but not under a guessed command when somebody knows better.
        const bool known = known_.contains(preferred.front());
        const auto covers = [&](const auto& unit) {
          return units_.contains(unit) && (!known || known_.contains(unit));
        };
        if (std::ranges::any_of(units, covers)) continue;
        for (const std::string& unit : preferred) open[unit].insert(header);
      } else if (IsCpp(header)) {
        ++plan_.units_for_headers;
        units_.insert(header);
        affected_.insert(header);
        plan_.covers[header] = {header};
        warnings_.push_back(absl::StrCat(header, ": no unit includes it; analyzed on its own"));
      }
    }
    while (!open.empty()) {
      const auto rank = [](const auto& entry) {
        const auto& [unit, headers] = entry;
        const auto same_stem = [&](const std::string& header) { return Stem(unit) == Stem(header); };
        return std::make_tuple(-std::ssize(headers), std::ranges::none_of(headers, same_stem), std::string_view(unit));
      };
      const std::string unit = std::ranges::min_element(open, {}, rank)->first;
      ++plan_.units_for_headers;
      units_.insert(unit);
      for (const auto& [header, units] : plan_.candidates) {
        if (!std::ranges::binary_search(units, unit)) continue;
        for (auto& [other, headers] : open) headers.erase(header);
      }
      std::erase_if(open, [](const auto& entry) { return entry.second.empty(); });
    }
    FillCovers(plan_.candidates, units_, plan_);
    plan_.units_affected = static_cast<int>(affected_.size());
    std::ranges::set_difference(affected_, units_, std::back_inserter(plan_.units_left_out));
  }

  // Of the units that include a header, the best kind.
  std::vector<std::string> Preferred(const std::string& header, const std::vector<std::string>& units) const {
    const auto kind = [&](const std::string& unit) {
      return std::make_pair(!known_.contains(unit), !graph_->IncludesDirectly(unit, header));
    };
    const auto best = kind(*std::ranges::min_element(units, {}, kind));
    std::vector<std::string> preferred;
    std::ranges::copy_if(units, std::back_inserter(preferred), [&](const auto& unit) { return kind(unit) == best; });
    return preferred;
  }

  void MakeTasks() {
    const std::vector<std::string> units(units_.begin(), units_.end());
    MakeTasksOf(input_, units, deleted_, plan_, &dropped_);
    if (std::ssize(deleted_) > kMaxDeletedUnits) {
      warnings_.push_back(
          absl::StrCat(std::ssize(deleted_) - kMaxDeletedUnits, " deleted main files are not analyzed at the base"));
    }
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
  std::shared_ptr<const IncludeGraph> graph_;
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

void AddUnits(const PlanInput& input, const std::vector<std::string>& units, Plan& plan) {
  std::map<std::string, int> dropped;  // said already about the units that were chosen first
  MakeTasksOf(input, units, {}, plan, &dropped);
  plan.units_for_headers += static_cast<int>(units.size());
  std::erase_if(plan.units_left_out, [&](const auto& unit) { return std::ranges::find(units, unit) != units.end(); });
  Names chosen;
  for (const UnitTask& task : plan.head) chosen.insert(task.main_file);
  FillCovers(plan.candidates, chosen, plan);
}

bool ExtendPlan(const PlanInput& input, const std::vector<TaskResult>& head, const std::vector<TaskResult>& base,
                Plan& plan) {
  plan.cover = ExtendCover({.diff = input.diff,
                            .policy = input.policy,
                            .head_commands = input.head_commands,
                            .plan = plan,
                            .head = head,
                            .base = base});
  AddUnits(input, plan.cover.next, plan);
  return !plan.cover.next.empty();
}

}  // namespace mergegate::planning
