#include "server/reviewers/owners.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/domain/glob.h"
#include "server/reviewers/text.h"

namespace mergegate::reviewers {
namespace {

constexpr size_t kMostProblems = 100;
constexpr size_t kLargestFile = 3 << 20;  // GitHub's bound
constexpr std::array<std::string_view, 4> kCodeOwners = {".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS",
                                                         "docs/CODEOWNERS"};

std::string_view LastSegment(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view Parent(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

// Owners found for one path, before groups are resolved.
struct Found {
  std::string rule;
  int required = 1;
  std::vector<std::string> owners;
};

bool Applies(const OwnersFile::ForFiles& rule, std::string_view path, std::string_view folder) {
  if (!rule.glob.empty()) return GlobMatches(rule.glob, LastSegment(path));
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  const RE2 regex(rule.regex, options);
  const std::string_view below = folder.empty() ? path : path.substr(folder.size() + 1);
  return regex.ok() && RE2::PartialMatch(re2::StringPiece(below.data(), below.size()), regex);
}

// "aliases:" of OWNERS_ALIASES, in the same part of YAML as OWNERS: each key's list.
std::map<std::string, std::vector<std::string>> ReadAliases(const std::string& text) {
  std::map<std::string, std::vector<std::string>> aliases;
  std::vector<std::string>* list = nullptr;
  for (const std::string_view raw : Split(text, '\n')) {
    const std::string_view line = Strip(raw.substr(0, raw.find('#')));
    if (line.starts_with("- ")) {
      if (list != nullptr) list->emplace_back(Strip(line.substr(2)));
    } else if (line.ends_with(':') && raw.starts_with(' ')) {
      list = &aliases[std::string(line.substr(0, line.size() - 1))];
    }
  }
  return aliases;
}

}  // namespace

bool IsOwnersPath(std::string_view path) {
  return std::ranges::find(kCodeOwners, path) != kCodeOwners.end() || LastSegment(path).ends_with("OWNERS") ||
         LastSegment(path) == "OWNERS_ALIASES";
}

OwnerRules ReadOwnerRules(const std::map<std::string, std::string>& files) {
  OwnerRules rules;
  std::map<std::string, std::string> readable;
  for (const auto& [path, text] : files) {
    if (text.size() > kLargestFile) {
      rules.problems_.push_back(absl::StrCat(path, ": larger than 3 MiB; it is skipped"));
    } else {
      readable.emplace(path, text);
    }
  }
  for (const std::string_view path : kCodeOwners) {
    const auto file = readable.find(std::string(path));
    if (file == readable.end()) continue;
    rules.codeowners_ = file->first;
    rules.sections_ = ParseCodeOwners(path, file->second, rules.problems_);
    break;
  }
  for (const auto& [path, text] : readable) {
    if (LastSegment(path) == "OWNERS") {
      rules.folders_[std::string(Parent(path))] = ParseOwnersFile(path, readable, rules.problems_);
    } else if (LastSegment(path) == "OWNERS_ALIASES") {
      for (auto& [alias, members] : ReadAliases(text)) rules.aliases_[alias] = std::move(members);
    }
  }
  if (rules.problems_.size() > kMostProblems) rules.problems_.resize(kMostProblems);
  return rules;
}

std::vector<OwnerDemand> OwnerRules::DemandsOf(const std::vector<std::string>& paths, const Handle& author,
                                               const std::map<std::string, std::vector<std::string>>& groups) const {
  std::vector<std::pair<Found, std::string>> found;  // and the path
  for (const std::string& path : paths) {
    for (const CodeOwnersSection& section : sections_) {
      const CodeOwnersRule* last = nullptr;
      for (const CodeOwnersRule& rule : section.rules) {
        if (CodeOwnersMatches(rule.pattern, path)) last = &rule;
      }
      if (last == nullptr || last->excludes || last->owners.empty()) continue;
      const std::string in = section.name.empty() ? "" : absl::StrCat(" [", section.name, "]");
      found.push_back({{absl::StrCat(codeowners_, ":", last->line, in), section.required, last->owners}, path});
    }
    Found nearest{.rule = "", .required = 1, .owners = {}};
    for (std::string_view folder = Parent(path);; folder = Parent(folder)) {
      bool stop = folder.empty();
      if (const auto file = folders_.find(folder); file != folders_.end()) {
        std::vector<std::string> owners;
        stop = stop || file->second.no_parents;
        bool instead = false;
        for (const OwnersFile::ForFiles& rule : file->second.for_files) {
          if (!Applies(rule, path, folder)) continue;
          owners.insert(owners.end(), rule.owners.begin(), rule.owners.end());
          instead = instead || rule.no_parents;
        }
        stop = stop || instead;
        if (!instead) owners.insert(owners.end(), file->second.owners.begin(), file->second.owners.end());
        if (!owners.empty() && nearest.rule.empty()) {
          nearest.rule = absl::StrCat(std::string(folder), folder.empty() ? "" : "/", "OWNERS");
        }
        nearest.owners.insert(nearest.owners.end(), owners.begin(), owners.end());
      }
      if (stop) break;
    }
    if (!nearest.owners.empty()) found.push_back({std::move(nearest), path});
  }

  std::map<std::tuple<std::string, std::vector<std::string>>, OwnerDemand> joined;
  for (auto& [rule, path] : found) {
    if (std::ranges::find(rule.owners, "*") != rule.owners.end()) continue;
    auto [it, added] = joined.try_emplace({rule.rule, rule.owners});
    OwnerDemand& demand = it->second;
    if (added) {
      demand.rule = rule.rule;
      demand.required = std::max(1, rule.required);
      demand.optional = rule.required == 0;
      const auto add = [&](const std::string& person) {
        const Handle handle = HandleOf(person);
        if (handle != author && std::ranges::find(demand.owners, handle) == demand.owners.end()) {
          demand.owners.push_back(handle);
        }
      };
      for (const std::string& owner : rule.owners) {
        const auto members = groups.find(owner);
        const auto alias = aliases_.find(owner);
        if (members != groups.end()) {
          std::ranges::for_each(members->second, add);
        } else if (alias != aliases_.end()) {
          std::ranges::for_each(alias->second, add);
        } else if (owner.starts_with('@') && owner.find('/') != std::string::npos) {
          if (demand.unknown.empty()) {
            demand.unknown = absl::StrCat(owner, " has no members in the policy (reviewers: groups:)");
          }
        } else {
          add(owner);
        }
      }
    }
    if (demand.paths.empty() || demand.paths.back() != path) demand.paths.push_back(path);
  }
  std::vector<OwnerDemand> demands;
  for (auto& [key, demand] : joined) {
    std::ranges::sort(demand.paths);
    demands.push_back(std::move(demand));
  }
  return demands;
}

}  // namespace mergegate::reviewers
