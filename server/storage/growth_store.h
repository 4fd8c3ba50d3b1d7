// Courses, grants of reports and who read with them, appeals, and who wants to be shown.
//
//   ASSIGN_OR_RETURN(ReportGrant grant, store.AddGrant({.person = ann, .grantee = ben, ...}, deed));
//   ASSIGN_OR_RETURN(auto readings, store.ListReadings(ann, 100));
//
// People are stored as they are given: give ids (PeopleStore::ResolvePerson). Every deed is in the audit log, which is
// also where readings are.
#ifndef MERGEGATE_SERVER_STORAGE_GROWTH_STORE_H_
#define MERGEGATE_SERVER_STORAGE_GROWTH_STORE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/growth.h"
#include "server/domain/signal.h"
#include "server/storage/page.h"
#include "server/storage/people_store.h"

namespace mergegate::storage {

class GrowthStore {
 public:
  virtual ~GrowthStore() = default;

  // Adds or replaces, all or nothing; one entry in the audit log.
  virtual absl::Status SaveCourses(std::span<const Course> courses, const Deed& deed) = 0;
  // By provider and id.
  virtual absl::StatusOr<Page<Course>> ListCourses(int page_size, std::string_view token) = 0;

  // With its number.
  virtual absl::StatusOr<ReportGrant> AddGrant(const ReportGrant& grant, const Deed& deed) = 0;
  // Oldest first, lapsed and revoked ones too.
  virtual absl::StatusOr<std::vector<ReportGrant>> ListGrants(const Handle& person) = 0;
  // kNotFound when it is not the person's. Again is no change.
  virtual absl::StatusOr<ReportGrant> RevokeGrant(const Handle& person, int64_t number, const Deed& deed) = 0;
  // Entries of the audit log with one of these actions about the person; latest first, at most `limit`.
  virtual absl::StatusOr<std::vector<AuditEntry>> ListAuditAbout(const Handle& person,
                                                                 std::span<const std::string_view> actions,
                                                                 int limit) = 0;

  // With its number. kAlreadyExists while the person's appeal against this signal waits.
  virtual absl::StatusOr<Appeal> AddAppeal(const Appeal& appeal, const Deed& deed) = 0;
  virtual absl::StatusOr<Appeal> GetAppeal(int64_t number) = 0;  // kNotFound
  // Oldest first; of everybody when `person` is empty.
  virtual absl::StatusOr<std::vector<Appeal>> ListAppeals(const Handle& person, bool waiting_only) = 0;
  // Keeps state, answered_by, answer, answered and effects, and appends the correction, all or nothing. kNotFound;
  // kFailedPrecondition when it is answered already.
  virtual absl::Status AnswerAppeal(const Appeal& appeal, const Deed& deed,
                                    const std::optional<Signal>& correction = std::nullopt) = 0;
  // Other effects instead of those that are there: what an accepted correction moved is known once it counts.
  virtual absl::Status SetEffects(int64_t number, std::span<const AppealEffect> effects) = 0;

  virtual absl::Status ShowRecognition(const Handle& person, bool show, const Deed& deed) = 0;
  virtual absl::StatusOr<bool> ShowsRecognition(const Handle& person) = 0;
};

}  // namespace mergegate::storage

#endif  // MERGEGATE_SERVER_STORAGE_GROWTH_STORE_H_
