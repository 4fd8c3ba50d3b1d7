#include "client/cli/connection.h"

#include "client/cli/connection_stubs.h"

namespace mergegate::client {

Connection::Connection(std::unique_ptr<Stubs> stubs) : stubs_(std::move(stubs)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

absl::StatusOr<Connection> Connection::Open(const Endpoint& endpoint, const Settings& settings) {
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (endpoint.tls) {
    grpc::SslCredentialsOptions options;
    if (!settings.ca_file.empty()) {
      auto pem = ReadFile(settings.ca_file, 16 << 20);
      if (!pem.ok()) return pem.status();
      options.pem_root_certs = *std::move(pem);
    }
    if (!settings.tls_cert.empty()) {
      auto certificate = ReadFile(settings.tls_cert, 16 << 20);
      if (!certificate.ok()) return certificate.status();
      auto key = ReadFile(settings.tls_key, 16 << 20);
      if (!key.ok()) return key.status();
      options.pem_cert_chain = *std::move(certificate);
      options.pem_private_key = *std::move(key);
    }
    credentials = grpc::SslCredentials(options);
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kLargestAnswer);
  arguments.SetUserAgentPrefix("mergegate");
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  // http_proxy of the environment is not meant for this machine.
  if (!endpoint.tls) arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return Connection(
      std::make_unique<Stubs>(grpc::CreateCustomChannel(endpoint.target, credentials, arguments), endpoint, settings));
}

absl::StatusOr<v1::Project> Connection::CreateProject(const v1::CreateProjectRequest& request) {
  return stubs_->Call<v1::Project>(*stubs_->projects, &v1::ProjectService::Stub::AsyncCreateProject, request);
}

absl::StatusOr<v1::FindMissingCommitsResponse> Connection::FindMissingCommits(
    const v1::FindMissingCommitsRequest& request) {
  return stubs_->Call<v1::FindMissingCommitsResponse>(*stubs_->projects,
                                                      &v1::ProjectService::Stub::AsyncFindMissingCommits, request);
}

absl::StatusOr<v1::Run> Connection::SubmitChange(const v1::SubmitChangeRequest& request) {
  return stubs_->Call<v1::Run>(*stubs_->runs, &v1::RunService::Stub::AsyncSubmitChange, request, kSubmitTime);
}

absl::StatusOr<v1::Run> Connection::GetRun(const std::string& name) {
  v1::GetRunRequest request;
  request.set_name(name);
  return stubs_->Call<v1::Run>(*stubs_->runs, &v1::RunService::Stub::AsyncGetRun, request);
}

absl::StatusOr<v1::ListRunsResponse> Connection::ListRuns(const v1::ListRunsRequest& request) {
  return stubs_->Call<v1::ListRunsResponse>(*stubs_->runs, &v1::RunService::Stub::AsyncListRuns, request);
}

absl::StatusOr<v1::GetVerdictResponse> Connection::GetVerdict(const std::string& name) {
  v1::GetVerdictRequest request;
  request.set_name(name);
  return stubs_->Call<v1::GetVerdictResponse>(*stubs_->runs, &v1::RunService::Stub::AsyncGetVerdict, request);
}

absl::StatusOr<v1::ListFindingsResponse> Connection::ListFindings(const v1::ListFindingsRequest& request) {
  return stubs_->Call<v1::ListFindingsResponse>(*stubs_->runs, &v1::RunService::Stub::AsyncListFindings, request);
}

absl::StatusOr<v1::ReplayVerdictResponse> Connection::ReplayVerdict(const std::string& name) {
  v1::ReplayVerdictRequest request;
  request.set_name(name);
  return stubs_->Call<v1::ReplayVerdictResponse>(*stubs_->runs, &v1::RunService::Stub::AsyncReplayVerdict, request);
}

absl::StatusOr<v1::ValidatePolicyResponse> Connection::ValidatePolicy(const std::string& text) {
  v1::ValidatePolicyRequest request;
  request.set_text(text);
  return stubs_->Call<v1::ValidatePolicyResponse>(*stubs_->policies, &v1::PolicyService::Stub::AsyncValidatePolicy,
                                                  request);
}

absl::StatusOr<v1::GetPolicyResponse> Connection::GetPolicy(const v1::GetPolicyRequest& request) {
  return stubs_->Call<v1::GetPolicyResponse>(*stubs_->policies, &v1::PolicyService::Stub::AsyncGetPolicy, request);
}

absl::StatusOr<v1::ListReviewsResponse> Connection::ListReviews(const v1::ListReviewsRequest& request) {
  return stubs_->Call<v1::ListReviewsResponse>(*stubs_->reviews, &v1::ReviewService::Stub::AsyncListReviews, request);
}

absl::StatusOr<v1::ListReviewEventsResponse> Connection::ListReviewEvents(const v1::ListReviewEventsRequest& request) {
  return stubs_->Call<v1::ListReviewEventsResponse>(*stubs_->reviews, &v1::ReviewService::Stub::AsyncListReviewEvents,
                                                    request);
}

absl::StatusOr<v1::GetReviewDiffResponse> Connection::GetReviewDiff(const v1::GetReviewDiffRequest& request) {
  return stubs_->Call<v1::GetReviewDiffResponse>(*stubs_->reviews, &v1::ReviewService::Stub::AsyncGetReviewDiff,
                                                 request);
}

absl::StatusOr<v1::Review> Connection::RespondToReview(const v1::RespondToReviewRequest& request) {
  return stubs_->Call<v1::Review>(*stubs_->reviews, &v1::ReviewService::Stub::AsyncRespondToReview, request);
}

absl::StatusOr<v1::FindExpertsResponse> Connection::FindExperts(const v1::FindExpertsRequest& request) {
  return stubs_->Call<v1::FindExpertsResponse>(*stubs_->reviews, &v1::ReviewService::Stub::AsyncFindExperts, request);
}

absl::StatusOr<v1::Availability> Connection::SetAvailability(const v1::SetAvailabilityRequest& request) {
  return stubs_->Call<v1::Availability>(*stubs_->reviews, &v1::ReviewService::Stub::AsyncSetAvailability, request);
}

absl::StatusOr<v1::Review> Connection::GetReview(const std::string& name) {
  v1::GetReviewRequest request;
  request.set_name(name);
  return stubs_->Call<v1::Review>(*stubs_->reviews, &v1::ReviewService::Stub::AsyncGetReview, request);
}

absl::StatusOr<v1::GetLoadResponse> Connection::GetLoad(const std::string& parent) {
  v1::GetLoadRequest request;
  request.set_parent(parent);
  return stubs_->Call<v1::GetLoadResponse>(*stubs_->reviews, &v1::ReviewService::Stub::AsyncGetLoad, request);
}

absl::StatusOr<v1::Availability> Connection::GetAvailability(const std::string& person) {
  v1::GetAvailabilityRequest request;
  request.set_person(person);
  return stubs_->Call<v1::Availability>(*stubs_->reviews, &v1::ReviewService::Stub::AsyncGetAvailability, request);
}

absl::StatusOr<v1::PushPackResponse> Connection::PushPack(const v1::PushPackHeader& header, const PackWriter& write) {
  grpc::ClientContext context;
  stubs_->Prepare(context, kPushTime);
  v1::PushPackResponse response;
  const auto writer = stubs_->projects->PushPack(&context, &response);
  v1::PushPackRequest part;
  *part.mutable_header() = header;
  bool open = writer->Write(part);
  std::string pending;
  const auto flush = [&] {
    if (pending.empty() || !open) return;
    part.set_chunk(std::move(pending));
    pending.clear();
    open = writer->Write(part);
  };
  const absl::Status written = write([&](std::string_view bytes) -> absl::Status {
    if (Interrupted()) return InterruptedStatus();
    while (open && !bytes.empty()) {
      const std::string_view taken = bytes.substr(0, kChunk - pending.size());
      pending += taken;
      bytes.remove_prefix(taken.size());
      if (pending.size() == kChunk) flush();
    }
    // The server closed the stream: Finish() says why.
    return open ? absl::OkStatus() : absl::AbortedError("the server refused the pack");
  });
  if (written.ok()) {
    flush();
    writer->WritesDone();
  } else if (open) {
    // Half a pack must not look like a whole one.
    context.TryCancel();
  }
  const grpc::Status status = writer->Finish();
  if (!written.ok() && open) return written;
  if (!status.ok()) return stubs_->Explain(status);
  return response;
}

absl::StatusOr<v1::GetScoreResponse> Connection::GetScore(const v1::GetScoreRequest& request) {
  return stubs_->Call<v1::GetScoreResponse>(*stubs_->scores, &v1::ScoreService::Stub::AsyncGetScore, request);
}

absl::StatusOr<v1::GetScoreHistoryResponse> Connection::GetScoreHistory(const v1::GetScoreHistoryRequest& request) {
  return stubs_->Call<v1::GetScoreHistoryResponse>(*stubs_->scores, &v1::ScoreService::Stub::AsyncGetScoreHistory,
                                                   request);
}

absl::StatusOr<v1::ListWeightsResponse> Connection::ListWeights(const std::string& parent) {
  v1::ListWeightsRequest request;
  request.set_parent(parent);
  return stubs_->Call<v1::ListWeightsResponse>(*stubs_->scores, &v1::ScoreService::Stub::AsyncListWeights, request);
}

absl::StatusOr<v1::ApproveWeightsResponse> Connection::ApproveWeights(const std::string& name) {
  v1::ApproveWeightsRequest request;
  request.set_name(name);
  return stubs_->Call<v1::ApproveWeightsResponse>(*stubs_->scores, &v1::ScoreService::Stub::AsyncApproveWeights,
                                                  request);
}

absl::Status Connection::WatchRun(const std::string& name,
                                  const std::function<void(const v1::WatchRunResponse&)>& on_message,
                                  const std::function<absl::Status()>& on_tick) {
  v1::WatchRunRequest request;
  request.set_name(name);
  grpc::ClientContext context;
  stubs_->Authorize(context);
  grpc::CompletionQueue queue;
  absl::Status stopped;
  const auto reader = stubs_->runs->AsyncWatchRun(&context, request, &queue, nullptr);
  bool open = stubs_->Await(queue, context, stopped, on_tick);
  while (open) {
    v1::WatchRunResponse message;
    reader->Read(&message, nullptr);
    open = stubs_->Await(queue, context, stopped, on_tick);
    if (!open) break;
    on_message(message);
    if (stopped.ok()) stopped = on_tick();
    if (!stopped.ok()) context.TryCancel();
  }
  grpc::Status status;
  reader->Finish(&status, nullptr);
  stubs_->Await(queue, context, stopped, on_tick);
  return stopped.ok() ? stubs_->Explain(status) : stopped;
}

}  // namespace mergegate::client
