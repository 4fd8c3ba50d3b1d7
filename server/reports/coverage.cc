#include "server/reports/coverage.h"

#include "absl/strings/ascii.h"

namespace mergegate::reports {

absl::StatusOr<CoverageReport> ParseCoverage(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty() && absl::ascii_isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  if (text.starts_with('<')) return ParseCobertura(text);
  if (text.starts_with('{')) return ParseCoverageJson(text);
  return ParseLcov(text);
}

}  // namespace mergegate::reports
