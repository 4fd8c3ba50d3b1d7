// Store over one SQLite file in WAL mode: one connection that writes, one that reads beside it, and one for long reads.
//
// Thread safety: all methods may be called from any thread; writers wait for one another, readers likewise.
// Several processes may share the file; a server that does so must not call ReleaseAllLeases.
#ifndef MERGEGATE_SERVER_STORAGE_SQLITE_SQLITE_STORE_H_
#define MERGEGATE_SERVER_STORAGE_SQLITE_SQLITE_STORE_H_

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/turn_mutex.h"
#include "server/storage/store.h"
#include "server/storage/store_options.h"

namespace mergegate::storage {

class SqliteStore final : public Store {
 public:
  // `reader` and `scanner` may be null: a database in memory has one connection only. All are migrated.
  SqliteStore(std::unique_ptr<Database> writer, std::unique_ptr<Database> reader, std::unique_ptr<Database> scanner,
              const StoreOptions& options)
      : options_(options), writer_(std::move(writer)), reader_(std::move(reader)), scanner_(std::move(scanner)) {}

  // open_sqlite_store.cc has OpenSqliteStore.

  // sqlite_projects.cc
  absl::StatusOr<Project> CreateProject(const Project& project) override;
  absl::StatusOr<Project> GetProject(const ProjectId& id) override;
  absl::StatusOr<Page<Project>> ListProjects(int page_size, std::string_view token) override;

  // sqlite_runs.cc
  absl::StatusOr<Run> SubmitRun(const Submission& submission, const RunId& id, absl::Time now) override;
  absl::StatusOr<Run> GetRun(const RunId& id) override;
  absl::StatusOr<Page<Run>> ListRuns(const ProjectId& project, std::string_view change, int page_size,
                                     std::string_view token) override;

  absl::StatusOr<Run> SubmitJudgement(const RunId& of, const RunId& id, std::string_view request_id,
                                      absl::Time now) override;

  // sqlite_reviews.cc
  absl::StatusOr<int64_t> AppendReviewEvents(const StoredReview& review,
                                             const std::vector<NewReviewEvent>& events) override;
  absl::StatusOr<std::vector<std::string>> ListReviewEvents(const ProjectId& project, std::string_view change,
                                                            int64_t after, int limit) override;
  absl::StatusOr<StoredReview> GetReview(const ProjectId& project, std::string_view change) override;
  absl::StatusOr<Page<StoredReview>> ListReviews(const ReviewQuery& query, int page_size,
                                                 std::string_view token) override;
  absl::StatusOr<std::vector<std::pair<Handle, int>>> CountOpenReviews(const ProjectId& project) override;
  absl::StatusOr<std::vector<std::pair<Handle, int>>> CountAnswers(const ProjectId& project, absl::Time since) override;
  absl::StatusOr<bool> HasReviewEvent(std::string_view source, std::string_view source_id) override;

  // sqlite_people.cc
  absl::StatusOr<Availability> GetAvailability(const Handle& person) override;
  absl::Status SetAvailability(const Availability& availability) override;

  // sqlite_signals.cc
  absl::StatusOr<std::vector<SignalOutcome>> AppendSignals(std::span<const Signal> signals,
                                                           const std::optional<Deed>& deed) override;
  absl::Status ScanSignals(const SignalQuery& query, const std::function<void(Signal)>& visit) override;
  absl::StatusOr<Page<Signal>> ListSignals(const SignalQuery& query, int page_size, std::string_view token) override;
  absl::StatusOr<std::set<Handle>> PeopleIn(std::span<const ProjectId> projects) override;
  absl::StatusOr<SignalChanges> SignalsSince(const SignalCursor& cursor) override;
  absl::StatusOr<SignalCursor> CurrentSignals() override;

  // sqlite_persons.cc
  absl::StatusOr<Person> ResolvePerson(const Handle& handle) override;
  absl::StatusOr<std::vector<Person>> ListPersons() override;
  absl::StatusOr<Person> LinkIdentity(const Handle& person, const Handle& identity, const Deed& deed) override;
  absl::StatusOr<Person> UnlinkIdentity(const Handle& identity, const Deed& deed) override;
  absl::StatusOr<Person> DescribePerson(const Handle& person, std::string_view name, bool bot,
                                        const Deed& deed) override;
  absl::Status SetTeam(const Team& team, const Deed& deed) override;
  absl::StatusOr<std::vector<Team>> ListTeams() override;

