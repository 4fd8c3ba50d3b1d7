#include "server/tracking/declarations.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "server/tracking/track.h"

namespace mergegate::tracking {
namespace {

bool HasRange(const Declaration& declaration) {
  return declaration.start_line >= 1 && declaration.end_line >= declaration.start_line;
}

}  // namespace

DeclarationMap::DeclarationMap(const std::vector<Declaration>& declarations) : declarations_(declarations) {
  std::map<std::string_view, std::vector<int>> by_path;
  for (size_t i = 0; i < declarations.size(); ++i) {
    if (HasRange(declarations[i])) by_path[declarations[i].path].push_back(static_cast<int>(i));
  }
  for (auto& [path, indices] : by_path) AddFile(path, indices);
}

void DeclarationMap::AddFile(std::string_view path, std::vector<int>& indices) {
  // Declarations of equal range go together.
  std::map<std::pair<int64_t, int64_t>, int> group_of;  // by (first line, line after the last)
  for (const int i : indices) {
    const Declaration& declaration = declarations_[static_cast<size_t>(i)];
    const auto [entry, is_first] = group_of.try_emplace({declaration.start_line, int64_t{declaration.end_line} + 1},
                                                        static_cast<int>(groups_.size()));
    if (is_first) groups_.emplace_back();
    groups_[static_cast<size_t>(entry->second)].push_back(i);
  }
  // Sweep over the lines where a range begins or ends; the shortest open one is the innermost.
  using Open = std::tuple<int64_t, int64_t, int>;                             // length, first line, group
  std::map<int64_t, std::pair<std::vector<Open>, std::vector<Open>>> events;  // begun and ended, by line
  for (const auto& [range, group] : group_of) {
    const Open open(range.second - range.first, range.first, group);
    events[range.first].first.push_back(open);
    events[range.second].second.push_back(open);
  }
  std::vector<Segment>& segments = segments_[path];
  std::set<Open> open;
  int64_t since = 0;
  for (const auto& [line, event] : events) {
    if (!open.empty()) {
      const int group = std::get<2>(*open.begin());
      segments.push_back({static_cast<int>(since), static_cast<int>(line - 1), group});
    }
    for (const Open& ended : event.second) open.erase(ended);
    open.insert(event.first.begin(), event.first.end());
    since = line;
  }
}

const std::vector<DeclarationMap::Segment>& DeclarationMap::Segments(std::string_view path) const {
  static const std::vector<Segment> kNone;
  const auto found = segments_.find(path);
  return found == segments_.end() ? kNone : found->second;
}

int DeclarationMap::Innermost(std::string_view path, int line) const {
  const std::vector<Segment>& segments = Segments(path);
  const auto segment = std::ranges::lower_bound(segments, line, {}, &Segment::last);
  if (segment == segments.end() || segment->first > line) return -1;
  return Group(segment->group).front();
}

Causes::Causes(const std::vector<Declaration>& declarations, const std::vector<int>& changed) {
  size_t entities = 0;
  for (const Declaration& declaration : declarations) {
    size_t entity = entities;
    if (!declaration.usr.empty()) entity = by_usr_.try_emplace(declaration.usr, entities).first->second;
    if (entity == entities) ++entities;
    entity_.push_back(entity);
  }
  std::vector<std::vector<size_t>> referrers(entities);
  for (size_t i = 0; i < declarations.size(); ++i) {
    for (const int reference : declarations[i].references) {
      if (reference < 0 || static_cast<size_t>(reference) >= declarations.size()) continue;
      referrers[entity_[static_cast<size_t>(reference)]].push_back(entity_[i]);
    }
  }
  // Breadth first from all changed declarations at once, against the references: whoever arrives first is nearest,
  // and among equals the first of the list.
  cause_.assign(entities, -1);
  std::deque<size_t> queue;
  for (const int index : changed) {
    const size_t entity = entity_[static_cast<size_t>(index)];
    if (cause_[entity] != -1) continue;
    cause_[entity] = index;
    queue.push_back(entity);
  }
  while (!queue.empty()) {
    const size_t entity = queue.front();
    queue.pop_front();
    for (const size_t referrer : referrers[entity]) {
      if (cause_[referrer] != -1) continue;
      cause_[referrer] = cause_[entity];
      queue.push_back(referrer);
    }
  }
}

int Causes::OfUsr(std::string_view usr) const {
  const auto found = by_usr_.find(usr);
  return found == by_usr_.end() ? -1 : cause_[found->second];
}

std::vector<Declaration> MergeDeclarations(const std::vector<std::vector<Declaration>>& units) {
  // Ordered by place, whatever the order of the units.
  using Key = std::tuple<std::string_view, int, std::string_view>;  // path, start_line, usr
  const auto key = [](const Declaration& d) { return Key(d.path, d.start_line, d.usr); };
  std::map<Key, int> index_of;
  for (const std::vector<Declaration>& unit : units) {
    for (const Declaration& declaration : unit) index_of.try_emplace(key(declaration), 0);
  }
  int next = 0;
  for (auto& [unused, index] : index_of) index = next++;

  std::vector<Declaration> merged(index_of.size());
  for (const std::vector<Declaration>& unit : units) {
    for (const Declaration& declaration : unit) {
      Declaration& into = merged[static_cast<size_t>(index_of.at(key(declaration)))];
      into.usr = declaration.usr;
      into.path = declaration.path;
      into.start_line = declaration.start_line;
      into.end_line = std::max(into.end_line, declaration.end_line);
      into.name = std::max(into.name, declaration.name);
      for (const int reference : declaration.references) {
        if (reference < 0 || static_cast<size_t>(reference) >= unit.size()) continue;
        into.references.push_back(index_of.at(key(unit[static_cast<size_t>(reference)])));
      }
    }
  }
  for (Declaration& declaration : merged) {
    std::vector<int>& references = declaration.references;
    std::ranges::sort(references);
    references.erase(std::unique(references.begin(), references.end()), references.end());
  }
  return merged;
}

std::vector<int> ChangedDeclarations(const Diff& diff, const std::vector<Declaration>& declarations) {
  const DeclarationMap map(declarations);
  std::set<int> groups;
  for (const ChangedFile& file : diff.files) {
    const std::vector<DeclarationMap::Segment>& segments = map.Segments(file.new_path);
    for (const LineRange& range : diff.ChangedLines(file, /*include_deletion_points=*/true)) {
      auto segment = std::ranges::lower_bound(segments, range.first, {}, &DeclarationMap::Segment::last);
      for (; segment != segments.end() && segment->first <= range.last; ++segment) groups.insert(segment->group);
    }
  }
  std::vector<int> changed;
  for (const int group : groups) changed.insert(changed.end(), map.Group(group).begin(), map.Group(group).end());
  std::ranges::sort(changed);
  return changed;
}

}  // namespace mergegate::tracking
