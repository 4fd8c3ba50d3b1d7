// Errors as the Connect protocol tells them: a status, and JSON with code, message and details. Pure.
//
//   ConnectError(absl::NotFoundError("there is no run 7"))
//     -> 404 {"code":"not_found","message":"there is no run 7"}
//
// The protocol is at connectrpc.com/docs/protocol ("Unary-Response", "Error Codes").
#ifndef MERGEGATE_SERVER_WEB_CONNECT_ERROR_H_
#define MERGEGATE_SERVER_WEB_CONNECT_ERROR_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "server/web/http.h"

namespace mergegate::web {

std::string_view ConnectCode(absl::StatusCode code);  // "not_found"; "unknown" for codes that are none
int HttpStatusOf(absl::StatusCode code);              // 404

// The JSON of an error. `rich`: bytes of a google.rpc.Status, as gRPC's trailer has them; its details are told as
// base64 and, where their type is known here, readable under "debug".
std::string ConnectErrorJson(const absl::Status& status, std::string_view rich = "");

Response ConnectError(const absl::Status& status, std::string_view rich = "");

}  // namespace mergegate::web

#endif  // MERGEGATE_SERVER_WEB_CONNECT_ERROR_H_
