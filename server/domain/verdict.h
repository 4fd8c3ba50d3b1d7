// Facts that the gate looks at, and the verdict that it gives: counterparts of
// proto/mergegate/v1/{facts,verdict}.proto.
#ifndef MERGEGATE_SERVER_DOMAIN_VERDICT_H_
#define MERGEGATE_SERVER_DOMAIN_VERDICT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/domain/analysis.h"
#include "server/domain/finding.h"
#include "server/domain/ids.h"
#include "server/domain/policy.h"
#include "server/domain/review.h"
#include "server/domain/score.h"

namespace mergegate {

// Values equal those of the proto enums.
enum class VerdictState { kUnspecified = 0, kPass = 1, kFail = 2, kInconclusive = 3 };
enum class ConditionState {
  kUnspecified = 0,
  kSatisfied = 1,
  kUnsatisfied = 2,
  kOverridden = 3,
  kNotApplicable = 4,
  kUndecided = 5
};

struct ConditionResult {
  std::string name;
  std::string kind;
  ConditionLevel level = ConditionLevel::kBlock;
  ConditionState state = ConditionState::kUnspecified;
  std::string actual;
  std::string threshold;
  std::string reason;
  std::vector<std::string> fingerprints;
  bool operator==(const ConditionResult&) const = default;
};

struct FileCoverage {
  std::string path;
  std::vector<std::string> units;
  CommandSource source = CommandSource::kUnspecified;
  std::string reason;
  int changed_lines = 0;
  bool operator==(const FileCoverage&) const = default;
};

struct DeclarationCoverage {
  std::string name;
  std::string path;
  int line = 0;
  bool at_base = false;
  std::vector<std::string> units;
  int instantiations = 0;
  int units_left_out = 0;
  std::string reason;
  bool operator==(const DeclarationCoverage&) const = default;
};

struct Coverage {
  int changed_lines = 0;
  int parsed_lines = 0;
  int guessed_lines = 0;
  int missed_lines = 0;
  int changed_declarations = 0;
  int units_affected = 0;
  int units_analyzed = 0;
  std::vector<FileCoverage> files;
  std::vector<std::string> units_left_out;
  std::string sandbox_missing;
  std::vector<DeclarationCoverage> declarations;
  bool operator==(const Coverage&) const = default;
};

// Ten-thousandths, so that entries sum exactly.
struct LedgerEntry {
  int points = 0;
  std::string reason;
  std::vector<std::string> evidence;
  bool operator==(const LedgerEntry&) const = default;
};

struct Metric {
  int value = 0;  // 0..10000, the sum of the entries' points
  std::vector<LedgerEntry> ledger;
  std::vector<std::string> missing;
  bool operator==(const Metric&) const = default;
};

struct Relaxation {
  std::string kind;
  std::string path;
  int line = 0;
  std::string text;
  bool operator==(const Relaxation&) const = default;
};

struct Action {
  std::string kind;
  std::string subject;
  std::string description;
  bool operator==(const Action&) const = default;
};

struct Counterfactual {
  bool reachable = false;
  bool smallest = false;
  std::vector<Action> actions;
  std::string reason;
  int q_after = 0;
  bool operator==(const Counterfactual&) const = default;
};

struct FunctionChange {
  std::string function;
  std::string path;
  int line = 0;
  std::optional<FunctionMeasurement> before;
  FunctionMeasurement after;
  bool operator==(const FunctionChange&) const = default;
};

// Which of the changed executable lines of a file tests ran.
struct TestedFile {
  std::string path = {};
  int executable = 0;               // changed lines that can be run
  std::vector<int> uncovered = {};  // of these, those that no test ran; ascending
  bool operator==(const TestedFile&) const = default;
};

// What the coverage reports that came with the change say of its lines.
struct TestCoverage {
  std::vector<TestedFile> files = {};        // changed C and C++ files that a report tells of; by path
  std::vector<std::string> unreported = {};  // changed C and C++ sources with code added that none tells of; by path
  bool operator==(const TestCoverage&) const = default;
};

// Whether a change that adds code brings tests along, as far as paths tell.
struct TouchedTests {
  int code_lines = 0;      // C and C++ lines with a word on them, added or altered outside of tests
  int test_lines = 0;      // lines added or altered in tests, of any language
  bool has_tests = false;  // the base holds tests, or the change adds some
  bool operator==(const TouchedTests&) const = default;
};

struct PolicyRef {
  std::string source;
  std::string digest;
  bool operator==(const PolicyRef&) const = default;
};

// What one measure of a change does to its odds of causing a defect, against a typical change of its project.
struct RiskFactor {
  std::string text;    // "x1.8: 710 lines added; typical 60"
  int milli_bits = 0;  // 1000 x the binary logarithm of the factor
  bool size = false;   // grows with the change, whatever it does
  bool operator==(const RiskFactor&) const = default;
};

// How likely the change is to cause a defect that is fixed within a year, by its project's past.
struct RiskFacts {
  int probability = 0;              // millionths
  int typical = 0;                  // millionths; of a change with typical measures
  int examples = 0;                 // past changes of which it is known, and that the model was fitted on
  std::vector<RiskFactor> factors;  // the ones that matter most first
  std::string missing;              // why nothing is known; the rest is 0 then
  // While the history is being read: commits read, and all of them. No part of a verdict: it says when one asked.
  int commits_read = 0;
  int commits_in_all = 0;
  bool operator==(const RiskFacts&) const = default;
};

// Everything that scoring and gate look at; stored, so that a verdict can be replayed.
struct Facts {
  CommitId base_commit;
  CommitId head_commit;
  std::string missing_base;
  std::vector<Finding> findings;
  std::vector<AnalysisFailure> failures;
  Coverage coverage;
  std::vector<FunctionChange> functions;
  std::vector<DuplicateBlock> duplicates;
  std::vector<Relaxation> relaxations;
  int lines_added = 0;
  int lines_removed = 0;
  std::vector<std::string> changed_paths;
  std::vector<std::string> imported_tools;
  std::string policy_text;
  std::string policy_source;
  std::vector<std::string> policy_problems;
  int cpp_lines_added = 0;
  Tier tier = Tier::kUnspecified;
  std::vector<Piece> pieces;
  std::optional<ReviewFacts> review;
  std::optional<RiskFacts> risk;      // nullopt: of a time, or a place, that does not know of it
  std::optional<TestCoverage> tests;  // absent: no readable report of coverage came
  std::optional<ScoreFacts> scores = {};
  std::optional<TouchedTests> touched_tests = {};  // nullopt: of a time that does not know of it
  bool operator==(const Facts&) const = default;
};

struct Verdict {
  VerdictState state = VerdictState::kUnspecified;
  std::string summary;
  CommitId base_commit;
  CommitId head_commit;
  PolicyRef policy;
  std::vector<ConditionResult> conditions;
  std::vector<Finding> findings;
  std::vector<AnalysisFailure> failures;
  Coverage coverage;
  Metric quality;
  Counterfactual counterfactual;
  std::vector<Relaxation> relaxations;
  std::vector<FunctionChange> functions;
  std::vector<DuplicateBlock> duplicates;
  int rules_version = 0;
  Tier tier = Tier::kUnspecified;
  std::optional<ProjectM> project_m = {};
  std::optional<RiskFacts> risk = {};  // as the facts have it, all but how much of the history was read
  bool operator==(const Verdict&) const = default;
};

struct StageCost {
  std::string stage;
  double wall_seconds = 0;
  double cpu_seconds = 0;
  bool operator==(const StageCost&) const = default;
};

struct RunStats {
  std::vector<StageCost> stages;
  int units_total = 0;
  int units_analyzed = 0;
  int units_from_cache = 0;
  int64_t peak_memory_kib = 0;
  double wall_seconds = 0;
  double cpu_seconds = 0;
  int parses = 0;
  int preambles_reused = 0;
  int bodies_skipped = 0;
  int entries_analyzed = 0;
  int entries_reused = 0;
  int history_read = 0;    // commits, while the history that risk needs is being read; else 0
  int history_in_all = 0;  // of how many
  bool operator==(const RunStats&) const = default;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_VERDICT_H_
