// Facts in a few words, for tests of scoring and gate.
//
//   Facts facts = CleanChange(100);                          // 100 C++ lines added, all parsed
//   facts.findings = {NewFinding("bugprone-x", Severity::kMajor)};
#ifndef MERGEGATE_TESTS_SUPPORT_FACTS_BUILDER_H_
#define MERGEGATE_TESTS_SUPPORT_FACTS_BUILDER_H_

#include <optional>
#include <string>

#include "server/domain/verdict.h"

namespace mergegate::testing {

// A change of src/a.cc that adds `lines` lines, analyzed without a finding.
inline Facts CleanChange(int lines) {
  Facts facts;
  facts.base_commit = CommitId(std::string(40, 'b'));
  facts.head_commit = CommitId(std::string(40, 'a'));
  facts.lines_added = facts.cpp_lines_added = lines;
  facts.changed_paths = {"src/a.cc"};
  facts.coverage.changed_lines = facts.coverage.parsed_lines = lines;
  facts.coverage.files = {{.path = "src/a.cc",
                           .units = {"src/a.cc"},
                           .source = CommandSource::kGiven,
                           .reason = {},
                           .changed_lines = lines}};
  facts.policy_text = "version: 1\n";
  facts.policy_source = "base commit";
  return facts;
}

// The fingerprint is "v1:<check>:1".
inline Finding NewFinding(std::string check, Severity severity, std::string unit = "src/a.cc") {
  Finding finding;
  finding.check = check;
  finding.analyzer = "clang-tidy";
  finding.severity = severity;
  finding.path = unit;
  finding.line = 3;
  finding.message = "something is wrong";
  finding.unit = unit;
  finding.state = BaselineState::kNew;
  finding.fingerprint = "v1:" + check + ":1";
  return finding;
}

inline FunctionChange ChangedFunction(std::string name, std::optional<int> before, int after) {
  FunctionChange change;
  change.function = change.after.function = name;
  change.path = change.after.path = "src/a.cc";
  change.line = 7;
  change.after.cognitive = after;
  if (before) {
    change.before = change.after;
    change.before->cognitive = *before;
  }
  return change;
}

inline DuplicateBlock CopyOf(int first, int last) {
  return {.path = "src/a.cc",
          .start_line = first,
          .end_line = last,
          .other_path = "src/old.cc",
          .other_start_line = first,
          .other_end_line = last,
          .tokens = 100};
}

inline AnalysisFailure Failure(std::string unit, std::string analyzer = "", bool at_base = false) {
  return {.analyzer = std::move(analyzer),
          .unit = std::move(unit),
          .kind = FailureKind::kParseError,
          .message = "'x.h' file not found",
          .at_base = at_base};
}

}  // namespace mergegate::testing

#endif  // MERGEGATE_TESTS_SUPPORT_FACTS_BUILDER_H_
