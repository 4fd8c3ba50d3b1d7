// Parses .mergegate.yaml (version 1). Unknown keys, wrong types and impossible values are problems with line and
// column, never guesses. Pure: text in, policy out.
#ifndef MERGEGATE_SERVER_CONFIG_POLICY_FILE_H_
#define MERGEGATE_SERVER_CONFIG_POLICY_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "server/domain/policy.h"

namespace mergegate::config {

struct ParsedPolicy {
  Policy policy;                        // meaningful only when problems is empty
  std::vector<PolicyProblem> problems;  // ordered by position
};

// Never throws, whatever the bytes; texts over 1 MiB, anchors that expand without bound and nesting over 32 levels
// are problems.
ParsedPolicy ParsePolicy(std::string_view yaml);

// The policy used where a project has none; ParsePolicy of it has no problems.
std::string_view DefaultPolicyText();

// JSON Schema (draft 7) of the file, for editors.
std::string_view PolicyJsonSchema();

// One line per condition, in words.
std::vector<std::string> DescribeConditions(const Policy& policy);

}  // namespace mergegate::config

#endif  // MERGEGATE_SERVER_CONFIG_POLICY_FILE_H_
