// Reviews as JSON, for programs; the rules of json.h hold. Times are RFC 3339, null when unset. Pure.
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_REVIEW_JSON_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_REVIEW_JSON_H_

#include <nlohmann/json.hpp>

#include "mergegate/v1/review_service.pb.h"

namespace mergegate::client {

nlohmann::ordered_json ReviewToJson(const v1::Review& review);
nlohmann::ordered_json EventToJson(const v1::ReviewEvent& event);
nlohmann::ordered_json DiffToJson(const v1::GetReviewDiffResponse& diff);
nlohmann::ordered_json ExpertsToJson(const v1::FindExpertsResponse& found);
nlohmann::ordered_json LoadToJson(const v1::GetLoadResponse& load);
nlohmann::ordered_json AvailabilityToJson(const v1::Availability& availability);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_REVIEW_JSON_H_
