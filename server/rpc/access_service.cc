#include "server/rpc/access_service.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/pipeline/reviewers_stage.h"
#include "server/rpc/serve.h"
#include "server/wire/convert.h"
#include "server/wire/review_convert.h"
#include "server/wire/signal_convert.h"

namespace mergegate::rpc {
namespace {

constexpr absl::Duration kUsualLife = absl::Hours(24 * 90), kLongestLife = absl::Hours(24 * 366);
constexpr absl::Duration kLongestOverride = absl::Hours(24 * 90);
constexpr int kMostProjects = 100;
constexpr size_t kLongestNote = 200, kLongestReason = 1000, kLongestCondition = 200;

absl::Status Invalid(std::string_view field, std::string_view problem, std::string_view hint) {
  return WithDetail(absl::InvalidArgumentError(absl::StrCat(std::string(field), ": ", std::string(problem))),
                    "FIELD_INVALID", field, hint);
}

v1::Token ToProto(const AccessToken& token) {
  v1::Token proto;
  proto.set_id(token.id);
  proto.set_person(token.person.value());
  proto.set_role(static_cast<v1::Role>(token.role));
  for (const ProjectId& project : token.projects) proto.add_projects(wire::ProjectName(project));
  proto.set_note(token.note);
  *proto.mutable_create_time() = wire::ToTimestamp(token.created);
  *proto.mutable_expire_time() = wire::ToTimestamp(token.expires);
  if (token.revoked) *proto.mutable_revoke_time() = wire::ToTimestamp(*token.revoked);
  if (token.last_used) *proto.mutable_last_use_time() = wire::ToTimestamp(*token.last_used);
  return proto;
}

absl::StatusOr<AccessToken> Wanted(const v1::Token& proto, absl::Time now) {
  AccessToken token{.role = static_cast<Role>(proto.role()), .note = proto.note(), .expires = now + kUsualLife};
  ASSIGN_OR_RETURN(token.person, wire::ParseHandle(proto.person(), "token.person"));
  if (std::ranges::find(kRoles, token.role) == kRoles.end()) {
    return Invalid("token.role", "is not one", "viewer, developer, reviewer, lead, admin or bot");
  }
  RETURN_IF_ERROR(wire::CheckText(proto.note(), "token.note", kLongestNote, /*lines=*/false));
  if (proto.projects_size() > kMostProjects) return Invalid("token.projects", "more than 100", "leave out: all");
  for (const std::string& name : proto.projects()) {
    ASSIGN_OR_RETURN(token.projects.emplace_back(), wire::ParseProjectName(name));
  }
  if (proto.has_expire_time()) token.expires = wire::FromTimestamp(proto.expire_time());
  if (token.expires <= now || token.expires > now + kLongestLife) {
    return Invalid("token.expire_time", "must be ahead, at most 366 days", "leave it out for 90 days");
  }
  return token;
}

v1::ConditionOverride ToProto(const Override& override_) {
  v1::ConditionOverride proto;
  proto.set_review(wire::FormatReviewName(override_.project, override_.change));
  proto.set_condition(override_.condition);
  proto.set_actor(override_.actor.value());
  proto.set_role(override_.role);
  proto.set_reason(override_.reason);
  *proto.mutable_create_time() = wire::ToTimestamp(override_.created);
  *proto.mutable_expire_time() = wire::ToTimestamp(override_.expires);
  return proto;
}

}  // namespace

grpc::Status AccessService::WhoAmI(grpc::ServerContext* context, const v1::WhoAmIRequest* request,
                                   v1::WhoAmIResponse* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) {
    response->set_person(caller.person.value());
    response->set_role(static_cast<v1::Role>(caller.role));
    for (const ProjectId& project : caller.projects) response->add_projects(wire::ProjectName(project));
    return absl::OkStatus();
  });
}

grpc::Status AccessService::CreateToken(grpc::ServerContext* context, const v1::CreateTokenRequest* request,
                                        v1::CreateTokenResponse* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    const absl::Time now = parts_.clock.Now();
    ASSIGN_OR_RETURN(AccessToken wanted, Wanted(request->token(), now));
    // An administrator of some projects makes none for others.
    if (wanted.projects.empty()) wanted.projects = caller.projects;
    for (const ProjectId& project : wanted.projects) {
      if (!caller.MaySee(project)) {
        return absl::PermissionDeniedError(absl::StrCat("token.projects: ", project.value(), " is not yours"));
      }
    }
    ASSIGN_OR_RETURN(const NewToken made, access_.tokens().Create(wanted, {.by = caller.person, .at = now}));
    *response->mutable_token() = ToProto(made.token);
    response->set_text(made.shown);
    return absl::OkStatus();
  });
}

