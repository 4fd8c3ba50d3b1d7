#include <algorithm>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/domain/change.h"
#include "server/planning/include_index.h"
#include "server/planning/plan.h"

namespace mergegate::planning {

absl::StatusOr<IncludeGraph> IncludeGraph::Build(const Tree& tree, const std::vector<std::string>& include_dirs) {
  return Build(IncludeIndex(tree), include_dirs);
}

absl::StatusOr<IncludeGraph> IncludeGraph::Build(const IncludeIndex& index,
                                                 const std::vector<std::string>& include_dirs) {
  if (!index.status().ok()) return index.status();
  IncludeGraph graph;
  // Besides C and C++ files, whatever they include (".def", ".x") may include further files.
  std::deque<std::string> open;
  std::set<std::string> seen;
  for (const std::string& file : index.files()) {
    if (IsCpp(file) && seen.insert(file).second) open.push_back(file);
  }
  for (; !open.empty(); open.pop_front()) {
    const std::string& from = open.front();
    for (const Include& include : index.IncludesOf(from)) {
      std::vector<std::string> targets = index.Resolve(from, include, include_dirs);
      if (targets.empty()) {
        if (std::string guess = index.Guess(from, include); !guess.empty()) targets.push_back(std::move(guess));
      }
      for (const std::string& to : targets) {
        graph.includers_[to].insert(from);
        if (seen.insert(to).second) open.push_back(to);
      }
    }
  }
  return graph;
}

std::vector<std::string> IncludeGraph::IncludersOf(std::string_view path) const {
  std::set<std::string, std::less<>> reached;
  std::vector<std::string_view> open = {path};
  while (!open.empty()) {
    const auto direct = includers_.find(open.back());
    open.pop_back();
    if (direct == includers_.end()) continue;
    for (const std::string& includer : direct->second) {
      if (includer != path && reached.insert(includer).second) open.push_back(includer);
    }
  }
  return {reached.begin(), reached.end()};
}

bool IncludeGraph::Includes(std::string_view from, std::string_view to) const {
  const std::vector<std::string> includers = IncludersOf(to);
  return std::ranges::binary_search(includers, from);
}

bool IncludeGraph::IncludesDirectly(std::string_view from, std::string_view to) const {
  const auto direct = includers_.find(to);
  return direct != includers_.end() && direct->second.contains(std::string(from));
}

}  // namespace mergegate::planning
