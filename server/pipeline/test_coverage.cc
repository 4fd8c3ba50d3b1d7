#include "server/pipeline/test_coverage.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/domain/change.h"
#include "server/domain/glob.h"
#include "server/reports/coverage.h"

namespace mergegate::pipeline {
namespace {

using reports::CoveredLines;

// Whether there is anything to run on the line, comments aside.
bool HasWord(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  if (line.starts_with('*') || line.starts_with("/*")) return false;
  line = line.substr(0, line.find("//"));
  return std::ranges::any_of(line, [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); });
}

// The folders of the machine that could be the repository's: below each, `path` is a file of the head.
std::vector<std::string> FoldersAbove(const Tree& head, const std::string& path) {
  std::vector<std::string> folders;
  for (size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    if (head.FindBlob(std::string_view(path).substr(slash + 1))) folders.push_back(path.substr(0, slash));
  }
  return folders;
}

// The lines of a report by path of the head. A file under another folder than the repository's is nobody's.
std::map<std::string, CoveredLines> ByHeadPath(const Tree& head, const std::map<std::string, CoveredLines>& files) {
  std::map<std::string, std::vector<std::string>> folders;  // of files whose path is not the head's
  std::map<std::string, int> votes;  // for the folder that the repository was in, by files that it explains
  for (const auto& [path, lines] : files) {
    if (head.FindBlob(path)) continue;
    for (const std::string& folder : folders[path] = FoldersAbove(head, path)) ++votes[folder];
  }
  std::map<std::string, CoveredLines> by_path;
  for (const auto& [path, lines] : files) {
    std::string of = path;
    if (const auto foreign = folders.find(path); foreign != folders.end()) {
      if (foreign->second.empty()) continue;
      const auto best =
          std::ranges::max_element(foreign->second, {}, [&](const std::string& folder) { return votes[folder]; });
      of = path.substr(best->size() + 1);
    }
    CoveredLines& known = by_path[of];
    for (const auto& [line, ran] : lines) known[line] |= ran;
  }
  return by_path;
}

}  // namespace

ImportedCoverage ReadCoverage(const PatchSet& patch_set, const std::vector<ImportedReport>& reports,
                              const std::vector<std::string>& exclude_paths) {
  ImportedCoverage imported;
  std::map<std::string, CoveredLines> lines;
  for (const ImportedReport& report : reports) {
    if (report.kind != ReportKind::kCoverage) continue;
    const auto fail = [&](std::string message) {
      imported.failures.push_back({.analyzer = "",
                                   .unit = report.name,
                                   .kind = FailureKind::kInternal,
                                   .message = std::move(message),
                                   .at_base = false});
    };
    absl::StatusOr<reports::CoverageReport> parsed = reports::ParseCoverage(report.text);
    if (!parsed.ok()) {
      fail(std::string(parsed.status().message()));
      continue;
    }
    const std::string example = parsed->files.empty() ? "nothing" : parsed->files.begin()->first;
    auto by_path = ByHeadPath(*patch_set.head_tree, parsed->files);
    if (by_path.empty()) {
      fail(absl::StrCat("coverage: no file of it is one of the head commit; it tells of ", example));
      continue;
    }
    if (!imported.tests) imported.tests.emplace();
    for (auto& [path, of_file] : by_path) {
      CoveredLines& known = lines[path];
      for (const auto& [line, ran] : of_file) known[line] |= ran;
    }
  }
  if (!imported.tests) return imported;

  for (const ChangedFile& file : patch_set.diff.files) {
    if (!IsCpp(file.new_path) || AnyGlobMatches(exclude_paths, file.new_path)) continue;
    const auto told = lines.find(file.new_path);
    TestedFile tested{.path = file.new_path};
    bool has_code = false;
    for (const Hunk& hunk : file.hunks) {
      for (size_t i = 0; i < hunk.added.size(); ++i) {
        if (!HasWord(hunk.added[i])) continue;
        has_code = true;
        if (told == lines.end()) break;
        const int number = hunk.new_start + static_cast<int>(i);
        const auto line = told->second.find(number);
        if (line == told->second.end()) continue;
        ++tested.executable;
        if (!line->second) tested.uncovered.push_back(number);
      }
    }
    if (told != lines.end()) {
      imported.tests->files.push_back(std::move(tested));
    } else if (has_code && IsCppSource(file.new_path)) {  // a header may hold nothing that can be run
      imported.tests->unreported.push_back(file.new_path);
    }
  }
  std::ranges::sort(imported.tests->files, {}, &TestedFile::path);
  std::ranges::sort(imported.tests->unreported);
  return imported;
}

absl::StatusOr<TouchedTests> TouchedTestsOf(const PatchSet& patch_set, const AnalysisPolicy& policy) {
  const auto is_test = [&](std::string_view path) { return AnyGlobMatches(policy.test_paths, path); };
  TouchedTests touched;
  for (const ChangedFile& file : patch_set.diff.files) {
    if (file.new_path.empty() || AnyGlobMatches(policy.exclude_paths, file.new_path)) continue;
    const bool test = is_test(file.new_path);
    if (!test && !IsCpp(file.new_path)) continue;
    for (const Hunk& hunk : file.hunks) {
      (test ? touched.test_lines : touched.code_lines) += static_cast<int>(std::ranges::count_if(hunk.added, HasWord));
    }
  }
  touched.has_tests = touched.test_lines > 0;
  if (touched.has_tests || touched.code_lines == 0) return touched;  // the base's paths would change nothing
  RETURN_IF_ERROR(patch_set.base_tree->ForEachFile(
      [&](std::string_view path, const BlobId&) { touched.has_tests = touched.has_tests || is_test(path); }));
  return touched;
}

}  // namespace mergegate::pipeline
