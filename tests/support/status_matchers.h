// gmock matchers for absl::Status and absl::StatusOr.
//
//   EXPECT_THAT(store.Open(), IsOk());
//   EXPECT_THAT(mirror->MergeBase(a, b), IsOkAndHolds(base));
//   EXPECT_THAT(Parse("{"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 1")));
#ifndef MERGEGATE_TESTS_SUPPORT_STATUS_MATCHERS_H_
#define MERGEGATE_TESTS_SUPPORT_STATUS_MATCHERS_H_

#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace mergegate::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& status_or) {
  return status_or.status();
}

MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  *result_listener << "which is " << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

MATCHER_P2(StatusIs, code, message, "has code " + absl::StatusCodeToString(code) + " and a matching message") {
  *result_listener << "which is " << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code &&
         ::testing::ExplainMatchResult(message, std::string(StatusOf(arg).message()), result_listener);
}

// The code alone.
template <typename Code>
auto StatusIs(Code code) {
  return StatusIs(code, ::testing::_);
}

MATCHER_P(IsOkAndHolds, value, "is OK and holds " + ::testing::PrintToString(value)) {
  if (!arg.ok()) {
    *result_listener << "which is " << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(value, *arg, result_listener);
}

}  // namespace mergegate::testing

#endif  // MERGEGATE_TESTS_SUPPORT_STATUS_MATCHERS_H_
