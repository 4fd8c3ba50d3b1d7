// Opening, merge bases, history, trees, blame, fetching.
#include "server/git/mirror.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "server/git/fetch.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_repo.h"

namespace mergegate::git {
namespace {

using mergegate::testing::CommitOptions;
using mergegate::testing::IsOk;
using mergegate::testing::IsOkAndHolds;
using mergegate::testing::StatusIs;
using mergegate::testing::TempDirectory;
using mergegate::testing::TestRepo;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const CommitId kUnknown("1234567890123456789012345678901234567890");

class MirrorTest : public ::testing::Test {
 protected:
  // A mirror that shares the test repository's objects.
  std::unique_ptr<Mirror> Open() {
    auto mirror = Mirror::OpenOrCreate(directory_.Join("mirror.git"), repo_.objects());
    EXPECT_THAT(mirror, IsOk());
    return *std::move(mirror);
  }
  // A mirror of nothing.
  std::unique_ptr<Mirror> OpenEmpty() {
    auto mirror = Mirror::OpenOrCreate(directory_.Join("empty.git"));
    EXPECT_THAT(mirror, IsOk());
    return *std::move(mirror);
  }

  TestRepo repo_;
  TempDirectory directory_;
};

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST_F(MirrorTest, AlternateIsWrittenOnceHoweverOftenTheMirrorIsOpened) {
  const CommitId a = repo_.Commit({{"a.cc", "int x;\n"}});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Open()->HasCommit(a));
  EXPECT_EQ(ReadAll(directory_.Join("mirror.git/objects/info/alternates")), repo_.objects() + "\n");
}

TEST_F(MirrorTest, AbsentAlternateIsAnErrorThatNamesIt) {
  EXPECT_THAT(Mirror::OpenOrCreate(directory_.Join("m.git"), "/no/such/objects"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/no/such/objects")));
}

TEST_F(MirrorTest, ConfigurationOfTheUserIsNotRead) {
  const TempDirectory home;
  std::ofstream(home.Join(".gitconfig")) << "[broken\n";
  const char* before = std::getenv("HOME");
  setenv("HOME", home.path().c_str(), 1);
  const CommitId a = repo_.Commit({{"a.cc", "int x;\n"}});
  EXPECT_TRUE(Open()->HasCommit(a));
  if (before != nullptr) setenv("HOME", before, 1);
}

TEST_F(MirrorTest, HasCommitWantsAFullIdOfACommit) {
  const CommitId a = repo_.Commit({{"a.cc", "int x;\n"}});
  const auto mirror = Open();
  EXPECT_TRUE(mirror->HasCommit(a));
  EXPECT_TRUE(mirror->HasHistory(a));
  EXPECT_FALSE(mirror->HasCommit(CommitId(a.value().substr(0, 12))));
  EXPECT_FALSE(mirror->HasCommit(CommitId(repo_.BlobOf(a, "a.cc"))));
  EXPECT_FALSE(mirror->HasCommit(CommitId("not an id")));
  EXPECT_FALSE(mirror->HasHistory(kUnknown));
}

TEST_F(MirrorTest, KeepWritesAReference) {
  const CommitId a = repo_.Commit({{"a.cc", "int x;\n"}});
  const auto mirror = Open();
  EXPECT_THAT(mirror->Keep(a), IsOk());
  EXPECT_THAT(mirror->Keep(a), IsOk());
  EXPECT_EQ(ReadAll(mirror->path() + "/refs/mergegate/keep/" + a.value()), a.value() + "\n");
  EXPECT_THAT(mirror->Keep(kUnknown), StatusIs(absl::StatusCode::kNotFound, HasSubstr(kUnknown.value())));
}

// a - b - c
//  \- d
TEST_F(MirrorTest, MergeBaseOfBranches) {
  const CommitId a = repo_.Commit({{"f", "1\n"}});
  const CommitId b = repo_.Commit({{"f", "2\n"}});
  const CommitId c = repo_.Commit({{"f", "3\n"}});
  const CommitId d = repo_.Commit({{"g", "1\n"}}, {.parents = {{a}}});
  const auto mirror = Open();
  EXPECT_THAT(mirror->MergeBase(c, d), IsOkAndHolds(a));
  EXPECT_THAT(mirror->MergeBase(d, c), IsOkAndHolds(a));
  EXPECT_THAT(mirror->MergeBase(b, c), IsOkAndHolds(b));
  EXPECT_THAT(mirror->MergeBase(c, c), IsOkAndHolds(c));
}

// a - b - m - c      m merges d: d is an ancestor of c, and the best base of c and e.
//  \- d --/
//      \- e
TEST_F(MirrorTest, MergeBaseGoesThroughMergeCommits) {
  const CommitId a = repo_.Commit({{"f", "1\n"}});
  const CommitId b = repo_.Commit({{"f", "2\n"}});
  const CommitId d = repo_.Commit({{"g", "1\n"}}, {.parents = {{a}}});
  const CommitId m = repo_.Merge(b, d, {{"g", "1\n"}});
  const CommitId c = repo_.Commit({{"f", "3\n"}});
  const CommitId e = repo_.Commit({{"g", "2\n"}}, {.parents = {{d}}});
  EXPECT_THAT(Open()->MergeBase(c, e), IsOkAndHolds(d));
}

// a - b - m1      Criss-cross: b and d are both best; the newer one, d, is given, whatever the order asked.
//  \- d X m2
TEST_F(MirrorTest, MergeBaseOfCrissCrossIsTheNewerOne) {
  const CommitId a = repo_.Commit({{"f", "1\n"}});
  const CommitId b = repo_.Commit({{"f", "2\n"}});
  const CommitId d = repo_.Commit({{"g", "1\n"}}, {.parents = {{a}}});
  const CommitId m1 = repo_.Merge(b, d, {{"g", "1\n"}});
  const CommitId m2 = repo_.Merge(d, b, {{"f", "2\n"}});
  EXPECT_THAT(Open()->MergeBase(m1, m2), IsOkAndHolds(d));
  EXPECT_THAT(Open()->MergeBase(m2, m1), IsOkAndHolds(d));
}

TEST_F(MirrorTest, MergeBaseTellsUnknownFromUnrelated) {
  const CommitId a = repo_.Commit({{"f", "1\n"}});
  const CommitId b = repo_.Commit({{"g", "1\n"}}, {.parents = std::vector<CommitId>()});
  const auto mirror = Open();
  EXPECT_THAT(mirror->MergeBase(a, kUnknown), StatusIs(absl::StatusCode::kNotFound, HasSubstr(kUnknown.value())));
  EXPECT_THAT(mirror->MergeBase(kUnknown, a), StatusIs(absl::StatusCode::kNotFound, HasSubstr(kUnknown.value())));
  EXPECT_THAT(mirror->MergeBase(a, b),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("unrelated histories")));
  EXPECT_THAT(mirror->MergeBase(a, CommitId("HEAD")), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("HEAD")));
}

TEST_F(MirrorTest, FirstParentsFollowTheFirstParentOnly) {
  const CommitId a = repo_.Commit({{"f", "1\n"}});
  const CommitId b = repo_.Commit({{"f", "2\n"}});
  const CommitId side = repo_.Commit({{"g", "1\n"}}, {.parents = {{a}}});
  const CommitId m = repo_.Merge(b, side);
  const auto mirror = Open();
  EXPECT_THAT(mirror->FirstParents(m, 10), IsOkAndHolds(ElementsAre(m, b, a)));
  EXPECT_THAT(mirror->FirstParents(m, 2), IsOkAndHolds(ElementsAre(m, b)));
  EXPECT_THAT(mirror->FirstParents(m, 0), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(mirror->FirstParents(kUnknown, 2), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(MirrorTest, WalkHistoryShowsChildrenBeforeParentsNewestFirst) {
  const CommitId a = repo_.Commit({{"f", "1\n"}}, {.message = "first\n", .author_name = "Bob"});
  const CommitId b = repo_.Commit({{"f", "2\n"}});
  const CommitId side = repo_.Commit({{"g", "1\n"}}, {.parents = {{a}}});
  const CommitId m = repo_.Merge(b, side);
  std::vector<HistoryCommit> seen;
  const auto mirror = Open();
  ASSERT_THAT(mirror->WalkHistory(m,
                                  [&seen](const HistoryCommit& commit) {
                                    seen.push_back(commit);
                                    return true;
                                  }),
              IsOk());
  ASSERT_EQ(seen.size(), 4u);
  EXPECT_EQ(seen[0].id, m);
  EXPECT_THAT(seen[0].parents, ElementsAre(b, side));
  EXPECT_EQ(seen[1].id, side);
  EXPECT_EQ(seen[2].id, b);
  EXPECT_EQ(seen[3].id, a);
  EXPECT_EQ(seen[3].author_name, "Bob");
  EXPECT_EQ(seen[3].author_mail, "ada@example.org");
  EXPECT_EQ(seen[3].message, "first\n");
  EXPECT_EQ(seen[3].commit_time, absl::FromUnixSeconds(1'700'000'000));

  int visits = 0;
  ASSERT_THAT(mirror->WalkHistory(m, [&visits](const HistoryCommit&) { return ++visits < 2; }), IsOk());
  EXPECT_EQ(visits, 2);
}

TEST_F(MirrorTest, ReadCommitLooksAtThatOneOnly) {
  const CommitId a = repo_.Commit({{"f", "1\n"}}, {.message = "first\n\nmore\n", .author_name = "Bob"});
  const CommitId b = repo_.Commit({{"f", "2\n"}});
  const auto mirror = Open();
  const auto read = mirror->ReadCommit(a);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->message, "first\n\nmore\n");
  EXPECT_EQ(read->author_name, "Bob");
  EXPECT_THAT(mirror->ReadCommit(b)->parents, ElementsAre(a));
  EXPECT_THAT(mirror->ReadCommit(kUnknown), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(MirrorTest, TreeReadsRegularFilesOnly) {
  const CommitId a = repo_.Commit({{"a.cc", "int x;\n"}, {"src/b.cc", "int y;\n"}, {"src/deep/c.h", ""}},
                                  {.symlinks = {{"link", "a.cc"}}, .submodules = {{"third_party/x", kUnknown}}});
  const auto tree = Open()->OpenTree(a);  // outlives the mirror
  ASSERT_THAT(tree, IsOk());
  EXPECT_THAT((*tree)->ReadFile("a.cc"), IsOkAndHolds(std::string("int x;\n")));
  EXPECT_THAT((*tree)->ReadFile("src/b.cc"), IsOkAndHolds(std::string("int y;\n")));
  EXPECT_THAT((*tree)->ReadFile("src/deep/c.h"), IsOkAndHolds(std::string()));
  for (const char* path :
       {"link", "third_party/x", "src", "", "/a.cc", "a.cc/", "./a.cc", "src//b.cc", "src/../a.cc", "A.CC", "a.cc/b"}) {
    EXPECT_THAT((*tree)->ReadFile(path), StatusIs(absl::StatusCode::kNotFound)) << path;
    EXPECT_EQ((*tree)->FindBlob(path), std::nullopt) << path;
  }
  EXPECT_EQ((*tree)->FindBlob("src/b.cc"), BlobId(repo_.BlobOf(a, "src/b.cc")));
  EXPECT_TRUE((*tree)->Exists("src"));
  EXPECT_TRUE((*tree)->Exists("src/deep/c.h"));
  EXPECT_FALSE((*tree)->Exists("link"));
  EXPECT_FALSE((*tree)->Exists("sr"));
}

TEST_F(MirrorTest, TreeListsFilesInBytewiseOrderOfTheFullPath) {
  // '-' < '.' < '/' < '0': directory "a" comes after file "a-b" and "a.b", before "a0".
  const CommitId a = repo_.Commit({{"a/x", ""}, {"a.b", ""}, {"a-b", ""}, {"a0", ""}, {"a/b/y", ""}, {"Z", ""}});
  const auto tree = Open()->OpenTree(a);
  ASSERT_THAT(tree, IsOk());
  std::vector<std::string> paths;
  ASSERT_THAT((*tree)->ForEachFile([&paths](std::string_view path, const BlobId&) { paths.emplace_back(path); }),
              IsOk());
  EXPECT_THAT(paths, ElementsAre("Z", "a-b", "a.b", "a/b/y", "a/x", "a0"));
  EXPECT_TRUE(std::ranges::is_sorted(paths));
}

TEST_F(MirrorTest, OpenTreeOfAnAbsentCommit) {
  EXPECT_THAT(Open()->OpenTree(kUnknown), StatusIs(absl::StatusCode::kNotFound, HasSubstr(kUnknown.value())));
}

TEST_F(MirrorTest, BlameNamesTheCommitOfEachLine) {
  const CommitId a = repo_.Commit({{"f.cc", "one\ntwo\nthree\n"}}, {.author_name = "Bob"});
  const CommitId b = repo_.Commit({{"f.cc", "one\n2\nthree\n"}});
  repo_.Commit({{"other", "x\n"}});
  const auto blame = Open()->Blame(repo_.head(), "f.cc", 100);
  ASSERT_THAT(blame, IsOk());
  ASSERT_EQ(blame->size(), 3u);
  EXPECT_EQ((*blame)[0].lines, (LineRange{1, 1}));
  EXPECT_EQ((*blame)[0].commit, a);
  EXPECT_EQ((*blame)[0].author_name, "Bob");
  EXPECT_EQ((*blame)[1].lines, (LineRange{2, 2}));
  EXPECT_EQ((*blame)[1].commit, b);
  EXPECT_EQ((*blame)[2].lines, (LineRange{3, 3}));
  EXPECT_EQ((*blame)[2].commit, a);
}

TEST_F(MirrorTest, BlameDoesNotNameWhoWroteBeforeItsBound) {
  repo_.Commit({{"f.cc", "one\ntwo\n"}});
  repo_.Commit({{"other", "x\n"}});
  const CommitId newer = repo_.Commit({{"f.cc", "one\n2\n"}});
  const auto blame = Open()->Blame(newer, "f.cc", 1);
  ASSERT_THAT(blame, IsOk());
  ASSERT_EQ(blame->size(), 2u);
  EXPECT_EQ((*blame)[0].commit, CommitId());
  EXPECT_EQ((*blame)[0].author_name, "");
  EXPECT_EQ((*blame)[1].commit, newer);
}

TEST_F(MirrorTest, BlameOfAVeryLargeFile) {
  repo_.Commit({{"f.cc", std::string(2 << 20, 'x')}});
  EXPECT_THAT(Open()->Blame(repo_.head(), "f.cc", 1), StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("f.cc")));
}

TEST_F(MirrorTest, BlameOfAnAbsentFile) {
  repo_.Commit({{"f.cc", "one\n"}});
  EXPECT_THAT(Open()->Blame(repo_.head(), "g.cc", 100), StatusIs(absl::StatusCode::kNotFound, HasSubstr("g.cc")));
}

TEST_F(MirrorTest, BlameFollowsARename) {
  const CommitId a = repo_.Commit({{"f.cc", "one\ntwo\nthree\n"}});
  repo_.Rename("f.cc", "src/g.cc");
  const auto blame = Open()->Blame(repo_.head(), "src/g.cc", 100);
  ASSERT_THAT(blame, IsOk());
  ASSERT_EQ(blame->size(), 1u);
  EXPECT_EQ((*blame)[0].commit, a);
  EXPECT_EQ((*blame)[0].lines, (LineRange{1, 3}));
}

TEST_F(MirrorTest, FetchesFromAPathAndAFileUrl) {
  const CommitId a = repo_.Commit({{"a.cc", "int x;\n"}});
  const auto mirror = OpenEmpty();
  const auto stats = mirror->Fetch(repo_.path(), {"+refs/heads/*:refs/heads/*"});
  ASSERT_THAT(stats, IsOk());
  EXPECT_EQ(stats->received_objects, 3);  // commit, tree, blob
  EXPECT_TRUE(mirror->HasCommit(a));

  const CommitId b = repo_.Commit({{"b.cc", "int y;\n"}});
  EXPECT_THAT(mirror->Fetch("file://" + repo_.path(), {"+refs/heads/*:refs/heads/*"}), IsOk());
  EXPECT_TRUE(mirror->HasCommit(b));
  EXPECT_THAT(mirror->MergeBase(a, b), IsOkAndHolds(a));
}

TEST_F(MirrorTest, FetchSaysWhatItLacks) {
  const auto mirror = OpenEmpty();
  EXPECT_THAT(mirror->Fetch(directory_.Join("absent.git"), {"+refs/heads/*:refs/heads/*"}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("absent.git")));
  EXPECT_THAT(mirror->Fetch(repo_.path(), {"refs/heads/absent"}), IsOk());
  EXPECT_THAT(mirror->Fetch(repo_.path(), {"a:b:c"}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a:b:c")));
}

TEST_F(MirrorTest, FetchStopsAtTheLimit) {
  for (int i = 0; i < 20; ++i) repo_.Commit({{"f", std::to_string(i)}});
  MirrorLimits limits;
  limits.max_pack_objects = 10;
  const auto mirror = Mirror::OpenOrCreate(directory_.Join("small.git"), "", limits);
  ASSERT_THAT(mirror, IsOk());
  EXPECT_THAT((*mirror)->Fetch(repo_.path(), {"+refs/heads/*:refs/heads/*"}),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("10 objects")));
  EXPECT_FALSE((*mirror)->HasCommit(repo_.head()));
}

TEST(FetchUrlTest, SchemesAreAllowListed) {
  for (const char* url : {"https://example.org/a.git", "HTTPS://example.org/a", "http://example.org/a", "git://e.org/a",
                          "ssh://git@e.org/a", "file:///srv/a.git", "git@example.org:a/b.git", "/srv/a.git", "../a"}) {
    EXPECT_THAT(CheckFetchUrl(url), IsOk()) << url;
  }
  for (const char* url : {"", "ext::sh -c id", "fd::3", "ftp://e.org/a", "-oProxyCommand=id", "javascript://x",
                          "https://e.org/a\nb", "ext://x"}) {
    EXPECT_THAT(CheckFetchUrl(url), StatusIs(absl::StatusCode::kInvalidArgument)) << url;
  }
}

}  // namespace
}  // namespace mergegate::git
