// The server as a verb sees it: one method per call of the contract. Only connection_stubs.h
// includes grpcpp.
//
//     auto connection = Connection::Open(endpoint, settings);
//     auto run = connection->SubmitChange(request);
//
// Errors are absl::Status with the server's message, and on a second line what to do ("hint: ..."). Ctrl-C ends every
// call with kCancelled. Movable; one thread at a time.
#ifndef MERGEGATE_CLIENT_CLI_CONNECTION_H_
#define MERGEGATE_CLIENT_CLI_CONNECTION_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/settings.h"
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

namespace mergegate::client {

class Connection {
 public:
  // Connects lazily: an absent server shows at the first call. kInvalidArgument when the CA file cannot be read.
  static absl::StatusOr<Connection> Open(const Endpoint& endpoint, const Settings& settings);

  absl::StatusOr<v1::Project> CreateProject(const v1::CreateProjectRequest& request);
  absl::StatusOr<v1::FindMissingCommitsResponse> FindMissingCommits(const v1::FindMissingCommitsRequest& request);
  absl::StatusOr<v1::Run> SubmitChange(const v1::SubmitChangeRequest& request);
  absl::StatusOr<v1::Run> GetRun(const std::string& name);
  absl::StatusOr<v1::ListRunsResponse> ListRuns(const v1::ListRunsRequest& request);
  absl::StatusOr<v1::GetVerdictResponse> GetVerdict(const std::string& name);
  absl::StatusOr<v1::ListFindingsResponse> ListFindings(const v1::ListFindingsRequest& request);
  absl::StatusOr<v1::ReplayVerdictResponse> ReplayVerdict(const std::string& name);
  absl::StatusOr<v1::ValidatePolicyResponse> ValidatePolicy(const std::string& text);
  absl::StatusOr<v1::GetPolicyResponse> GetPolicy(const v1::GetPolicyRequest& request);

  absl::StatusOr<v1::ListReviewsResponse> ListReviews(const v1::ListReviewsRequest& request);
  absl::StatusOr<v1::Review> GetReview(const std::string& name);
  absl::StatusOr<v1::ListReviewEventsResponse> ListReviewEvents(const v1::ListReviewEventsRequest& request);
  absl::StatusOr<v1::GetReviewDiffResponse> GetReviewDiff(const v1::GetReviewDiffRequest& request);
  absl::StatusOr<v1::Review> RespondToReview(const v1::RespondToReviewRequest& request);
  absl::StatusOr<v1::FindExpertsResponse> FindExperts(const v1::FindExpertsRequest& request);
  absl::StatusOr<v1::GetLoadResponse> GetLoad(const std::string& parent);
  absl::StatusOr<v1::Availability> GetAvailability(const std::string& person);
  absl::StatusOr<v1::Availability> SetAvailability(const v1::SetAvailabilityRequest& request);

  absl::StatusOr<v1::RecordSignalsResponse> RecordSignals(const v1::RecordSignalsRequest& request);
  absl::StatusOr<v1::ListSignalsResponse> ListSignals(const v1::ListSignalsRequest& request);

  absl::StatusOr<v1::Person> GetPerson(const std::string& handle);
  absl::StatusOr<v1::ListPeopleResponse> ListPeople(const v1::ListPeopleRequest& request);
  absl::StatusOr<v1::Person> LinkIdentity(const v1::LinkIdentityRequest& request);
  absl::StatusOr<v1::Person> UnlinkIdentity(const std::string& identity);
  absl::StatusOr<v1::Person> DescribePerson(const v1::DescribePersonRequest& request);
  absl::StatusOr<v1::Team> SetTeam(const v1::Team& team);
  absl::StatusOr<v1::ListTeamsResponse> ListTeams();
  // Every part as it comes.
  absl::Status ExportPerson(const std::string& person,
                            const std::function<void(const v1::ExportPersonResponse&)>& on_part);
  absl::StatusOr<v1::ErasePersonResponse> ErasePerson(const v1::ErasePersonRequest& request);

