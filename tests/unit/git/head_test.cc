#include "server/git/head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"
#include "tests/support/test_repo.h"

namespace mergegate::git {
namespace {

using mergegate::testing::IsOkAndHolds;
using mergegate::testing::StatusIs;
using mergegate::testing::TempDirectory;
using mergegate::testing::TestRepo;

TEST(HeadTest, IsTheCommitOfTheBranchThatIsCheckedOut) {
  TestRepo repo;
  EXPECT_THAT(HeadOf(repo.path()), StatusIs(absl::StatusCode::kNotFound));
  const CommitId first = repo.Commit({{"a.cc", "int a;\n"}});
  repo.Branch("main", first);
  EXPECT_THAT(HeadOf(repo.path()), IsOkAndHolds(first));
}

TEST(HeadTest, OfWhatIsNoRepositoryIsAnError) {
  const TempDirectory empty;
  EXPECT_FALSE(HeadOf(empty.path()).ok());
}

}  // namespace
}  // namespace mergegate::git
