#include "client/cli/format/proto_json.h"

#include <google/protobuf/util/json_util.h>

#include <nlohmann/json.hpp>

namespace mergegate::client {

std::string JsonLine(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  // Only a malformed Any can fail, and no message of ours holds one.
  (void)google::protobuf::util::MessageToJsonString(message, &text, options);
  const auto json = nlohmann::ordered_json::parse(text, nullptr, /*allow_exceptions=*/false);
  return json.dump(-1, ' ', /*ensure_ascii=*/true, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace mergegate::client
