#include "server/rpc/access.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/secret.h"
#include "server/base/status_macros.h"
#include "server/rpc/grpc_status.h"
#include "server/rpc/method_roles.h"
#include "server/wire/review_convert.h"

namespace mergegate::rpc {
namespace {

constexpr std::array<std::string_view, 6> kScopedFields = {"name", "names", "parent", "project", "run", "review"};
constexpr int kDeepest = 8;

std::string_view Metadata(const grpc::ServerContext& context, const char* key) {
  const auto& metadata = context.client_metadata();
  const auto it = metadata.find(key);
  return it == metadata.end() ? std::string_view() : std::string_view(it->second.data(), it->second.size());
}

std::string ProjectsOf(const Caller& caller) {
  return absl::StrJoin(caller.projects, ", ",
                       [](std::string* out, const ProjectId& id) { absl::StrAppend(out, id.value()); });
}

absl::Status CheckName(const Caller& caller, const std::string& name, const std::string& field) {
  constexpr std::string_view kPrefix = "projects/";
  if (!name.starts_with(kPrefix)) return absl::OkStatus();
  const std::string id = name.substr(kPrefix.size(), name.find('/', kPrefix.size()) - kPrefix.size());
  if (caller.MaySee(ProjectId(id))) return absl::OkStatus();
  return WithDetail(absl::PermissionDeniedError(absl::StrCat("this token is for projects ", ProjectsOf(caller))),
                    "PROJECT_NOT_YOURS", field, "name one of them, or ask an administrator for another token");
}

absl::Status CheckFields(const Caller& caller, const google::protobuf::Message& message, int depth) {
  if (depth > kDeepest) return absl::OkStatus();
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
        RETURN_IF_ERROR(CheckFields(caller,
                                    field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                         : reflection.GetMessage(message, field),
                                    depth + 1));
      } else if (field->type() == google::protobuf::FieldDescriptor::TYPE_STRING &&
                 std::ranges::find(kScopedFields, field->name()) != kScopedFields.end()) {
        RETURN_IF_ERROR(CheckName(caller,
                                  field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                                       : reflection.GetString(message, field),
                                  field->name()));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

bool Caller::MaySee(const ProjectId& project) const {
  return projects.empty() || std::ranges::find(projects, project) != projects.end();
}

absl::Status CheckScope(const Caller& caller, const google::protobuf::Message& request) {
  return caller.projects.empty() ? absl::OkStatus() : CheckFields(caller, request, 0);
}

absl::StatusOr<std::optional<std::set<Handle>>> PeopleKnownTo(const Caller& caller, storage::Store& store) {
  if (caller.projects.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(std::set<Handle> people, store.PeopleIn(caller.projects));
  for (const Handle& self : {caller.person, caller.holder}) {
    if (self.empty()) continue;
    ASSIGN_OR_RETURN(const Person person, store.ResolvePerson(self));
    people.insert(person.id);
  }
  return people;
}

absl::StatusOr<Handle> NamedPerson(const Caller& caller) {
  if (!caller.person.empty()) return caller.person;
  return WithDetail(absl::UnauthenticatedError("this needs to know who you are"), "CALLER_MISSING", "mergegate-caller",
                    "say it with --as MAIL, MERGEGATE_AS, `as` in the config file, or git config user.email");
}

absl::Status RoleMissing(const Caller& caller, std::string_view what, Role least) {
  return WithDetail(
      absl::PermissionDeniedError(absl::StrCat(std::string(what), " needs the role ", std::string(Name(least)),
                                               "; this token has ", std::string(Name(caller.role)))),
      "ROLE_MISSING", "authorization", "ask an administrator for a token with that role");
}

absl::StatusOr<Caller> Access::Identify(const grpc::ServerContext& context) const {
  if (std::string_view(context.peer()).starts_with("unix:")) return Caller{.role = Role::kAdmin};
  std::string_view shown = Metadata(context, "authorization");
  constexpr std::string_view kBearer = "Bearer ";
  if (!shown.starts_with(kBearer)) {
    return WithDetail(absl::UnauthenticatedError("a valid token is needed"), "TOKEN_INVALID", "authorization",
                      "send \"authorization: Bearer <token>\"; an administrator gives them out, and the data folder's "
                      "file token holds the administrator's");
  }
  shown.remove_prefix(kBearer.size());
  if (!token_.empty() && SameSecret(shown, token_)) return Caller{.role = Role::kAdmin};
  ASSIGN_OR_RETURN(const AccessToken token, tokens_.Check(shown));
  return Caller{.person = token.person, .role = token.role, .projects = token.projects, .holder = token.person};
}

// Who is meant, when a caller says who they are.
absl::Status Access::Speak(const grpc::ServerContext& context, const std::string& method, bool writes,
                           Caller& caller) const {
  std::string_view said = Metadata(context, "mergegate-caller");
  // What a program took from git's configuration counts only where the token says nobody.
  if (said.empty() && caller.holder.empty()) said = Metadata(context, "mergegate-caller-default");
  if (said.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(Handle person, wire::ParseHandle(said, "mergegate-caller"));
  if (!caller.holder.empty() && person != caller.holder) {
    ASSIGN_OR_RETURN(const Person meant, store_.ResolvePerson(person));
    ASSIGN_OR_RETURN(const Person holder, store_.ResolvePerson(caller.holder));
    if (meant.id == holder.id) {
      caller.person = std::move(person);
      return absl::OkStatus();
    }
    if (!caller.IsAdmin()) {
      return WithDetail(absl::PermissionDeniedError(absl::StrCat("this token is ", caller.holder.value(),
                                                                 "'s: you cannot speak for ", person.value())),
                        "NOT_YOU", "mergegate-caller", "leave --as (MERGEGATE_AS, `as` in the config file) out");
    }
    if (writes) {
      RETURN_IF_ERROR(store_
                          .AppendAudit({.at = clock_.Now(),
                                        .actor = caller.holder,
                                        .action = "spoke.for",
                                        .subject = person,
                                        .object = method})
                          .status());
    }
  }
  caller.person = std::move(person);
  return absl::OkStatus();
}

absl::Status Access::NoteSpeaking(const Caller& caller, const Person& self, std::string_view method) const {
  if (!caller.holder.empty()) {
    ASSIGN_OR_RETURN(const Person holder, store_.ResolvePerson(caller.holder));
    if (holder.id == self.id) return absl::OkStatus();
  }
  return store_
      .AppendAudit({.at = clock_.Now(),
                    .actor = caller.holder,
                    .action = "spoke.for",
                    .subject = self.id,
                    .object = std::string(method)})
      .status();
}

absl::StatusOr<Caller> Access::Admit(const grpc::ServerContext& context,
                                     const google::protobuf::Message& request) const {
  ASSIGN_OR_RETURN(Caller caller, Identify(context));
  const MethodRole* method = RoleFor(*request.GetDescriptor());
  if (method == nullptr) {
    return absl::InternalError(absl::StrCat(request.GetTypeName(), " is not in server/rpc/method_roles.cc"));
  }
  if (!May(caller.role, *method)) return RoleMissing(caller, method->method, method->role);
  if (method->everywhere && !caller.projects.empty()) {
    return WithDetail(
        absl::PermissionDeniedError(
            absl::StrCat(std::string(method->method), " touches all projects; this token is for ", ProjectsOf(caller))),
        "PROJECT_NOT_YOURS", "authorization", "ask an administrator for a token for all projects");
  }
  RETURN_IF_ERROR(Speak(context, std::string(method->method), method->role != Role::kViewer, caller));
  RETURN_IF_ERROR(CheckScope(caller, request));
  return caller;
}

}  // namespace mergegate::rpc
