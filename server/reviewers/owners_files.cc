// OWNERS files: Chromium's lines and Kubernetes' keys.
#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/reviewers/owners.h"
#include "server/reviewers/text.h"

namespace mergegate::reviewers {
namespace {

constexpr int kDeepestInclude = 8;
constexpr size_t kMostOwners = 2'000;

std::string_view WithoutComment(std::string_view line) {
  const size_t hash = line.find('#');
  return Strip(hash == std::string_view::npos ? line : line.substr(0, hash));
}

std::string FolderOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : std::string(path.substr(0, slash));
}

// --- Chromium ---

class ChromiumReader {
 public:
  ChromiumReader(const std::map<std::string, std::string>& files, std::vector<std::string>& problems)
      : files_(files), problems_(problems) {}

  // What `path` says is added to `to`; only its owners, for an included file.
  void Read(const std::string& path, OwnersFile& to, int depth) {
    const auto file = files_.find(path);
    int number = 0;
    for (const std::string_view raw : Split(file->second, '\n')) {
      ++number;
      const std::string_view line = WithoutComment(raw);
      if (!line.empty()) ReadLine(std::string(line), path, number, to, depth);
    }
  }

 private:
  void Problem(const std::string& path, int line, std::string_view what) {
    problems_.push_back(absl::StrCat(path, ":", line, ": ", std::string(what)));
  }

  void ReadLine(const std::string& line, const std::string& path, int number, OwnersFile& to, int depth) {
    if (line == "set noparent") {
      if (depth == 0) to.no_parents = true;
    } else if (line.starts_with("per-file ")) {
      if (depth == 0) ReadPerFile(line.substr(9), path, number, to);
    } else if (line.starts_with("file:")) {
      Include(line.substr(5), path, number, to.owners, depth);
    } else {
      AddOwner(line, path, number, to.owners);
    }
  }

  void AddOwner(const std::string& word, const std::string& path, int number, std::vector<std::string>& to) {
    const bool fine = word == "*" || (word.find_first_of(" \t=:") == std::string::npos && word.size() <= 200);
    if (!fine) return Problem(path, number, absl::StrCat("\"", word.substr(0, 60), "\" is no owner; it is skipped"));
    if (to.size() < kMostOwners && std::ranges::find(to, word) == to.end()) to.push_back(word);
  }

  void ReadPerFile(const std::string& rest, const std::string& path, int number, OwnersFile& to) {
    const size_t equals = rest.find('=');
    if (equals == std::string::npos) return Problem(path, number, "per-file wants PATTERN=OWNERS; the line is skipped");
    OwnersFile::ForFiles rule;
    for (const std::string_view word : Split(std::string_view(rest).substr(equals + 1), ',')) {
      const std::string owner(Strip(word));
      if (owner == "set noparent") {
        rule.no_parents = true;
      } else if (owner.starts_with("file:")) {
        Include(owner.substr(5), path, number, rule.owners, 0);
      } else if (!owner.empty()) {
        AddOwner(owner, path, number, rule.owners);
      }
    }
    for (const std::string_view glob : Split(std::string_view(rest).substr(0, equals), ',')) {
      rule.glob = std::string(Strip(glob));
      if (!rule.glob.empty() && to.for_files.size() < kMostOwners) to.for_files.push_back(rule);
    }
  }

  // "//a/OWNERS" from the root, "b/OWNERS" from the including file's folder.
  void Include(std::string_view what, const std::string& from, int number, std::vector<std::string>& owners,
               int depth) {
    what = Strip(what);
    std::string path;
    if (what.starts_with("//")) {
      path = std::string(what.substr(2));
    } else {
      const std::string folder = FolderOf(from);
      path = absl::StrCat(folder, folder.empty() ? "" : "/", std::string(what));
    }
    if (depth >= kDeepestInclude) return Problem(from, number, "includes go too deep; this one is skipped");
    if (!files_.contains(path)) {
      return Problem(from, number, absl::StrCat("includes ", path.substr(0, 100), ", which is not there"));
    }
    if (!including_.insert(path).second) return Problem(from, number, absl::StrCat("includes ", path, " in a circle"));
    OwnersFile included;
    Read(path, included, depth + 1);
    including_.erase(path);
    for (std::string& owner : included.owners) {
      if (owners.size() < kMostOwners && std::ranges::find(owners, owner) == owners.end()) {
        owners.push_back(std::move(owner));
      }
    }
  }

