#include "server/web/hooks.h"

#include "server/hosts/hook_body.h"

namespace mergegate::web {
namespace {

// Who is refused learns nothing but that; the log says why.
Response AnswerOf(pipeline::HookAnswer answer) {
  switch (answer) {
    case pipeline::HookAnswer::kKept:
      return Json(202, "{\"delivery\": \"kept\"}\n");
    case pipeline::HookAnswer::kKnown:
      return Json(202, "{\"delivery\": \"known\"}\n");
    case pipeline::HookAnswer::kRefused:
      return Problem(401, "the call is not signed as this place wants it");
    case pipeline::HookAnswer::kUnreadable:
      return Problem(400, "the body is not the JSON of a webhook");
    case pipeline::HookAnswer::kTooLarge:
      return Problem(413, "the body is larger than 25 MiB");
    case pipeline::HookAnswer::kFailed:
      break;
  }
  return Problem(503, "the delivery could not be kept", "deliver it again");
}

}  // namespace

Route HookRoute(pipeline::HookIntake& intake) {
  return {
      .method = "POST",
      .pattern = "/hooks/{host}/{installation}",
      .serve =
          [&intake](const Request& request) {
            return AnswerOf(intake.Take({.host = request.variables.find("host")->second,
                                         .installation = request.variables.find("installation")->second,
                                         .headers = [&](std::string_view name) { return request.headers.Get(name); },
                                         .body = request.body}));
          },
      .max_body = hosts::kMaxHookBytes,
      .logged = false};
}

}  // namespace mergegate::web
