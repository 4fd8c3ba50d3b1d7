// Any bytes are a policy or a list of problems with positions; never a crash. A good one can be put in words.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/config/policy_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const mergegate::config::ParsedPolicy parsed = mergegate::config::ParsePolicy(text);
  for (const mergegate::PolicyProblem& problem : parsed.problems) {
    if (problem.line < 1 || problem.column < 1 || problem.message.empty()) std::abort();
  }
  if (parsed.problems.empty()) {
    if (parsed.policy.version != 1) std::abort();
    if (mergegate::config::DescribeConditions(parsed.policy).size() != parsed.policy.conditions.size()) std::abort();
  }
  return 0;
}
