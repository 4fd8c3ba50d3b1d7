#include "server/planning/cover_goals.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/planning/include_index.h"
#include "server/planning/plan.h"

namespace mergegate::planning {
namespace {

bool IsMacro(const Declaration& declaration) { return declaration.usr.find("@macro@") != std::string::npos; }

// A macro's USR holds its offset in the file.
std::string Identity(const Declaration& declaration) {
  return IsMacro(declaration) ? absl::StrCat("macro ", declaration.name) : declaration.usr;
}

// Per declaration of a unit: whether code of the main file uses it, directly or through other declarations.
std::vector<bool> UsedFrom(std::string_view main_file, const std::vector<Declaration>& declarations) {
  std::vector<bool> used(declarations.size());
  std::vector<size_t> open;
  for (size_t i = 0; i < declarations.size(); ++i) {
    if (declarations[i].path != main_file) continue;
    used[i] = true;
    open.push_back(i);
  }
  while (!open.empty()) {
    const size_t from = open.back();
    open.pop_back();
    for (const int to : declarations[from].references) {
      if (used[static_cast<size_t>(to)]) continue;
      used[static_cast<size_t>(to)] = true;
      open.push_back(static_cast<size_t>(to));
    }
  }
  return used;
}

// The innermost declarations around changed lines: a changed method stands for itself, not for its class.
std::vector<size_t> ChangedAmong(std::vector<size_t> touched, const std::vector<Declaration>& declarations,
                                 const std::vector<LineRange>& lines) {
  std::erase_if(touched, [&](size_t i) {
    const Declaration& d = declarations[i];
    return std::ranges::none_of(lines,
                                [&](const LineRange& r) { return r.first <= d.end_line && d.start_line <= r.last; });
  });
  const auto extent = [&](size_t i) { return declarations[i].end_line - declarations[i].start_line; };
  std::ranges::sort(touched, {}, [&](size_t i) { return std::make_pair(extent(i), i); });
  std::unordered_map<int, int> innermost;  // changed line -> extent of the innermost declaration around it
  std::erase_if(touched, [&](size_t i) {
    const Declaration& d = declarations[i];
    bool counts = false;
    for (const LineRange& range : lines) {
      for (int line = std::max(range.first, d.start_line); line <= std::min(range.last, d.end_line); ++line) {
        counts = innermost.try_emplace(line, extent(i)).first->second == extent(i) || counts;
      }
    }
    return !counts;
  });
  return touched;
}

class GoalSearch {
 public:
  explicit GoalSearch(const CoverInput& input) : input_(input) {}

  std::vector<Goal> Run() {
    for (const auto& [header, candidates] : input_.plan.candidates) {
      const ChangedFile* file = input_.diff.FindNew(header);
      if (file == nullptr || file->binary) continue;
      changed_[header] = input_.diff.ChangedLines(*file, true);
      for (const Hunk& hunk : file->hunks) {
        if (hunk.old_count > 0)
          removed_[file->old_path].push_back({hunk.old_start, hunk.old_start + hunk.old_count - 1});
      }
    }
    for (size_t i = 0; i < std::min(input_.head.size(), input_.plan.head.size()); ++i) LookAtHead(static_cast<int>(i));
    for (size_t i = 0; i < std::min(input_.base.size(), input_.plan.base.size()); ++i) LookAtBase(i);
    AddDependents();
    std::vector<Goal> goals;
    for (auto& [key, goal] : goals_) goals.push_back(std::move(goal));
    for (const auto& [header, candidates] : input_.plan.candidates) AddHiddenBranches(header, goals);
    std::ranges::sort(goals, {}, [](const Goal& g) { return std::tie(g.at_base, g.path, g.line, g.name); });
    return goals;
  }

 private:
  void LookAtHead(int unit) {
    const TaskResult& result = input_.head[static_cast<size_t>(unit)];
    if (FatalFailure(result) != nullptr) return;
    const std::string& main_file = input_.plan.head[static_cast<size_t>(unit)].main_file;
    for (const InputFile& file : result.inputs) {
      if (changed_.contains(file.path)) read_[file.path].push_back({unit, main_file, true, {}});
    }
    for (const Declaration& declaration : result.declarations) {
      declared_.insert(Identity(declaration));
      if (changed_.contains(declaration.path)) starts_[declaration.path].insert(declaration.start_line);
    }
    Look(result, unit, main_file, changed_, /*at_base=*/false);
  }

