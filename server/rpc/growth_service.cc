#include "server/rpc/growth_service.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/pipeline/appraisals.h"
#include "server/rpc/change_titles.h"
#include "server/rpc/growth_view.h"
#include "server/rpc/serve.h"
#include "server/wire/growth_convert.h"
#include "server/wire/review_convert.h"

namespace mergegate::rpc {
namespace {

constexpr int kDay = 24;  // hours
constexpr absl::Duration kUsualPeriod = absl::Hours(90 * kDay), kLongest = absl::Hours(366 * kDay);
constexpr size_t kMostReadings = 1000;
constexpr std::string_view kRead = "appraisal.read", kSpoke = "spoke.for";  // NoteSpeaking writes the latter

absl::Status Invalid(std::string_view field, const std::string& message, std::string_view hint) {
  return WithDetail(absl::InvalidArgumentError(absl::StrCat(std::string(field), ": ", message)), "FIELD_INVALID", field,
                    hint);
}

}  // namespace

absl::StatusOr<Person> GrowthService::Self(const Caller& caller, std::string_view method) const {
  ASSIGN_OR_RETURN(const Handle named, NamedPerson(caller));
  ASSIGN_OR_RETURN(Person self, parts_.store.ResolvePerson(named));
  RETURN_IF_ERROR(access_.NoteSpeaking(caller, self, absl::StrCat("GrowthService.", std::string(method))));
  return self;
}

absl::StatusOr<std::optional<ReportGrant>> GrowthService::GrantFor(const Caller& caller, const Person& person) const {
  if (caller.holder.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const Person reader, parts_.store.ResolvePerson(caller.holder));
  const absl::Time now = parts_.clock.Now();
  for (const Handle& name : person.identities) {
    ASSIGN_OR_RETURN(const std::vector<ReportGrant> grants, parts_.store.ListGrants(name));
    for (const ReportGrant& grant : grants) {
      if (!grant.Holds(now)) continue;
      if (!grant.grantee.empty()) {
        ASSIGN_OR_RETURN(const Person grantee, parts_.store.ResolvePerson(grant.grantee));
        if (grantee.id == reader.id) return grant;
      } else if (grant.role == caller.role && caller.projects.empty()) {
        return grant;
      }
    }
  }
  return std::nullopt;
}

absl::StatusOr<Person> GrowthService::Readable(const Caller& caller, const std::string& person) const {
  if (person.empty()) return Self(caller, "GetReport");
  ASSIGN_OR_RETURN(const Handle handle, wire::ParseHandle(person, "person"));
  ASSIGN_OR_RETURN(Person meant, parts_.store.ResolvePerson(handle));
  if (!caller.person.empty()) {
    ASSIGN_OR_RETURN(const Person named, parts_.store.ResolvePerson(caller.person));
    if (named.id == meant.id) return Self(caller, "GetReport");
  }
  ASSIGN_OR_RETURN(const std::optional<ReportGrant> grant, GrantFor(caller, meant));
  if (!grant) {
    return WithDetail(absl::PermissionDeniedError(absl::StrCat("the report of ", meant.id.value(),
                                                               " is theirs alone, and they granted it to nobody who "
                                                               "shows this token")),
                      "NOT_GRANTED", "person", "they can: mergegate me grant YOU --until DATE");
  }
  // Known before it is read.
  RETURN_IF_ERROR(
      parts_.store
          .AppendAudit(
              {.at = parts_.clock.Now(),
               .actor = caller.holder,
               .action = std::string(kRead),
               .subject = meant.id,
               .object = absl::StrCat("grant ", grant->number),
               .detail = grant->grantee.empty() ? absl::StrCat("as ", std::string(Name(grant->role))) : std::string()})
          .status());
  return meant;
}

grpc::Status GrowthService::GetReport(grpc::ServerContext* context, const v1::GetReportRequest* request,
                                      v1::Report* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    const absl::Time until = request->has_until() ? wire::FromTimestamp(request->until()) : parts_.clock.Now();
    const absl::Time since = request->has_since() ? wire::FromTimestamp(request->since()) : until - kUsualPeriod;
    if (since >= until) return Invalid("since", "is not before until", "");
    if (until - since > kLongest) return Invalid("since", "is more than 366 days before until", "--since 365d");
    ASSIGN_OR_RETURN(const Person person, Readable(caller, request->person()));
    ASSIGN_OR_RETURN(const pipeline::Appraisal appraisal, pipeline::AppraisalOf(parts_, person.id, {since, until}));
    *response = ViewOf(appraisal);
    AddTitles(parts_, caller, *response);
    return absl::OkStatus();
  });
}

