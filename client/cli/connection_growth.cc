#include "client/cli/connection.h"
#include "client/cli/connection_stubs.h"

namespace mergegate::client {

absl::StatusOr<v1::Report> Connection::GetReport(const v1::GetReportRequest& request) {
  return stubs_->Call<v1::Report>(*stubs_->growth, &v1::GrowthService::Stub::AsyncGetReport, request);
}

absl::StatusOr<v1::Grant> Connection::CreateGrant(const v1::CreateGrantRequest& request) {
  return stubs_->Call<v1::Grant>(*stubs_->growth, &v1::GrowthService::Stub::AsyncCreateGrant, request);
}

absl::StatusOr<v1::ListGrantsResponse> Connection::ListGrants() {
  return stubs_->Call<v1::ListGrantsResponse>(*stubs_->growth, &v1::GrowthService::Stub::AsyncListGrants,
                                              v1::ListGrantsRequest());
}

absl::StatusOr<v1::Grant> Connection::RevokeGrant(int64_t number) {
  v1::RevokeGrantRequest request;
  request.set_number(number);
  return stubs_->Call<v1::Grant>(*stubs_->growth, &v1::GrowthService::Stub::AsyncRevokeGrant, request);
}

absl::StatusOr<v1::AskFeedbackResponse> Connection::AskFeedback(const v1::AskFeedbackRequest& request) {
  return stubs_->Call<v1::AskFeedbackResponse>(*stubs_->growth, &v1::GrowthService::Stub::AsyncAskFeedback, request);
}

absl::StatusOr<v1::Feedback> Connection::GiveFeedback(const v1::GiveFeedbackRequest& request) {
  return stubs_->Call<v1::Feedback>(*stubs_->growth, &v1::GrowthService::Stub::AsyncGiveFeedback, request);
}

absl::StatusOr<v1::ListFeedbackResponse> Connection::ListFeedback() {
  return stubs_->Call<v1::ListFeedbackResponse>(*stubs_->growth, &v1::GrowthService::Stub::AsyncListFeedback,
                                                v1::ListFeedbackRequest());
}

absl::StatusOr<v1::Feedback> Connection::GiveKudos(const v1::GiveKudosRequest& request) {
  return stubs_->Call<v1::Feedback>(*stubs_->growth, &v1::GrowthService::Stub::AsyncGiveKudos, request);
}

absl::StatusOr<v1::Appeal> Connection::FileAppeal(const v1::FileAppealRequest& request) {
  return stubs_->Call<v1::Appeal>(*stubs_->growth, &v1::GrowthService::Stub::AsyncFileAppeal, request);
}

absl::StatusOr<v1::ListAppealsResponse> Connection::ListAppeals(bool own) {
  v1::ListAppealsRequest request;
  request.set_own(own);
  return stubs_->Call<v1::ListAppealsResponse>(*stubs_->growth, &v1::GrowthService::Stub::AsyncListAppeals, request);
}

absl::StatusOr<v1::Appeal> Connection::AnswerAppeal(const v1::AnswerAppealRequest& request) {
  return stubs_->Call<v1::Appeal>(*stubs_->growth, &v1::GrowthService::Stub::AsyncAnswerAppeal, request);
}

absl::StatusOr<v1::ImportCoursesResponse> Connection::ImportCourses(const v1::ImportCoursesRequest& request) {
  return stubs_->Call<v1::ImportCoursesResponse>(*stubs_->growth, &v1::GrowthService::Stub::AsyncImportCourses,
                                                 request);
}

absl::StatusOr<v1::ListCoursesResponse> Connection::ListCourses(const v1::ListCoursesRequest& request) {
  return stubs_->Call<v1::ListCoursesResponse>(*stubs_->growth, &v1::GrowthService::Stub::AsyncListCourses, request);
}

absl::StatusOr<v1::Plan> Connection::GetPlan(int window_days) {
  v1::GetPlanRequest request;
  request.set_window_days(window_days);
  return stubs_->Call<v1::Plan>(*stubs_->growth, &v1::GrowthService::Stub::AsyncGetPlan, request);
}

absl::StatusOr<v1::Recognition> Connection::GetRecognition() {
  return stubs_->Call<v1::Recognition>(*stubs_->growth, &v1::GrowthService::Stub::AsyncGetRecognition,
                                       v1::GetRecognitionRequest());
}

absl::StatusOr<v1::Recognition> Connection::ShowRecognition(bool show) {
  v1::ShowRecognitionRequest request;
  request.set_show(show);
  return stubs_->Call<v1::Recognition>(*stubs_->growth, &v1::GrowthService::Stub::AsyncShowRecognition, request);
}

absl::StatusOr<v1::ListRecognizedResponse> Connection::ListRecognized(const std::string& parent) {
  v1::ListRecognizedRequest request;
  request.set_parent(parent);
  return stubs_->Call<v1::ListRecognizedResponse>(*stubs_->growth, &v1::GrowthService::Stub::AsyncListRecognized,
                                                  request);
}

}  // namespace mergegate::client
