#include "server/scoring/working_hours.h"

#include <algorithm>

namespace mergegate::scoring {
namespace {

constexpr int64_t kDay = 86400, kBegin = 9 * 3600, kLength = 8 * 3600;
constexpr int64_t kMonday = 4 * kDay;  // 1970-01-05

// Working seconds from a Monday at midnight, a good while before 1970, until a moment.
int64_t WorkedUntil(int64_t at) {
  constexpr int64_t kLongAgo = int64_t{100'000} * 7 * kDay;
  const int64_t since = at - kMonday + kLongAgo;
  const int64_t weeks = since / (7 * kDay), rest = since % (7 * kDay);
  const int64_t day = std::min<int64_t>(rest / kDay, 5);
  const int64_t today = day == 5 ? 0 : std::clamp<int64_t>(rest % kDay - kBegin, 0, kLength);
  return (weeks * 5 + day) * kLength + today;
}

}  // namespace

double UsualHours(int64_t from, int64_t to) {
  return to <= from ? 0 : static_cast<double>(WorkedUntil(to) - WorkedUntil(from)) / 3600;
}

}  // namespace mergegate::scoring
