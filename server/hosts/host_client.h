// What is told to a host, in the words of the gate; GitHub and GitLab each say it their way.
//
//   HostClient* client = hosts.Find("github");
//   absl::StatusOr<std::string> note = client->PublishStatus(place, status, memory, {.again = attempt > 1});
//
// Every call may be repeated: what is there already is updated. A client remembers what it put where through Memory, at
// once after each step, and where a step may have got through without being remembered (`again`) it looks before it
// creates. The answer is a note for the record ("bob is no collaborator"), mostly empty; errors as in host_api.h.
//
// Thread safety: calls about different changes may run at once; calls about one change one after the other.
#ifndef MERGEGATE_SERVER_HOSTS_HOST_CLIENT_H_
#define MERGEGATE_SERVER_HOSTS_HOST_CLIENT_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/base/http.h"
#include "server/domain/host.h"
#include "server/hosts/host_access.h"
#include "server/hosts/host_api.h"
#include "server/publication/line_comments.h"

namespace mergegate::hosts {

// Where something is told.
struct Place {
  HostProject project = {};
  HostChange change = {};  // number 0: an entry of a merge queue, which has a commit only
  CommitId head = {};      // the commit that is told of
};

enum class StatusState { kPending, kPass, kFail, kInconclusive };

struct HostStatus {
  StatusState state = StatusState::kPending;
  std::string run = {};       // its id: our key of the status
  std::string title = {};     // one line of plain text
  std::string markdown = {};  // what people read
  std::string link = {};      // empty: none
  std::vector<publication::Annotation> annotations = {};
};

struct HostReview {
  std::string run = {};
  std::string body = {};  // Markdown above the comments; not sent without any
  std::vector<publication::LineComment> comments = {};
  std::vector<std::string> standing = {};  // keys of all findings that there are, commented or not
};

// What a client remembers of one change, by slot; durable when Keep returns.
class Memory {
 public:
  virtual ~Memory() = default;
  virtual absl::StatusOr<std::string> Recall(const std::string& slot) = 0;  // empty: nothing
  virtual absl::Status Keep(const std::string& slot, const std::string& text) = 0;
};

struct Try {
  bool again = false;  // an earlier try may have got through in part
};

class HostClient {
 public:
  virtual ~HostClient() = default;
  virtual absl::StatusOr<std::string> PublishStatus(const Place& place, const HostStatus& status, Memory& memory,
                                                    Try how) = 0;
  // Whether a status of this head was published, as far as is remembered.
  virtual absl::StatusOr<bool> HasStatus(const Place& place, Memory& memory) = 0;
  // New comments in one go; those whose finding no longer stands are resolved.
  virtual absl::StatusOr<std::string> PublishReview(const Place& place, const HostReview& review, Memory& memory,
                                                    Try how) = 0;
  // Whoever is asked for the first time is asked; whom we asked and who is no longer among them is asked no longer.
  // Each person by the logins that they may have there.
  virtual absl::StatusOr<std::string> RequestReviewers(const Place& place,
                                                       const std::vector<std::vector<std::string>>& people,
                                                       Memory& memory) = 0;
  // A comment on the change. `key` is ours: the same key is said once.
  virtual absl::StatusOr<std::string> Reply(const Place& place, const std::string& markdown, const std::string& key,
                                            Memory& memory, Try how) = 0;
  // SARIF 2.1.0 for code scanning; kFailedPrecondition where the host has none.
  virtual absl::StatusOr<std::string> UploadSarif(const Place& place, const std::string& sarif) = 0;

  // "https://github.com/acme/widget/blob/<head>/", before a path.
  virtual std::string PlaceUrl(const Place& place) const = 0;
  // Where people look at the change; empty where it has no page.
  virtual std::string ChangeUrl(const Place& place) const = 0;
  virtual HostKind kind() const = 0;
  virtual bool wants_sarif() const = 0;
};

std::unique_ptr<HostClient> MakeGitHubClient(HostApi& api, const Clock& clock);
std::unique_ptr<HostClient> MakeGitLabClient(HostApi& api);

// All configured hosts, by name. Thread safety: as their parts; lookups from any thread.
class Hosts {
 public:
  Hosts(const std::vector<HostConfig>& configs, Http& http, const Clock& clock);

  // nullptr for a host that is not configured.
  HostClient* Client(std::string_view name) const;
  HostApi* Api(std::string_view name) const;

 private:
  struct Parts {
    std::unique_ptr<HostAccess> access;
    std::unique_ptr<HostApi> api;
    std::unique_ptr<HostClient> client;
  };
  std::map<std::string, Parts, std::less<>> hosts_;
};

}  // namespace mergegate::hosts

#endif  // MERGEGATE_SERVER_HOSTS_HOST_CLIENT_H_
