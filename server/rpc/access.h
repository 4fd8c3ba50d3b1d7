// Who calls, and what they may: over the unix socket whoever may open it is the administrator (its folder is 0700), and
// so is who shows the token of the data folder; everybody else is who their token says (token_check.h).
//
//   ASSIGN_OR_RETURN(const Caller caller, access.Admit(*context, *request));
//
// Thread safety: as TokenCheck's.
#ifndef MERGEGATE_SERVER_RPC_ACCESS_H_
#define MERGEGATE_SERVER_RPC_ACCESS_H_

#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/domain/access.h"
#include "server/domain/review.h"
#include "server/rpc/token_check.h"
#include "server/storage/store.h"

namespace mergegate::rpc {

struct Caller {
  Handle person = {};  // empty: an administrator who did not say
  Role role = Role::kUnspecified;
  std::vector<ProjectId> projects = {};  // empty: all
  Handle holder = {};                    // whose token it is; empty: nobody's in particular

  bool MaySee(const ProjectId& project) const;
  bool IsAdmin() const { return role == Role::kAdmin; }
};

class Access {
 public:
  // `token` is the data folder's, never empty where a TCP port is open.
  Access(std::string token, storage::Store& store, const Clock& clock)
      : token_(std::move(token)), store_(store), clock_(clock), tokens_(store, clock) {}

  // kUnauthenticated without "authorization: Bearer <token>" or with a wrong one; kPermissionDenied where the role is
  // too low (method_roles.h), the token is for other projects, or the caller speaks for somebody else
  // ("mergegate-caller"). An administrator may; that is logged.
  absl::StatusOr<Caller> Admit(const grpc::ServerContext& context, const google::protobuf::Message& request) const;

  // Puts into the audit log that the caller acts for `self` without that person's token, where that is so: whoever has
  // the administrator's socket or token may. For what is nobody else's business, reading included.
  absl::Status NoteSpeaking(const Caller& caller, const Person& self, std::string_view method) const;

  TokenCheck& tokens() const { return tokens_; }

 private:
  absl::StatusOr<Caller> Identify(const grpc::ServerContext& context) const;
  absl::Status Speak(const grpc::ServerContext& context, const std::string& method, bool writes, Caller& caller) const;

  const std::string token_;
  storage::Store& store_;
  const Clock& clock_;
  mutable TokenCheck tokens_;
};

// kPermissionDenied when a request names a project that is not the caller's: fields called name, parent, project, run,
// review and names of messages below it that begin with "projects/". "projects/-" needs a token for all.
absl::Status CheckScope(const Caller& caller, const google::protobuf::Message& request);

// Ids of whom the caller may know: themselves, and whom signals of their projects name; nullopt: everybody. Reads all
// signals where the token is for some projects.
absl::StatusOr<std::optional<std::set<Handle>>> PeopleKnownTo(const Caller& caller, storage::Store& store);

// The caller, for what needs a person; kUnauthenticated when nobody was named.
absl::StatusOr<Handle> NamedPerson(const Caller& caller);

// kPermissionDenied, with what it would take.
absl::Status RoleMissing(const Caller& caller, std::string_view what, Role least);

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_ACCESS_H_
