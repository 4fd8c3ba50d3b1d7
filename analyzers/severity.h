// How much a check's findings matter, and where the check is explained.
//
//   SeverityOf("bugprone-use-after-move")   // SEVERITY_CRITICAL
//   DocumentationOf("bugprone-use-after-move")
//       // "https://clang.llvm.org/extra/clang-tidy/checks/bugprone/use-after-move.html"
//
// Thread safety: pure functions.
#ifndef MERGEGATE_ANALYZERS_SEVERITY_H_
#define MERGEGATE_ANALYZERS_SEVERITY_H_

#include <string>
#include <string_view>

#include "mergegate/v1/finding.pb.h"

namespace mergegate::analyzers {

// The longest entry of the table that matches; SEVERITY_INFO when none does.
v1::Severity SeverityOf(std::string_view check);

// Page of clang's documentation; of the warning groups for clang-diagnostic-*.
std::string DocumentationOf(std::string_view check);

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_SEVERITY_H_
