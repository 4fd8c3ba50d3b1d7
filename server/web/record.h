// What is left of each request: counters, and a line in the log without query, header or body, where secrets are.
//
//   http 1f2e3d4c5b6a7988 192.0.2.7 POST /hooks/github/42 202 3.1 ms
//
// Thread safety: any thread.
#ifndef MERGEGATE_SERVER_WEB_RECORD_H_
#define MERGEGATE_SERVER_WEB_RECORD_H_

#include "absl/time/time.h"
#include "server/base/metrics.h"
#include "server/web/http.h"

namespace mergegate::web {

struct Answered {
  const Request& request;
  const Route* route = nullptr;  // none: refused before
  bool head_only = false;
  int status = 0;
  absl::Duration time;
  bool taken = true;  // false: the other end left before it had all of the answer
};

void Record(Metrics& metrics, const Answered& answered);

}  // namespace mergegate::web

#endif  // MERGEGATE_SERVER_WEB_RECORD_H_
