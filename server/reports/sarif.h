// Reads SARIF 2.1.0 of other tools as findings. Pure: bytes in, findings out.
#ifndef MERGEGATE_SERVER_REPORTS_SARIF_H_
#define MERGEGATE_SERVER_REPORTS_SARIF_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/finding.h"

namespace mergegate::reports {

struct ParsedReport {
  std::vector<std::string> tools;  // driver names of the runs, in order
  std::vector<Finding> findings;   // analyzer = driver name; paths relative to the repository root
  int dropped = 0;                 // results without a location inside the repository, or suppressed ones
};

// kInvalidArgument says where and what ("runs[0].results[3].ruleId: ..."). Never throws, whatever the bytes.
// Severity: the result's own security-severity or level, else the rule's default (error=major, warning=minor,
// note=info; security-severity >= 9 critical, >= 7 major). Absolute URIs lose the longest prefix that
// originalUriBaseIds or the invocation's working directory explains; paths that leave the root are dropped.
absl::StatusOr<ParsedReport> ParseSarif(std::string_view json);

}  // namespace mergegate::reports

#endif  // MERGEGATE_SERVER_REPORTS_SARIF_H_
