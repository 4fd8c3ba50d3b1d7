#include "server/planning/include_index.h"

#include <algorithm>
#include <array>
#include <utility>

#include "server/domain/change.h"
#include "server/planning/lexical_path.h"

namespace mergegate::planning {
namespace {

// C headers by name (C++ headers have no extension), and POSIX ones that trees like to have namesakes of.
bool IsSystemHeader(std::string_view name) {
  static constexpr std::array<std::string_view, 52> kHeaders = {
      "aio.h",    "assert.h", "complex.h",  "ctype.h",    "dirent.h",  "dlfcn.h",     "errno.h",   "fcntl.h",
      "fenv.h",   "float.h",  "fnmatch.h",  "getopt.h",   "glob.h",    "grp.h",       "iconv.h",   "inttypes.h",
      "io.h",     "iso646.h", "langinfo.h", "libgen.h",   "limits.h",  "locale.h",    "malloc.h",  "math.h",
      "memory.h", "netdb.h",  "poll.h",     "pthread.h",  "pwd.h",     "regex.h",     "sched.h",   "semaphore.h",
      "setjmp.h", "signal.h", "spawn.h",    "stdalign.h", "stdarg.h",  "stdatomic.h", "stdbool.h", "stddef.h",
      "stdint.h", "stdio.h",  "stdlib.h",   "string.h",   "strings.h", "syslog.h",    "termios.h", "time.h",
      "unistd.h", "utime.h",  "wchar.h",    "windows.h"};
  static constexpr std::array<std::string_view, 10> kDirectories = {"sys/",     "linux/", "asm/",  "bits/", "net/",
                                                                    "netinet/", "arpa/",  "mach/", "gnu/",  "c++/"};
  if (std::ranges::find(kHeaders, name) != kHeaders.end()) return true;
  return std::ranges::any_of(kDirectories, [&](std::string_view directory) { return name.starts_with(directory); });
}

// Number of leading directories that two paths share.
int CommonDirectories(std::string_view a, std::string_view b) {
  int common = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()) && a[i] == b[i]; ++i) common += a[i] == '/' ? 1 : 0;
  return common;
}

}  // namespace

IncludeIndex::IncludeIndex(const Tree& tree) : tree_(tree) {
  status_ = tree.ForEachFile([&](std::string_view path, const BlobId& blob) {
    files_.emplace_back(path);
    blobs_.emplace(path, blob);
    by_name_[std::string(FileName(path))].emplace_back(path);
  });
}

const std::vector<Include>& IncludeIndex::IncludesOf(const std::string& path) const {
  static const std::vector<Include>* const kNone = new std::vector<Include>;
  const auto [known, is_new] = includes_.try_emplace(path);
  if (is_new) {
    const auto blob = blobs_.find(path);
    if (blob == blobs_.end()) {
      includes_.erase(known);
      return *kNone;
    }
    // A file above the tree's size limit includes nothing that we can see: its own unit will say so.
    known->second = ScanCache::Shared().IncludesOf(blob->second, [&] { return tree_.ReadFile(path); });
  }
  return *known->second;
}

bool IncludeIndex::MentionsAny(const std::string& path, const std::vector<uint64_t>& identifiers) const {
  const auto blob = blobs_.find(path);
  if (blob == blobs_.end()) return false;
  const auto [known, is_new] = identifiers_.try_emplace(path);
  if (is_new) {
    known->second = ScanCache::Shared().IdentifiersOf(blob->second, [&] { return tree_.ReadFile(path); });
  }
  return std::ranges::any_of(identifiers,
                             [&](uint64_t name) { return std::ranges::binary_search(*known->second, name); });
}

std::string IncludeIndex::Text(const std::string& path) const {
  absl::StatusOr<std::string> text = tree_.ReadFile(path);
  return text.ok() ? *std::move(text) : "";
}

std::vector<std::string> IncludeIndex::Resolve(std::string_view from, const Include& include,
                                               const std::vector<std::string>& include_dirs) const {
  if (include.name.starts_with('/')) return {};
  if (!include.angle) {
    std::string beside = NormalizePath(JoinPath(Directory(from), include.name));
    if (Contains(beside)) return {std::move(beside)};
  }
  std::vector<std::string> found;
  for (const std::string& directory : include_dirs) {
    std::string path = NormalizePath(JoinPath(directory, include.name));
    if (Contains(path) && std::ranges::find(found, path) == found.end()) found.push_back(std::move(path));
  }
  return found;
}

std::string IncludeIndex::Guess(std::string_view from, const Include& include) const {
  // "../x.h" that is not beside its includer is nowhere.
  if (include.name.find("..") != std::string::npos || IsSystemHeader(include.name)) return "";
  const bool bare = include.name.find('/') == std::string::npos;
  if (include.angle && bare && include.name.find('.') == std::string::npos) return "";  // <memory>, <version>
  const auto named = by_name_.find(std::string(FileName(include.name)));
  if (named == by_name_.end()) return "";
  const std::string* best = nullptr;
  int best_common = -1;
  for (const std::string& path : named->second) {
    if (path != include.name && !path.ends_with("/" + include.name)) continue;
    const int common = CommonDirectories(from, path);
    if (common > best_common || (common == best_common && path.size() < best->size())) {
      best = &path;
      best_common = common;
    }
  }
  return best == nullptr ? "" : *best;
}

}  // namespace mergegate::planning
