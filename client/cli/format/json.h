// The verdict as one JSON object, for programs: `--format json`. Keys keep their order; schema_version rises when a key
// changes its meaning or goes away. Metric values and points are decimals of at most four places whose printed sum is
// exact. Non-ASCII characters are written as \uXXXX. Pure; safe from any thread.
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_JSON_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_JSON_H_

#include <nlohmann/json.hpp>
#include <string>

#include "mergegate/v1/run_service.pb.h"

namespace mergegate::client {

inline constexpr int kJsonSchemaVersion = 1;

std::string FormatJson(const v1::GetVerdictResponse& response);

// The parts that lists share.
nlohmann::ordered_json FindingToJson(const v1::Finding& finding);
nlohmann::ordered_json RunToJson(const v1::Run& run);

// Pretty, ASCII only, invalid UTF-8 replaced, with a line break at the end.
std::string DumpJson(const nlohmann::ordered_json& json);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_JSON_H_
