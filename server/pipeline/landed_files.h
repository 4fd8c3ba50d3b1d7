// A project's history as knowledge wants it: who wrote or reviewed which files.
//
//   engine.Load(project, LandedFilesOf(records, people));
#ifndef MERGEGATE_SERVER_PIPELINE_LANDED_FILES_H_
#define MERGEGATE_SERVER_PIPELINE_LANDED_FILES_H_

#include <span>
#include <vector>

#include "server/domain/review_record.h"
#include "server/scoring/score_engine.h"

namespace mergegate::pipeline {

// One per record, in their order. Somebody who appears under several names or mails is one person (reviewers/people.h)
// and goes by the first handle that was seen of them. Bots are left out. Pure.
std::vector<scoring::LandedFiles> LandedFilesOf(std::span<const ReviewRecord> records);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_LANDED_FILES_H_
