// HostClient for GitHub: check runs where an App is installed, else commit statuses and one comment that is kept
// current.
#ifndef MERGEGATE_SERVER_HOSTS_GITHUB_CLIENT_H_
#define MERGEGATE_SERVER_HOSTS_GITHUB_CLIENT_H_

#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "server/hosts/host_client.h"

namespace mergegate::hosts {

class GitHubClient final : public HostClient {
 public:
  GitHubClient(HostApi& api, const Clock& clock) : api_(api), clock_(clock) {}

  absl::StatusOr<std::string> PublishStatus(const Place& place, const HostStatus& status, Memory& memory,
                                            Try how) override;
  absl::StatusOr<bool> HasStatus(const Place& place, Memory& memory) override;
  absl::StatusOr<std::string> PublishReview(const Place& place, const HostReview& review, Memory& memory,
                                            Try how) override;
  absl::StatusOr<std::string> RequestReviewers(const Place& place, const std::vector<std::vector<std::string>>& people,
                                               Memory& memory) override;
  absl::StatusOr<std::string> Reply(const Place& place, const std::string& markdown, const std::string& key,
                                    Memory& memory, Try how) override;
  absl::StatusOr<std::string> UploadSarif(const Place& place, const std::string& sarif) override;
  std::string PlaceUrl(const Place& place) const override;
  std::string ChangeUrl(const Place& place) const override;
  HostKind kind() const override { return HostKind::kGitHub; }
  bool wants_sarif() const override { return api_.config().upload_sarif; }

 private:
  // github_checks.cc
  absl::Status PublishCheckRun(const Place& place, const HostStatus& status, Memory& memory, Try how);
  absl::StatusOr<nlohmann::json> FindCheckRun(const Place& place, const std::string& run);
  absl::Status PublishCommitStatus(const Place& place, const HostStatus& status, Memory& memory, Try how);
  absl::Status UpsertComment(const Place& place, const std::string& markdown, const std::string& key, bool may_create,
                             Memory& memory, Try how);

  // github_review.cc
  absl::Status ResolveThreads(const Place& place, const std::vector<std::string>& keys);
  absl::StatusOr<std::string> OwnLogin(const Place& place);

  std::string Repository(const Place& place) const;
  // What is remembered of the status of a head.
  std::string StatusSlot(const Place& place) const;
  CallAs As(const Place& place) const {
    return {.installation = place.project.installation, .repository = place.project.repository};
  }

  HostApi& api_;
  const Clock& clock_;
  std::mutex mutex_;
  std::string login_;  // ours; asked for once
};

}  // namespace mergegate::hosts

#endif  // MERGEGATE_SERVER_HOSTS_GITHUB_CLIENT_H_
