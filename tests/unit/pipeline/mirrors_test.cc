#include "server/pipeline/mirrors.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/support/test_repo.h"

namespace mergegate::pipeline {
namespace {

TEST(MirrorsTest, ManyMayBeTheFirst) {
  testing::TempDirectory home;
  const Mirrors mirrors(home.Join("mirrors"));
  for (int round = 0; round < 20; ++round) {
    const ProjectId project("p" + std::to_string(round));
    std::vector<absl::Status> statuses(4);
    {
      std::vector<std::jthread> threads;
      for (absl::Status& status : statuses) {
        threads.emplace_back([&mirrors, &project, &status] { status = mirrors.Open(project).status(); });
      }
    }
    for (const absl::Status& status : statuses) EXPECT_TRUE(status.ok()) << status;
  }
}

}  // namespace
}  // namespace mergegate::pipeline
