#include "server/config/policy_file.h"

namespace mergegate::config {

std::string_view DefaultPolicyText() {
  return R"yaml(# mergegate's default policy. Copy it to .mergegate.yaml in the root of the repository and make it yours.
# A change is judged by the policy of its base commit, so a change cannot relax the rules it is judged by.
version: 1

analysis:
  # Clang's path-sensitive analyzer (null dereferences, leaks, use after free), besides clang-tidy.
  static_analyzer: true
  # The gate decides when all of the analysis is done (full), or already on clang-tidy's checks and the measurements
  # (matching); the path-sensitive analyzer then goes on in the background, so that a later request finds its results.
  tier: full
  # For the changed headers of a run, units are chosen until what changed is covered, up to this number; 0 means no bound.
  # Each header gets one in any case.
  header_units: 8
  # A run of so many equal tokens is a duplicate (about ten lines).
  duplication_min_tokens: 100
  # Code that is not yours: neither analyzed nor counted.
  exclude_paths: ["third_party/**", "**/third_party/**", "**/vendor/**", "*.pb.h", "*.pb.cc"]
  # Where tests are, instead of the usual folders and names (test/**, *_test.*, ...). A change that adds code and touches
  # none of them loses a part of Q, unless a report of coverage says better what is tested.
  # test_paths: ["checks/**"]

# Who is asked to review a change that was submitted under a key of its own (mergegate check --change KEY). No condition
# below looks at reviews; these two would:
#   - {name: approved, kind: approvals, min: 1}     every changed declaration is approved, and nobody wants changes
#   - {name: owners, kind: owners}                  by owners of the changed paths (CODEOWNERS, OWNERS)
reviewers:
  # At most so many people; owner rules may make it more.
  count: 2
  # What one open review takes off a person's score (0 to 1).
  load_weight: 0.1
  # Working hours until an answer is due.
  respond_hours: 8

# "level: block" decides the verdict, "level: warn" is only shown. When a fact is missing (a unit that does not parse, a
# report that did not arrive), a condition is undecided and the verdict inconclusive: that is never a pass.
conditions:
  # The one that matters: the change brings no problem that is probably a bug, neither on its own lines (new) nor
  # elsewhere by its doing (caused). What was there before is not held against it.
  - name: no-new-problems
    kind: findings
    level: block
    max: 0
    severity: major
    states: [new, caused]

  # Small remarks are worth reading, not worth blocking. This counts major ones too: it lists all that is new.
  - name: few-new-remarks
    kind: findings
    level: warn
    max: 5
    severity: minor
    states: [new, caused]

  # Q sums up debt, complexity and duplication added, from 0 to 1. An ordinary change has 0.9 or more; a critical
  # finding keeps it at 0.5 or less. Below 0.6 many small things have come together that no other condition blocks.
  - name: quality
    kind: q
    level: block
    min: 0.6

  # At least this share of the changed C and C++ lines was analyzed; lines under guessed compiler flags count, but what
  # is found in them never blocks. Less than that leaves the verdict inconclusive.
  - name: analyzed
    kind: analysis_coverage
    level: block
    min: 0.9

  # Functions that the change adds or makes worse stay readable: cognitive complexity, 0 for straight code.
  - name: readable-functions
    kind: complexity
    level: warn
    max: 25

  # Of the added C and C++ lines, the share that copies other code.
  - name: little-duplication
    kind: duplication
    level: warn
    max: 0.1

  # A change with more added lines than this is seldom read with care.
  - name: reviewable-size
    kind: size
    level: warn
    max: 1000

  # Every NOLINT that the change adds deserves a look. It does not hide anything from the conditions above.
  - name: no-new-suppressions
    kind: suppressions_added
    level: warn
    max: 0
)yaml";
}

}  // namespace mergegate::config
