// A whole server in this process, over the pipeline's fixture: a unix socket for the administrator, a loopback port for
// everybody with a token.
//
//   class ScoreServiceTest : public ServerTest {};
//   TEST_F(ScoreServiceTest, ...) {
//     v1::GetScoreResponse answer;
//     EXPECT_TRUE(Call(&v1::ScoreService::Stub::GetScore, request, answer, As("ann")).ok());
//   }
#ifndef MERGEGATE_TESTS_UNIT_RPC_SERVER_FIXTURE_H_
#define MERGEGATE_TESTS_UNIT_RPC_SERVER_FIXTURE_H_

#include <arpa/inet.h>
#include <grpcpp/grpcpp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "mergegate/v1/access_service.grpc.pb.h"
#include "server/pipeline/score_board.h"
#include "server/rpc/server.h"
#include "tests/unit/pipeline/pipeline_fixture.h"

namespace mergegate::rpc {

// Who calls: over the socket as an administrator who speaks for somebody, or with a token.
struct As {
  explicit As(std::string who) : person(std::move(who)) {}
  static As Token(std::string token, std::string person = "") {
    As caller(std::move(person));
    caller.token = std::move(token);
    return caller;
  }
  std::string person;
  std::string token;
};

class ServerTest : public pipeline::PipelineTest {
 protected:
  ServerTest() {
    parts_.scores = &scores_;
    const std::string tcp = "127.0.0.1:" + std::to_string(FreePort());
    const std::string unix_socket = "unix:" + folder_.path() + "/s";
    auto server = Server::Start(parts_, [] {}, {.addresses = {tcp, unix_socket}, .token = "the data folder's"});
    EXPECT_TRUE(server.ok()) << server.status();
    if (server.ok()) server_ = *std::move(server);
    with_token_ = grpc::CreateChannel(tcp, grpc::InsecureChannelCredentials());
    as_admin_ = grpc::CreateChannel(unix_socket, grpc::InsecureChannelCredentials());
  }

  // Stub: v1::SomeService::Stub; its method as `&Stub::Method`.
  template <typename Stub, typename Request, typename Response>
  grpc::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response& response, const As& caller) {
    grpc::ClientContext context;
    if (!caller.token.empty()) context.AddMetadata("authorization", "Bearer " + caller.token);
    if (!caller.person.empty()) context.AddMetadata("mergegate-caller", caller.person);
    Stub stub(caller.token.empty() ? as_admin_ : with_token_);
    return (stub.*method)(&context, request, &response);
  }

  // A token of that person.
  As Give(const std::string& person, v1::Role role, const std::string& project = "") {
    v1::CreateTokenRequest request;
    request.mutable_token()->set_person(person);
    request.mutable_token()->set_role(role);
    if (!project.empty()) request.mutable_token()->add_projects("projects/" + project);
    v1::CreateTokenResponse response;
    const grpc::Status status = Call(&v1::AccessService::Stub::CreateToken, request, response, As("root"));
    EXPECT_TRUE(status.ok()) << status.error_message();
    return As::Token(response.text());
  }

  std::vector<std::string> AuditActions() {
    std::vector<std::string> actions;
    const std::vector<AuditEntry> entries = *store_->ListAudit(0, 1000);
    for (const AuditEntry& entry : entries) actions.push_back(entry.action);
    return actions;
  }

  pipeline::ScoreBoard scores_{clock_, mirrors_, *store_, ""};

 private:
  static int FreePort() {
    const int probe = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(probe, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size), 0);
    close(probe);
    return ntohs(address.sin_port);
  }

  testing::TempDirectory folder_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> with_token_, as_admin_;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_TESTS_UNIT_RPC_SERVER_FIXTURE_H_
