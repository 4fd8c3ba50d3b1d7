// What a webhook of a host says, whichever host it was: the words of GitHub's and GitLab's events, joined.
#ifndef MERGEGATE_SERVER_DOMAIN_HOST_EVENT_H_
#define MERGEGATE_SERVER_DOMAIN_HOST_EVENT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/host.h"
#include "server/domain/ids.h"
#include "server/domain/review.h"

namespace mergegate {

enum class HostEventKind {
  kIgnored = 0,     // on purpose; `why`
  kPing,            // the hook was set up
  kChange,          // something about a pull or merge request; `step`
  kSaid,            // a review, an approval, a comment; `said`
  kThreadResolved,  // a thread of comments on a line; by `sender`
  kRerunAsked,      // of the checks at `commit`, for `change` where the host names one
  kQueued,          // a merge queue wants `change` (a "queue-" one) judged
  kUnqueued,        //
  kPushed,          // branch `ref` moved from `before` to `commit` (empty: deleted)
  kRepositories,    // `repositories` are ours to see now
  kRepository,      // renamed, transferred, another default branch
};

enum class ChangeStep {
  kNone = 0,    // edited, labelled and so on: nothing to do but to know it
  kOpened,      //
  kPushed,      //
  kReady,       // no longer a draft
  kRetargeted,  // onto another branch
  kReopened,    //
  kClosed,      // merged or not: change.state
  kAsked,       // `people` were asked to review
};

// A user of a host. The number stays when the login changes; both may be missing.
struct HostUser {
  std::string login = {};
  std::string number = {};
  bool bot = false;
  bool operator==(const HostUser&) const = default;
};

struct HostRepository {
  std::string number = {};
  std::string full_name = {};
  std::string default_branch = {};
  bool operator==(const HostRepository&) const = default;
};

struct HostEvent {
  HostEventKind kind = HostEventKind::kIgnored;
  std::string why = {};            // of kIgnored
  HostRepository repository = {};  // that the event is about; for a pull request of a fork the one it goes to
  std::string installation = {};
  HostUser sender = {};
  absl::Time at = absl::InfinitePast();  // by the host's clock; InfinitePast: it does not say
  // About which change; number 0 and no key: none. The head is empty where the host does not tell it, as for comments.
  HostChange change = {};
  ChangeStep step = ChangeStep::kNone;
  ReviewEventKind said = ReviewEventKind::kUnspecified;
  std::string id = {};      // of what was said; unique in the repository together with its kind
  std::string text = {};    // of what was said
  std::string path = {};    // of a comment on a line
  std::string thread = {};  // of a comment on a line, or that was resolved: the id of its first comment
  bool trusted = false;     // the host says that the sender is an owner, member or collaborator of the repository
  std::vector<HostUser> people = {};
  CommitId commit = {};
  CommitId before = {};
  std::string ref = {};
  std::vector<HostRepository> repositories = {};
  bool operator==(const HostEvent&) const = default;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_HOST_EVENT_H_
