#include "tests/unit/client/fake_server.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "mergegate/v1/error_detail.pb.h"
#include "mergegate/v1/project_service.grpc.pb.h"
#include "mergegate/v1/run_service.grpc.pb.h"

namespace mergegate::client {
namespace {

grpc::Status Refuse(const FakeServer& fake, const grpc::ServerContext& context) {
  if (fake.token.empty()) return grpc::Status::OK;
  const auto it = context.client_metadata().find("authorization");
  const std::string sent =
      it == context.client_metadata().end() ? "" : std::string(it->second.data(), it->second.size());
  if (sent == "Bearer " + fake.token) return grpc::Status::OK;
  v1::ErrorDetail detail;
  detail.set_reason("TOKEN_INVALID");
  detail.set_hint("the token is in the server's data folder");
  v1::RpcStatus status;
  status.add_details()->PackFrom(detail);
  return {grpc::StatusCode::UNAUTHENTICATED, "a valid token is needed", status.SerializeAsString()};
}

}  // namespace

struct FakeServer::Services {
  struct Projects : v1::ProjectService::Service {
    explicit Projects(FakeServer& server) : fake(server) {}
    grpc::Status CreateProject(grpc::ServerContext*, const v1::CreateProjectRequest* request,
                               v1::Project* project) override {
      fake.projects.insert("projects/" + request->project_id());
      project->set_name("projects/" + request->project_id());
      return grpc::Status::OK;
    }
    grpc::Status FindMissingCommits(grpc::ServerContext* context, const v1::FindMissingCommitsRequest* request,
                                    v1::FindMissingCommitsResponse* response) override {
      if (grpc::Status status = Refuse(fake, *context); !status.ok()) return status;
      if (!fake.projects.contains(request->name())) return {grpc::StatusCode::NOT_FOUND, "no such project"};
      for (const std::string& commit : request->commits()) {
        if (!fake.commits.contains(commit)) response->add_missing(commit);
      }
      return grpc::Status::OK;
    }
    grpc::Status PushPack(grpc::ServerContext*, grpc::ServerReader<v1::PushPackRequest>* reader,
                          v1::PushPackResponse* response) override {
      v1::PushPackRequest part;
      while (reader->Read(&part)) {
        if (part.has_header()) fake.pushed = part.header();
        fake.pack += part.chunk();
        fake.largest_chunk = std::max(fake.largest_chunk, part.chunk().size());
      }
      fake.commits.insert(fake.pushed.tips().begin(), fake.pushed.tips().end());
      response->set_objects(1);
      return grpc::Status::OK;
    }
    FakeServer& fake;
  };

  struct Runs : v1::RunService::Service {
    explicit Runs(FakeServer& server) : fake(server) {}
    grpc::Status SubmitChange(grpc::ServerContext*, const v1::SubmitChangeRequest* request, v1::Run* run) override {
      fake.submitted.push_back(*request);
      run->set_name(request->parent() + "/runs/r1");
      run->set_state(v1::RUN_STATE_QUEUED);
      return grpc::Status::OK;
    }
    grpc::Status GetRun(grpc::ServerContext*, const v1::GetRunRequest* request, v1::Run* run) override {
      *run = fake.verdict.run();
      run->set_name(request->name());
      return grpc::Status::OK;
    }
    grpc::Status GetVerdict(grpc::ServerContext*, const v1::GetVerdictRequest*,
                            v1::GetVerdictResponse* response) override {
      *response = fake.verdict;
      return grpc::Status::OK;
    }
    grpc::Status ListFindings(grpc::ServerContext*, const v1::ListFindingsRequest* request,
                              v1::ListFindingsResponse* response) override {
      // One finding a page, to see that pages are followed.
      int index = request->page_token().empty() ? 0 : std::stoi(request->page_token());
      const auto& all = fake.verdict.verdict().findings();
      const auto wanted = [&](const v1::Finding& finding) {
        return request->states().empty() || std::ranges::count(request->states(), finding.state()) > 0;
      };
      while (index < all.size() && !wanted(all[index])) ++index;
      if (index < all.size()) *response->add_findings() = all[index++];
      if (index < all.size()) response->set_next_page_token(std::to_string(index));
      return grpc::Status::OK;
    }
    grpc::Status ReplayVerdict(grpc::ServerContext*, const v1::ReplayVerdictRequest*,
                               v1::ReplayVerdictResponse* response) override {
      response->set_identical(false);
      response->set_stored_digest("aa");
      response->set_replayed_digest("bb");
      return grpc::Status::OK;
    }
    grpc::Status WatchRun(grpc::ServerContext* context, const v1::WatchRunRequest*,
                          grpc::ServerWriter<v1::WatchRunResponse>* writer) override {
      ++fake.streams;
      v1::WatchRunResponse message;
      message.mutable_progress()->set_stage("analysis");
      message.mutable_progress()->set_units_total(4);
      writer->Write(message);
      if (fake.drop_streams > 0) {
        --fake.drop_streams;
        return {grpc::StatusCode::UNAVAILABLE, "restarting"};
      }
      while (fake.never_decides && !context->IsCancelled()) {
        if (!writer->Write(message)) return grpc::Status::CANCELLED;
      }
      *message.mutable_result() = fake.verdict;
      writer->Write(message);
      return grpc::Status::OK;
    }
    FakeServer& fake;
  };

  explicit Services(FakeServer& fake) : projects(fake), runs(fake) {}
  Projects projects;
  Runs runs;
  std::unique_ptr<grpc::Server> server;
};

FakeServer::FakeServer() : services_(std::make_unique<Services>(*this)) {
  char pattern[] = "/tmp/mergegate-test-XXXXXX";
  folder = mkdtemp(pattern);
  socket = folder + "/socket";
  grpc::ServerBuilder builder;
  builder.AddListeningPort("unix:" + socket, grpc::InsecureServerCredentials());
  builder.RegisterService(&services_->projects);
  builder.RegisterService(&services_->runs);
  services_->server = builder.BuildAndStart();
}

FakeServer::~FakeServer() {
  services_->server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
  std::filesystem::remove_all(folder);
}

}  // namespace mergegate::client
