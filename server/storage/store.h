// Where everything is kept: projects, runs (which are the queue), verdicts, cached results, uploads.
// One interface, one contract suite (tests/contract/store_contract_test.cc), engines behind it.
//
// Times are passed in, never read. Every method is one transaction: when it returns OK it is durable, and when the
// process dies inside it nothing of it happened.
//
// Thread safety: all methods may be called from any thread.
#ifndef MERGEGATE_SERVER_STORAGE_STORE_H_
#define MERGEGATE_SERVER_STORAGE_STORE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/analysis.h"
#include "server/domain/ids.h"
#include "server/domain/review.h"
#include "server/domain/run.h"
#include "server/domain/verdict.h"
#include "server/storage/access_store.h"
#include "server/storage/growth_store.h"
#include "server/storage/host_store.h"
#include "server/storage/outbox_store.h"
#include "server/storage/page.h"
#include "server/storage/people_store.h"
#include "server/storage/score_store.h"
#include "server/storage/signal_store.h"

namespace mergegate::storage {

// A run that this process may work on until the lease lapses.
struct RunLease {
  Run run;  // run.attempt is the fencing token
  absl::Time until;
};

// What a finished run leaves: serialized by server/wire, opaque to the store.
struct VerdictRecord {
  VerdictState state = VerdictState::kUnspecified;
  std::string verdict;              // deterministic bytes of proto Verdict
  std::string facts;                // deterministic bytes of proto Facts
  std::string stats;                // bytes of proto RunStats
  std::optional<int> quality = {};  // Q in ten-thousandths, of a change with a key of its own; GetVerdict leaves it out
};

// A cached unit result. `key` says what was asked (command, main file, configuration, analyzer build);
// inputs and absent paths say for which trees it holds.
struct CachedResult {
  std::string manifest;  // opaque, compared by the cache's owner
  std::string result;    // opaque
};

// A review as it is listed. Its events tell the rest.
struct StoredReview {
  ProjectId project;
  std::string change;
  bool open = true;
  Handle author;
  std::vector<Handle> reviewers;  // who have not declined; ordered
  absl::Time updated;             // when its last event came
  int64_t events = 0;             // the number of the last one
  bool operator==(const StoredReview&) const = default;
};

// An event to append. The event itself is serialized by server/wire and opaque to the store.
struct NewReviewEvent {
  ReviewEventKind kind = ReviewEventKind::kUnspecified;
  Handle actor;
  absl::Time at;
  std::string source;
  std::string source_id;
  std::string event;
};

struct ReviewQuery {
  ProjectId project = {};  // empty: all
  Handle person = {};      // only reviews where they are author or reviewer; empty: all
  bool closed_too = false;
};

class Store : public SignalStore,
              public PeopleStore,
              public AccessStore,
              public ScoreStore,
              public GrowthStore,
              public HostStore,
              public OutboxStore {
 public:
  ~Store() override = default;

  // --- projects ---
  // kAlreadyExists when the id is taken with another remote; the existing one when the remote is the same.
  virtual absl::StatusOr<Project> CreateProject(const Project& project) = 0;
  virtual absl::StatusOr<Project> GetProject(const ProjectId& id) = 0;  // kNotFound
  virtual absl::StatusOr<Page<Project>> ListProjects(int page_size, std::string_view token) = 0;

  // --- runs ---
  // Compile commands and reports, which can be large, come with LeaseRun only; other runs leave them empty.
  // Stores a queued run. The same (project, request_id) again returns the first run; request_id "" never matches.
  // kNotFound for an unknown project. kAlreadyExists when a request id comes again with other content.
  virtual absl::StatusOr<Run> SubmitRun(const Submission& submission, const RunId& id, absl::Time now) = 0;
  virtual absl::StatusOr<Run> GetRun(const RunId& id) = 0;  // kNotFound
  // Newest submission first; `change` "" = all.
  virtual absl::StatusOr<Page<Run>> ListRuns(const ProjectId& project, std::string_view change, int page_size,
                                             std::string_view token) = 0;
  // Oldest queued run, or a running one whose lease lapsed; attempt is incremented. nullopt when there is none. Durable
  // when the process dies; a power cut may give the run back to the queue.
  virtual absl::StatusOr<std::optional<RunLease>> LeaseRun(std::string_view owner, absl::Time now,
                                                           absl::Duration ttl) = 0;
  // kAborted when `attempt` is no longer the current one, or the run was given back or is done; kNotFound.
  virtual absl::Status RenewLease(const RunId& id, int attempt, absl::Time now, absl::Duration ttl) = 0;
  // Gives a run back to the queue at once (graceful stop). kAborted as above.
  virtual absl::Status ReleaseRun(const RunId& id, int attempt) = 0;
  // Stores the verdict and closes the run. kAborted as above: the record is then not stored.
  virtual absl::Status FinishRun(const RunId& id, int attempt, const VerdictRecord& record, absl::Time now) = 0;
  // Runs that are not done though their deadline has passed or they were begun more than `max_attempts` times;
  // each is leased (attempt incremented) to the caller so that it can be closed as inconclusive.
  virtual absl::StatusOr<std::vector<RunLease>> LeaseOverdueRuns(std::string_view owner, absl::Time now,
                                                                 absl::Duration ttl, int max_attempts) = 0;
  // Unfinished runs of a change for other heads than `keep` (empty: for any); leased likewise, to be closed.
  virtual absl::StatusOr<std::vector<RunLease>> LeaseRunsOf(const ProjectId& project, std::string_view change,
                                                            const CommitId& keep, std::string_view owner,
                                                            absl::Time now, absl::Duration ttl) = 0;
  // Runs by state, those that are done left out.
  virtual absl::StatusOr<std::map<RunState, int64_t>> CountOpenRuns() = 0;
  // Leases of other owners are void from now on (an embedded server that owns its database starts).
  virtual absl::Status ReleaseAllLeases() = 0;
  virtual absl::StatusOr<VerdictRecord> GetVerdict(
      const RunId& id) = 0;  // kNotFound; kFailedPrecondition while pending

  // A queued run that judges the stored facts of `of` again, for the same change and commits. The same `request_id`
  // returns the first such run. kNotFound.
  virtual absl::StatusOr<Run> SubmitJudgement(const RunId& of, const RunId& id, std::string_view request_id,
                                              absl::Time now) = 0;

  // --- reviews ---
  // Adds events to the review of a change, which the first ones open, and replaces what is listed of it; all or
  // nothing. review.events is what the caller believed the last number to be: kAborted when it is another one now (read
  // again). kAlreadyExists when an event with this source and id is stored, for any review. Events are never changed or
  // removed. Returns the number of the last event.
  virtual absl::StatusOr<int64_t> AppendReviewEvents(const StoredReview& review,
                                                     const std::vector<NewReviewEvent>& events) = 0;
  // Serialized events after number `after`, oldest first, at most `limit`. None for an unknown review.
  virtual absl::StatusOr<std::vector<std::string>> ListReviewEvents(const ProjectId& project, std::string_view change,
                                                                    int64_t after, int limit) = 0;
  // kNotFound.
  virtual absl::StatusOr<StoredReview> GetReview(const ProjectId& project, std::string_view change) = 0;
  // Latest update first.
  virtual absl::StatusOr<Page<StoredReview>> ListReviews(const ReviewQuery& query, int page_size,
                                                         std::string_view token) = 0;
  // Open reviews by reviewer, most first, then by name; of all projects when `project` is empty.
  virtual absl::StatusOr<std::vector<std::pair<Handle, int>>> CountOpenReviews(const ProjectId& project) = 0;
  // Approvals and requests for changes since a moment, by actor, most first, then by name.
  virtual absl::StatusOr<std::vector<std::pair<Handle, int>>> CountAnswers(const ProjectId& project,
                                                                           absl::Time since) = 0;
  // Whether an event with this source and id is stored.
  virtual absl::StatusOr<bool> HasReviewEvent(std::string_view source, std::string_view source_id) = 0;

  // --- availability ---
  // The defaults (only `person` set) for somebody who set nothing.
  virtual absl::StatusOr<Availability> GetAvailability(const Handle& person) = 0;
  virtual absl::Status SetAvailability(const Availability& availability) = 0;

  // --- exact result cache ---
  // The newest result of the key whose manifest `holds`; nullopt when there is none. Damaged ones are passed over and
  // dropped. The 16 newest of a key are kept.
  virtual absl::StatusOr<std::optional<std::string>> FindResult(
      std::string_view key, const std::function<bool(std::string_view manifest)>& holds) = 0;
  virtual absl::Status SaveResult(std::string_view key, const CachedResult& result, absl::Time now) = 0;
  // Drops all results of the key.
  virtual absl::Status DropResults(std::string_view key) = 0;
  // Drops the least recently found or saved results until at most `max_bytes` remain; returns how many.
  virtual absl::StatusOr<int64_t> EvictResults(int64_t max_bytes) = 0;

  // --- uploads ---
  virtual absl::Status SaveCompileCommands(const ProjectId& project, const CommitId& commit, std::string_view json,
                                           absl::Time now) = 0;
  // Those of the first of `commits` (nearest first) that has some; nullopt when none has.
  virtual absl::StatusOr<std::optional<std::string>> FindCompileCommands(const ProjectId& project,
                                                                         const std::vector<CommitId>& commits) = 0;
};

// Opens (creating and migrating as needed) the SQLite database at `path`; ":memory:" for tests.
// kFailedPrecondition when the file was written by a newer version, kUnavailable when another process migrates it.
absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(const std::string& path);

}  // namespace mergegate::storage

#endif  // MERGEGATE_SERVER_STORAGE_STORE_H_
