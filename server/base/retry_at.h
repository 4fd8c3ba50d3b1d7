// An error that says when it is worth while to try again: limits of other programs do.
//
//   return WithRetryAt(absl::ResourceExhaustedError("429"), now + absl::Seconds(30));
//   if (std::optional<absl::Time> when = RetryAt(status)) ...
#ifndef MERGEGATE_SERVER_BASE_RETRY_AT_H_
#define MERGEGATE_SERVER_BASE_RETRY_AT_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace mergegate {

absl::Status WithRetryAt(absl::Status status, absl::Time when);
// nullopt for errors that do not say.
std::optional<absl::Time> RetryAt(const absl::Status& status);

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_BASE_RETRY_AT_H_
