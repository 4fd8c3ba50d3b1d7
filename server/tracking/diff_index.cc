#include "server/tracking/diff_index.h"

#include <algorithm>

namespace mergegate::tracking {

DiffIndex::DiffIndex(const Diff& diff) {
  for (const ChangedFile& file : diff.files) {
    if (!file.new_path.empty()) by_new_path_.try_emplace(file.new_path, &file);
    if (file.old_path.empty()) continue;
    const auto [entry, is_first] = by_old_path_.try_emplace(file.old_path);
    if (!is_first) continue;
    entry->second.file = &file;
    std::vector<int>& shifts = entry->second.shifts;
    shifts.push_back(0);
    for (const Hunk& hunk : file.hunks) shifts.push_back(shifts.back() + hunk.new_count - hunk.old_count);
  }
}

const ChangedFile* DiffIndex::FindNew(std::string_view path) const {
  const auto found = by_new_path_.find(path);
  return found == by_new_path_.end() ? nullptr : found->second;
}

std::optional<std::string_view> DiffIndex::NewPath(std::string_view old_path) const {
  const auto found = by_old_path_.find(old_path);
  if (found == by_old_path_.end()) return old_path;
  if (found->second.file->new_path.empty()) return std::nullopt;
  return found->second.file->new_path;
}

std::optional<std::pair<std::string_view, int>> DiffIndex::MapLine(std::string_view old_path, int line) const {
  const auto found = by_old_path_.find(old_path);
  if (found == by_old_path_.end()) return std::make_pair(old_path, line);
  const auto& [file, shifts] = found->second;
  if (file->new_path.empty()) return std::nullopt;
  // The first hunk that does not lie wholly above the line; an insertion lies above the lines after its start.
  const auto above = [line](const Hunk& hunk) {
    return (hunk.old_count > 0 ? hunk.old_start + hunk.old_count - 1 : hunk.old_start) < line;
  };
  const auto hunk = std::ranges::partition_point(file->hunks, above);
  if (hunk != file->hunks.end() && hunk->old_count > 0 && hunk->old_start <= line) return std::nullopt;
  const std::string_view new_path = file->new_path;
  return std::make_pair(new_path, line + shifts[static_cast<size_t>(hunk - file->hunks.begin())]);
}

bool DiffIndex::AddsWithin(std::string_view new_path, int first, int last) const {
  const ChangedFile* file = FindNew(new_path);
  if (file == nullptr) return false;
  const auto adds = [](const Hunk& hunk) { return hunk.new_count > 0; };
  if (first <= 0) return file->change == FileChange::kAdded || std::ranges::any_of(file->hunks, adds);
  const auto above = [first](const Hunk& hunk) { return hunk.new_start + std::max(hunk.new_count, 1) <= first; };
  const auto start = std::ranges::partition_point(file->hunks, above);
  for (auto hunk = start; hunk != file->hunks.end() && hunk->new_start <= std::max(first, last); ++hunk) {
    if (adds(*hunk)) return true;
  }
  return false;
}

}  // namespace mergegate::tracking
