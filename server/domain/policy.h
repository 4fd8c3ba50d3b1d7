// A project's gate settings: what .mergegate.yaml (version 1) says, parsed by server/config and evaluated by
// server/gate. The YAML keys are the names below in snake_case.
#ifndef MERGEGATE_SERVER_DOMAIN_POLICY_H_
#define MERGEGATE_SERVER_DOMAIN_POLICY_H_

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/domain/finding.h"
#include "server/domain/score.h"

namespace mergegate {

// How much of the analysis a verdict is made of. Values equal those of the proto enum AnalysisTier.
enum class Tier {
  kUnspecified = 0,
  kMatching = 1,  // clang-tidy's checks and the measurements
  kFull = 2,      // and the static analyzer, if the policy wants it
};

enum class ConditionLevel { kUnspecified = 0, kBlock = 1, kWarn = 2 };

// What a condition looks at. The id in YAML is in the comment.
enum class ConditionKind {
  kFindings,           // findings: number of matching findings <= max
  kQuality,            // q: Q of the change >= min
  kComplexity,         // complexity: no changed function above max (cognitive), unless it did not grow
  kDuplication,        // duplication: duplicated share of added C++ lines <= max (0 to 1)
  kSize,               // size: lines added <= max
  kAnalysisCoverage,   // analysis_coverage: share of changed lines parsed or guessed >= min; failed units -> undecided
  kSuppressionsAdded,  // suppressions_added: number <= max
  kRequiredReports,    // required_reports: reports of these tools were imported, else undecided
  kApprovals,          // approvals: every changed declaration has >= min approvals, and nobody wants changes
  kOwners,             // owners: owners of the changed paths approved them
  kTestCoverage,  // test_coverage: share of the changed executable lines that tests ran >= min; no report: undecided
};

// Which findings count for kFindings. Empty lists match everything.
struct FindingFilter {
  std::vector<BaselineState> states = {BaselineState::kNew, BaselineState::kCaused};
  Severity min_severity = Severity::kMajor;
  std::vector<std::string> checks;  // globs over check ids
  std::vector<std::string> paths;   // globs over paths ("src/**", "*.h")
  std::vector<std::string> exclude_paths;
  bool operator==(const FindingFilter&) const = default;
};

// All given parts must hold, else the condition is not applicable.
struct AppliesWhen {
  std::vector<std::string> paths;      // some changed path matches one of these globs
  std::optional<int> min_lines_added;  // at least so many lines were added
  bool operator==(const AppliesWhen&) const = default;
};

struct Condition {
  std::string name;  // unique in the policy
  ConditionKind kind = ConditionKind::kFindings;
  ConditionLevel level = ConditionLevel::kBlock;
  double threshold = 0;                 // max or min, as the kind says
  FindingFilter filter = {};            // kFindings only
  std::vector<std::string> tools = {};  // kRequiredReports only
  AppliesWhen applies_when = {};
  std::vector<std::string> override_roles = {};  // roles that may override it; empty = nobody
  bool operator==(const Condition&) const = default;
};

struct AnalysisPolicy {
  std::string checks;  // clang-tidy globs that replace the tree's .clang-tidy; empty = the tree's
  bool static_analyzer = true;
  Tier tier = Tier::kFull;  // what the gate decides on
  int analyzer_steps = 0;   // of the static analyzer for one entry point; 0 = its own default
  int header_units = 8;     // units that a run may choose for headers; 0 = no bound
  int unit_seconds = 900;   // wall clock for one unit
  int unit_memory_mib = 4096;
  int duplication_min_tokens = 100;
  bool require_sandbox = false;
  std::vector<std::string> exclude_paths;  // globs: generated or vendored code, not analyzed, not counted
  // Globs: where tests are.
  std::vector<std::string> test_paths = {"test/**",  "tests/**",  "**/test/**",     "**/tests/**", "**/testing/**",
                                         "*_test.*", "*_tests.*", "*_unittest.*",   "*Test.*",     "*Tests.*",
                                         "test_*.*", "tst_*.*",   "**/unittest*/**"};
  bool operator==(const AnalysisPolicy&) const = default;
};

// Who is asked to review, and how.
struct ReviewersPolicy {
  int count = 2;                      // at most so many are chosen; owner rules and `required` may make it more
  double load_weight = 0.1;           // what one open review takes off a person's score (0 to 1)
  int respond_hours = 8;              // working hours until an answer is due
  std::vector<std::string> required;  // always asked
  std::vector<std::string> exclude;   // never asked
  std::string fallback;               // asked when nobody else can be
  std::map<std::string, std::vector<std::string>> groups;  // members of what owner rules name ("@org/team")
  bool operator==(const ReviewersPolicy&) const = default;
};

// Whether the weights of M follow what is weak.
enum class AdaptMode {
  kOff,      // the policy's weights, always
  kPropose,  // a new version waits until somebody approves it
  kAuto,     // a new version holds at once
};

// How the weights of M adapt. Shares and metrics in ten-thousandths.
struct AdaptPolicy {
  AdaptMode mode = AdaptMode::kPropose;
  std::array<int, 5> targets = {6000, 6000, 6000, 6000, 6000};  // of E, Q, T, K, C
  int margin = 500;     // weak from `margin` under the target, until the target is reached again
  int gain = 2500;      // of its weight that a weak metric gains
  int most = 5000;      // of its weight that any metric gains or loses at most
  int dwell_days = 28;  // from one version to the next
  bool operator==(const AdaptPolicy&) const = default;
};

// How E, Q, T, K, C are joined.
struct ScoresPolicy {
  MetricWeights weights = kSourceWeights;
  std::map<std::string, int, std::less<>> sub_indices = {};  // relative weights by name, 0 to 100; absent: the default
  AdaptPolicy adapt = {};
  bool operator==(const ScoresPolicy&) const = default;
};

struct Policy {
  int version = 1;
  AnalysisPolicy analysis;
  ReviewersPolicy reviewers;
  ScoresPolicy scores = {};
  std::vector<Condition> conditions;
  bool operator==(const Policy&) const = default;
};

// One problem in a policy text; positions are 1-based.
struct PolicyProblem {
  int line = 0;
  int column = 0;
  std::string message;
  bool operator==(const PolicyProblem&) const = default;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_POLICY_H_
