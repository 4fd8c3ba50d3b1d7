#include "analyzers/worker/answer.h"

#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "analyzers/worker/sandbox/frame.h"

namespace mergegate::worker {
namespace {

// Remembers the first requirement that did not hold.
class Requirements {
 public:
  // Names the part of the answer that the next requirements are about.
  void About(std::string_view list, int index) {
    list_ = list;
    index_ = index;
  }
  void Require(bool holds, std::string_view what) {
    if (holds || !status_.ok()) return;
    status_ = absl::InvalidArgumentError(absl::StrCat(std::string(list_), "[", index_, "]: ", std::string(what)));
  }
  const absl::Status& status() const { return status_; }

 private:
  std::string_view list_;
  int index_ = 0;
  absl::Status status_;
};

bool IsTreePath(std::string_view path) {
  if (path.empty() || path.front() == '/' || path.find('\0') != std::string_view::npos) return false;
  while (true) {
    const size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (segment.empty() || segment == "." || segment == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

bool IsObjectId(std::string_view text) {
  return text.size() == 40 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

constexpr std::string_view kBadPath = "the path is not inside the repository";
constexpr std::string_view kBadPosition = "a line or column is out of range";

bool IsLineRange(int first, int last) { return first >= 1 && last >= first; }

void CheckEdit(const v1::Edit& edit, Requirements& all) {
  all.Require(IsTreePath(edit.path()), kBadPath);
  all.Require(edit.offset() >= 0 && edit.length() >= 0 && edit.start_line() >= 0 && edit.start_column() >= 0 &&
                  edit.end_line() >= 0 && edit.end_column() >= 0,
              "an edit's position is out of range");
}

void CheckFinding(const v1::Finding& finding, Requirements& all) {
  all.Require(!finding.check().empty(), "the check is not named");
  all.Require(v1::Severity_IsValid(finding.severity()) && finding.severity() != v1::SEVERITY_UNSPECIFIED,
              "the severity is unknown");
  all.Require(IsTreePath(finding.path()), kBadPath);
  all.Require(finding.line() >= 0 && finding.column() >= 0 && finding.end_line() >= 0 && finding.end_column() >= 0,
              kBadPosition);
  all.Require(
      finding.state() == v1::BASELINE_STATE_UNSPECIFIED && finding.fingerprint().empty() && finding.caused_by().empty(),
      "only the server tracks findings");
  for (const v1::Note& note : finding.notes()) {
    all.Require(note.path().empty() || IsTreePath(note.path()), kBadPath);
    all.Require(note.line() >= 0 && note.column() >= 0, kBadPosition);
  }
  for (const v1::Fix& fix : finding.fixes()) {
    for (const v1::Edit& edit : fix.edits()) CheckEdit(edit, all);
  }
}

void CheckMeasurement(const v1::FunctionMeasurement& measurement, Requirements& all) {
  all.Require(IsTreePath(measurement.path()), kBadPath);
  all.Require(IsLineRange(measurement.start_line(), measurement.end_line()), kBadPosition);
  all.Require(measurement.cognitive() >= 0 && measurement.cyclomatic() >= 1 && measurement.lines() >= 1 &&
                  measurement.nesting() >= 0 && measurement.parameters() >= 0,
              "a count is out of range");
}

void CheckDeclaration(const v1::Declaration& declaration, int declarations, Requirements& all) {
  all.Require(IsTreePath(declaration.path()), kBadPath);
  all.Require(IsLineRange(declaration.start_line(), declaration.end_line()), kBadPosition);
  for (const int reference : declaration.references()) {
    all.Require(reference >= 0 && reference < declarations, "a reference points to no declaration");
  }
}

void CheckDuplicate(const v1::DuplicateBlock& block, Requirements& all) {
  all.Require(IsTreePath(block.path()) && IsTreePath(block.other_path()), kBadPath);
  all.Require(IsLineRange(block.start_line(), block.end_line()) &&
                  IsLineRange(block.other_start_line(), block.other_end_line()),
              kBadPosition);
  all.Require(block.tokens() > 0, "it has no tokens");
}

template <typename List, typename Check>
void CheckEach(std::string_view name, const List& list, Requirements& all, Check check) {
  int index = 0;
  for (const auto& item : list) {
    all.About(name, index++);
    check(item);
    if (!all.status().ok()) return;
  }
}

// What an analyzer says is at most 32 MiB; on top of that comes what its caller adds.
constexpr size_t kMaxResultBytes = size_t{33} << 20;

absl::Status CheckSide(const v1::TaskResult& result, const v1::AnalysisTask& task) {
  if (result.findings_size() > task.limits().max_findings()) {
    return absl::InvalidArgumentError(
        absl::StrCat(result.findings_size(), " findings where ", task.limits().max_findings(), " are allowed"));
  }
  if (result.suppressed() < 0) return absl::InvalidArgumentError("suppressed: is negative");
  Requirements all;
  CheckEach("findings", result.findings(), all, [&](const auto& item) { CheckFinding(item, all); });
  CheckEach("measurements", result.measurements(), all, [&](const auto& item) { CheckMeasurement(item, all); });
  CheckEach("failures", result.failures(), all, [&](const v1::AnalysisFailure& failure) {
    all.Require(v1::FailureKind_IsValid(failure.kind()) && failure.kind() != v1::FAILURE_KIND_UNSPECIFIED,
                "the kind is unknown");
  });
  CheckEach("inputs", result.inputs(), all, [&](const v1::InputFile& input) {
    all.Require(IsTreePath(input.path()), kBadPath);
    all.Require(IsObjectId(input.blob()), "the blob is not an object id");
  });
  CheckEach("absent", result.absent(), all, [&](const std::string& path) { all.Require(IsTreePath(path), kBadPath); });
  CheckEach("declarations", result.declarations(), all,
            [&](const auto& item) { CheckDeclaration(item, result.declarations_size(), all); });
  CheckEach("duplicates", result.duplicates(), all, [&](const auto& item) { CheckDuplicate(item, all); });
  return all.status();
}

absl::Status CheckResult(const v1::TaskResult& result, const v1::AnalysisTask& task) {
  if (result.ByteSizeLong() > kMaxResultBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a result of ", result.ByteSizeLong(), " bytes"));
  }
  if (absl::Status status = CheckSide(result, task); !status.ok()) return status;
  if (result.has_base() != (task.has_unit() && task.unit().has_base())) {
    return absl::InvalidArgumentError(result.has_base() ? "base: is set, but the task names none" : "base: is missing");
  }
  if (!result.has_base()) return absl::OkStatus();
  const v1::TaskResult& base = result.base();
  if (base.has_base() || base.has_sandbox() || base.has_cost()) {
    return absl::InvalidArgumentError("base: has a base, sandbox or cost of its own");
  }
  const absl::Status status = CheckSide(base, task);
  return status.ok() ? status : absl::InvalidArgumentError(absl::StrCat("base.", std::string(status.message())));
}

}  // namespace

absl::StatusOr<v1::AnalyzerAnswer> ParseAnswer(std::string_view output, const v1::AnalysisTask& task) {
  const std::optional<std::string_view> payload = sandbox::ParseFrame(output);
  if (!payload) {
    return absl::InvalidArgumentError(absl::StrCat(output.size(), " bytes that are not exactly one frame"));
  }
  v1::AnalyzerAnswer answer;
  if (!answer.ParseFromArray(payload->data(), static_cast<int>(payload->size())) || !answer.has_result()) {
    return absl::InvalidArgumentError(absl::StrCat(payload->size(), " bytes that are not an AnalyzerAnswer"));
  }
  if (absl::Status status = CheckResult(answer.result(), task); !status.ok()) return status;
  return answer;
}

}  // namespace mergegate::worker
