// The table of output formats.
//
//     const FormatRow* format = FindFormat("sarif");
//     env.out << format->render(response, style);
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_FORMAT_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_FORMAT_H_

#include <string>
#include <string_view>
#include <vector>

#include "client/cli/format/layout.h"
#include "mergegate/v1/run_service.pb.h"

namespace mergegate::client {

struct FormatRow {
  std::string_view name;
  std::string (*render)(const v1::GetVerdictResponse& response, const TextStyle& style);
  bool shows_pending;  // can say "not decided yet"; others would look like "nothing found"
};

// Null when there is none of that name.
const FormatRow* FindFormat(std::string_view name);

// In the order of the help.
std::vector<std::string> FormatNames();

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_FORMAT_H_
