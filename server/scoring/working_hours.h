// Working hours where nobody said otherwise: Monday to Friday, 9:00 to 17:00 UTC.
//
//   UsualHours(friday_16_00, monday_10_00) == 2
//
// Pure.
#ifndef MERGEGATE_SERVER_SCORING_WORKING_HOURS_H_
#define MERGEGATE_SERVER_SCORING_WORKING_HOURS_H_

#include <cstdint>

namespace mergegate::scoring {

// Between two moments in seconds since 1970; 0 when `to` is not after `from`. Costs the same for any distance.
double UsualHours(int64_t from, int64_t to);

}  // namespace mergegate::scoring

#endif  // MERGEGATE_SERVER_SCORING_WORKING_HOURS_H_
