#include "client/cli/connection.h"
#include "client/cli/connection_stubs.h"

namespace mergegate::client {

absl::StatusOr<v1::RecordSignalsResponse> Connection::RecordSignals(const v1::RecordSignalsRequest& request) {
  return stubs_->Call<v1::RecordSignalsResponse>(*stubs_->signals, &v1::SignalService::Stub::AsyncRecordSignals,
                                                 request, kSubmitTime);
}

absl::StatusOr<v1::ListSignalsResponse> Connection::ListSignals(const v1::ListSignalsRequest& request) {
  return stubs_->Call<v1::ListSignalsResponse>(*stubs_->signals, &v1::SignalService::Stub::AsyncListSignals, request);
}

absl::StatusOr<v1::Person> Connection::GetPerson(const std::string& handle) {
  v1::GetPersonRequest request;
  request.set_handle(handle);
  return stubs_->Call<v1::Person>(*stubs_->people, &v1::PeopleService::Stub::AsyncGetPerson, request);
}

absl::StatusOr<v1::ListPeopleResponse> Connection::ListPeople(const v1::ListPeopleRequest& request) {
  return stubs_->Call<v1::ListPeopleResponse>(*stubs_->people, &v1::PeopleService::Stub::AsyncListPeople, request);
}

absl::StatusOr<v1::Person> Connection::LinkIdentity(const v1::LinkIdentityRequest& request) {
  return stubs_->Call<v1::Person>(*stubs_->people, &v1::PeopleService::Stub::AsyncLinkIdentity, request);
}

absl::StatusOr<v1::Person> Connection::UnlinkIdentity(const std::string& identity) {
  v1::UnlinkIdentityRequest request;
  request.set_identity(identity);
  return stubs_->Call<v1::Person>(*stubs_->people, &v1::PeopleService::Stub::AsyncUnlinkIdentity, request);
}

absl::StatusOr<v1::Person> Connection::DescribePerson(const v1::DescribePersonRequest& request) {
  return stubs_->Call<v1::Person>(*stubs_->people, &v1::PeopleService::Stub::AsyncDescribePerson, request);
}

absl::StatusOr<v1::Team> Connection::SetTeam(const v1::Team& team) {
  v1::SetTeamRequest request;
  *request.mutable_team() = team;
  return stubs_->Call<v1::Team>(*stubs_->people, &v1::PeopleService::Stub::AsyncSetTeam, request);
}

absl::StatusOr<v1::ListTeamsResponse> Connection::ListTeams() {
  return stubs_->Call<v1::ListTeamsResponse>(*stubs_->people, &v1::PeopleService::Stub::AsyncListTeams,
                                             v1::ListTeamsRequest());
}

absl::Status Connection::ExportPerson(const std::string& person,
                                      const std::function<void(const v1::ExportPersonResponse&)>& on_part) {
  v1::ExportPersonRequest request;
  request.set_person(person);
  grpc::ClientContext context;
  stubs_->Prepare(context, kSubmitTime);
  const auto reader = stubs_->people->ExportPerson(&context, request);
  v1::ExportPersonResponse part;
  while (reader->Read(&part)) {
    on_part(part);
    if (Interrupted()) context.TryCancel();
  }
  return stubs_->Explain(reader->Finish());
}

absl::StatusOr<v1::ErasePersonResponse> Connection::ErasePerson(const v1::ErasePersonRequest& request) {
  return stubs_->Call<v1::ErasePersonResponse>(*stubs_->people, &v1::PeopleService::Stub::AsyncErasePerson, request);
}

absl::StatusOr<v1::WhoAmIResponse> Connection::WhoAmI() {
  return stubs_->Call<v1::WhoAmIResponse>(*stubs_->access, &v1::AccessService::Stub::AsyncWhoAmI, v1::WhoAmIRequest());
}

absl::StatusOr<v1::CreateTokenResponse> Connection::CreateToken(const v1::Token& token) {
  v1::CreateTokenRequest request;
  *request.mutable_token() = token;
  return stubs_->Call<v1::CreateTokenResponse>(*stubs_->access, &v1::AccessService::Stub::AsyncCreateToken, request);
}

absl::StatusOr<v1::ListTokensResponse> Connection::ListTokens() {
  return stubs_->Call<v1::ListTokensResponse>(*stubs_->access, &v1::AccessService::Stub::AsyncListTokens,
                                              v1::ListTokensRequest());
}

absl::StatusOr<v1::RevokeTokenResponse> Connection::RevokeToken(const std::string& id) {
  v1::RevokeTokenRequest request;
  request.set_id(id);
  return stubs_->Call<v1::RevokeTokenResponse>(*stubs_->access, &v1::AccessService::Stub::AsyncRevokeToken, request);
}

absl::StatusOr<v1::ConditionOverride> Connection::OverrideCondition(const v1::OverrideConditionRequest& request) {
  return stubs_->Call<v1::ConditionOverride>(*stubs_->access, &v1::AccessService::Stub::AsyncOverrideCondition,
                                             request);
}

absl::StatusOr<v1::ListOverridesResponse> Connection::ListOverrides(const std::string& review) {
  v1::ListOverridesRequest request;
  request.set_parent(review);
  return stubs_->Call<v1::ListOverridesResponse>(*stubs_->access, &v1::AccessService::Stub::AsyncListOverrides,
                                                 request);
}

absl::StatusOr<v1::ListAuditEntriesResponse> Connection::ListAuditEntries(const v1::ListAuditEntriesRequest& request) {
  return stubs_->Call<v1::ListAuditEntriesResponse>(*stubs_->access, &v1::AccessService::Stub::AsyncListAuditEntries,
                                                    request);
}

absl::StatusOr<v1::VerifyAuditResponse> Connection::VerifyAudit() {
  return stubs_->Call<v1::VerifyAuditResponse>(*stubs_->access, &v1::AccessService::Stub::AsyncVerifyAudit,
                                               v1::VerifyAuditRequest());
}

absl::StatusOr<v1::ListOutboxResponse> Connection::ListOutbox(const v1::ListOutboxRequest& request) {
  return stubs_->Call<v1::ListOutboxResponse>(*stubs_->server, &v1::ServerService::Stub::AsyncListOutbox, request);
}

absl::StatusOr<v1::RetryOutboxMessageResponse> Connection::RetryOutboxMessage(int64_t number) {
  v1::RetryOutboxMessageRequest request;
  request.set_number(number);
  return stubs_->Call<v1::RetryOutboxMessageResponse>(*stubs_->server,
                                                      &v1::ServerService::Stub::AsyncRetryOutboxMessage, request);
}

absl::Status Connection::DropOutboxMessage(int64_t number) {
  v1::DropOutboxMessageRequest request;
  request.set_number(number);
  return stubs_
      ->Call<v1::DropOutboxMessageResponse>(*stubs_->server, &v1::ServerService::Stub::AsyncDropOutboxMessage, request)
      .status();
}

}  // namespace mergegate::client
