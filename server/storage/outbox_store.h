// What was decided but not told yet: intents to tell a host or a chat something. An intent is small; what it says is
// composed when it is sent, out of what is stored then, so a late one never tells old news.
//
//   ASSIGN_OR_RETURN(bool added, store.AddIntent({.kind = IntentKind::kReply, .project = p, .change = "pr-12",
//                                                 .subject = "1234567", .text = "Started a new run.",
//                                                 .key = "reply:acme:1234567"}, now));
//   ASSIGN_OR_RETURN(std::optional<Intent> next, store.LeaseIntent(now, absl::Minutes(2)));
//   RETURN_IF_ERROR(store.SettleIntent(next->number, next->attempt, {.state = IntentState::kDone}, now));
//
// Submitting a run of a host's change adds kPending and kOverdue (unless it judges stored facts again, which takes no
// time), finishing it kVerdict, kReview, kReviewers and kChat, each in the same transaction.
//
// Order: intents of one lane (a change; a chat) are sent one after the other, in the order in which they were added.
// One that is due later, and was not tried yet, holds nobody up.
#ifndef MERGEGATE_SERVER_STORAGE_OUTBOX_STORE_H_
#define MERGEGATE_SERVER_STORAGE_OUTBOX_STORE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/ids.h"
#include "server/storage/page.h"

namespace mergegate::storage {

// Stored as numbers: never change one.
enum class IntentKind {
  kUnspecified = 0,
  kPending = 1,    // a run was submitted: its status is pending
  kOverdue = 2,    // and must not be so for ever: due when the status has been pending for long enough
  kVerdict = 3,    // a run is done: its status, with annotations
  kReview = 4,     // comments on its lines; those whose finding is gone are resolved
  kReviewers = 5,  // who is asked to look
  kReply = 6,      // `text` (Markdown) as an answer to the comment `subject`, or to the change when that is empty
  kChat = 7,       // a run is done: adds a kMessage for each chat that wants to hear of it
  kMessage = 8,    // one message for the chat `subject`
  kSarif = 9,      // a run is done: its findings for code scanning
};

enum class IntentState { kUnspecified = 0, kWaiting = 1, kLeased = 2, kDone = 3, kSkipped = 4, kDead = 5 };

// How long a status may be pending before it is told to be inconclusive until the run ends.
inline constexpr absl::Duration kPendingAtMost = absl::Minutes(15);

struct NewIntent {
  IntentKind kind = IntentKind::kUnspecified;
  ProjectId project = {};
  std::string change = {};
  std::string subject = {};  // the run; for others see IntentKind
  std::string text = {};
  std::string key = {};   // idempotency: a key is taken once
  std::string lane = {};  // empty: the change's
  absl::Time due = absl::InfinitePast();
  bool operator==(const NewIntent&) const = default;
};

struct Intent : NewIntent {
  int64_t number = 0;
  IntentState state = IntentState::kUnspecified;
  int attempt = 0;        // the fencing token: how often it was leased
  int failures = 0;       // attempts that failed and counted
  absl::Time next = {};   // when it is tried (again); while leased: when the lease lapses
  absl::Time added = {};  //
  absl::Time settled = absl::InfinitePast();
  std::string note = {};  // the last error, or why it was skipped
  bool operator==(const Intent&) const = default;
};

// What becomes of a leased intent.
struct Settlement {
  IntentState state = IntentState::kDone;  // kWaiting: to be tried again at `next`
  absl::Time next = {};
  bool failed = false;  // one more failure
  std::string note = {};
};

class OutboxStore {
 public:
  virtual ~OutboxStore() = default;

  // False when the key is taken: nothing is added then.
  virtual absl::StatusOr<bool> AddIntent(const NewIntent& intent, absl::Time now) = 0;
  // The most overdue intent that nothing in its lane holds up; nullopt when there is none. A lapsed lease counts as
  // due.
  virtual absl::StatusOr<std::optional<Intent>> LeaseIntent(absl::Time now, absl::Duration ttl) = 0;
  // kAborted when `attempt` is no longer the current one or the intent is settled.
  virtual absl::Status SettleIntent(int64_t number, int attempt, const Settlement& settlement, absl::Time now) = 0;
  // Gives every leased intent back (a server that owns its database starts).
  virtual absl::Status ReleaseIntents(absl::Time now) = 0;

  // Dead ones, or those to be sent still; oldest first.
  virtual absl::StatusOr<Page<Intent>> ListIntents(bool dead, int page_size, std::string_view token) = 0;
  // Makes a dead intent wait again, due at once and without failures. kNotFound, kFailedPrecondition when it is not
  // dead.
  virtual absl::Status ReviveIntent(int64_t number, absl::Time now) = 0;
  // Removes a dead or waiting intent. kNotFound, kFailedPrecondition when it is leased or settled.
  virtual absl::Status DropIntent(int64_t number) = 0;
  // How many are in each state.
  virtual absl::StatusOr<std::map<IntentState, int64_t>> CountIntents() = 0;
  // Removes what was sent or skipped before a moment; the keys are free again.
  virtual absl::Status ForgetIntents(absl::Time before) = 0;

  // What of ours is at the host for a change, so that it is updated and not repeated. `slot` and text are the sender's;
  // empty when nothing was kept.
  virtual absl::StatusOr<std::string> GetSent(const ProjectId& project, std::string_view change,
                                              std::string_view slot) = 0;
  virtual absl::Status SetSent(const ProjectId& project, std::string_view change, std::string_view slot,
                               std::string_view text) = 0;
};

}  // namespace mergegate::storage

#endif  // MERGEGATE_SERVER_STORAGE_OUTBOX_STORE_H_
