// Receiving packs: whole ones, holes, shallow histories, hostile bytes.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "server/git/mirror.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_repo.h"

namespace mergegate::git {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::IsOkAndHolds;
using mergegate::testing::StatusIs;
using mergegate::testing::TempDirectory;
using mergegate::testing::TestRepo;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PackWriterTest : public ::testing::Test {
 protected:
  PackWriterTest() {
    auto mirror = Mirror::OpenOrCreate(directory_.Join("mirror.git"), "", limits_);
    EXPECT_THAT(mirror, IsOk());
    mirror_ = *std::move(mirror);
  }

  absl::StatusOr<int64_t> Push(std::string_view pack, const std::vector<CommitId>& tips, bool shallow = false,
                               size_t piece = 4096) {
    auto writer = mirror_->ReceivePack();
    if (!writer.ok()) return writer.status();
    for (size_t at = 0; at < pack.size(); at += piece) {
      if (absl::Status status = (*writer)->Append(pack.substr(at, piece)); !status.ok()) return status;
    }
    return (*writer)->Finish(tips, shallow);
  }

  // Everything in objects/pack.
  std::set<std::string> PackFiles() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(mirror_->path() + "/objects/pack")) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }

  std::string ShallowFile() const {
    std::ifstream file(mirror_->path() + "/shallow");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  MirrorLimits limits_;
  TestRepo repo_;
  TempDirectory directory_;
  std::unique_ptr<Mirror> mirror_;
};

TEST_F(PackWriterTest, ReceivesHistoryInPiecesOfAnySize) {
  const CommitId a = repo_.Commit({{"a.cc", "int x;\n"}});
  const CommitId b = repo_.Commit({{"src/b.cc", "int y;\n"}});
  EXPECT_THAT(Push(repo_.Pack({b}), {b}, false, 1), IsOkAndHolds(7));  // 2 commits, 3 trees, 2 blobs
  EXPECT_TRUE(mirror_->HasCommit(a));
  EXPECT_TRUE(mirror_->HasHistory(b));
  EXPECT_THAT((*mirror_->OpenTree(b))->ReadFile("src/b.cc"), IsOkAndHolds(std::string("int y;\n")));
  EXPECT_TRUE(std::filesystem::exists(mirror_->path() + "/refs/mergegate/keep/" + b.value()));

  const CommitId c = repo_.Commit({{"src/b.cc", "int z;\n"}});
  EXPECT_THAT(Push(repo_.Pack({c}, {b}), {c}), IsOkAndHolds(4));
  EXPECT_THAT(mirror_->MergeBase(a, c), IsOkAndHolds(a));
}

TEST_F(PackWriterTest, AnotherOpenMirrorSeesTheNewCommits) {
  const auto reader = Mirror::OpenOrCreate(mirror_->path());
  const CommitId a = repo_.Commit({{"a.cc", "int x;\n"}});
  EXPECT_FALSE((*reader)->HasCommit(a));
  EXPECT_THAT(Push(repo_.Pack({a}), {a}), IsOk());
  EXPECT_TRUE((*reader)->HasCommit(a));
}

TEST_F(PackWriterTest, SamePackTwice) {
  const CommitId a = repo_.Commit({{"a.cc", "int x;\n"}});
  EXPECT_THAT(Push(repo_.Pack({a}), {a}), IsOkAndHolds(3));
  EXPECT_THAT(Push(repo_.Pack({a}), {a}), IsOkAndHolds(3));
  EXPECT_EQ(PackFiles().size(), 2u);  // one .pack, one .idx
}

TEST_F(PackWriterTest, DestroyedWithoutFinishLeavesNothing) {
  const CommitId a = repo_.Commit({{"a.cc", "int x;\n"}});
  {
    const auto writer = mirror_->ReceivePack();
    ASSERT_THAT(writer, IsOk());
    ASSERT_THAT((*writer)->Append(repo_.Pack({a})), IsOk());
    EXPECT_FALSE(mirror_->HasCommit(a));
  }
  EXPECT_THAT(PackFiles(), IsEmpty());
  EXPECT_FALSE(mirror_->HasCommit(a));
}