  // sqlite_audit.cc
  absl::StatusOr<int64_t> AppendAudit(const AuditEntry& entry) override;
  absl::StatusOr<std::vector<AuditEntry>> ListAudit(int64_t after, int limit) override;
  absl::StatusOr<AuditCheck> VerifyAudit() override;

  // sqlite_access.cc
  absl::Status CreateToken(const StoredToken& token, const Deed& deed) override;
  absl::StatusOr<StoredToken> FindToken(std::string_view id) override;
  absl::StatusOr<std::vector<AccessToken>> ListTokens() override;
  absl::Status RevokeToken(std::string_view id, const Deed& deed) override;
  absl::Status TouchToken(std::string_view id, absl::Time used) override;
  absl::Status AddOverride(const Override& override_) override;
  absl::StatusOr<std::vector<Override>> ListOverrides(const ProjectId& project, std::string_view change) override;

  // sqlite_erasure.cc
  absl::StatusOr<Erasure> ErasePerson(const Handle& person, const Renaming& renaming, const Deed& deed) override;

  // sqlite_scores.cc
  absl::StatusOr<std::vector<ChangeQuality>> ListQualities(int64_t after, int limit) override;
  absl::StatusOr<std::vector<WeightVersion>> ListWeights(const ProjectId& project) override;
  absl::Status AddWeights(const ProjectId& project, const WeightVersion& version) override;
  absl::StatusOr<WeightVersion> ApproveWeights(const ProjectId& project, int number, const Handle& by) override;

  // sqlite_outbox.cc
  absl::StatusOr<bool> AddIntent(const NewIntent& intent, absl::Time now) override;
  absl::StatusOr<std::optional<Intent>> LeaseIntent(absl::Time now, absl::Duration ttl) override;
  absl::Status SettleIntent(int64_t number, int attempt, const Settlement& settlement, absl::Time now) override;
  absl::Status ReleaseIntents(absl::Time now) override;
  absl::StatusOr<Page<Intent>> ListIntents(bool dead, int page_size, std::string_view token) override;
  absl::Status ReviveIntent(int64_t number, absl::Time now) override;
  absl::Status DropIntent(int64_t number) override;
  absl::StatusOr<std::map<IntentState, int64_t>> CountIntents() override;
  absl::Status ForgetIntents(absl::Time before) override;
  absl::StatusOr<std::string> GetSent(const ProjectId& project, std::string_view change,
                                      std::string_view slot) override;
  absl::Status SetSent(const ProjectId& project, std::string_view change, std::string_view slot,
                       std::string_view text) override;

  // sqlite_deliveries.cc
  absl::StatusOr<std::vector<bool>> AddDeliveries(const std::vector<Delivery>& deliveries, absl::Time now) override;
  absl::StatusOr<std::optional<Delivery>> LeaseDelivery(absl::Time now, absl::Duration ttl) override;
  absl::Status FinishDelivery(int64_t number, int attempt, DeliveryState state, std::string_view reason,
                              absl::Time now) override;
  absl::Status PostponeDelivery(int64_t number, int attempt, absl::Time ready, std::string_view reason) override;
  absl::Status ReleaseDeliveries() override;
  absl::StatusOr<Page<Delivery>> ListDeliveries(std::string_view host, std::optional<DeliveryState> state,
                                                int page_size, std::string_view token) override;
  absl::StatusOr<Delivery> GetDelivery(std::string_view host, std::string_view id) override;
  absl::StatusOr<int64_t> CountWaitingDeliveries() override;
  absl::StatusOr<int64_t> ForgetDeliveries(absl::Time bodies, absl::Time rows) override;

  // sqlite_hosts.cc
  absl::StatusOr<HostProject> SaveHostProject(const HostProject& project, std::string_view remote, absl::Time heard,
                                              absl::Time now) override;
  absl::StatusOr<HostProject> FindHostProject(const ProjectId& project) override;
  absl::StatusOr<HostProject> FindHostProjectOf(std::string_view host, std::string_view repository) override;
  absl::StatusOr<std::vector<HostProject>> ListHostProjects() override;
  absl::StatusOr<HostChange> SaveHostChange(const HostChange& change) override;
  absl::StatusOr<HostChange> FindHostChange(const ProjectId& project, std::string_view change) override;
  absl::StatusOr<std::vector<HostChange>> ListOpenHostChanges(const ProjectId& project) override;
  absl::StatusOr<std::vector<HostChange>> FindHostChangesAt(const ProjectId& project, const CommitId& head) override;

