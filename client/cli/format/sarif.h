// The verdict's findings as SARIF 2.1.0 (one run), for code scanning services and editors. States map to baselineState:
// new and caused -> new (caused with a property), unchanged -> unchanged, fixed -> absent. Failures become tool
// execution notifications, and make the invocation unsuccessful unless the verdict is pass or fail. Columns are UTF-8
// bytes, which equals SARIF's unit on ASCII lines. Pure; safe from any thread.
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_SARIF_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_SARIF_H_

#include <string>

#include "mergegate/v1/run_service.pb.h"

namespace mergegate::client {

std::string FormatSarif(const v1::GetVerdictResponse& response);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_SARIF_H_
