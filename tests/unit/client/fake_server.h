// A small server in this process that speaks the contract as far as the client's flows need it: it remembers what it
// was sent and misbehaves on request. No grpcpp in this header.
//
//     FakeServer server;
//     server.verdict = PassResponse();
//     RunProgram({"check", "--server", server.address()}, env);
//     EXPECT_EQ(server.submitted.size(), 1u);
#ifndef MERGEGATE_TESTS_UNIT_CLIENT_FAKE_SERVER_H_
#define MERGEGATE_TESTS_UNIT_CLIENT_FAKE_SERVER_H_

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "mergegate/v1/project_service.pb.h"
#include "mergegate/v1/run_service.pb.h"

namespace mergegate::client {

struct FakeServer {
  FakeServer();
  ~FakeServer();
  std::string address() const { return "unix:" + socket; }

  // How it behaves; set before the calls.
  v1::GetVerdictResponse verdict;
  std::string token;                 // required when not empty
  std::atomic<int> drop_streams{0};  // so many WatchRun streams break after one progress message
  bool never_decides = false;
  std::set<std::string> commits;  // that the mirror has

  // What it was told; read after the calls.
  std::set<std::string> projects;
  std::vector<v1::SubmitChangeRequest> submitted;
  v1::PushPackHeader pushed;
  std::string pack;
  size_t largest_chunk = 0;
  int streams = 0;

  std::string folder;
  std::string socket;

 private:
  struct Services;
  std::unique_ptr<Services> services_;
};

}  // namespace mergegate::client

#endif  // MERGEGATE_TESTS_UNIT_CLIENT_FAKE_SERVER_H_
