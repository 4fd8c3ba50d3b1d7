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
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/analysis.h"
#include "server/domain/ids.h"
#include "server/domain/run.h"
#include "server/domain/verdict.h"

namespace mergegate::storage {

template <typename T>
struct Page {
  std::vector<T> items;
  std::string next_token;  // empty on the last page
};

// A run that this process may work on until the lease lapses.
struct RunLease {
  Run run;  // run.attempt is the fencing token
  absl::Time until;
};

// What a finished run leaves: serialized by server/wire, opaque to the store.
struct VerdictRecord {
  VerdictState state = VerdictState::kUnspecified;
  std::string verdict;  // deterministic bytes of proto Verdict
  std::string facts;    // deterministic bytes of proto Facts
  std::string stats;    // bytes of proto RunStats
};

// A cached unit result. `key` says what was asked (command, main file, configuration, analyzer build);
// inputs and absent paths say for which trees it holds.
struct CachedResult {
  std::string manifest;  // opaque, compared by the cache's owner
  std::string result;    // opaque
};

class Store {
 public:
  virtual ~Store() = default;

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
  // Leases of other owners are void from now on (an embedded server that owns its database starts).
  virtual absl::Status ReleaseAllLeases() = 0;
  virtual absl::StatusOr<VerdictRecord> GetVerdict(
      const RunId& id) = 0;  // kNotFound; kFailedPrecondition while pending

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
