// Takes webhook calls of hosts: the signature first, on the bytes as they came; then the delivery is kept, durably, and
// only then the call is answered. What it means is worked out later (delivery_loop.h).
//
//   HookIntake intake(inbound, [&] { loop.Wake(); });
//   HookAnswer answer = intake.Take({.host = "github", .installation = "acme", .headers = headers, .body = bytes});
//
// Calls that come together are kept in one transaction. What is refused is told nothing but that; the log says why.
//
// Thread safety: Take from any thread; it waits for the disk.
#ifndef MERGEGATE_SERVER_PIPELINE_HOOK_INTAKE_H_
#define MERGEGATE_SERVER_PIPELINE_HOOK_INTAKE_H_

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/delivery.h"
#include "server/hosts/signature.h"
#include "server/pipeline/inbound.h"

namespace mergegate::pipeline {

struct HookCall {
  std::string_view host;          // of the path /hooks/{host}/{installation}
  std::string_view installation;  //
  hosts::Headers headers;         // by names in lower case
  std::string_view body;          // as it came
};

enum class HookAnswer {
  kKept,        // 202: it waits to be worked on
  kKnown,       // 202: it was kept before
  kRefused,     // 401: not signed by who may
  kUnreadable,  // 400: signed, but no webhook's JSON
  kTooLarge,    // 413
  kFailed,      // 503: it could not be kept; deliver it again
};

class HookIntake {
 public:
  HookIntake(const Inbound& inbound, std::function<void()> kept) : inbound_(inbound), kept_(std::move(kept)) {}

  HookAnswer Take(const HookCall& call);

 private:
  // The delivery that a call is, when it is one.
  absl::StatusOr<Delivery> Read(const HookCall& call) const;
  // Durable when it returns; true for a new one.
  absl::StatusOr<bool> Keep(Delivery delivery);

  // Deliveries that are kept in one transaction, and what came of it.
  struct Batch {
    std::vector<Delivery> deliveries;
    bool done = false;
    absl::StatusOr<std::vector<bool>> waits = std::vector<bool>();
  };

  const Inbound& inbound_;
  const std::function<void()> kept_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<Batch> next_ = std::make_shared<Batch>();
  bool writing_ = false;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_HOOK_INTAKE_H_
