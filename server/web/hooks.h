// POST /hooks/{host}/{installation}: where GitHub and GitLab deliver what happens there.
//
// Answers 202 when the delivery is kept, 401 when the signature does not fit (or no such host is configured), 400 for a
// signed body that is no webhook's JSON, 413 for one over 25 MiB, 503 when it could not be kept.
#ifndef MERGEGATE_SERVER_WEB_HOOKS_H_
#define MERGEGATE_SERVER_WEB_HOOKS_H_

#include "server/pipeline/hook_intake.h"
#include "server/web/http.h"

namespace mergegate::web {

// The intake must outlive the route.
Route HookRoute(pipeline::HookIntake& intake);

}  // namespace mergegate::web

#endif  // MERGEGATE_SERVER_WEB_HOOKS_H_