TEST_F(PackWriterTest, TipsThatAreThereNeedNoPack) {
  const CommitId a = repo_.Commit({{"a.cc", "int x;\n"}});
  ASSERT_THAT(Push(repo_.Pack({a}), {a}), IsOk());
  EXPECT_THAT(Push("", {a}), IsOkAndHolds(0));
  const CommitId b = repo_.Commit({{"b.cc", "int y;\n"}});
  EXPECT_THAT(Push("", {b}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(b.value())));
}

TEST_F(PackWriterTest, ThinPackIsCompletedFromTheMirror) {
  if (std::system("git --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "the git command is absent";
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "a line with the number " + std::to_string(i * 7919 % 2003) + "\n";
  const CommitId a = repo_.Commit({{"big.cc", text}});
  const CommitId b = repo_.Commit({{"big.cc", text + "one more line\n"}});
  ASSERT_THAT(Push(repo_.Pack({a}), {a}), IsOk());

  const std::string thin_path = directory_.Join("thin.pack");
  const std::string command = "printf '%s\\n^%s\\n' " + b.value() + " " + a.value() + " | git -C '" + repo_.path() +
                              "' pack-objects --thin --stdout --revs -q > '" + thin_path + "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  std::ifstream file(thin_path, std::ios::binary);
  std::ostringstream thin;
  thin << file.rdbuf();
  ASSERT_LT(thin.str().size(), text.size() / 4) << "the pack is not thin";

  EXPECT_THAT(Push(thin.str(), {b}), IsOkAndHolds(4));  // commit, tree, blob, and the completed base
  EXPECT_THAT((*mirror_->OpenTree(b))->ReadFile("big.cc"), IsOkAndHolds(text + "one more line\n"));

  auto other = Mirror::OpenOrCreate(directory_.Join("other.git"));
  auto writer = (*other)->ReceivePack();
  absl::Status status = (*writer)->Append(thin.str());
  if (status.ok()) status = (*writer)->Finish({b}, false).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument)) << "its base is not there";
}

TEST_F(PackWriterTest, HolesAreNamed) {
  const CommitId a = repo_.Commit({{"a.cc", "int x;\n"}});
  const CommitId b = repo_.Commit({{"a.cc", "int y;\n"}});
  const std::string tree = repo_.TreeOf(b);
  const std::string blob = repo_.BlobOf(b, "a.cc");
  const auto invalid = [](const auto&... parts) {
    return StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr(parts)...));
  };
  EXPECT_THAT(Push(repo_.Pack({a}), {b}), invalid(b.value()));
  EXPECT_THAT(Push(repo_.Pack({b}, {a}), {b}), invalid("parent " + a.value(), "--unshallow"));
  EXPECT_THAT(PackFiles(), IsEmpty());
  ASSERT_THAT(Push(repo_.Pack({a}), {a}), IsOk());
  EXPECT_THAT(Push(repo_.PackObjects({b.value(), blob}), {b}), invalid("tree " + tree, b.value()));
  EXPECT_THAT(Push(repo_.PackObjects({b.value(), tree}), {b}), invalid("'a.cc'", blob));
  EXPECT_THAT(Push(repo_.PackObjects({b.value(), tree, blob}), {CommitId(tree)}), invalid(tree));
  EXPECT_EQ(PackFiles().size(), 2u);
  EXPECT_FALSE(mirror_->HasCommit(b));
}

TEST_F(PackWriterTest, SubmodulesLiveElsewhere) {
  const CommitId elsewhere("1234567890123456789012345678901234567890");
  const CommitId a = repo_.Commit({{"a", "1"}}, {.submodules = {{"lib", elsewhere}}});
  EXPECT_THAT(Push(repo_.PackObjects({a.value(), repo_.TreeOf(a), repo_.BlobOf(a, "a")}), {a}), IsOkAndHolds(3));
}

