// Who analyzes for a run that is analyzed by its caller: the one who submitted it, and nobody else's worker.
//
//   claims.Claim(run.id, caller.holder);    // at submission; true
//   claims.Claim(run.id, other);            // false
//
// After a restart of the server the first to ask is taken for the one who submitted; who may ask at all, roles and
// projects decide. Thread safety: all methods from any thread.
#ifndef MERGEGATE_SERVER_RPC_RUN_CLAIMS_H_
#define MERGEGATE_SERVER_RPC_RUN_CLAIMS_H_

#include <cstddef>
#include <deque>
#include <map>
#include <mutex>

#include "server/domain/ids.h"
#include "server/domain/review.h"

namespace mergegate::rpc {

class RunClaims {
 public:
  // True when `person` is the first to claim the run, or did before.
  bool Claim(const RunId& run, const Handle& person) {
    std::lock_guard lock(mutex_);
    const auto [claim, added] = claims_.try_emplace(run, person);
    if (added) {
      order_.push_back(run);
      if (order_.size() > kMost) {
        claims_.erase(order_.front());
        order_.pop_front();
      }
    }
    return claim->second == person;
  }

 private:
  static constexpr size_t kMost = 10'000;  // the oldest are done long since

  std::mutex mutex_;
  std::map<RunId, Handle> claims_;
  std::deque<RunId> order_;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_RUN_CLAIMS_H_