  const std::map<std::string, std::string>& files_;
  std::vector<std::string>& problems_;
  std::set<std::string> including_;
};

// --- Kubernetes: the part of YAML that these files are written in: keys, block lists, flow lists ---

std::string Unquoted(std::string_view text) {
  text = Strip(text);
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front()) {
    text = text.substr(1, text.size() - 2);
  }
  return std::string(text);
}

class KubernetesReader {
 public:
  KubernetesReader(std::string_view path, std::vector<std::string>& problems) : path_(path), problems_(problems) {}

  OwnersFile Read(std::string_view text) {
    int number = 0;
    for (const std::string_view raw : Split(text, '\n')) {
      ++number;
      const std::string_view content = WithoutComment(raw);
      if (content.empty() || content == "---") continue;
      const size_t indent = raw.find_first_not_of(' ');
      if (content.starts_with("- ")) {
        Item(Unquoted(content.substr(2)));
      } else if (const size_t colon = content.rfind(':'); colon != std::string_view::npos) {
        Key(indent, Unquoted(content.substr(0, colon)), Strip(content.substr(colon + 1)));
      } else {
        problems_.push_back(absl::StrCat(std::string(path_), ":", number, ": not understood; the line is skipped"));
      }
    }
    return std::move(file_);
  }

 private:
  void Key(size_t indent, std::string key, std::string_view value) {
    list_ = nullptr;
    if (indent == 0) {
      top_ = key;
      filter_indent_ = 0;
      if (key == "approvers") list_ = &file_.owners;
    } else if (top_ == "options") {
      if (key == "no_parent_owners" && value == "true") file_.no_parents = true;
      return;
    } else if (top_ == "filters") {
      if (filter_indent_ == 0) filter_indent_ = indent;
      if (indent == filter_indent_) {
        if (file_.for_files.size() < kMostOwners) file_.for_files.push_back({.regex = std::move(key)});
        return;
      }
      if (key == "approvers" && !file_.for_files.empty()) list_ = &file_.for_files.back().owners;
    }
    if (!value.starts_with('[') || !value.ends_with(']')) return;
    for (const std::string_view word : Split(value.substr(1, value.size() - 2), ',')) Item(Unquoted(word));
  }

  void Item(std::string owner) {
    if (list_ != nullptr && !owner.empty() && list_->size() < kMostOwners) list_->push_back(std::move(owner));
  }

  std::string_view path_;
  std::vector<std::string>& problems_;
  OwnersFile file_;
  std::string top_;
  size_t filter_indent_ = 0;
  std::vector<std::string>* list_ = nullptr;
};

bool LooksLikeKubernetes(std::string_view text) {
  for (const std::string_view raw : Split(text, '\n')) {
    const std::string_view line = WithoutComment(raw);
    if (line.empty() || line == "---") continue;
    return line.ends_with(':') || line.find(": [") != std::string_view::npos;
  }
  return false;
}

}  // namespace

OwnersFile ParseOwnersFile(std::string_view path, const std::map<std::string, std::string>& files,
                           std::vector<std::string>& problems) {
  const std::string key(path);
  const auto file = files.find(key);
  if (file == files.end()) return {};
  if (LooksLikeKubernetes(file->second)) return KubernetesReader(path, problems).Read(file->second);
  OwnersFile read;
  ChromiumReader(files, problems).Read(key, read, 0);
  return read;
}

}  // namespace mergegate::reviewers
