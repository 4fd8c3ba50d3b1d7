#include "server/rpc/review_service.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/pipeline/experts.h"
#include "server/pipeline/panel.h"
#include "server/pipeline/patch_set.h"
#include "server/pipeline/reviewers_stage.h"
#include "server/pipeline/signal_feed.h"
#include "server/rpc/review_diff.h"
#include "server/rpc/review_response.h"
#include "server/rpc/review_view.h"
#include "server/rpc/serve.h"
#include "server/wire/convert.h"
#include "server/wire/review_convert.h"

namespace mergegate::rpc {
namespace {

constexpr int kMostLoadReviews = 2000;
constexpr int kMostFolderFiles = 50;
constexpr int kMostPaths = 1000;

// "projects/-" is all of them: the empty id.
absl::StatusOr<ProjectId> ParseParent(std::string_view parent) {
  if (parent == "projects/-") return ProjectId();
  return wire::ParseProjectName(parent);
}

bool HasTurn(const v1::Review& review, const Handle& person) {
  return std::ranges::any_of(review.attention(),
                             [&](const v1::Attention& attention) { return attention.person() == person.value(); });
}

}  // namespace

absl::Status ReviewService::List(const v1::ListReviewsRequest& request, v1::ListReviewsResponse& response) const {
  storage::ReviewQuery query{.project = {}, .person = HandleOf(request.person()), .closed_too = request.closed()};
  ASSIGN_OR_RETURN(query.project, ParseParent(request.parent()));
  ASSIGN_OR_RETURN(const int size, PageSize(request.page_size(), 50));
  if (request.turn() && query.person.empty()) {
    return WithDetail(absl::InvalidArgumentError("turn: whose?"), "FIELD_INVALID", "person", "give person, too");
  }
  std::string token = request.page_token();
  while (true) {
    // One at a time once some are passed over, so that the token stands behind the last one returned.
    const int want = size - response.reviews_size();
    ASSIGN_OR_RETURN(const auto page, parts_.store.ListReviews(query, want, token));
    for (const storage::StoredReview& stored : page.items) {
      ASSIGN_OR_RETURN(const ReviewView view, ReviewView::Read(parts_, stored.project, stored.change));
      if (!request.turn() || HasTurn(view.proto(), query.person)) *response.add_reviews() = view.proto();
    }
    token = page.next_token;
    if (token.empty() || response.reviews_size() == size) break;
  }
  response.set_next_page_token(token);
  return absl::OkStatus();
}

grpc::Status ReviewService::ListReviews(grpc::ServerContext* context, const v1::ListReviewsRequest* request,
                                        v1::ListReviewsResponse* response) {
  return Serve(access_, context, *request, [&] { return List(*request, *response); });
}

grpc::Status ReviewService::GetReview(grpc::ServerContext* context, const v1::GetReviewRequest* request,
                                      v1::Review* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const wire::ReviewName name, wire::ParseReviewName(request->name()));
    ASSIGN_OR_RETURN(const ReviewView view, ReviewView::Read(parts_, name.project, name.change));
    *response = view.proto();
    return absl::OkStatus();
  });
}

grpc::Status ReviewService::ListReviewEvents(grpc::ServerContext* context, const v1::ListReviewEventsRequest* request,
                                             v1::ListReviewEventsResponse* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const wire::ReviewName name, wire::ParseReviewName(request->parent()));
    ASSIGN_OR_RETURN(const int size, PageSize(request->page_size(), 100));
    int64_t after = 0;
    if (!request->page_token().empty() && (!absl::SimpleAtoi(request->page_token(), &after) || after < 0)) {
      return WithDetail(absl::InvalidArgumentError("page_token is not one that this server gave"), "FIELD_INVALID",
                        "page_token", "leave it out for the first page");
    }
    RETURN_IF_ERROR(parts_.store.GetReview(name.project, name.change).status());
    ASSIGN_OR_RETURN(const auto events, parts_.store.ListReviewEvents(name.project, name.change, after, size + 1));
    for (const std::string& bytes : events) {
      if (response->events_size() == size) {
        response->set_next_page_token(absl::StrCat(after + size));
        break;
      }
      ASSIGN_OR_RETURN(ReviewEvent event, wire::ParseEvent(bytes));
      if (event.push) event.push->pieces.clear();
      *response->add_events() = wire::ToProto(event);
    }
    return absl::OkStatus();
  });
}

