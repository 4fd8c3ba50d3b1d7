#include "server/web/connect_error.h"

#include <google/protobuf/util/json_util.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "mergegate/v1/error_detail.pb.h"

namespace mergegate::web {
namespace {

struct CodeRow {
  std::string_view name;
  int http;
};

// In the order of the codes.
constexpr CodeRow kCodes[] = {
    {"", 200},
    {"canceled", 499},
    {"unknown", 500},
    {"invalid_argument", 400},
    {"deadline_exceeded", 504},
    {"not_found", 404},
    {"already_exists", 409},
    {"permission_denied", 403},
    {"resource_exhausted", 429},
    {"failed_precondition", 400},
    {"aborted", 409},
    {"out_of_range", 400},
    {"unimplemented", 501},
    {"internal", 500},
    {"unavailable", 503},
    {"data_loss", 500},
    {"unauthenticated", 401},
};

const CodeRow& RowOf(absl::StatusCode code) {
  const auto number = static_cast<size_t>(code);
  return number < std::size(kCodes) ? kCodes[number] : kCodes[static_cast<size_t>(absl::StatusCode::kUnknown)];
}

// The detail as JSON, where this program has its type.
nlohmann::ordered_json Readable(const google::protobuf::Any& detail, const std::string& type) {
  const auto* const descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  if (descriptor == nullptr) return nullptr;
  const std::unique_ptr<google::protobuf::Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
  std::string text;
  if (!message->ParseFromString(detail.value()) || !google::protobuf::util::MessageToJsonString(*message, &text).ok()) {
    return nullptr;
  }
  return nlohmann::ordered_json::parse(text, nullptr, false);
}

}  // namespace

std::string_view ConnectCode(absl::StatusCode code) { return RowOf(code).name; }

int HttpStatusOf(absl::StatusCode code) { return RowOf(code).http; }

std::string ConnectErrorJson(const absl::Status& status, std::string_view rich) {
  nlohmann::ordered_json error = {{"code", ConnectCode(status.code())}, {"message", std::string(status.message())}};
  v1::RpcStatus details;
  if (details.ParseFromArray(rich.data(), static_cast<int>(rich.size()))) {
    for (const google::protobuf::Any& detail : details.details()) {
      const std::string type = detail.type_url().substr(detail.type_url().rfind('/') + 1);
      std::string value = absl::Base64Escape(detail.value());
      value.erase(value.find_last_not_of('=') + 1);  // the protocol wants none
      nlohmann::ordered_json told = {{"type", type}, {"value", value}};
      if (auto readable = Readable(detail, type); !readable.is_null()) told["debug"] = std::move(readable);
      error["details"].push_back(std::move(told));
    }
  }
  return error.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Response ConnectError(const absl::Status& status, std::string_view rich) {
  Response response = Json(HttpStatusOf(status.code()), ConnectErrorJson(status, rich));
  if (status.code() == absl::StatusCode::kUnauthenticated) response.headers.Add("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace mergegate::web