  void LookAtBase(size_t index) {
    const TaskResult& result = input_.base[index];
    if (FatalFailure(result) != nullptr) return;
    const std::string& main_file = input_.plan.base[index].main_file;
    const std::optional<std::string> at_head = input_.diff.NewPath(main_file);
    const auto unit = std::ranges::find_if(input_.plan.head, [&](const UnitTask& u) { return u.main_file == at_head; });
    Look(result, unit == input_.plan.head.end() ? -1 : static_cast<int>(unit - input_.plan.head.begin()), main_file,
         removed_, /*at_base=*/true);
  }

  void Look(const TaskResult& result, int unit, const std::string& main_file,
            const std::map<std::string, std::vector<LineRange>>& lines_of, bool at_base) {
    const std::vector<bool> used = UsedFrom(main_file, result.declarations);
    std::map<std::string_view, std::vector<size_t>> by_path;
    for (size_t i = 0; i < result.declarations.size(); ++i) {
      if (lines_of.contains(result.declarations[i].path)) by_path[result.declarations[i].path].push_back(i);
    }
    for (auto& [in_file, indices] : by_path) {
      const std::string path(in_file);
      for (const size_t i : ChangedAmong(std::move(indices), result.declarations, lines_of.at(path))) {
        const Declaration& declaration = result.declarations[i];
        if (at_base && declared_.contains(Identity(declaration))) continue;
        Goal& goal = goals_[{path, declaration.start_line, declaration.usr, at_base}];
        if (goal.name.empty()) {
          goal.header = at_base ? input_.diff.NewPath(path).value_or(path) : path;
          goal.name = declaration.name;
          goal.path = path;
          goal.line = declaration.start_line;
          goal.at_base = at_base;
          if (std::string word = WordFor(declaration.name); !word.empty()) goal.words.insert(std::move(word));
        }
        goal.kind = std::max(goal.kind, KindOf(declaration, result));
        goal.sights.push_back(
            {unit, main_file, used[i], {declaration.instantiations.begin(), declaration.instantiations.end()}});
      }
    }
  }

  static Goal::Kind KindOf(const Declaration& declaration, const TaskResult& result) {
    if (declaration.is_template) return Goal::Kind::kTemplate;
    if (IsMacro(declaration)) return Goal::Kind::kUsed;
    const auto is_body = [&](const FunctionMeasurement& m) {
      return m.usr == declaration.usr && m.path == declaration.path && declaration.start_line <= m.start_line &&
             m.start_line <= declaration.end_line;
    };
    return std::ranges::any_of(result.measurements, is_body) ? Goal::Kind::kUsed : Goal::Kind::kParsed;
  }

  // Whoever mentions a template that reaches a changed one may instantiate that one, too.
  void AddDependents() {
    std::map<std::string, std::vector<Goal*>> by_usr;
    for (auto& [key, goal] : goals_) {
      if (goal.kind == Goal::Kind::kTemplate && !goal.at_base) by_usr[std::get<2>(key)].push_back(&goal);
    }
    if (by_usr.empty()) return;
    for (const TaskResult& result : input_.head) {
      const std::vector<Declaration>& declarations = result.declarations;
      std::vector<std::vector<size_t>> referrers(declarations.size());  // templates only
      for (size_t i = 0; i < declarations.size(); ++i) {
        if (!declarations[i].is_template) continue;
        for (const int to : declarations[i].references) referrers[static_cast<size_t>(to)].push_back(i);
      }
      for (size_t start = 0; start < declarations.size(); ++start) {
        const auto goals = by_usr.find(declarations[start].usr);
        if (goals == by_usr.end()) continue;
        std::vector<size_t> open = {start};
        std::unordered_set<size_t> seen = {start};
        while (!open.empty()) {
          const size_t at = open.back();
          open.pop_back();
          for (Goal* goal : goals->second) goal->words.insert(WordFor(declarations[at].name));
          for (const size_t from : referrers[at]) {
            if (seen.insert(from).second) open.push_back(from);
          }
        }
      }
    }
  }

