// What came from hosts (GitHub, GitLab): deliveries, which are a queue, and what is known of projects and changes
// there.
//
//   ASSIGN_OR_RETURN(bool fresh, store.AddDelivery(delivery, now));            // durable: the hook may be answered
//   ASSIGN_OR_RETURN(std::optional<Delivery> next, store.LeaseDelivery(now, absl::Seconds(30)));
//   RETURN_IF_ERROR(store.FinishDelivery(next->number, next->attempt, DeliveryState::kDone, "", now));
#ifndef MERGEGATE_SERVER_STORAGE_HOST_STORE_H_
#define MERGEGATE_SERVER_STORAGE_HOST_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/delivery.h"
#include "server/domain/host.h"
#include "server/storage/page.h"

namespace mergegate::storage {

class HostStore {
 public:
  virtual ~HostStore() = default;

  // --- deliveries ---
  // Keeps each as waiting, unless its host and id are known; one that failed waits again. In one transaction: true for
  // those that now wait.
  virtual absl::StatusOr<std::vector<bool>> AddDeliveries(const std::vector<Delivery>& deliveries, absl::Time now) = 0;
  // The oldest one whose time has come, and in whose lane no earlier one is ready or being worked on; its attempt is
  // incremented. Those whose lease lapsed are taken again. nullopt when there is none.
  virtual absl::StatusOr<std::optional<Delivery>> LeaseDelivery(absl::Time now, absl::Duration ttl) = 0;
  // kDone, kIgnored or kFailed, with a reason. kAborted when `attempt` no longer has it.
  virtual absl::Status FinishDelivery(int64_t number, int attempt, DeliveryState state, std::string_view reason,
                                      absl::Time now) = 0;
  // Waits again until `ready`; later ones of its lane go first meanwhile. kAborted as above.
  virtual absl::Status PostponeDelivery(int64_t number, int attempt, absl::Time ready, std::string_view reason) = 0;
  // All that are leased wait again: the process that held them is gone.
  virtual absl::Status ReleaseDeliveries() = 0;
  // Latest first, without bodies; `state` nullopt: all.
  virtual absl::StatusOr<Page<Delivery>> ListDeliveries(std::string_view host, std::optional<DeliveryState> state,
                                                        int page_size, std::string_view token) = 0;
  virtual absl::StatusOr<Delivery> GetDelivery(std::string_view host, std::string_view id) = 0;  // kNotFound
  // How many wait or are worked on.
  virtual absl::StatusOr<int64_t> CountWaitingDeliveries() = 0;
  // Of finished ones, drops the bodies of those received before `bodies`, and all of those before `rows`, whose ids
  // are then no longer known. Returns how many were touched.
  virtual absl::StatusOr<int64_t> ForgetDeliveries(absl::Time bodies, absl::Time rows) = 0;

  // --- projects there ---
  // Finds the project by host and repository number, or creates it (under project.project, or with the number
  // appended where that is taken), with `remote` to fetch from. Name, installation, branch and remote are replaced
  // unless something newer was heard. Returns what is known now.
  virtual absl::StatusOr<HostProject> SaveHostProject(const HostProject& project, std::string_view remote,
                                                      absl::Time heard, absl::Time now) = 0;
  virtual absl::StatusOr<HostProject> FindHostProject(const ProjectId& project) = 0;  // kNotFound
  virtual absl::StatusOr<HostProject> FindHostProjectOf(std::string_view host, std::string_view repository) = 0;
  // All, by project.
  virtual absl::StatusOr<std::vector<HostProject>> ListHostProjects() = 0;

  // --- changes there ---
  // Stores what Newer() makes of it; returns that. kNotFound for an unknown project.
  virtual absl::StatusOr<HostChange> SaveHostChange(const HostChange& change) = 0;
  virtual absl::StatusOr<HostChange> FindHostChange(const ProjectId& project,
                                                    std::string_view change) = 0;  // kNotFound
  // Open ones and drafts, by key.
  virtual absl::StatusOr<std::vector<HostChange>> ListOpenHostChanges(const ProjectId& project) = 0;
  // Those whose head it is, open or not, by key.
  virtual absl::StatusOr<std::vector<HostChange>> FindHostChangesAt(const ProjectId& project, const CommitId& head) = 0;
};

}  // namespace mergegate::storage

#endif  // MERGEGATE_SERVER_STORAGE_HOST_STORE_H_
