// One webhook call of a host, as it is kept: once per host and id, worked on until it is done.
#ifndef MERGEGATE_SERVER_DOMAIN_DELIVERY_H_
#define MERGEGATE_SERVER_DOMAIN_DELIVERY_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace mergegate {

enum class DeliveryState {
  kWaiting = 1,
  kLeased = 2,
  kDone = 3,     // acted upon
  kIgnored = 4,  // on purpose; `reason` says why
  kFailed = 5,   // given up; the same delivery again is worked on again
};

struct Delivery {
  int64_t number = 0;             // order of arrival; given by the store
  std::string host = {};          // HostConfig::name
  std::string id = {};            // the host's; unique with `host`
  std::string installation = {};  // of the hook's URL
  std::string event = {};         // "pull_request", "Merge Request Hook"
  std::string lane = {};          // those of one lane are worked on one after another; "repository#change"
  std::string body = {};          // JSON; empty once it was dropped
  absl::Time received = {};
  DeliveryState state = DeliveryState::kWaiting;
  int attempt = 0;  // grows with each lease: the fencing token
  std::string reason = {};
  bool operator==(const Delivery&) const = default;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_DELIVERY_H_