absl::Status ReviewService::ReadDiff(const v1::GetReviewDiffRequest& request,
                                     v1::GetReviewDiffResponse& response) const {
  ASSIGN_OR_RETURN(const wire::ReviewName name, wire::ParseReviewName(request.name()));
  ASSIGN_OR_RETURN(const ReviewView view, ReviewView::Read(parts_, name.project, name.change));
  if (request.context() < 0 || request.context() > 100) {
    return WithDetail(absl::InvalidArgumentError("context must be 0 to 100"), "FIELD_INVALID", "context", "");
  }
  const reviewers::ReviewState& state = view.log().state();
  if (state.pushes.empty()) return absl::FailedPreconditionError("nothing was pushed yet");
  const Push& push = state.pushes.back().push;
  CommitId base = push.base;
  if (!request.since_commit().empty()) {
    base = CommitId(request.since_commit());
    if (state.FindPush(base) == nullptr) {
      return WithDetail(absl::NotFoundError(absl::StrCat("head ", base.value(), " was never pushed here")),
                        "HEAD_UNKNOWN", "since_commit", "mergegate show CHANGE lists the reviewers' heads");
    }
  }
  ASSIGN_OR_RETURN(const auto mirror, parts_.mirrors.Open(name.project));
  ASSIGN_OR_RETURN(const Diff diff, mirror->DiffCommits(base, push.head));
  ASSIGN_OR_RETURN(const auto tree, mirror->OpenTree(push.head));
  response.set_base_commit(base.value());
  response.set_head_commit(push.head.value());
  for (const ChangedFile& file : diff.files) {
    const auto is_it = [&](const std::string& path) { return path == file.new_path || path == file.old_path; };
    if (!request.paths().empty() && std::ranges::none_of(request.paths(), is_it)) continue;
    v1::DiffFile& out = *response.add_files();
    out.set_old_path(file.old_path);
    out.set_new_path(file.new_path);
    out.set_binary(file.binary || file.symlink_or_submodule);
    std::vector<std::string> lines;
    if (!file.new_path.empty() && !out.binary()) {
      if (const auto text = tree->ReadFile(file.new_path); text.ok()) lines = absl::StrSplit(*text, '\n');
      if (!lines.empty() && lines.back().empty()) lines.pop_back();
    }
    for (v1::DiffHunk& hunk : WithContext(file, lines, request.context() == 0 ? 3 : request.context())) {
      *out.add_hunks() = std::move(hunk);
    }
    if (!view.verdict()) continue;
    for (const v1::Finding& finding : view.verdict()->findings()) {
      const bool introduced = finding.state() == v1::BASELINE_STATE_NEW || finding.state() == v1::BASELINE_STATE_CAUSED;
      if (introduced && finding.path() == file.new_path) *out.add_findings() = finding;
    }
  }
  return absl::OkStatus();
}

grpc::Status ReviewService::GetReviewDiff(grpc::ServerContext* context, const v1::GetReviewDiffRequest* request,
                                          v1::GetReviewDiffResponse* response) {
  return Serve(access_, context, *request, [&] { return ReadDiff(*request, *response); });
}

grpc::Status ReviewService::RespondToReview(grpc::ServerContext* context, const v1::RespondToReviewRequest* request,
                                            v1::Review* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Handle person, NamedPerson(caller));
    const bool decides =
        request->action() == v1::REVIEW_ACTION_APPROVE || request->action() == v1::REVIEW_ACTION_REQUEST_CHANGES;
    if (decides && !AtLeast(caller.role, Role::kReviewer)) {
      return RoleMissing(caller, "approving or refusing a change", Role::kReviewer);
    }
    RETURN_IF_ERROR(Respond(parts_, *request, person));
    ASSIGN_OR_RETURN(const wire::ReviewName name, wire::ParseReviewName(request->name()));
    // What people said is stored; that it could not be counted is no reason to refuse it.
    const absl::Status fed = pipeline::FeedReview(parts_, name.project, name.change);
    if (!fed.ok()) spdlog::warn("signals of {}: {}", request->name(), fed.ToString());
    ASSIGN_OR_RETURN(const bool judged, pipeline::JudgeAgainIfMoved(parts_, name.project, name.change));
    if (judged) submitted_();
    ASSIGN_OR_RETURN(const ReviewView view, ReviewView::Read(parts_, name.project, name.change));
    *response = view.proto();
    return absl::OkStatus();
  });
}

