// The catalogue of courses, training plans, and recognition.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "server/pipeline/appraisals.h"
#include "server/rpc/change_titles.h"
#include "server/rpc/growth_service.h"
#include "server/rpc/growth_view.h"
#include "server/rpc/serve.h"
#include "server/wire/growth_convert.h"
#include "server/wire/review_convert.h"

namespace mergegate::rpc {
namespace {

constexpr int kMostCourses = 1000, kMostDays = 366, kUsualDays = 180;

absl::Status Invalid(std::string_view field, const std::string& message, std::string_view hint) {
  return WithDetail(absl::InvalidArgumentError(absl::StrCat(std::string(field), ": ", message)), "FIELD_INVALID", field,
                    hint);
}

}  // namespace

grpc::Status GrowthService::ImportCourses(grpc::ServerContext* context, const v1::ImportCoursesRequest* request,
                                          v1::ImportCoursesResponse* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    if (request->courses().empty() || request->courses_size() > kMostCourses) {
      return Invalid("courses", absl::StrCat(request->courses_size(), ", wanted are 1 to ", kMostCourses),
                     "send them in parts");
    }
    std::vector<Course> good;
    for (const v1::Course& proto : request->courses()) {
      v1::CourseResult& result = *response->add_results();
      const absl::StatusOr<Course> course = wire::FromProto(proto);
      result.set_stored(course.ok());
      if (course.ok()) {
        good.push_back(*course);
      } else {
        result.set_problem(std::string(course.status().message()));
      }
    }
    if (request->dry_run() || good.empty()) return absl::OkStatus();
    return parts_.store.SaveCourses(good, DeedOf(caller));
  });
}

grpc::Status GrowthService::ListCourses(grpc::ServerContext* context, const v1::ListCoursesRequest* request,
                                        v1::ListCoursesResponse* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const int size, PageSize(request->page_size(), 100));
    ASSIGN_OR_RETURN(const storage::Page<Course> page, parts_.store.ListCourses(size, request->page_token()));
    for (const Course& course : page.items) *response->add_courses() = wire::ToProto(course);
    response->set_next_page_token(page.next_token);
    return absl::OkStatus();
  });
}

grpc::Status GrowthService::GetPlan(grpc::ServerContext* context, const v1::GetPlanRequest* request,
                                    v1::Plan* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    const int days = request->window_days() == 0 ? kUsualDays : request->window_days();
    if (days < 1 || days > kMostDays) return Invalid("window_days", "must be 1 to 366", "--since 180d");
    ASSIGN_OR_RETURN(const Person self, Self(caller, "GetPlan"));
    const absl::Time now = parts_.clock.Now();
    ASSIGN_OR_RETURN(const pipeline::TrainingPlan plan,
                     pipeline::TrainingPlanOf(parts_, self.id, {now - days * absl::Hours(24), now}));
    *response = ViewOf(plan);
    AddTitles(parts_, caller, *response);
    return absl::OkStatus();
  });
}

absl::Status GrowthService::FillRecognition(const Caller& caller, const Person& self, v1::Recognition& response) const {
  const absl::Time now = parts_.clock.Now();
  const scoring::RecognitionRules& rules = recognition_;
  ASSIGN_OR_RETURN(const std::vector<scoring::HelpOccasion> help, pipeline::HelpOf(parts_.store, now, rules));
  const scoring::HelpRecord record = scoring::HelpBy(self.id, help, now, rules);
  ASSIGN_OR_RETURN(const bool shown, parts_.store.ShowsRecognition(self.id));
  response.set_shown(shown);
  response.set_recognized(record.recognized);
  response.set_window_days(static_cast<int>(rules.window / absl::Hours(24)));
  response.set_credit(record.credit);
  response.set_wanted(rules.wanted);
  response.set_rules(scoring::TextOf(rules));
  for (const scoring::CountedHelp& one : record.help) {
    v1::Help& proto = *response.add_help();
    proto.set_kind(static_cast<v1::HelpKind>(one.help.kind));
    proto.set_whom(one.help.whom.value());
    proto.set_about(one.help.about);
    *proto.mutable_at() = wire::ToTimestamp(one.help.at);
    proto.set_credit(one.credit);
    proto.set_capped(one.capped);
  }
  AddTitles(parts_, caller, response);
  return absl::OkStatus();
}

grpc::Status GrowthService::GetRecognition(grpc::ServerContext* context, const v1::GetRecognitionRequest* request,
                                           v1::Recognition* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Person self, Self(caller, "GetRecognition"));
    return FillRecognition(caller, self, *response);
  });
}

grpc::Status GrowthService::ShowRecognition(grpc::ServerContext* context, const v1::ShowRecognitionRequest* request,
                                            v1::Recognition* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Person self, Self(caller, "ShowRecognition"));
    RETURN_IF_ERROR(parts_.store.ShowRecognition(self.id, request->show(), DeedOf(caller)));
    return FillRecognition(caller, self, *response);
  });
}

grpc::Status GrowthService::ListRecognized(grpc::ServerContext* context, const v1::ListRecognizedRequest* request,
                                           v1::ListRecognizedResponse* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    constexpr std::string_view kTeams = "teams/";
    if (!request->parent().starts_with(kTeams)) return Invalid("parent", "is no \"teams/{team}\"", "team:NAME");
    if (!caller.projects.empty()) {
      return WithDetail(absl::PermissionDeniedError("a team works in projects that this token is not for"),
                        "PROJECT_NOT_YOURS", "parent", "ask an administrator for a token for all projects");
    }
    const TeamId id(request->parent().substr(kTeams.size()));
    ASSIGN_OR_RETURN(const std::vector<Team> teams, parts_.store.ListTeams());
    const auto team = std::ranges::find(teams, id, &Team::id);
    if (team == teams.end()) return absl::NotFoundError(absl::StrCat("there is no team ", id.value()));
    const absl::Time now = parts_.clock.Now();
    ASSIGN_OR_RETURN(const std::vector<scoring::HelpOccasion> help, pipeline::HelpOf(parts_.store, now, recognition_));
    for (const Handle& member : team->members) {  // ordered by id, and so is the answer
      ASSIGN_OR_RETURN(const bool shown, parts_.store.ShowsRecognition(member));
      if (!shown) continue;
      const scoring::HelpRecord record = scoring::HelpBy(member, help, now, recognition_);
      if (!record.recognized) continue;
      std::set<scoring::HelpKind> ways;
      for (const scoring::CountedHelp& one : record.help) {
        if (one.credit > 0) ways.insert(one.help.kind);
      }
      v1::RecognizedPerson& person = *response->add_people();
      person.set_person(member.value());
      for (const scoring::HelpKind way : ways) person.add_ways(static_cast<v1::HelpKind>(way));
    }
    return absl::OkStatus();
  });
}

}  // namespace mergegate::rpc
