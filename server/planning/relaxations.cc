#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/domain/fingerprint.h"
#include "server/planning/exclusions.h"
#include "server/planning/lexical_path.h"
#include "server/planning/plan.h"

namespace mergegate::planning {
namespace {

constexpr size_t kMaxTextBytes = 300;

// One marker in a line: "NOLINTNEXTLINE" with the checks it names.
struct Suppression {
  std::string kind;
  std::set<std::string> checks;  // empty = all
  bool operator==(const Suppression&) const = default;
};

std::string Trimmed(std::string_view text) {
  return std::string(absl::StripAsciiWhitespace(absl::string_view(text.data(), text.size())).substr(0, kMaxTextBytes));
}

std::set<std::string> CheckNames(std::string_view list) {
  std::set<std::string> names;
  for (absl::string_view name : absl::StrSplit(absl::string_view(list.data(), list.size()), ',')) {
    name = absl::StripAsciiWhitespace(name);
    if (name == "*") return {};
    if (!name.empty()) names.emplace(name);
  }
  return names;
}

// clang-tidy looks for the word anywhere in a line, in comments or not; so do we.
std::vector<Suppression> SuppressionsIn(std::string_view line) {
  std::vector<Suppression> found;
  for (size_t at = line.find("NOLINT"); at != std::string_view::npos; at = line.find("NOLINT", at + 1)) {
    size_t end = at;
    while (end < line.size() && absl::ascii_isupper(static_cast<unsigned char>(line[end]))) ++end;
    const std::string_view word = line.substr(at, end - at);
    if (word != "NOLINT" && word != "NOLINTNEXTLINE" && word != "NOLINTBEGIN" && word != "NOLINTEND") continue;
    Suppression suppression{std::string(word), {}};
    if (end < line.size() && line[end] == '(') {
      const size_t close = line.find(')', end);
      if (close != std::string_view::npos) suppression.checks = CheckNames(line.substr(end + 1, close - end - 1));
    }
    found.push_back(std::move(suppression));
  }
  const std::string squeezed = WithoutBlanks(line);
  for (std::string_view attribute :
       {"clang::suppress", "gsl::suppress", "__attribute__((suppress", "__clang_analyzer__"}) {
    if (squeezed.find(attribute) != std::string::npos) found.push_back({std::string(attribute), {}});
  }
  if (squeezed.starts_with("#pragma") && squeezed.find("diagnosticignored") != std::string::npos) {
    found.push_back({squeezed, {}});
  }
  return found;
}

// True when `old` hid at least what `now` hides.
bool Covers(const Suppression& old, const Suppression& now) {
  if (old.kind != now.kind) return false;
  if (old.checks.empty()) return true;
  return !now.checks.empty() && std::ranges::includes(old.checks, now.checks);
}

// Removes from `olds` the first that covers `now`; false when none does.
bool TakeCovering(std::vector<Suppression>& olds, const Suppression& now) {
  const auto found = std::ranges::find_if(olds, [&](const Suppression& old) { return Covers(old, now); });
  if (found == olds.end()) return false;
  olds.erase(found);
  return true;
}

// A suppression is kept when its own hunk removed one that hid as much, and moved when the same line was removed
// elsewhere in the file. A moved BEGIN or END hides other lines than before: it counts as added.
void FindAddedSuppressions(const ChangedFile& file, std::vector<Relaxation>& relaxations) {
  std::multiset<std::string> removed_lines;
  for (const Hunk& hunk : file.hunks) {
    for (const std::string& line : hunk.removed) {
      if (!SuppressionsIn(line).empty()) removed_lines.insert(WithoutBlanks(line));
    }
  }
  for (const Hunk& hunk : file.hunks) {
    std::vector<Suppression> removed_here;
    for (const std::string& line : hunk.removed) {
      for (Suppression& suppression : SuppressionsIn(line)) removed_here.push_back(std::move(suppression));
    }
    for (size_t i = 0; i < hunk.added.size(); ++i) {
      const std::string& line = hunk.added[i];
      const std::vector<Suppression> suppressions = SuppressionsIn(line);
      if (suppressions.empty()) continue;
      const bool region = std::ranges::any_of(suppressions, [](const Suppression& suppression) {
        return suppression.kind == "NOLINTBEGIN" || suppression.kind == "NOLINTEND";
      });
      int added = 0;
      for (const Suppression& suppression : suppressions) added += TakeCovering(removed_here, suppression) ? 0 : 1;
      if (added == 0) continue;
      if (const auto moved = removed_lines.find(WithoutBlanks(line)); !region && moved != removed_lines.end()) {
        removed_lines.erase(moved);
        continue;
      }
      relaxations.push_back({"nolint", file.new_path, hunk.new_start + static_cast<int>(i), Trimmed(line)});
    }
  }
}

// Calls `visit(line number, text)` for every added line.
template <typename Visit>
void ForEachAdded(const ChangedFile& file, const Visit& visit) {
  for (const Hunk& hunk : file.hunks) {
    for (size_t i = 0; i < hunk.added.size(); ++i) visit(hunk.new_start + static_cast<int>(i), hunk.added[i]);
  }
}

void FindGeneratedMarkers(const ChangedFile& file, std::vector<Relaxation>& relaxations) {
  std::multiset<std::string> removed;
  for (const Hunk& hunk : file.hunks) {
    for (const std::string& line : hunk.removed) {
      if (IsGeneratedMarker(line)) removed.insert(WithoutBlanks(line));
    }
  }
  ForEachAdded(file, [&](int line, const std::string& text) {
    if (!IsGeneratedMarker(text)) return;
    if (const auto kept = removed.find(WithoutBlanks(text)); kept != removed.end()) {
      removed.erase(kept);
    } else {
      relaxations.push_back({"generated-marker", file.new_path, line, Trimmed(text)});
    }
  });
}

// The whole file counts: what one edited line means depends on the others.
void AddWholeFile(const ChangedFile& file, std::string_view kind, std::vector<Relaxation>& relaxations) {
  std::string text = file.new_path.empty() ? "file deleted" : "file changed";
  if (file.change == FileChange::kAdded) text = "file added";
  if (file.change == FileChange::kRenamed) text = absl::StrCat("file renamed from ", file.old_path);
  bool first = true;
  ForEachAdded(file, [&](int, const std::string& line) {
    if (!first || Trimmed(line).empty()) return;
    text = Trimmed(line);
    first = false;
  });
  relaxations.push_back({std::string(kind), file.path(), 0, std::move(text)});
}

}  // namespace

std::vector<Relaxation> FindRelaxations(const Diff& diff) {
  std::vector<Relaxation> relaxations;
  for (const ChangedFile& file : diff.files) {
    // A renamed-away rule file is as good as deleted: look at both names.
    const auto is_named = [&](auto matches) { return matches(file.old_path) || matches(file.new_path); };
    if (is_named([](const std::string& path) { return path == ".mergegate.yaml"; })) {
      AddWholeFile(file, "policy", relaxations);
    } else if (is_named([](const std::string& path) { return FileName(path) == ".clang-tidy"; })) {
      AddWholeFile(file, "clang-tidy", relaxations);
    } else if (FileName(file.new_path) == ".gitattributes") {
      ForEachAdded(file, [&](int line, const std::string& text) {
        if (MarksGenerated(text)) relaxations.push_back({"gitattributes", file.new_path, line, Trimmed(text)});
      });
    } else if (IsCpp(file.new_path)) {
      FindAddedSuppressions(file, relaxations);
      FindGeneratedMarkers(file, relaxations);
    }
  }
  std::ranges::sort(relaxations, [](const Relaxation& a, const Relaxation& b) {
    return std::tie(a.path, a.line, a.kind, a.text) < std::tie(b.path, b.line, b.kind, b.text);
  });
  return relaxations;
}

LinesByPath IgnoredSuppressions(const std::vector<Relaxation>& relaxations) {
  std::map<std::string, std::set<int>> lines;
  for (const Relaxation& relaxation : relaxations) {
    if (relaxation.kind == "nolint") lines[relaxation.path].insert(relaxation.line);
  }
  LinesByPath ignored;
  for (const auto& [path, numbers] : lines) {
    std::vector<LineRange>& ranges = ignored[path];
    for (int line : numbers) {
      if (!ranges.empty() && ranges.back().last + 1 == line) {
        ranges.back().last = line;
      } else {
        ranges.push_back({line, line});
      }
    }
  }
  return ignored;
}

}  // namespace mergegate::planning