  // sqlite_growth.cc
  absl::Status SaveCourses(std::span<const Course> courses, const Deed& deed) override;
  absl::StatusOr<Page<Course>> ListCourses(int page_size, std::string_view token) override;
  absl::StatusOr<ReportGrant> AddGrant(const ReportGrant& grant, const Deed& deed) override;
  absl::StatusOr<std::vector<ReportGrant>> ListGrants(const Handle& person) override;
  absl::StatusOr<ReportGrant> RevokeGrant(const Handle& person, int64_t number, const Deed& deed) override;
  absl::Status ShowRecognition(const Handle& person, bool show, const Deed& deed) override;
  absl::StatusOr<bool> ShowsRecognition(const Handle& person) override;

  // sqlite_appeals.cc
  absl::StatusOr<Appeal> AddAppeal(const Appeal& appeal, const Deed& deed) override;
  absl::StatusOr<Appeal> GetAppeal(int64_t number) override;
  absl::StatusOr<std::vector<Appeal>> ListAppeals(const Handle& person, bool waiting_only) override;
  absl::Status AnswerAppeal(const Appeal& appeal, const Deed& deed, const std::optional<Signal>& correction) override;
  absl::Status SetEffects(int64_t number, std::span<const AppealEffect> effects) override;

  // sqlite_audit.cc
  absl::StatusOr<std::vector<AuditEntry>> ListAuditAbout(const Handle& person,
                                                         std::span<const std::string_view> actions, int limit) override;

  // sqlite_queue.cc
  absl::StatusOr<std::optional<RunLease>> LeaseRun(std::string_view owner, absl::Time now, absl::Duration ttl) override;
  absl::Status RenewLease(const RunId& id, int attempt, absl::Time now, absl::Duration ttl) override;
  absl::Status ReleaseRun(const RunId& id, int attempt) override;
  absl::Status FinishRun(const RunId& id, int attempt, const VerdictRecord& record, absl::Time now) override;
  absl::StatusOr<std::vector<RunLease>> LeaseOverdueRuns(std::string_view owner, absl::Time now, absl::Duration ttl,
                                                         int max_attempts) override;
  absl::StatusOr<std::vector<RunLease>> LeaseRunsOf(const ProjectId& project, std::string_view change,
                                                    const CommitId& keep, std::string_view owner, absl::Time now,
                                                    absl::Duration ttl) override;
  absl::StatusOr<std::map<RunState, int64_t>> CountOpenRuns() override;
  absl::Status ReleaseAllLeases() override;
  absl::StatusOr<VerdictRecord> GetVerdict(const RunId& id) override;

  // sqlite_results.cc
  absl::StatusOr<std::optional<std::string>> FindResult(
      std::string_view key, const std::function<bool(std::string_view manifest)>& holds) override;
  absl::Status SaveResult(std::string_view key, const CachedResult& result, absl::Time now) override;
  absl::Status DropResults(std::string_view key) override;
  absl::StatusOr<int64_t> EvictResults(int64_t max_bytes) override;

  // sqlite_uploads.cc
  absl::Status SaveCompileCommands(const ProjectId& project, const CommitId& commit, std::string_view json,
                                   absl::Time now) override;
  absl::StatusOr<std::optional<std::string>> FindCompileCommands(const ProjectId& project,
                                                                 const std::vector<CommitId>& commits) override;

 private:
  // A connection for the caller alone, for the life of this object.
  struct Connection {
    std::unique_lock<TurnMutex> lock;
    Database& db;
  };
  Connection Writing() { return {std::unique_lock(write_mutex_), *writer_}; }
  // For what somebody outside waits for with a clock in hand.
  Connection WritingNext() {
    write_mutex_.lock_next();
    return {std::unique_lock(write_mutex_, std::adopt_lock), *writer_};
  }
  Connection Reading() {
    if (reader_ == nullptr) return Writing();
    return {std::unique_lock(read_mutex_), *reader_};
  }

  Connection Scanning() {
    if (scanner_ == nullptr) return Writing();
    return {std::unique_lock(scan_mutex_), *scanner_};
  }

  TurnMutex write_mutex_;
  const StoreOptions options_;
  const std::unique_ptr<Database> writer_;
  TurnMutex read_mutex_;
  const std::unique_ptr<Database> reader_;
  TurnMutex scan_mutex_;
  const std::unique_ptr<Database> scanner_;

  // Results found since the last eviction, by row number, with the order of use. Kept in memory so that a cache hit
  // costs no write; what a crash loses is only how recently a result was used.
  std::mutex used_mutex_;
  std::map<int64_t, int64_t> used_;
  int64_t uses_ = 0;
};

}  // namespace mergegate::storage

#endif  // MERGEGATE_SERVER_STORAGE_SQLITE_SQLITE_STORE_H_
