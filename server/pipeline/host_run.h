// The ids of runs that this server submits for a host: they follow from the request's, so that nobody else's run has
// one.
//
//   store.SubmitRun(submission, HostRunId(submission.request_id), now);
//   IsHostRun(run)     // callers of the service cannot choose ids: theirs are random
//
// Pure.
#ifndef MERGEGATE_SERVER_PIPELINE_HOST_RUN_H_
#define MERGEGATE_SERVER_PIPELINE_HOST_RUN_H_

#include <string>

#include "server/base/digest.h"
#include "server/domain/run.h"

namespace mergegate::pipeline {

inline RunId HostRunId(const std::string& request_id) { return RunId("r-" + Sha256Hex(request_id).substr(0, 16)); }

inline bool IsHostRun(const Run& run) {
  return !run.submission.request_id.empty() && run.id == HostRunId(run.submission.request_id);
}

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_HOST_RUN_H_
