// What an accepted appeal moves: the person's numbers before the correction and after it.
//
//   ASSIGN_OR_RETURN(appeal.effects, StandingOf(parts, appeal, projects));  // kept with the answer
//   ... the answer and the correction are stored in one transaction ...
//   RETURN_IF_ERROR(FinishAppeal(parts, appeal));                               // now, or when it is next looked at
//
// Both sides are as of the moment of the answer, so it does not matter when the second is worked out. Thread safety:
// any thread.
#ifndef MERGEGATE_SERVER_PIPELINE_APPEALS_H_
#define MERGEGATE_SERVER_PIPELINE_APPEALS_H_

#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/domain/growth.h"
#include "server/domain/ids.h"
#include "server/domain/score.h"
#include "server/pipeline/run_pipeline.h"

namespace mergegate::pipeline {

// Every number that a signal about the person can move, without `after`: of the person, of their teams and of these
// projects, as of appeal.answered.
absl::StatusOr<std::vector<AppealEffect>> StandingOf(const PipelineParts& parts, const Appeal& appeal,
                                                     const std::set<ProjectId>& projects);

// Every number of a score, likewise.
std::vector<AppealEffect> NumbersOf(const std::string& scope, const CompositeScore& score);

// Those that differ, with both sides; "-" where one is missing.
std::vector<AppealEffect> EffectsOf(std::span<const AppealEffect> before, std::span<const AppealEffect> now);

// Works out what is not yet known of an accepted appeal's effects, and keeps it. Of others it changes nothing.
absl::Status FinishAppeal(const PipelineParts& parts, Appeal& appeal);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_APPEALS_H_
