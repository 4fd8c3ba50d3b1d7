// Shallow clones and pack contents beyond what the check flow shows.
#include "client/git/local_repository.h"

#include <gmock/gmock.h>

#include "tests/unit/client/program_fixture.h"

namespace mergegate::client {
namespace {

class LocalRepositoryTest : public ProgramTest {
 protected:
  static std::string Pack(const LocalRepository& repository, const std::vector<std::string>& tips,
                          const std::vector<std::string>& known) {
    std::string pack;
    const auto written = repository.WritePack(
        tips, known,
        [&](std::string_view bytes) {
          pack += bytes;
          return absl::OkStatus();
        },
        nullptr);
    EXPECT_TRUE(written.ok()) << written.status();
    return pack;
  }
};

TEST_F(LocalRepositoryTest, AShallowCloneSendsWhatItHas) {
  Commit("a.cc", "int c;\n");
  const std::string clone = folder + "/clone";
  ASSERT_EQ(std::system(("git clone -q --depth 2 file://" + repo() + " " + clone).c_str()), 0);
  const auto repository = LocalRepository::Open(clone);
  ASSERT_TRUE(repository.ok());
  EXPECT_TRUE(repository->IsShallow());
  const std::string pack = Pack(*repository, {Resolve("HEAD")}, {});
  EXPECT_EQ(static_cast<unsigned char>(pack.at(11)), 6) << "two commits, two trees, two blobs";
  EXPECT_EQ(repository->LikelyShared({Resolve("HEAD")}).size(), 2u);
}

TEST_F(LocalRepositoryTest, ASinkThatFailsEndsThePacking) {
  const auto repository = LocalRepository::Open(repo());
  const auto written = repository->WritePack(
      {Resolve("HEAD")}, {}, [](std::string_view) { return absl::AbortedError("full"); }, nullptr);
  EXPECT_EQ(written.status(), absl::AbortedError("full"));
}

TEST_F(LocalRepositoryTest, WorkTreesShareOneFolder) {
  Git("worktree add -q " + folder + "/second HEAD~1");
  EXPECT_EQ(LocalRepository::Open(folder + "/second")->CommonDirectory(),
            LocalRepository::Open(repo())->CommonDirectory());
}

TEST_F(LocalRepositoryTest, NamesWhatItCannotResolve) {
  const auto repository = LocalRepository::Open(repo());
  EXPECT_EQ(repository->ResolveCommit("nope").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(repository->ResolveCommit("HEAD:a.cc").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(repository->HasCommit(Resolve("HEAD")));
  EXPECT_FALSE(repository->HasCommit(std::string(40, '1')));
}

}  // namespace
}  // namespace mergegate::client
