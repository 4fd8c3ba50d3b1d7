// THE table of who may call what: one row per method of every service.
//
//   RoleFor(*v1::SubmitChangeRequest::descriptor())->role == Role::kDeveloper
//
// A method is found by its request, which no two methods share (a test keeps it so). Thread safety: immutable.
#ifndef MERGEGATE_SERVER_RPC_METHOD_ROLES_H_
#define MERGEGATE_SERVER_RPC_METHOD_ROLES_H_

#include <google/protobuf/descriptor.h>

#include <span>
#include <string_view>

#include "server/domain/access.h"

namespace mergegate::rpc {

struct MethodRole {
  std::string_view method;   // "Service.Method" of mergegate.v1
  Role role = Role::kAdmin;  // and those above it
  bool bots = false;         // bots, too
  bool everywhere = false;   // it touches all projects: a token for some of them does not do
};

std::span<const MethodRole> MethodRoles();

// nullptr for a request of no method in the table.
const MethodRole* RoleFor(const google::protobuf::Descriptor& request);

// Whether the role meets the least one: the higher one does; a bot only where bots may.
bool May(Role role, const MethodRole& method);

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_METHOD_ROLES_H_
