#include "server/git/line_owners.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <utility>

#include "server/git/blame_memo.h"

namespace mergegate::git {
namespace {

// Lines of the base that a hunk touches, or stands between.
LineRange TouchedLines(const Hunk& hunk) {
  if (hunk.old_count > 0) return {.first = hunk.old_start, .last = hunk.old_start + hunk.old_count - 1};
  return {.first = std::max(1, hunk.old_start), .last = hunk.old_start + 1};
}

int Overlap(const LineRange& a, const LineRange& b) {
  return std::max(0, std::min(a.last, b.last) - std::max(a.first, b.first) + 1);
}

int ChangedLines(const ChangedFile& file) {
  return std::accumulate(file.hunks.begin(), file.hunks.end(), 0,
                         [](int sum, const Hunk& hunk) { return sum + hunk.old_count + hunk.new_count; });
}

// nullptr when it cannot be told.
BlameMemo::Hunks BlameOf(const Mirror& mirror, const CommitId& base, const std::string& path, int most_commits) {
  const BlameMemo::Key key{.mirror = mirror.path(), .commit = base, .path = path, .most_commits = most_commits};
  if (BlameMemo::Hunks known = BlameMemo::Shared().Find(key); known != nullptr) return known;
  absl::StatusOr<std::vector<BlameHunk>> blame = mirror.Blame(base, path, most_commits);
  return blame.ok() ? BlameMemo::Shared().Keep(key, *std::move(blame)) : nullptr;
}

void AddOwners(const Mirror& mirror, const CommitId& base, const ChangedFile& file, int most_commits,
               std::vector<reviewers::LineOwner>& owners) {
  const BlameMemo::Hunks blame = BlameOf(mirror, base, file.old_path, most_commits);
  if (blame == nullptr) return;
  std::map<std::pair<std::string, std::string>, int> lines;  // name and mail -> lines
  int total = 0;
  for (const Hunk& hunk : file.hunks) {
    const LineRange touched = TouchedLines(hunk);
    for (const BlameHunk& part : *blame) {
      const int common = Overlap(part.lines, touched);
      if (common == 0) continue;
      total += common;
      if (!part.commit.empty()) lines[{part.author_name, part.author_mail}] += common;
    }
  }
  const size_t before = owners.size();
  for (const auto& [who, count] : lines) {
    owners.push_back({.person = {.name = who.first, .mail = who.second, .login = {}},
                      .path = file.path(),
                      .share = static_cast<double>(count) / total});
  }
  std::sort(owners.begin() + static_cast<std::ptrdiff_t>(before), owners.end(), [](const auto& a, const auto& b) {
    return a.share != b.share ? a.share > b.share : a.person.mail < b.person.mail;
  });
}

}  // namespace

std::vector<reviewers::LineOwner> LineOwnersOf(const Mirror& mirror, const CommitId& base, const Diff& diff,
                                               const BlameLimits& limits) {
  std::vector<const ChangedFile*> files;
  for (const ChangedFile& file : diff.files) {
    if (!file.old_path.empty() && !file.hunks.empty()) files.push_back(&file);
  }
  std::ranges::sort(files, [](const ChangedFile* a, const ChangedFile* b) {
    const int lines_a = ChangedLines(*a), lines_b = ChangedLines(*b);
    return lines_a != lines_b ? lines_a > lines_b : a->path() < b->path();
  });
  if (files.size() > limits.files) files.resize(limits.files);
  std::ranges::sort(files, {}, &ChangedFile::path);
  std::vector<reviewers::LineOwner> owners;
  for (const ChangedFile* file : files) AddOwners(mirror, base, *file, limits.commits, owners);
  return owners;
}

}  // namespace mergegate::git
