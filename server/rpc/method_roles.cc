#include "server/rpc/method_roles.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"

namespace mergegate::rpc {
namespace {

constexpr bool kBots = true;
constexpr bool kNoBots = false;
constexpr bool kEverywhere = true;

constexpr MethodRole kMethodRoles[] = {
    {"ProjectService.CreateProject", Role::kDeveloper, kBots},
    {"ProjectService.GetProject", Role::kViewer, kBots},
    {"ProjectService.ListProjects", Role::kViewer, kBots},
    {"ProjectService.FetchMirror", Role::kDeveloper, kBots},
    {"ProjectService.FindMissingCommits", Role::kDeveloper, kBots},
    {"ProjectService.PushPack", Role::kDeveloper, kBots},

    {"RunService.SubmitChange", Role::kDeveloper, kBots},
    {"RunService.GetRun", Role::kViewer, kBots},
    {"RunService.ListRuns", Role::kViewer, kBots},
    {"RunService.WatchRun", Role::kViewer, kBots},
    {"RunService.GetVerdict", Role::kViewer, kBots},
    {"RunService.ListFindings", Role::kViewer, kBots},
    {"RunService.ReplayVerdict", Role::kViewer, kBots},

    {"ReviewService.ListReviews", Role::kViewer, kBots},
    {"ReviewService.GetReview", Role::kViewer, kBots},
    {"ReviewService.ListReviewEvents", Role::kViewer, kBots},
    {"ReviewService.GetReviewDiff", Role::kViewer, kBots},
    // Approving and refusing want a reviewer: review_service.cc.
    {"ReviewService.RespondToReview", Role::kDeveloper},
    {"ReviewService.FindExperts", Role::kViewer, kBots},
    {"ReviewService.GetLoad", Role::kViewer, kBots},
    {"ReviewService.GetAvailability", Role::kViewer, kBots},
    {"ReviewService.SetAvailability", Role::kDeveloper},

    {"PolicyService.ValidatePolicy", Role::kViewer, kBots},
    {"PolicyService.GetPolicy", Role::kViewer, kBots},

    // Tasks of a run of one's own (`check --here`); those of everybody want an administrator: worker_service.cc.
    {"WorkerService.LeaseTasks", Role::kDeveloper, kBots},
    {"WorkerService.RenewLeases", Role::kDeveloper, kBots},
    {"WorkerService.CompleteTask", Role::kDeveloper, kBots},

    // Counts what is done for all projects together.
    {"ServerService.GetMetrics", Role::kViewer, kBots, kEverywhere},
    {"ServerService.ListOutbox", Role::kAdmin, kNoBots, kEverywhere},
    {"ServerService.RetryOutboxMessage", Role::kAdmin, kNoBots, kEverywhere},
    {"ServerService.DropOutboxMessage", Role::kAdmin, kNoBots, kEverywhere},

    // What others did wants a lead or a bot: signal_service.cc.
    {"SignalService.RecordSignals", Role::kDeveloper, kBots},
    {"SignalService.ListSignals", Role::kViewer},

    // A person's scores are for that person alone: score_service.cc.
    {"ScoreService.GetScore", Role::kViewer, kBots},
    {"ScoreService.GetScoreHistory", Role::kViewer, kBots},
    {"ScoreService.ListWeights", Role::kViewer, kBots},
    {"ScoreService.ApproveWeights", Role::kLead},

    // Everything here is the caller's own; whose report they may read besides, grants say: growth_service.cc.
    {"GrowthService.GetReport", Role::kViewer},
    {"GrowthService.CreateGrant", Role::kViewer},
    {"GrowthService.ListGrants", Role::kViewer},
    {"GrowthService.RevokeGrant", Role::kViewer},
    {"GrowthService.AskFeedback", Role::kViewer},
    {"GrowthService.GiveFeedback", Role::kViewer},
    {"GrowthService.ListFeedback", Role::kViewer},
    {"GrowthService.GiveKudos", Role::kViewer},
    {"GrowthService.FileAppeal", Role::kViewer},
    // Those of others want a lead: growth_appeals.cc.
    {"GrowthService.ListAppeals", Role::kViewer},
    {"GrowthService.AnswerAppeal", Role::kLead},
    {"GrowthService.ImportCourses", Role::kLead, kBots, kEverywhere},
    {"GrowthService.ListCourses", Role::kViewer, kBots},
    {"GrowthService.GetPlan", Role::kViewer},
    {"GrowthService.GetRecognition", Role::kViewer},
    {"GrowthService.ShowRecognition", Role::kViewer},
    {"GrowthService.ListRecognized", Role::kViewer},

    // A token for some projects knows their people only (PeopleKnownTo), and says nothing about who is who.
    {"PeopleService.GetPerson", Role::kViewer, kBots},
    {"PeopleService.ListPeople", Role::kViewer, kBots},
    {"PeopleService.LinkIdentity", Role::kLead, kNoBots, kEverywhere},
    {"PeopleService.UnlinkIdentity", Role::kLead, kNoBots, kEverywhere},
    {"PeopleService.DescribePerson", Role::kLead, kNoBots, kEverywhere},
    {"PeopleService.SetTeam", Role::kLead, kNoBots, kEverywhere},
    {"PeopleService.ListTeams", Role::kViewer, kBots},
    {"AccessService.WhoAmI", Role::kViewer, kBots},
    {"AccessService.CreateToken", Role::kAdmin},
    {"AccessService.ListTokens", Role::kAdmin, kNoBots, kEverywhere},
    {"AccessService.RevokeToken", Role::kAdmin, kNoBots, kEverywhere},
    // And the policy must name the caller's role.
    {"AccessService.OverrideCondition", Role::kDeveloper},
    {"AccessService.ListOverrides", Role::kViewer, kBots},
    {"AccessService.ListAuditEntries", Role::kAdmin, kNoBots, kEverywhere},
    {"AccessService.VerifyAudit", Role::kAdmin, kNoBots, kEverywhere},

    // Their own; others' want an administrator: people_service.cc.
    {"PeopleService.ExportPerson", Role::kViewer},
    {"PeopleService.ErasePerson", Role::kViewer},
};

std::map<std::string, const MethodRole*> ByRequest() {
  std::map<std::string, const MethodRole*> by_request;
  for (const MethodRole& row : kMethodRoles) {
    const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
        absl::StrCat("mergegate.v1.", std::string(row.method)));
    if (method != nullptr) by_request[method->input_type()->full_name()] = &row;
  }
  return by_request;
}

}  // namespace

std::span<const MethodRole> MethodRoles() { return kMethodRoles; }

const MethodRole* RoleFor(const google::protobuf::Descriptor& request) {
  static const auto* const kByRequest = new std::map(ByRequest());
  const auto found = kByRequest->find(request.full_name());
  return found == kByRequest->end() ? nullptr : found->second;
}

bool May(Role role, const MethodRole& method) {
  return AtLeast(role, method.role) || (role == Role::kBot && method.bots);
}

}  // namespace mergegate::rpc