TEST_F(PackWriterTest, TruncatedPacksAreRefusedWhereverTheyEnd) {
  const CommitId a = repo_.Commit({{"a.cc", "int x;\n"}, {"b.cc", "int y;\n"}});
  const std::string pack = repo_.Pack({a});
  for (size_t size = 1; size < pack.size(); ++size) {
    EXPECT_THAT(Push(pack.substr(0, size), {a}), StatusIs(absl::StatusCode::kInvalidArgument)) << size << " bytes";
  }
  EXPECT_THAT(PackFiles(), IsEmpty());
  EXPECT_FALSE(mirror_->HasCommit(a));
  EXPECT_THAT(Push(pack + "tail", {a}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Push(pack, {a}), IsOk());
}

TEST_F(PackWriterTest, FlippedBytesAreRefusedWhereverTheyAre) {
  const CommitId a = repo_.Commit({{"a.cc", "int x;\n"}, {"b.cc", "int y;\n"}});
  const std::string pack = repo_.Pack({a});
  for (size_t at = 0; at < pack.size(); ++at) {
    std::string flipped = pack;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    EXPECT_FALSE(Push(flipped, {a}).ok()) << "byte " << at;
  }
  EXPECT_THAT(PackFiles(), IsEmpty());
  EXPECT_FALSE(mirror_->HasCommit(a));
}

std::string Header(uint32_t version, uint32_t objects) {
  std::string bytes = "PACK";
  for (const uint32_t number : {version, objects}) {
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(number >> shift & 0xff);
  }
  return bytes;
}

TEST_F(PackWriterTest, AnnouncedObjectsAreLimited) {
  EXPECT_THAT(Push(Header(2, 0x80000000u), {}),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("2147483648")));
  EXPECT_THAT(Push(Header(9, 1), {}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("version 9")));
  EXPECT_THAT(Push("GIF89a......", {}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a git pack")));
  EXPECT_THAT(Push(Header(2, 1'000'000), {}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(PackFiles(), IsEmpty());
}

TEST_F(PackWriterTest, BytesAreLimitedAndTheFailureSticks) {
  MirrorLimits limits;
  limits.max_pack_bytes = 100;
  const auto mirror = Mirror::OpenOrCreate(directory_.Join("small.git"), "", limits);
  const auto writer = (*mirror)->ReceivePack();
  EXPECT_THAT((*writer)->Append(Header(2, 1) + std::string(88, 'x')), StatusIs(absl::StatusCode::kInvalidArgument));
  const auto second = (*mirror)->ReceivePack();
  const CommitId a = repo_.Commit({{"a.cc", "int x;\n"}});
  const std::string pack = repo_.Pack({a});
  ASSERT_GT(pack.size(), 100u);
  EXPECT_THAT((*second)->Append(pack.substr(0, 100)), IsOk());
  EXPECT_THAT((*second)->Append(pack.substr(100)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("100 bytes")));
  EXPECT_THAT((*second)->Append(""), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT((*second)->Finish({a}, false), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(PackWriterTest, FinishesOnce) {
  const CommitId a = repo_.Commit({{"a.cc", "int x;\n"}});
  const auto writer = mirror_->ReceivePack();
  ASSERT_THAT((*writer)->Append(repo_.Pack({a})), IsOk());
  EXPECT_THAT((*writer)->Finish({a}, false), IsOk());
  EXPECT_THAT((*writer)->Finish({a}, false), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT((*writer)->Append("x"), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(PackWriterTest, AnObjectThatAnnouncesGigabytesIsRefused) {
  // A blob of 8 GiB: type 3, size in 4 + 7 + 7 + ... bits, little end first; then a zlib stream that goes on.
  std::string pack = Header(2, 1);
  uint64_t size = uint64_t{8} << 30;
  pack += static_cast<char>(0x80 | 3 << 4 | (size & 15));
  for (size >>= 4; size > 0x7f; size >>= 7) pack += static_cast<char>(0x80 | (size & 0x7f));
  pack += static_cast<char>(size);
  pack += std::string("\x78\x9c", 2) + std::string(1000, '\0') + std::string(20, '\0');
  EXPECT_FALSE(Push(pack, {}).ok());
  EXPECT_THAT(PackFiles(), IsEmpty());
}

// a - b - c - d, pushed from a clone that has c and d only.
class ShallowPushTest : public PackWriterTest {
 protected:
  ShallowPushTest() {
    a_ = repo_.Commit({{"a.cc", "1\n"}});
    b_ = repo_.Commit({{"a.cc", "2\n"}});
    c_ = repo_.Commit({{"a.cc", "3\n"}});
    d_ = repo_.Commit({{"a.cc", "4\n"}});
    EXPECT_THAT(Push(repo_.Pack({d_}, {b_}), {d_}, /*shallow=*/true), IsOk());
  }
  CommitId a_, b_, c_, d_;
};

TEST_F(ShallowPushTest, WalksEndAtTheBoundary) {
  EXPECT_EQ(ShallowFile(), c_.value() + "\n");
  EXPECT_THAT(mirror_->FirstParents(d_, 10), IsOkAndHolds(ElementsAre(d_, c_)));
  std::vector<CommitId> seen;
  EXPECT_THAT(mirror_->WalkHistory(d_,
                                   [&seen](const HistoryCommit& commit) {
                                     seen.push_back(commit.id);
                                     return true;
                                   }),
              IsOk());
  EXPECT_THAT(seen, ElementsAre(d_, c_));
  EXPECT_THAT(mirror_->MergeBase(c_, d_), IsOkAndHolds(c_));
  EXPECT_TRUE(mirror_->HasCommit(d_));
  EXPECT_FALSE(mirror_->HasHistory(d_));
}

TEST_F(ShallowPushTest, BlameGivesTheBoundaryWhatLiesBeyond) {
  const auto blame = mirror_->Blame(d_, "a.cc", 100);
  ASSERT_THAT(blame, IsOk());
  ASSERT_EQ(blame->size(), 1u);
  EXPECT_EQ((*blame)[0].commit, d_);
}

// e branched off a, which the mirror lacks.
TEST_F(ShallowPushTest, MergeBaseBeyondTheBoundarySaysHowToMend) {
  const CommitId e = repo_.Commit({{"e.cc", "1\n"}}, {.parents = {{b_}}});
  ASSERT_THAT(Push(repo_.PackObjects({e.value(), repo_.TreeOf(e), repo_.BlobOf(e, "a.cc"), repo_.BlobOf(e, "e.cc")}),
                   {e}, /*shallow=*/true),
              IsOk());
  EXPECT_THAT(mirror_->MergeBase(d_, e), StatusIs(absl::StatusCode::kFailedPrecondition,
                                                  AllOf(HasSubstr("shallow at"), HasSubstr("parent " + b_.value()),
                                                        HasSubstr("git fetch --unshallow"))));
  // The clone was mended: everything the mirror has no whole history of is sent again.
  ASSERT_FALSE(mirror_->HasHistory(e));
  ASSERT_THAT(Push(repo_.Pack({d_, e}), {d_, e}), IsOk());
  EXPECT_THAT(mirror_->MergeBase(d_, e), IsOkAndHolds(b_));
  EXPECT_TRUE(mirror_->HasHistory(e));
  EXPECT_EQ(ShallowFile(), "");
}

TEST_F(ShallowPushTest, MendingMustBeWhole) {
  EXPECT_THAT(Push(repo_.Pack({b_}, {a_}), {d_}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(a_.value())));
  EXPECT_EQ(ShallowFile(), c_.value() + "\n");
  // Deepened by one commit instead: the boundary moves.
  EXPECT_THAT(Push(repo_.Pack({b_}, {a_}), {d_, b_}, /*shallow=*/true), IsOk());
  EXPECT_EQ(ShallowFile(), b_.value() + "\n");
}

TEST_F(ShallowPushTest, TheTipsOwnTreeMustStillBeWhole) {
  const CommitId e = repo_.Commit({{"a.cc", "5\n"}});
  EXPECT_THAT(Push(repo_.PackObjects({e.value(), repo_.TreeOf(e)}), {e}, /*shallow=*/true),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'a.cc'")));
}

}  // namespace
}  // namespace mergegate::git
