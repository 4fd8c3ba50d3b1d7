// Shares of changed lines by hand.
#include "server/git/line_owners.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/support/status_matchers.h"
#include "tests/support/test_repo.h"

namespace mergegate::git {
namespace {

using mergegate::testing::TempDirectory;
using mergegate::testing::TestRepo;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LineOwnersTest : public ::testing::Test {
 protected:
  std::vector<std::string> Owners(const CommitId& base, const CommitId& head, const BlameLimits& limits = {}) {
    const auto mirror = Mirror::OpenOrCreate(directory_.Join("mirror.git"), repo_.objects());
    EXPECT_THAT(mirror, mergegate::testing::IsOk());
    std::vector<std::string> told;
    for (const reviewers::LineOwner& owner :
         LineOwnersOf(**mirror, base, *(*mirror)->DiffCommits(base, head), limits)) {
      told.push_back(owner.path + " " + owner.person.name + " " + std::to_string(std::lround(100 * owner.share)));
    }
    return told;
  }
  TestRepo repo_;
  TempDirectory directory_;
};

TEST_F(LineOwnersTest, ChangedLinesBelongToWhoLastWroteThem) {
  repo_.Commit({{"a.cc", "1\n2\n3\n4\n"}}, {.author_name = "Ann"});
  const CommitId base =
      repo_.Commit({{"a.cc", "1\n2\nB\n4\n"}}, {.author_name = "Bob", .author_mail = "bob@example.org"});
  const CommitId head = repo_.Commit({{"a.cc", "x\nx\nx\n4\n"}});
  EXPECT_THAT(Owners(base, head), ElementsAre("a.cc Ann 67", "a.cc Bob 33"));
}

TEST_F(LineOwnersTest, AddedLinesBelongToTheirNeighbours) {
  repo_.Commit({{"a.cc", "1\n2\n"}}, {.author_name = "Ann"});
  const CommitId base = repo_.Commit({{"a.cc", "1\n2\nB\n"}}, {.author_name = "Bob", .author_mail = "bob@example.org"});
  const CommitId head = repo_.Commit({{"a.cc", "1\n2\nnew\nB\n"}});
  EXPECT_THAT(Owners(base, head), ElementsAre("a.cc Ann 50", "a.cc Bob 50"));
}

TEST_F(LineOwnersTest, AreTheSameAskedAgainForOtherChangesAndWithinOtherBounds) {
  repo_.Commit({{"a.cc", "1\n2\n"}}, {.author_name = "Ann"});
  const CommitId base = repo_.Commit({{"a.cc", "1\n2\nB\n"}}, {.author_name = "Bob", .author_mail = "bob@example.org"});
  const CommitId first = repo_.Commit({{"a.cc", "1\nx\nB\n"}}, {.parents = {{base}}});
  const CommitId last = repo_.Commit({{"a.cc", "1\n2\ny\n"}}, {.parents = {{base}}});
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Owners(base, first), ElementsAre("a.cc Ann 100"));
    EXPECT_THAT(Owners(base, last), ElementsAre("a.cc Bob 100"));
    EXPECT_THAT(Owners(base, first, {.commits = 1}), IsEmpty());
  }
}

TEST_F(LineOwnersTest, NewFilesHaveNoneAndFewFilesAreBlamed) {
  const CommitId base = repo_.Commit({{"a.cc", "1\n"}, {"b.cc", "1\n2\n3\n"}}, {.author_name = "Ann"});
  const CommitId head = repo_.Commit({{"a.cc", "x\n"}, {"b.cc", "x\ny\nz\n"}, {"new.cc", "1\n"}});
  EXPECT_THAT(Owners(base, head), ElementsAre("a.cc Ann 100", "b.cc Ann 100"));
  EXPECT_THAT(Owners(base, head, {.files = 1}), ElementsAre("b.cc Ann 100"));
  EXPECT_THAT(Owners(base, head, {.files = 0}), IsEmpty());
}

TEST_F(LineOwnersTest, LinesOlderThanTheBoundCountForNobody) {
  repo_.Commit({{"a.cc", "1\n2\n3\n4\n"}}, {.author_name = "Ann"});
  repo_.Commit({{"other", "x\n"}});
  const CommitId base =
      repo_.Commit({{"a.cc", "1\n2\n3\nB\n"}}, {.author_name = "Bob", .author_mail = "bob@example.org"});
  const CommitId head = repo_.Commit({{"a.cc", "x\nx\nx\nx\n"}});
  EXPECT_THAT(Owners(base, head, {.commits = 1}), ElementsAre("a.cc Bob 25"));
}

}  // namespace
}  // namespace mergegate::git
