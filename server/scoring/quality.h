// Q of a change, in [0, 1], with the ledger that sums to it. Pure.
//
//   Q = cap(1 - 0.37 min(1, debt) - 0.19 min(1, complexity) - 0.19 min(1, duplication) - 0.15 min(1, risk)
//             - 0.11 min(1, tests touched))
//
// (weights 50, 25, 25, 20 and 15 of 135; with a report of coverage its 25 stand for the last 15). The losses and their
// sources are in quality/<name>.cc; cap and ledger in quality.cc.
#ifndef MERGEGATE_SERVER_SCORING_QUALITY_H_
#define MERGEGATE_SERVER_SCORING_QUALITY_H_

#include "server/domain/verdict.h"

namespace mergegate::scoring {

// Q from new and caused findings, complexity added and duplication added. Sub-indices without data drop out, the
// others' weights are rescaled, and the metric's `missing` says so. Guessed findings count nothing.
Metric QualityOfChange(const Facts& facts);

}  // namespace mergegate::scoring

#endif  // MERGEGATE_SERVER_SCORING_QUALITY_H_
