// GrowthService: appraisals, feedback, appeals, training and recognition. Files: growth_service.cc (reports, grants),
// growth_words.cc (feedback, kudos), growth_appeals.cc, growth_training.cc (catalogue, plan, recognition).
#ifndef MERGEGATE_SERVER_RPC_GROWTH_SERVICE_H_
#define MERGEGATE_SERVER_RPC_GROWTH_SERVICE_H_

#include <optional>
#include <string_view>
#include <vector>

#include "mergegate/v1/growth_service.grpc.pb.h"
#include "server/pipeline/run_pipeline.h"
#include "server/rpc/access.h"
#include "server/scoring/growth/recognition.h"

namespace mergegate::rpc {

class GrowthService final : public v1::GrowthService::Service {
 public:
  GrowthService(const Access& access, const pipeline::PipelineParts& parts,
                const scoring::RecognitionRules& recognition = {})
      : access_(access), parts_(parts), recognition_(recognition) {}

  grpc::Status GetReport(grpc::ServerContext* context, const v1::GetReportRequest* request,
                         v1::Report* response) override;
  grpc::Status CreateGrant(grpc::ServerContext* context, const v1::CreateGrantRequest* request,
                           v1::Grant* response) override;
  grpc::Status ListGrants(grpc::ServerContext* context, const v1::ListGrantsRequest* request,
                          v1::ListGrantsResponse* response) override;
  grpc::Status RevokeGrant(grpc::ServerContext* context, const v1::RevokeGrantRequest* request,
                           v1::Grant* response) override;

  grpc::Status AskFeedback(grpc::ServerContext* context, const v1::AskFeedbackRequest* request,
                           v1::AskFeedbackResponse* response) override;
  grpc::Status GiveFeedback(grpc::ServerContext* context, const v1::GiveFeedbackRequest* request,
                            v1::Feedback* response) override;
  grpc::Status ListFeedback(grpc::ServerContext* context, const v1::ListFeedbackRequest* request,
                            v1::ListFeedbackResponse* response) override;
  grpc::Status GiveKudos(grpc::ServerContext* context, const v1::GiveKudosRequest* request,
                         v1::Feedback* response) override;

  grpc::Status FileAppeal(grpc::ServerContext* context, const v1::FileAppealRequest* request,
                          v1::Appeal* response) override;
  grpc::Status ListAppeals(grpc::ServerContext* context, const v1::ListAppealsRequest* request,
                           v1::ListAppealsResponse* response) override;
  grpc::Status AnswerAppeal(grpc::ServerContext* context, const v1::AnswerAppealRequest* request,
                            v1::Appeal* response) override;

  grpc::Status ImportCourses(grpc::ServerContext* context, const v1::ImportCoursesRequest* request,
                             v1::ImportCoursesResponse* response) override;
  grpc::Status ListCourses(grpc::ServerContext* context, const v1::ListCoursesRequest* request,
                           v1::ListCoursesResponse* response) override;
  grpc::Status GetPlan(grpc::ServerContext* context, const v1::GetPlanRequest* request, v1::Plan* response) override;
  grpc::Status GetRecognition(grpc::ServerContext* context, const v1::GetRecognitionRequest* request,
                              v1::Recognition* response) override;
  grpc::Status ShowRecognition(grpc::ServerContext* context, const v1::ShowRecognitionRequest* request,
                               v1::Recognition* response) override;
  grpc::Status ListRecognized(grpc::ServerContext* context, const v1::ListRecognizedRequest* request,
                              v1::ListRecognizedResponse* response) override;

 private:
  storage::Deed DeedOf(const Caller& caller) const { return {.by = caller.person, .at = parts_.clock.Now()}; }
  // The person who calls. Whoever acts for them without their token (an administrator) is put into the audit log.
  absl::StatusOr<Person> Self(const Caller& caller, std::string_view method) const;
  // Whose report is meant, if the caller may read it; reading another's is logged.
  absl::StatusOr<Person> Readable(const Caller& caller, const std::string& person) const;
  // The grant that lets the holder of the caller's token read; nullopt without one.
  absl::StatusOr<std::optional<ReportGrant>> GrantFor(const Caller& caller, const Person& person) const;
  absl::Status Say(const Signal& signal, v1::Feedback& response) const;
  // An effective signal about a person; nullopt when there is none.
  absl::StatusOr<std::optional<Signal>> SignalAbout(const Handle& person, std::string_view source,
                                                    std::string_view source_id) const;
  // What the signal says from now on, nullopt when it counts no longer; sets the effects as far as they are known.
  absl::StatusOr<std::optional<Signal>> Accept(const Caller& caller, Appeal& appeal) const;
  absl::Status FillRecognition(const Caller& caller, const Person& self, v1::Recognition& response) const;

  const Access& access_;
  const pipeline::PipelineParts& parts_;
  const scoring::RecognitionRules recognition_;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_GROWTH_SERVICE_H_