absl::Status ReviewService::Find(const v1::FindExpertsRequest& request, v1::FindExpertsResponse& response) const {
  ASSIGN_OR_RETURN(const ProjectId project, wire::ParseProjectName(request.parent()));
  RETURN_IF_ERROR(parts_.store.GetProject(project).status());
  if (request.paths().empty() || request.paths_size() > kMostPaths || request.limit() < 0 || request.limit() > 100) {
    return WithDetail(absl::InvalidArgumentError("give 1 to 1000 paths, and a limit of at most 100"), "FIELD_INVALID",
                      "paths", "which files or folders?");
  }
  ASSIGN_OR_RETURN(const auto mirror, parts_.mirrors.Open(project));
  ASSIGN_OR_RETURN(const CommitId tip, pipeline::TipOf(parts_.store, project, *mirror));
  pipeline::PatchSet at_tip;
  ASSIGN_OR_RETURN(at_tip.base_tree, mirror->OpenTree(tip));
  ASSIGN_OR_RETURN(const pipeline::PolicyInForce policy, pipeline::LoadPolicy(at_tip, {}));
  pipeline::PanelQuery query;
  query.author.mail = HandleOf(request.author()).value();
  for (std::string path : request.paths()) {
    while (path.ends_with('/')) path.pop_back();
    if (at_tip.base_tree->FindBlob(path)) {
      query.paths[path] = 1;
      continue;
    }
    int found = 0;
    const std::string folder = path.empty() || path == "." ? "" : path + "/";
    RETURN_IF_ERROR(at_tip.base_tree->ForEachFile([&](std::string_view file, const BlobId&) {
      if (file.starts_with(folder) && found < kMostFolderFiles) {
        query.paths[std::string(file)] = 1;
        ++found;
      }
    }));
    if (found == 0) {
      return WithDetail(absl::NotFoundError(absl::StrCat("there is no file or folder ", path, " in ", tip.value())),
                        "PATH_UNKNOWN", "paths", "paths are relative to the top of the repository");
    }
  }
  ASSIGN_OR_RETURN(const pipeline::Panel panel,
                   pipeline::MakePanel(parts_, project, query, policy.policy, *at_tip.base_tree));
  const int limit = request.limit() == 0 ? 10 : request.limit();
  for (const reviewers::Candidate& candidate : panel.input.candidates) {
    if (response.experts_size() == limit) break;
    v1::Expert& expert = *response.add_experts();
    expert.set_person(candidate.person.value());
    if (const auto name = panel.names.find(candidate.person); name != panel.names.end()) {
      expert.set_display_name(name->second);
    }
    expert.set_score(candidate.score);
    expert.mutable_reasons()->Assign(candidate.reasons.begin(), candidate.reasons.end());
    expert.set_open_reviews(candidate.open_reviews);
    if (const auto until = panel.away_until.find(candidate.person); until != panel.away_until.end()) {
      *expert.mutable_away_until() = wire::ToTimestamp(until->second);
    }
  }
  for (const OwnerDemand& demand : panel.input.owners) *response.add_owners() = wire::ToProto(demand);
  *response.mutable_assignment() = wire::ToProto(reviewers::Assign(panel.input, policy.policy.reviewers));
  return absl::OkStatus();
}

grpc::Status ReviewService::FindExperts(grpc::ServerContext* context, const v1::FindExpertsRequest* request,
                                        v1::FindExpertsResponse* response) {
  return Serve(access_, context, *request, [&] { return Find(*request, *response); });
}

