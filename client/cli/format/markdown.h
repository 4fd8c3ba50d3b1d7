// The verdict as a comment for GitHub and GitLab, or a job summary. At most 60 findings, so that it fits their limits.
// Everything out of the change is escaped. Pure.
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_MARKDOWN_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_MARKDOWN_H_

#include <string>

#include "mergegate/v1/run_service.pb.h"

namespace mergegate::client {

std::string FormatMarkdown(const v1::GetVerdictResponse& response);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_MARKDOWN_H_
