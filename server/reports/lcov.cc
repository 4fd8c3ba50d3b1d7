// lcov's tracefiles (man geninfo): SF:<path>, DA:<line>,<count>[,<checksum>], end_of_record. Other records tell of
// functions and branches.
#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "server/reports/artifact_path.h"
#include "server/reports/coverage.h"

namespace mergegate::reports {

absl::StatusOr<CoverageReport> ParseLcov(std::string_view text) {
  CoverageReport report{.format = "lcov", .files = {}};
  CoveredLines* lines = nullptr;  // of the open record; null when its path could not be read
  bool open = false;
  size_t told = 0;
  int number = 0;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    const auto refuse = [&](const std::string& what) {
      return absl::InvalidArgumentError(absl::StrCat("coverage: line ", number, ": ", what));
    };
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (line.starts_with("SF:")) {
      const std::optional<std::string> path = PlainPath(line.substr(3));
      lines = path ? &report.files[*path] : nullptr;
      open = true;
    } else if (line == "end_of_record") {
      lines = nullptr;
      open = false;
    } else if (line.starts_with("DA:")) {
      if (!open) return refuse("DA: outside of a record (SF: was expected before)");
      int at = 0;
      double count = 0;  // lcov writes large counts as 1e+10
      const char* const last = line.data() + line.size();
      const auto [comma, no_line] = std::from_chars(line.data() + 3, last, at);
      const bool good = no_line == std::errc() && at >= 0 && comma != last && *comma == ',' &&
                        std::from_chars(comma + 1, last, count).ec == std::errc();
      if (!good) {
        return refuse("DA:<line>,<count> was expected");
      }
      if (++told > kMostCoveredLines) return refuse(absl::StrCat("more than ", kMostCoveredLines, " lines"));
      if (lines != nullptr && at > 0) (*lines)[at] |= count > 0;
    } else if (!line.empty() && line.front() != '#' &&
               !std::ranges::all_of(line.substr(0, line.find(':')), [](char c) { return c >= 'A' && c <= 'Z'; })) {
      return refuse("this is no coverage report: lcov, llvm-cov JSON, Cobertura XML, gcovr or gcov JSON was expected");
    }
  }
  if (report.files.empty()) {
    return absl::InvalidArgumentError(
        "coverage: no file is told of; lcov, llvm-cov JSON, Cobertura XML, gcovr or gcov JSON was expected");
  }
  return report;
}

}  // namespace mergegate::reports
