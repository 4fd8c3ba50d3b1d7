#include "server/planning/exclusions.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/domain/glob.h"
#include "server/planning/lexical_path.h"

namespace mergegate::planning {
namespace {

constexpr int kMarkerLines = 20;

// "linguist-generated" of "linguist-generated=true"; "" for other attributes.
std::string_view LinguistName(std::string_view attribute) {
  for (std::string_view name : {"linguist-generated", "linguist-vendored"}) {
    std::string_view rest = attribute;
    if (rest.starts_with('-') || rest.starts_with('!')) rest.remove_prefix(1);
    if (rest == name || (rest.starts_with(name) && rest[name.size()] == '=')) return name;
  }
  return "";
}

bool IsSet(std::string_view attribute) {
  return !attribute.starts_with('-') && !attribute.starts_with('!') && !attribute.ends_with("=false");
}

std::vector<std::string> Words(std::string_view line) {
  return absl::StrSplit(absl::string_view(line.data(), line.size()), absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
}

}  // namespace

bool IsGeneratedMarker(std::string_view line) {
  return line.find("@generated") != std::string_view::npos || line.find("DO NOT EDIT") != std::string_view::npos;
}

bool MarksGenerated(std::string_view line) {
  const std::vector<std::string> words = Words(line);
  if (words.empty() || words[0].starts_with('#')) return false;
  for (size_t i = 1; i < words.size(); ++i) {
    if (!LinguistName(words[i]).empty() && IsSet(words[i])) return true;
  }
  return false;
}

Exclusions::Exclusions(const Tree& base, const IncludeIndex& base_index, const std::vector<std::string>& exclude_paths)
    : base_(base), exclude_paths_(exclude_paths) {
  // Paths are ordered, so that a directory's file follows its parent's and wins.
  for (const std::string& file : base_index.files()) {
    if (FileName(file) != ".gitattributes") continue;
    const absl::StatusOr<std::string> text = base.ReadFile(file);
    if (!text.ok()) continue;  // unreadable attributes exclude nothing
    for (absl::string_view line : absl::StrSplit(*text, '\n')) {
      const std::vector<std::string> words = Words({line.data(), line.size()});
      if (words.empty() || words[0].starts_with('#')) continue;
      for (size_t i = 1; i < words.size(); ++i) {
        const std::string_view name = LinguistName(words[i]);
        if (name.empty()) continue;
        attributes_.push_back({std::string(Directory(file)), words[0], std::string(name), IsSet(words[i])});
      }
    }
  }
}

std::string Exclusions::Why(std::string_view path) const {
  if (AnyGlobMatches(exclude_paths_, path)) return "excluded by the policy";
  for (std::string_view name : {"linguist-generated", "linguist-vendored"}) {
    bool set = false;
    for (const Attribute& attribute : attributes_) {
      if (attribute.name != name) continue;
      std::string_view inside = path;
      if (!attribute.directory.empty()) {
        const auto below = RelativeTo(attribute.directory, path);
        if (!below.has_value()) continue;
        inside = *below;
      }
      std::string_view pattern = attribute.pattern;
      if (pattern.starts_with('/')) pattern.remove_prefix(1);
      if (GlobMatches(pattern, inside)) set = attribute.set;
    }
    if (set) return absl::StrCat("marked ", std::string(name), " by .gitattributes");
  }
  return "";
}

std::string Exclusions::WhyChanged(std::string_view path, std::string_view base_path) const {
  if (std::string why = Why(path); !why.empty()) return why;
  if (base_path.empty()) return "";
  const absl::StatusOr<std::string> text = base_.ReadFile(base_path);
  if (!text.ok()) return "";
  int lines = 0;
  for (absl::string_view line : absl::StrSplit(*text, '\n')) {
    if (++lines > kMarkerLines) break;
    if (IsGeneratedMarker({line.data(), line.size()})) return "marked as generated at the base";
  }
  return "";
}

}  // namespace mergegate::planning
