#include "server/publication/telling.h"

#include <algorithm>
#include <tuple>

namespace mergegate::publication {

std::vector<const Finding*> Introduced(const Verdict& verdict) {
  std::vector<const Finding*> introduced;
  for (const Finding& finding : verdict.findings) {
    if (finding.state == BaselineState::kNew || finding.state == BaselineState::kCaused) introduced.push_back(&finding);
  }
  std::ranges::sort(introduced, [](const Finding* a, const Finding* b) {
    return std::tie(b->severity, a->path, a->line, a->column, a) <
           std::tie(a->severity, b->path, b->line, b->column, b);
  });
  return introduced;
}

}  // namespace mergegate::publication
