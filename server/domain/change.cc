#include "server/domain/change.h"

#include <algorithm>
#include <array>

namespace mergegate {
namespace {

bool HasExtension(std::string_view path, const auto& extensions) {
  const size_t slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  return std::ranges::find(extensions, name.substr(dot + 1)) != extensions.end();
}

}  // namespace

bool IsCppSource(std::string_view path) {
  static constexpr std::array<std::string_view, 8> kExtensions = {"c", "cc", "cpp", "cxx", "c++", "C", "m", "mm"};
  return HasExtension(path, kExtensions);
}

bool IsCppHeader(std::string_view path) {
  static constexpr std::array<std::string_view, 10> kExtensions = {"h", "hh",  "hpp", "hxx", "h++",
                                                                   "H", "inc", "ipp", "tcc", "inl"};
  return HasExtension(path, kExtensions);
}

const ChangedFile* Diff::FindNew(std::string_view path) const {
  for (const ChangedFile& file : files) {
    if (!file.new_path.empty() && file.new_path == path) return &file;
  }
  return nullptr;
}

const ChangedFile* Diff::FindOld(std::string_view path) const {
  for (const ChangedFile& file : files) {
    if (!file.old_path.empty() && file.old_path == path) return &file;
  }
  return nullptr;
}

std::optional<std::string> Diff::NewPath(std::string_view old_path) const {
  const ChangedFile* file = FindOld(old_path);
  if (file == nullptr) return std::string(old_path);
  if (file->new_path.empty()) return std::nullopt;
  return file->new_path;
}

std::optional<std::pair<std::string, int>> Diff::MapLine(std::string_view old_path, int line) const {
  const ChangedFile* file = FindOld(old_path);
  if (file == nullptr) return std::make_pair(std::string(old_path), line);
  if (file->new_path.empty()) return std::nullopt;
  int shift = 0;
  for (const Hunk& hunk : file->hunks) {
    if (hunk.old_count > 0 && line >= hunk.old_start && line < hunk.old_start + hunk.old_count) return std::nullopt;
    const int last_old = hunk.old_count > 0 ? hunk.old_start + hunk.old_count - 1 : hunk.old_start;
    if (line <= last_old) break;
    shift += hunk.new_count - hunk.old_count;
  }
  return std::make_pair(file->new_path, line + shift);
}

bool Diff::IsAdded(std::string_view new_path, int line) const {
  const ChangedFile* file = FindNew(new_path);
  if (file == nullptr) return false;
  return std::ranges::any_of(file->hunks, [line](const Hunk& hunk) {
    return line >= hunk.new_start && line < hunk.new_start + hunk.new_count;
  });
}

std::vector<LineRange> Diff::ChangedLines(const ChangedFile& file, bool include_deletion_points) const {
  std::vector<LineRange> ranges;
  for (const Hunk& hunk : file.hunks) {
    if (hunk.new_count > 0) {
      ranges.push_back({hunk.new_start, hunk.new_start + hunk.new_count - 1});
    } else if (include_deletion_points && !file.new_path.empty()) {
      ranges.push_back({std::max(1, hunk.new_start), hunk.new_start + 1});
    }
  }
  return ranges;
}

int Diff::LinesAdded() const {
  int sum = 0;
  for (const ChangedFile& file : files) {
    for (const Hunk& hunk : file.hunks) sum += hunk.new_count;
  }
  return sum;
}

int Diff::LinesRemoved() const {
  int sum = 0;
  for (const ChangedFile& file : files) {
    for (const Hunk& hunk : file.hunks) sum += hunk.old_count;
  }
  return sum;
}

}  // namespace mergegate
