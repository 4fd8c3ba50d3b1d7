// Titles of the changes that an answer names: of the pull request, of the last push to its review, or of the commit.
// Unknown ones, and those of projects that the caller may not see, are left out.
//
//   AddTitles(parts, caller, report);        // report.titles()["projects/db/reviews/pr-7"] == "Faster Get"
//
// Thread safety: any thread.
#ifndef MERGEGATE_SERVER_RPC_CHANGE_TITLES_H_
#define MERGEGATE_SERVER_RPC_CHANGE_TITLES_H_

#include "mergegate/v1/growth.pb.h"
#include "server/pipeline/run_pipeline.h"
#include "server/rpc/access.h"

namespace mergegate::rpc {

void AddTitles(const pipeline::PipelineParts& parts, const Caller& caller, v1::Report& report);
void AddTitles(const pipeline::PipelineParts& parts, const Caller& caller, v1::Plan& plan);
void AddTitles(const pipeline::PipelineParts& parts, const Caller& caller, v1::Recognition& recognition);

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_CHANGE_TITLES_H_
