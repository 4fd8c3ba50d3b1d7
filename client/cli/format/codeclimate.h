// New and caused findings as a GitLab Code Quality report (a JSON array in the Code Climate form). Pure.
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_CODECLIMATE_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_CODECLIMATE_H_

#include <string>

#include "mergegate/v1/run_service.pb.h"

namespace mergegate::client {

std::string FormatCodeClimate(const v1::GetVerdictResponse& response);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_CODECLIMATE_H_