grpc::Status AccessService::ListTokens(grpc::ServerContext* context, const v1::ListTokensRequest* request,
                                       v1::ListTokensResponse* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<AccessToken> tokens, parts_.store.ListTokens());
    for (const AccessToken& token : tokens) *response->add_tokens() = ToProto(token);
    return absl::OkStatus();
  });
}

grpc::Status AccessService::RevokeToken(grpc::ServerContext* context, const v1::RevokeTokenRequest* request,
                                        v1::RevokeTokenResponse*) {
  return Serve(access_, context, *request, [&](const Caller& caller) {
    return parts_.store.RevokeToken(request->id(), {.by = caller.person, .at = parts_.clock.Now()});
  });
}

grpc::Status AccessService::OverrideCondition(grpc::ServerContext* context, const v1::OverrideConditionRequest* request,
                                              v1::ConditionOverride* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    const absl::Time now = parts_.clock.Now();
    ASSIGN_OR_RETURN(const wire::ReviewName review, wire::ParseReviewName(request->review()));
    ASSIGN_OR_RETURN(const Handle person, NamedPerson(caller));
    Override wanted{.project = review.project,
                    .change = review.change,
                    .condition = request->condition(),
                    .actor = person,
                    .role = std::string(Name(caller.role)),
                    .reason = request->reason(),
                    .created = now,
                    .expires = wire::FromTimestamp(request->expire_time())};
    if (wanted.reason.empty()) return Invalid("reason", "is empty", "say why: --reason TEXT");
    RETURN_IF_ERROR(wire::CheckText(wanted.reason, "reason", kLongestReason, /*lines=*/false));
    RETURN_IF_ERROR(wire::CheckText(wanted.condition, "condition", kLongestCondition, /*lines=*/false));
    if (wanted.expires <= now || wanted.expires > now + kLongestOverride) {
      return Invalid("expire_time", "must be ahead, at most 90 days", "say until when: --until DAY");
    }
    ASSIGN_OR_RETURN(const bool judged, pipeline::OverrideAndJudgeAgain(parts_, wanted));
    if (judged) submitted_();
    *response = ToProto(wanted);
    return absl::OkStatus();
  });
}

grpc::Status AccessService::ListOverrides(grpc::ServerContext* context, const v1::ListOverridesRequest* request,
                                          v1::ListOverridesResponse* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const wire::ReviewName review, wire::ParseReviewName(request->parent()));
    ASSIGN_OR_RETURN(const std::vector<Override> overrides, parts_.store.ListOverrides(review.project, review.change));
    for (const Override& each : overrides) *response->add_overrides() = ToProto(each);
    return absl::OkStatus();
  });
}

grpc::Status AccessService::ListAuditEntries(grpc::ServerContext* context, const v1::ListAuditEntriesRequest* request,
                                             v1::ListAuditEntriesResponse* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const int size, PageSize(request->page_size(), 100));
    ASSIGN_OR_RETURN(const std::vector<AuditEntry> entries, parts_.store.ListAudit(request->after(), size));
    for (const AuditEntry& entry : entries) {
      v1::AuditEntry& out = *response->add_entries();
      out.set_number(entry.number);
      *out.mutable_time() = wire::ToTimestamp(entry.at);
      out.set_actor(entry.actor.value());
      out.set_action(entry.action);
      out.set_subject(entry.subject.value());
      out.set_other(entry.other.value());
      out.set_object(entry.object);
      out.set_detail(entry.detail);
      out.set_hash(entry.hash);
    }
    return absl::OkStatus();
  });
}

grpc::Status AccessService::VerifyAudit(grpc::ServerContext* context, const v1::VerifyAuditRequest* request,
                                        v1::VerifyAuditResponse* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const storage::AuditCheck check, parts_.store.VerifyAudit());
    response->set_entries(check.entries);
    response->set_head(check.head);
    response->set_broken_at(check.broken_at);
    response->set_problem(check.problem);
    return absl::OkStatus();
  });
}

}  // namespace mergegate::rpc
