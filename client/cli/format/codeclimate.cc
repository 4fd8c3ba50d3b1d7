#include "client/cli/format/codeclimate.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "client/cli/format/json.h"
#include "client/cli/format/names.h"

namespace mergegate::client {

std::string FormatCodeClimate(const v1::GetVerdictResponse& response) {
  nlohmann::ordered_json report = nlohmann::ordered_json::array();
  for (const v1::Finding& finding : response.verdict().findings()) {
    if (!IsIntroduced(finding)) continue;
    nlohmann::ordered_json lines = {{"begin", std::max(1, finding.line())}};  // GitLab wants a line
    if (finding.end_line() > finding.line()) lines["end"] = finding.end_line();
    report.push_back({{"type", "issue"},
                      {"description", finding.message()},
                      {"check_name", finding.check()},
                      {"fingerprint", finding.fingerprint()},
                      {"severity", Word(finding.severity())},
                      {"location", {{"path", finding.path()}, {"lines", lines}}}});
  }
  return DumpJson(report);
}

}  // namespace mergegate::client