grpc::Status GrowthService::CreateGrant(grpc::ServerContext* context, const v1::CreateGrantRequest* request,
                                        v1::Grant* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    if (request->grantee().empty() == request->role().empty()) {
      return Invalid("grantee", "name a person or a role, one of the two",
                     "mergegate me grant ben@example.org --until 2026-12-31");
    }
    const absl::Time now = parts_.clock.Now();
    const absl::Time until = wire::FromTimestamp(request->expire_time());
    if (!request->has_expire_time() || until <= now || until > now + kLongest) {
      return Invalid("expire_time", "must be ahead, by at most 366 days", "--until 2026-12-31");
    }
    ReportGrant grant{.created = now, .expires = until};
    if (!request->role().empty()) {
      const std::optional<Role> role = RoleNamed(request->role());
      if (!role || *role == Role::kBot)
        return Invalid("role", "is none of people", "viewer, developer, reviewer, lead, admin");
      grant.role = *role;
    }
    ASSIGN_OR_RETURN(const Person self, Self(caller, "CreateGrant"));
    grant.person = self.id;
    if (!request->grantee().empty()) {
      ASSIGN_OR_RETURN(const Handle handle, wire::ParseHandle(request->grantee(), "grantee"));
      ASSIGN_OR_RETURN(const Person grantee, parts_.store.ResolvePerson(handle));
      if (grantee.id == self.id) return Invalid("grantee", "is you: your report is yours already", "");
      grant.grantee = grantee.id;
    }
    ASSIGN_OR_RETURN(const ReportGrant stored, parts_.store.AddGrant(grant, DeedOf(caller)));
    *response = wire::ToProto(stored, now);
    return absl::OkStatus();
  });
}

grpc::Status GrowthService::ListGrants(grpc::ServerContext* context, const v1::ListGrantsRequest* request,
                                       v1::ListGrantsResponse* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Person self, Self(caller, "ListGrants"));
    constexpr std::array kActions = {kRead, kSpoke};
    std::vector<AuditEntry> readings;
    for (const Handle& name : self.identities) {
      ASSIGN_OR_RETURN(const std::vector<ReportGrant> grants, parts_.store.ListGrants(name));
      for (const ReportGrant& grant : grants) *response->add_grants() = wire::ToProto(grant, parts_.clock.Now());
      ASSIGN_OR_RETURN(std::vector<AuditEntry> entries,
                       parts_.store.ListAuditAbout(name, kActions, static_cast<int>(kMostReadings)));
      for (AuditEntry& entry : entries) readings.push_back(std::move(entry));
    }
    std::ranges::sort(readings, std::greater(), &AuditEntry::number);
    if (readings.size() > kMostReadings) readings.resize(kMostReadings);
    for (const AuditEntry& entry : readings) *response->add_readings() = wire::ReadingOf(entry);
    return absl::OkStatus();
  });
}

grpc::Status GrowthService::RevokeGrant(grpc::ServerContext* context, const v1::RevokeGrantRequest* request,
                                        v1::Grant* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Person self, Self(caller, "RevokeGrant"));
    absl::StatusOr<ReportGrant> revoked = absl::NotFoundError("nobody has names");
    for (const Handle& name : self.identities) {
      revoked = parts_.store.RevokeGrant(name, request->number(), DeedOf(caller));
      if (!absl::IsNotFound(revoked.status())) break;
    }
    if (absl::IsNotFound(revoked.status())) {
      return WithDetail(absl::NotFoundError(absl::StrCat("you have no grant ", request->number())), "NO_GRANT",
                        "number", "mergegate me grants lists them");
    }
    RETURN_IF_ERROR(revoked.status());
    *response = wire::ToProto(*revoked, parts_.clock.Now());
    return absl::OkStatus();
  });
}

}  // namespace mergegate::rpc