absl::Status ReviewService::Load(const v1::GetLoadRequest& request, v1::GetLoadResponse& response) const {
  ASSIGN_OR_RETURN(const ProjectId project, ParseParent(request.parent()));
  std::map<Handle, v1::PersonLoad> people;
  ASSIGN_OR_RETURN(const auto counts, parts_.store.CountOpenReviews(project));
  for (const auto& [person, count] : counts) people[person].set_open_reviews(count);
  const absl::Time now = parts_.clock.Now();
  ASSIGN_OR_RETURN(const auto answers, parts_.store.CountAnswers(project, now - absl::Hours(24 * 30)));
  for (const auto& [person, count] : answers) people[person].set_done_lately(count);
  ASSIGN_OR_RETURN(const auto open, parts_.store.ListReviews({.project = project}, kMostLoadReviews, ""));
  for (const storage::StoredReview& stored : open.items) {
    ASSIGN_OR_RETURN(const ReviewView view, ReviewView::Read(parts_, stored.project, stored.change));
    for (const v1::Attention& attention : view.proto().attention()) {
      if (attention.person() == view.proto().author()) continue;
      v1::PersonLoad& load = people[Handle(attention.person())];
      load.set_turns(load.turns() + 1);
      load.set_late(load.late() + (attention.late() ? 1 : 0));
      if (!load.has_waiting_since() ||
          wire::FromTimestamp(attention.since()) < wire::FromTimestamp(load.waiting_since())) {
        *load.mutable_waiting_since() = attention.since();
      }
    }
  }
  std::vector<v1::PersonLoad> loads;
  for (auto& [person, load] : people) {
    load.set_person(person.value());
    ASSIGN_OR_RETURN(const reviewers::Calendar calendar, pipeline::CalendarFor(parts_.store, person));
    if (const auto until = reviewers::AwayUntil(calendar, now)) *load.mutable_away_until() = wire::ToTimestamp(*until);
    loads.push_back(std::move(load));
  }
  std::ranges::sort(loads, {}, [](const v1::PersonLoad& load) {
    return std::tuple(-load.open_reviews(), -load.turns(), load.person());
  });
  for (v1::PersonLoad& load : loads) *response.add_people() = std::move(load);
  return absl::OkStatus();
}

grpc::Status ReviewService::GetLoad(grpc::ServerContext* context, const v1::GetLoadRequest* request,
                                    v1::GetLoadResponse* response) {
  return Serve(access_, context, *request, [&] { return Load(*request, *response); });
}

grpc::Status ReviewService::GetAvailability(grpc::ServerContext* context, const v1::GetAvailabilityRequest* request,
                                            v1::Availability* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    Handle person = HandleOf(request->person());
    if (person.empty()) {
      ASSIGN_OR_RETURN(person, NamedPerson(caller));
    }
    ASSIGN_OR_RETURN(Availability availability, parts_.store.GetAvailability(person));
    ASSIGN_OR_RETURN(const auto known, PeopleKnownTo(caller, parts_.store));
    if (known) {
      ASSIGN_OR_RETURN(const Person meant, parts_.store.ResolvePerson(person));
      if (!known->contains(meant.id)) availability = {.person = person};
    }
    *response = wire::ToProto(availability);
    return absl::OkStatus();
  });
}

grpc::Status ReviewService::SetAvailability(grpc::ServerContext* context, const v1::SetAvailabilityRequest* request,
                                            v1::Availability* response) {
  return Serve(access_, context, *request, [&](const Caller& calling) -> absl::Status {
    ASSIGN_OR_RETURN(const Handle caller, NamedPerson(calling));
    ASSIGN_OR_RETURN(Availability availability, wire::FromProto(request->availability()));
    if (!availability.person.empty() && availability.person != caller) {
      return WithDetail(absl::PermissionDeniedError(absl::StrCat("that is ", availability.person.value(),
                                                                 "'s to say, and you are ", caller.value())),
                        "NOT_YOURS", "availability.person", "say who you are with --as");
    }
    absl::TimeZone zone;
    if (!availability.time_zone.empty() && !absl::LoadTimeZone(availability.time_zone, &zone)) {
      return WithDetail(
          absl::InvalidArgumentError(absl::StrCat("time zone \"", availability.time_zone, "\" is not known")),
          "FIELD_INVALID", "availability.time_zone", "write it as Europe/Zurich");
    }
    availability.person = caller;
    RETURN_IF_ERROR(parts_.store.SetAvailability(availability));
    *response = wire::ToProto(availability);
    return absl::OkStatus();
  });
}

}  // namespace mergegate::rpc
