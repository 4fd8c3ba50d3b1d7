// Who may call what: no method is missing from the table, and nobody reaches over their role or their projects.
#include "server/rpc/access.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "mergegate/v1/access_service.pb.h"
#include "mergegate/v1/growth_service.pb.h"
#include "mergegate/v1/people_service.pb.h"
#include "mergegate/v1/policy_service.pb.h"
#include "mergegate/v1/project_service.pb.h"
#include "mergegate/v1/review_service.pb.h"
#include "mergegate/v1/run_service.pb.h"
#include "mergegate/v1/score_service.pb.h"
#include "mergegate/v1/server_service.pb.h"
#include "mergegate/v1/signal_service.pb.h"
#include "mergegate/v1/worker_service.pb.h"
#include "server/rpc/method_roles.h"
#include "server/rpc/signal_service.h"
#include "tests/support/status_matchers.h"

namespace mergegate::rpc {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::HasSubstr;

// Every service of the contract: every file of proto/mergegate/v1 that ends in _service.proto.
std::vector<const google::protobuf::ServiceDescriptor*> Services() {
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (const auto* file : {v1::GetProjectRequest::descriptor()->file(), v1::GetRunRequest::descriptor()->file(),
                           v1::GetReviewRequest::descriptor()->file(), v1::GetPolicyRequest::descriptor()->file(),
                           v1::LeaseTasksRequest::descriptor()->file(), v1::GetMetricsRequest::descriptor()->file(),
                           v1::ListSignalsRequest::descriptor()->file(), v1::GetPersonRequest::descriptor()->file(),
                           v1::WhoAmIRequest::descriptor()->file(), v1::GetScoreRequest::descriptor()->file(),
                           v1::GetReportRequest::descriptor()->file()}) {
    for (int i = 0; i < file->service_count(); ++i) services.push_back(file->service(i));
  }
  return services;
}

TEST(MethodRoles, EveryMethodHasOneAndNoRowIsOfNoMethod) {
  std::set<std::string> methods, rows;
  std::map<std::string, std::string> by_request;
  for (const auto* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* method = service->method(i);
      methods.insert(service->name() + "." + method->name());
      const MethodRole* role = RoleFor(*method->input_type());
      ASSERT_NE(role, nullptr) << method->full_name() << " is missing in server/rpc/method_roles.cc";
      EXPECT_EQ(role->method, service->name() + "." + method->name());
      EXPECT_TRUE(by_request.emplace(method->input_type()->full_name(), method->full_name()).second)
          << method->full_name() << " shares its request with " << by_request[method->input_type()->full_name()];
    }
  }
  for (const MethodRole& row : MethodRoles()) {
    EXPECT_TRUE(rows.emplace(row.method).second) << row.method << " has two rows";
    EXPECT_NE(row.role, Role::kUnspecified);
    EXPECT_NE(row.role, Role::kBot);
  }
  EXPECT_EQ(methods, rows);
}

TEST(MethodRoles, RolesRankAndBotsStandApart) {
  const MethodRole lead{.method = "", .role = Role::kLead, .bots = false};
  const MethodRole open{.method = "", .role = Role::kDeveloper, .bots = true};
  EXPECT_FALSE(May(Role::kUnspecified, open));
  EXPECT_FALSE(May(Role::kViewer, open));
  EXPECT_TRUE(May(Role::kDeveloper, open));
  EXPECT_TRUE(May(Role::kBot, open));
  EXPECT_FALSE(May(Role::kReviewer, lead));
  EXPECT_TRUE(May(Role::kLead, lead));
  EXPECT_TRUE(May(Role::kAdmin, lead));
  EXPECT_FALSE(May(Role::kBot, lead));
}

