// PeopleService: who is who, teams, and what is known of a person.
#ifndef MERGEGATE_SERVER_RPC_PEOPLE_SERVICE_H_
#define MERGEGATE_SERVER_RPC_PEOPLE_SERVICE_H_

#include "mergegate/v1/people_service.grpc.pb.h"
#include "server/pipeline/run_pipeline.h"
#include "server/rpc/access.h"

namespace mergegate::rpc {

class PeopleService final : public v1::PeopleService::Service {
 public:
  PeopleService(const Access& access, const pipeline::PipelineParts& parts) : access_(access), parts_(parts) {}

  grpc::Status GetPerson(grpc::ServerContext* context, const v1::GetPersonRequest* request,
                         v1::Person* response) override;
  grpc::Status ListPeople(grpc::ServerContext* context, const v1::ListPeopleRequest* request,
                          v1::ListPeopleResponse* response) override;
  grpc::Status LinkIdentity(grpc::ServerContext* context, const v1::LinkIdentityRequest* request,
                            v1::Person* response) override;
  grpc::Status UnlinkIdentity(grpc::ServerContext* context, const v1::UnlinkIdentityRequest* request,
                              v1::Person* response) override;
  grpc::Status DescribePerson(grpc::ServerContext* context, const v1::DescribePersonRequest* request,
                              v1::Person* response) override;
  grpc::Status SetTeam(grpc::ServerContext* context, const v1::SetTeamRequest* request, v1::Team* response) override;
  grpc::Status ListTeams(grpc::ServerContext* context, const v1::ListTeamsRequest* request,
                         v1::ListTeamsResponse* response) override;
  grpc::Status ExportPerson(grpc::ServerContext* context, const v1::ExportPersonRequest* request,
                            grpc::ServerWriter<v1::ExportPersonResponse>* writer) override;
  grpc::Status ErasePerson(grpc::ServerContext* context, const v1::ErasePersonRequest* request,
                           v1::ErasePersonResponse* response) override;

 private:
  storage::Deed DeedOf(const Caller& caller) const { return {.by = caller.person, .at = parts_.clock.Now()}; }
  // Whom a request about a person means: the caller, or where `by_admins` for administrators anybody.
  absl::StatusOr<Person> Meant(const Caller& caller, const std::string& person, bool by_admins) const;

  const Access& access_;
  const pipeline::PipelineParts& parts_;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_PEOPLE_SERVICE_H_
