// New and caused findings, failures and unsatisfied conditions as GitHub workflow commands, which become annotations.
// The gravest come first, because GitHub shows ten of each level per step. Pure.
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_GITHUB_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_GITHUB_H_

#include <string>

#include "mergegate/v1/run_service.pb.h"

namespace mergegate::client {

std::string FormatGithub(const v1::GetVerdictResponse& response);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_GITHUB_H_
