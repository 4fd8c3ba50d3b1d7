// The signals about people's work: append-only, each counted once, read in the order in which things happened.
//
//   ASSIGN_OR_RETURN(auto outcomes, store.AppendSignals(signals, now));       // kNew, kKnown, kDiffers
//   RETURN_IF_ERROR(store.ScanSignals({.project = p, .since = then}, [&](Signal signal) { ... }));
//   ASSIGN_OR_RETURN(SignalChanges changes, store.SignalsSince(cursor));      // what one more signal changed
//
// What counts of them (is effective): a signal that nobody corrects, that is not retracted, and, if it corrects
// another, is the last of those that correct the same one: a retraction before a correction, then by (at, source_id).
// So the order of arrival never matters, and what was taken away never comes back by itself: correct the correction.
#ifndef MERGEGATE_SERVER_STORAGE_SIGNAL_STORE_H_
#define MERGEGATE_SERVER_STORAGE_SIGNAL_STORE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/signal.h"
#include "server/storage/page.h"
#include "server/storage/people_store.h"

namespace mergegate::storage {

enum class SignalOutcome {
  kNew,
  kKnown,    // the same is stored already
  kDiffers,  // another signal is stored under this source and id; nothing was changed
};

// Of the effective signals, those that meet all of these.
struct SignalQuery {
  std::vector<Handle> persons = {};      // actor or subject, under any identity; empty: all
  bool whole_objects = false;            // with persons: everything about the (project, object) of those signals
  ProjectId project = {};                // empty: all
  std::vector<ProjectId> projects = {};  // only these and those of no project; empty: all
  std::vector<SignalKind> kinds = {};    // empty: all
  std::string object = {};               // empty: all
  absl::Time since = absl::InfinitePast();
  absl::Time until = absl::InfiniteFuture();  // exclusive
};

// Up to where somebody has read.
struct SignalCursor {
  int64_t number = 0;
  int64_t epoch = 0;  // of people: who is linked with whom, who was forgotten
  bool operator==(const SignalCursor&) const = default;
};

struct SignalChanges {
  SignalCursor next = {};
  bool everything = false;           // people changed: scan anew; the lists are empty
  std::vector<Signal> added = {};    // came and are effective; by arrival
  std::vector<Signal> removed = {};  // were effective at the cursor and are no longer
};

class SignalStore {
 public:
  virtual ~SignalStore() = default;

  // What happened to each, in the same order. Signals must be well formed (wire::FromProto). Durable when it returns.
  // With a deed every new correction and retraction goes into the audit log as somebody's doing; of its id, which may
  // hold a name, a digest.
  virtual absl::StatusOr<std::vector<SignalOutcome>> AppendSignals(std::span<const Signal> signals,
                                                                   const std::optional<Deed>& deed = std::nullopt) = 0;

  // Effective signals, ordered by (at, source, source_id); actor and subject are ids of people, whatever identity they
  // came under. Does not hold up other calls; sees one moment. `visit` must not call the store.
  virtual absl::Status ScanSignals(const SignalQuery& query, const std::function<void(Signal)>& visit) = 0;
  // The same as a list, latest first, as they came (identities not joined).
  virtual absl::StatusOr<Page<Signal>> ListSignals(const SignalQuery& query, int page_size, std::string_view token) = 0;

  // Ids of everybody whom a signal of one of these projects names. Reads all signals.
  virtual absl::StatusOr<std::set<Handle>> PeopleIn(std::span<const ProjectId> projects) = 0;

  // What changed since a cursor (by default: since nothing was there). Costs what came, not what is stored.
  virtual absl::StatusOr<SignalChanges> SignalsSince(const SignalCursor& cursor) = 0;
  // Where SignalsSince stands now. Take it before a scan, so that nothing is missed.
  virtual absl::StatusOr<SignalCursor> CurrentSignals() = 0;
};

}  // namespace mergegate::storage

#endif  // MERGEGATE_SERVER_STORAGE_SIGNAL_STORE_H_
