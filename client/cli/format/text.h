// The verdict for people, short when it passes. Pure; safe from any thread.
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_TEXT_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_TEXT_H_

#include <string>
#include <vector>

#include "client/cli/format/layout.h"
#include "mergegate/v1/run_service.pb.h"

namespace mergegate::client {

// What `check` and `show` print.
std::string FormatText(const v1::GetVerdictResponse& response, const TextStyle& style);

// What `explain` prints: every condition with its reason, the whole ledger, what was not seen.
std::string FormatExplanation(const v1::GetVerdictResponse& response, const TextStyle& style);

// What `findings` and `runs` print. On a terminal grouped and aligned; with `plain` one tab-separated line each.
std::string FormatFindings(const std::vector<v1::Finding>& findings, bool plain, const TextStyle& style);
std::string FormatRuns(const std::vector<v1::Run>& runs, bool plain, const TextStyle& style);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_TEXT_H_
