// Facts -> verdict, the one way: the pipeline uses it, a replay uses it, so both give the same bytes.
#ifndef MERGEGATE_SERVER_PIPELINE_JUDGE_H_
#define MERGEGATE_SERVER_PIPELINE_JUDGE_H_

#include "server/domain/verdict.h"

namespace mergegate::pipeline {

// Parses the policy of the facts, scores, evaluates, and finds what would make it pass. Pure.
Verdict Judge(const Facts& facts);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_JUDGE_H_