  void AddHiddenBranches(const std::string& header, std::vector<Goal>& goals) {
    if (!changed_.contains(header)) return;
    const auto read = read_.find(header);
    if (read == read_.end()) {
      Goal& goal = goals.emplace_back();
      goal.kind = Goal::Kind::kFile;
      goal.header = goal.path = goal.name = header;
      return;
    }
    const ConditionalText text = ScanConditionals(input_.head_commands.index().Text(header));
    const std::set<int>& starts = starts_[header];
    const auto visible = [&](const ConditionalBranch& branch) {
      const auto first = starts.lower_bound(branch.first);
      return first != starts.end() && *first <= branch.last;
    };
    std::map<const ConditionalBranch*, std::vector<int>> hidden;
    for (const LineRange& range : input_.diff.ChangedLines(*input_.diff.FindNew(header), false)) {
      for (int line = range.first; line <= range.last; ++line) {
        if (!text.code_lines.contains(line)) continue;
        const auto branch = std::ranges::find_if(
            text.branches, [&](const ConditionalBranch& b) { return b.first <= line && line <= b.last; });
        if (branch == text.branches.end() || visible(*branch)) continue;
        const bool other_side = std::ranges::any_of(text.branches, [&](const ConditionalBranch& other) {
          return other.group == branch->group && visible(other);
        });
        // Inside a function or class nothing smaller may tell whether the branch was taken.
        if (other_side || !IsDeclared(header, line)) hidden[&*branch].push_back(line);
      }
    }
    for (auto& [branch, lines] : hidden) {
      Goal& goal = goals.emplace_back();
      goal.kind = Goal::Kind::kHidden;
      goal.header = goal.path = header;
      goal.name = branch->condition;
      goal.line = lines.front();
      goal.words = branch->names;
      goal.words.erase("defined");
      goal.lines = std::move(lines);
      goal.sights = read->second;
      for (Sight& sight : goal.sights) sight.used = false;
    }
  }

  bool IsDeclared(const std::string& path, int line) const {
    return std::ranges::any_of(input_.head, [&](const TaskResult& result) {
      return std::ranges::any_of(result.declarations, [&](const Declaration& d) {
        return d.start_line <= line && line <= d.end_line && d.path == path;
      });
    });
  }

  const CoverInput& input_;
  std::map<std::string, std::vector<LineRange>> changed_;  // header at the head -> lines
  std::map<std::string, std::vector<LineRange>> removed_;  // header at the base -> lines
  std::map<std::string, std::vector<Sight>> read_;         // header -> units that read it to the end
  std::map<std::string, std::set<int>> starts_;            // header -> first lines of what was seen declared
  std::unordered_set<std::string> declared_;               // at the head
  std::map<std::tuple<std::string, int, std::string, bool>, Goal> goals_;  // by path, line, USR, side
};

}  // namespace

// Where the name of an operator begins; npos in other names.
static size_t OperatorAt(std::string_view name) {
  constexpr std::string_view kWord = "operator";
  for (size_t at = name.find(kWord); at != std::string_view::npos; at = name.find(kWord, at + 1)) {
    const size_t next = at + kWord.size();
    const bool begins = at == 0 || name[at - 1] == ':';
    const bool ends =
        next == name.size() || !(absl::ascii_isalnum(static_cast<unsigned char>(name[next])) || name[next] == '_');
    if (begins && ends) return at;
  }
  return std::string_view::npos;
}

std::string WordFor(std::string_view qualified_name) {
  std::vector<std::string_view> parts;  // without template arguments
  size_t begin = 0;
  int depth = 0;
  const std::string_view plain = qualified_name.substr(0, OperatorAt(qualified_name));
  for (size_t i = 0; i <= plain.size(); ++i) {
    const char c = i < plain.size() ? plain[i] : ':';
    if (c == '<' || c == '(') ++depth;
    if (c == '>' || c == ')') --depth;
    if (c != ':' || depth > 0) continue;
    std::string_view part = plain.substr(begin, i - begin);
    part = part.substr(0, part.find('<'));
    if (!part.empty() && (absl::ascii_isalpha(static_cast<unsigned char>(part[0])) || part[0] == '_')) {
      parts.push_back(part);
    }
    begin = i + 1;
  }
  return parts.empty() ? "" : std::string(parts.back());
}

std::vector<Goal> FindGoals(const CoverInput& input) { return GoalSearch(input).Run(); }

}  // namespace mergegate::planning
