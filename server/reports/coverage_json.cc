// The JSON of `llvm-cov export` (data[].files[].segments), of gcovr and of `gcov --json-format` (files[].lines).
#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/reports/artifact_path.h"
#include "server/reports/coverage.h"
#include "server/reports/json_view.h"

namespace mergegate::reports {
namespace {

using nlohmann::json;

// From its place to the next segment's, code was run `count` times.
struct Segment {
  int line = 0;
  double count = 0;
  bool counted = false;  // false: skipped by the preprocessor, or outside of all functions
  bool is_entry = false;
  bool is_gap = false;
  bool StartsRegion() const { return counted && is_entry && !is_gap; }
};

// Lines of a file as llvm-cov shows them (LineCoverageStats of llvm/ProfileData/Coverage): a line is executable when a
// counted region begins in it, or goes on into it, and it does not begin with a skipped one; its count is the largest
// of the regions that begin in it, else of the one that goes on.
void AddLines(const std::vector<Segment>& segments, size_t most, CoveredLines& lines) {
  const Segment* before = nullptr;  // the last of an earlier line
  for (size_t first = 0; first < segments.size();) {
    const int line = segments[first].line;
    size_t end = first;
    while (end < segments.size() && segments[end].line == line) ++end;
    // Lines between the last segment's and this one.
    if (before != nullptr && before->counted) {
      for (int between = before->line + 1; between < line && lines.size() < most; ++between) {
        lines[between] |= before->count > 0;
      }
    }
    bool begins = false, mapped = false;
    double count = before == nullptr ? 0 : before->count;
    for (size_t i = first; i < end; ++i) {
      begins |= segments[i].StartsRegion();
      mapped |= segments[i].counted && segments[i].is_entry;
      if (segments[i].StartsRegion()) count = std::max(count, segments[i].count);
    }
    const bool starts_skipped = !segments[first].counted && segments[first].is_entry;
    mapped |= !starts_skipped && ((before != nullptr && before->counted) || begins);
    if (mapped) lines[line] |= count > 0;
    before = &segments[end - 1];
    first = end;
  }
}

class JsonReader {
 public:
  absl::StatusOr<CoverageReport> Read(const json& document) {
    const JsonView root(&document, "", &error_);
    const bool llvm = root.Get("type").exists() && root.Get("type").Text() == "llvm.coverage.json.export";
    if (llvm) {
      report_.format = "llvm-cov";
      const JsonView data = root.Get("data");
      for (size_t i = 0; i < data.size() && error_.empty(); ++i) ReadSegments(data.At(i).Get("files"));
    } else if (root.Get("gcovr/format_version").exists() || root.Get("format_version").exists()) {
      report_.format = root.Get("gcovr/format_version").exists() ? "gcovr" : "gcov";
      ReadLines(root.Get("files"));
    } else {
      return absl::InvalidArgumentError("coverage: this JSON is none of llvm-cov's, gcovr's or gcov's");
    }
    if (!error_.empty()) return absl::InvalidArgumentError(absl::StrCat("coverage: ", error_));
    return std::move(report_);
  }

 private:
  void ReadSegments(const JsonView& files) {
    for (size_t i = 0; i < files.size() && error_.empty(); ++i) {
      const JsonView file = files.At(i);
      const std::optional<std::string> path = PlainPath(file.Get("filename").Text());
      if (!path) continue;
      std::vector<Segment> segments;
      const JsonView list = file.Get("segments");
      for (size_t k = 0; k < list.size() && error_.empty(); ++k) segments.push_back(ReadSegment(list.At(k)));
      if (!std::ranges::is_sorted(segments, {}, &Segment::line)) list.Complain("segments out of order");
      if (!segments.empty() && segments.front().line < 1) list.Complain("a segment on line 0: lines count from 1");
      CoveredLines& lines = report_.files[*path];
      AddLines(segments, kMostCoveredLines - std::min(told_, kMostCoveredLines), lines);
      Tell(lines.size(), file);
    }
  }

  // [line, column, count, has count, is region entry, is gap region]
  static Segment ReadSegment(const JsonView& segment) {
    const auto flag = [&](size_t i) {
      const json* value = segment.At(i).raw();
      return value != nullptr && (value->is_boolean() ? value->get<bool>() : value->is_number() && *value != 0);
    };
    if (segment.size() < 5) segment.Complain("[line, column, count, has count, is region entry, ...] was expected");
    return {.line = segment.At(0).Number().value_or(0),
            .count = segment.At(2).Decimal().value_or(0),
            .counted = flag(3),
            .is_entry = flag(4),
            .is_gap = flag(5)};
  }

  void ReadLines(const JsonView& files) {
    for (size_t i = 0; i < files.size() && error_.empty(); ++i) {
      const JsonView file = files.At(i);
      const JsonView list = file.Get("lines");
      const std::optional<std::string> path = PlainPath(file.Get("file").Text());
      if (!path) continue;
      CoveredLines& lines = report_.files[*path];
      for (size_t k = 0; k < list.size() && error_.empty(); ++k) {
        const JsonView line = list.At(k);
        const json* noncode = line.Get("gcovr/noncode").raw();
        const int number = line.Get("line_number").Number().value_or(0);
        if (number > 0 && (noncode == nullptr || *noncode != true)) {
          lines[number] |= line.Get("count").Decimal().value_or(0) > 0;
        }
      }
      Tell(list.size(), file);
    }
  }

  void Tell(size_t lines, const JsonView& file) {
    told_ += lines;
    if (told_ > kMostCoveredLines) file.Complain(absl::StrCat("more than ", kMostCoveredLines, " lines in all"));
  }

  CoverageReport report_;
  std::string error_;
  size_t told_ = 0;
};

}  // namespace

absl::StatusOr<CoverageReport> ParseCoverageJson(std::string_view text) {
  ASSIGN_OR_RETURN(const json document, ParseJsonObject(text, "coverage"));
  return JsonReader().Read(document);
}

}  // namespace mergegate::reports