  absl::StatusOr<v1::WhoAmIResponse> WhoAmI();
  absl::StatusOr<v1::CreateTokenResponse> CreateToken(const v1::Token& token);
  absl::StatusOr<v1::ListTokensResponse> ListTokens();
  absl::StatusOr<v1::RevokeTokenResponse> RevokeToken(const std::string& id);
  absl::StatusOr<v1::ConditionOverride> OverrideCondition(const v1::OverrideConditionRequest& request);
  absl::StatusOr<v1::ListOverridesResponse> ListOverrides(const std::string& review);
  absl::StatusOr<v1::ListAuditEntriesResponse> ListAuditEntries(const v1::ListAuditEntriesRequest& request);
  absl::StatusOr<v1::VerifyAuditResponse> VerifyAudit();
  absl::StatusOr<v1::GetScoreResponse> GetScore(const v1::GetScoreRequest& request);
  absl::StatusOr<v1::GetScoreHistoryResponse> GetScoreHistory(const v1::GetScoreHistoryRequest& request);
  absl::StatusOr<v1::ListWeightsResponse> ListWeights(const std::string& parent);
  absl::StatusOr<v1::ApproveWeightsResponse> ApproveWeights(const std::string& name);

  absl::StatusOr<v1::ListOutboxResponse> ListOutbox(const v1::ListOutboxRequest& request);
  // 0: all that were given up.
  absl::StatusOr<v1::RetryOutboxMessageResponse> RetryOutboxMessage(int64_t number);
  absl::Status DropOutboxMessage(int64_t number);

  absl::StatusOr<v1::Report> GetReport(const v1::GetReportRequest& request);
  absl::StatusOr<v1::Grant> CreateGrant(const v1::CreateGrantRequest& request);
  absl::StatusOr<v1::ListGrantsResponse> ListGrants();
  absl::StatusOr<v1::Grant> RevokeGrant(int64_t number);
  absl::StatusOr<v1::AskFeedbackResponse> AskFeedback(const v1::AskFeedbackRequest& request);
  absl::StatusOr<v1::Feedback> GiveFeedback(const v1::GiveFeedbackRequest& request);
  absl::StatusOr<v1::ListFeedbackResponse> ListFeedback();
  absl::StatusOr<v1::Feedback> GiveKudos(const v1::GiveKudosRequest& request);
  absl::StatusOr<v1::Appeal> FileAppeal(const v1::FileAppealRequest& request);
  absl::StatusOr<v1::ListAppealsResponse> ListAppeals(bool own);
  absl::StatusOr<v1::Appeal> AnswerAppeal(const v1::AnswerAppealRequest& request);
  absl::StatusOr<v1::ImportCoursesResponse> ImportCourses(const v1::ImportCoursesRequest& request);
  absl::StatusOr<v1::ListCoursesResponse> ListCourses(const v1::ListCoursesRequest& request);
  absl::StatusOr<v1::Plan> GetPlan(int window_days);
  absl::StatusOr<v1::Recognition> GetRecognition();
  absl::StatusOr<v1::Recognition> ShowRecognition(bool show);
  absl::StatusOr<v1::ListRecognizedResponse> ListRecognized(const std::string& parent);

  // A push: `write` calls its argument with consecutive bytes of the pack, which go out in parts of 1 MiB.
  using PackWriter = std::function<absl::Status(const std::function<absl::Status(std::string_view)>& send)>;
  absl::StatusOr<v1::PushPackResponse> PushPack(const v1::PushPackHeader& header, const PackWriter& write);

  // One stream of WatchRun, until it ends: OK when the server closed it. `on_tick` is called about five times a second
  // and between messages; a status other than OK stops the stream and is returned.
  absl::Status WatchRun(const std::string& name, const std::function<void(const v1::WatchRunResponse&)>& on_message,
                        const std::function<absl::Status()>& on_tick);

  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

 private:
  struct Stubs;
  explicit Connection(std::unique_ptr<Stubs> stubs);
  std::unique_ptr<Stubs> stubs_;
};

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_CONNECTION_H_
