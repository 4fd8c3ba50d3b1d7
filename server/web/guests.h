// Who is connected: bounds in all and by peer, whom to let go when it is full, and the end of service.
//
//   Guests guests({.all = 4000, .by_peer = 200});
//   ASSIGN_OR_RETURN(const Guests::Ticket ticket, guests.Enter("192.0.2.7", [] { ...close it... }));
//   guests.Set(ticket, Guests::State::kServed);
//   guests.Set(ticket, Guests::State::kIdle);     // false: the house closes, do not wait for another request
//   guests.Leave(ticket);
//
// Thread safety: all methods from any thread. `let_go` is called under no lock, at most once, perhaps after Leave.
#ifndef MERGEGATE_SERVER_WEB_GUESTS_H_
#define MERGEGATE_SERVER_WEB_GUESTS_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace mergegate::web {

struct GuestLimits {
  size_t all = 4000;
  size_t by_peer = 200;
};

class Guests {
 public:
  using Ticket = uint64_t;
  enum class State {
    kIdle,       // nothing of a request yet
    kInTransit,  // part of a request has come, or part of an answer is gone
    kServed,     // a route works on the answer
  };

  explicit Guests(GuestLimits limits) : limits_(limits) {}

  // `peer`: whom to count it under; "" is not counted by peer. When the house is full, who is longest in one state is
  // let go, those being served aside. kResourceExhausted when all are, or the peer has too many; kUnavailable when the
  // house closes. A guest enters idle.
  absl::StatusOr<Ticket> Enter(const std::string& peer, std::function<void()> let_go);

  // True when the guest may go on.
  bool Set(Ticket ticket, State state);

  void Leave(Ticket ticket);

  // Nobody enters any more, the idle are let go; returns when all have left, and lets them go after `grace`.
  void Close(absl::Duration grace);

  bool closing() const;
  size_t size() const;
  size_t served() const;

 private:
  struct Guest {
    std::string peer;
    std::function<void()> let_go;  // empty: was called
    State state = State::kIdle;
    uint64_t since = 0;  // in order of events
  };

  void LetGo(bool all);
  bool AllLeft(absl::Duration within);

  const GuestLimits limits_;
  mutable std::mutex mutex_;
  std::condition_variable left_;
  std::map<Ticket, Guest> guests_;
  std::map<std::string, size_t> by_peer_;
  std::map<uint64_t, Ticket> may_go_;  // by `since`: not served, not let go
  uint64_t events_ = 0;
  bool closing_ = false;
};

}  // namespace mergegate::web

#endif  // MERGEGATE_SERVER_WEB_GUESTS_H_