TEST(Scope, CallersOfOneProjectReachNoOther) {
  const Caller caller{.role = Role::kAdmin, .projects = {ProjectId("x"), ProjectId("z")}};
  v1::GetRunRequest run;
  run.set_name("projects/x/runs/1");
  EXPECT_THAT(CheckScope(caller, run), IsOk());
  for (const char* name : {"projects/y/runs/1", "projects/-", "projects/", "projects/xx/runs/1"}) {
    run.set_name(name);
    EXPECT_THAT(CheckScope(caller, run), StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("x, z"))) << name;
    EXPECT_THAT(CheckScope({.role = Role::kViewer}, run), IsOk()) << "a token for all projects";
  }
  v1::PushPackRequest push;
  push.mutable_header()->set_name("projects/y");
  EXPECT_THAT(CheckScope(caller, push), StatusIs(absl::StatusCode::kPermissionDenied)) << "nested";
  v1::LeaseTasksRequest lease;
  lease.set_run("projects/y/runs/1");
  EXPECT_THAT(CheckScope(caller, lease), StatusIs(absl::StatusCode::kPermissionDenied));
  v1::RespondToReviewRequest respond;
  respond.set_name("projects/x/reviews/1");
  respond.set_text("projects/y is broken");
  EXPECT_THAT(CheckScope(caller, respond), IsOk()) << "what people say is no name";
}

// A field that names a project must be one that CheckScope looks at.
TEST(Scope, EveryRequestNamesItsProjectWhereItIsSeen) {
  const std::set<std::string> seen = {"name", "names", "parent", "project", "run", "review"};
  const auto belongs_to_project = [](const std::string& method) {
    return method.starts_with("RunService.") || method.starts_with("ReviewService.");
  };
  for (const auto* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* method = service->method(i);
      const std::string name = service->name() + "." + method->name();
      if (!belongs_to_project(name) || name.ends_with("Availability")) continue;
      bool found = false;
      for (int f = 0; f < method->input_type()->field_count(); ++f) {
        found |= seen.contains(method->input_type()->field(f)->name());
      }
      EXPECT_TRUE(found) << name;
    }
  }
}

Signal KudosFrom(const std::string& actor) {
  return {.kind = SignalKind::kKudos,
          .actor = Handle(actor),
          .subject = Handle("ben"),
          .project = ProjectId("x"),
          .source = "chat",
          .source_id = "1"};
}

TEST(Signals, PeopleSpeakForThemselvesLeadsAndBotsRecord) {
  const Caller ann{.person = Handle("ann"), .role = Role::kDeveloper};
  EXPECT_THAT(MayRecord(ann, KudosFrom("ann")), IsOk());
  EXPECT_THAT(MayRecord(ann, KudosFrom("ben")), StatusIs(absl::StatusCode::kPermissionDenied)) << "not for others";
  Signal course = KudosFrom("ann");
  course.kind = SignalKind::kCourseCompleted;
  EXPECT_THAT(MayRecord(ann, course), StatusIs(absl::StatusCode::kPermissionDenied)) << "no grades for oneself";
  for (const Role role : {Role::kLead, Role::kAdmin, Role::kBot}) {
    EXPECT_THAT(MayRecord({.person = Handle("root"), .role = role}, course), IsOk());
  }
  Signal own = course;
  own.source = "mergegate";
  EXPECT_THAT(MayRecord({.role = Role::kAdmin}, own), StatusIs(absl::StatusCode::kPermissionDenied));
  own.corrects = "7";
  EXPECT_THAT(MayRecord({.role = Role::kAdmin}, own), IsOk()) << "an appeal corrects what the server said";
  EXPECT_THAT(MayRecord({.role = Role::kBot, .projects = {ProjectId("y")}}, course),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST(Signals, WhatIsBetweenPeopleIsTheirs) {
  Signal feedback = KudosFrom("ann");
  feedback.kind = SignalKind::kFeedbackGiven;
  const Person ben{.id = Handle("ben"), .identities = {Handle("ben"), Handle("ben-gh")}};
  const Person cleo{.id = Handle("cleo"), .identities = {Handle("cleo")}};
  EXPECT_TRUE(MayRead({.person = Handle("ben"), .role = Role::kViewer}, ben, feedback));
  EXPECT_FALSE(MayRead({.person = Handle("cleo"), .role = Role::kLead}, cleo, feedback));
  EXPECT_FALSE(MayRead({.role = Role::kAdmin}, cleo, feedback)) << "administrators are no exception";
  EXPECT_TRUE(MayRead({.role = Role::kAdmin}, cleo, KudosFrom("ann")));
  EXPECT_TRUE(MayRead({.person = Handle("cleo"), .role = Role::kViewer}, cleo, KudosFrom("ann")));
  EXPECT_FALSE(
      MayRead({.person = Handle("cleo"), .role = Role::kViewer, .projects = {ProjectId("y")}}, cleo, KudosFrom("ann")));
}

}  // namespace
}  // namespace mergegate::rpc
