// What analyzers say about places in the code. Field meanings, units and ends of ranges are those of
// proto/mergegate/v1/finding.proto, which is the contract; these are its plain C++ counterparts.
#ifndef MERGEGATE_SERVER_DOMAIN_FINDING_H_
#define MERGEGATE_SERVER_DOMAIN_FINDING_H_

#include <cstdint>
#include <string>
#include <vector>

namespace mergegate {

// Values equal those of the proto enum.
enum class Severity { kUnspecified = 0, kInfo = 1, kMinor = 2, kMajor = 3, kCritical = 4, kBlocker = 5 };
enum class BaselineState { kUnspecified = 0, kNew = 1, kCaused = 2, kUnchanged = 3, kFixed = 4 };

struct Note {
  std::string path;
  int line = 0;
  int column = 0;
  std::string message;
  bool operator==(const Note&) const = default;
};

struct Edit {
  std::string path;
  int64_t offset = 0;
  int64_t length = 0;
  std::string replacement;
  int start_line = 0;
  int start_column = 0;
  int end_line = 0;
  int end_column = 0;
  bool operator==(const Edit&) const = default;
};

struct Fix {
  std::string description;
  std::vector<Edit> edits;
  bool operator==(const Fix&) const = default;
};

struct Finding {
  std::string check = {};
  std::string analyzer = {};
  Severity severity = Severity::kUnspecified;
  std::string path = {};
  int line = 0;
  int column = 0;
  int end_line = 0;
  int end_column = 0;
  std::string message = {};
  std::string line_text = {};
  std::string function = {};
  std::string usr = {};
  std::vector<Note> notes = {};
  std::vector<Fix> fixes = {};
  std::string unit = {};
  bool guessed = false;
  std::string url = {};
  BaselineState state = BaselineState::kUnspecified;
  std::string fingerprint = {};
  std::string caused_by = {};
  bool suppressed_by_change = false;
  bool operator==(const Finding&) const = default;
};

struct FunctionMeasurement {
  std::string usr;
  std::string function;
  std::string path;
  int start_line = 0;
  int end_line = 0;
  int cognitive = 0;
  int cyclomatic = 0;
  int lines = 0;
  int nesting = 0;
  int parameters = 0;
  bool operator==(const FunctionMeasurement&) const = default;
};

struct DuplicateBlock {
  std::string path;
  int start_line = 0;
  int end_line = 0;
  std::string other_path;
  int other_start_line = 0;
  int other_end_line = 0;
  int tokens = 0;
  bool operator==(const DuplicateBlock&) const = default;
};

// Values equal those of the proto enum.
enum class FailureKind {
  kUnspecified = 0,
  kCrashed = 1,
  kTimedOut = 2,
  kOutOfMemory = 3,
  kParseError = 4,
  kNoCommand = 5,
  kNoSandbox = 6,
  kOutputLimit = 7,
  kNoWorker = 8,
  kInternal = 9,
};

struct AnalysisFailure {
  std::string analyzer;
  std::string unit;
  FailureKind kind = FailureKind::kUnspecified;
  std::string message;
  bool at_base = false;
  bool operator==(const AnalysisFailure&) const = default;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_FINDING_H_
