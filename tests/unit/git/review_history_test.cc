// Records out of commits and trees, in whole, partial and shallow repositories, and kept on disk.
#include "server/git/review_history.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "server/git/history_file.h"
#include "server/git/mailmap.h"
#include "server/git/mirror.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_repo.h"

namespace mergegate::git {
namespace {

namespace fs = std::filesystem;
using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using mergegate::testing::TempDirectory;
using mergegate::testing::TestRepo;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Paths(const ReviewRecord& record) {
  std::vector<std::string> paths;
  for (const TouchedFile& file : record.files) paths.push_back(file.path);
  return paths;
}

std::vector<std::string> Titles(const CommitRecords& read) {
  std::vector<std::string> titles;
  for (const ReviewRecord& record : read.records) titles.push_back(record.title);
  return titles;
}

class ReviewHistoryTest : public ::testing::Test {
 protected:
  // A mirror that shares the test repository's objects, with main at `tip`.
  std::string MirrorAt(const CommitId& tip) {
    const std::string path = directory_.Join("mirror.git");
    EXPECT_THAT(Mirror::OpenOrCreate(path, repo_.objects()), IsOk());
    fs::create_directories(path + "/refs/heads");
    std::ofstream(path + "/refs/heads/main") << tip.value() << '\n';
    return path;
  }
  CommitRecords Read(const CommitId& tip, const HistoryOptions& options = {}) {
    const auto read = ReadReviewHistory(MirrorAt(tip), options);
    EXPECT_THAT(read, IsOk());
    return read.ok() ? *read : CommitRecords();
  }

  TestRepo repo_;
  TempDirectory directory_;
};

TEST_F(ReviewHistoryTest, ARecordHasAuthorTitleFilesReviewersAndTime) {
  repo_.Commit({{"a.cc", "1\n"}, {"db/b.cc", "1\n"}}, {.message = "First\n"});
  const CommitId tip = repo_.Commit({{"db/b.cc", "2\n"}, {"db/c/d.cc", "1\n"}},
                                    {.message = "db: second\n\nReviewed-by: Bob Ray <bob@example.org>\n",
                                     .author_name = "Ann Li",
                                     .author_mail = "ann@example.org"});
  const CommitRecords read = Read(tip);
  ASSERT_EQ(read.records.size(), 2U);
  EXPECT_EQ(read.tip, tip);
  const ReviewRecord& record = read.records[1];
  EXPECT_EQ(record.id, tip.value());
  EXPECT_EQ(record.author, (Identity{.name = "Ann Li", .mail = "ann@example.org", .login = {}}));
  EXPECT_EQ(record.title, "db: second");
  EXPECT_THAT(Paths(record), ElementsAre("db/b.cc", "db/c/d.cc"));
  EXPECT_THAT(record.reviewers, ElementsAre(Identity{.name = "Bob Ray", .mail = "bob@example.org", .login = {}}));
  EXPECT_GT(record.landed, read.records[0].landed);
}

TEST_F(ReviewHistoryTest, RenamesOfEqualContentAreFollowedDeletionsAndFoldersListed) {
  repo_.Commit({{"old/a.cc", "text\n"}, {"old/b.cc", "other\n"}, {"gone/x/y.cc", "z\n"}});
  const CommitId tip = repo_.Commit({}, {.remove = {"gone/x/y.cc"}, .rename = {{"old/a.cc", "new/deep/a.cc"}}});
  const ReviewRecord record = Read(tip).records.back();
  EXPECT_THAT(record.files, ElementsAre(TouchedFile{.path = "gone/x/y.cc", .renamed_from = ""},
                                        TouchedFile{.path = "new/deep/a.cc", .renamed_from = "old/a.cc"}));
}

TEST_F(ReviewHistoryTest, AFileThatBecomesAFolderIsBoth) {
  repo_.Commit({{"a", "file\n"}, {"a.b", "1\n"}});
  const CommitId tip = repo_.Commit({{"a/x", "in folder\n"}}, {.remove = {"a"}});
  EXPECT_THAT(Paths(Read(tip).records.back()), ElementsAre("a", "a/x"));
}

TEST_F(ReviewHistoryTest, VendoredFoldersAndEmptyCommitsAreNoRecords) {
  repo_.Commit({{"a.cc", "1\n"}}, {.message = "Ours\n"});
  repo_.Commit({{"third_party/x.cc", "1\n"}, {"be/thirdparty/y.cc", "1\n"}}, {.message = "Theirs\n"});
  const CommitId tip = repo_.Commit({}, {.message = "Nothing\n"});
  EXPECT_THAT(Titles(Read(tip)), ElementsAre("Ours"));
}

TEST_F(ReviewHistoryTest, MergesWithoutReviewsAreLeftOutTheirCommitsAreNot) {
  const CommitId base = repo_.Commit({{"a.cc", "1\n"}}, {.message = "Base\n"});
  const CommitId side = repo_.Commit({{"b.cc", "1\n"}}, {.parents = {{base}}, .message = "Side\n"});
  const CommitId ours = repo_.Commit({{"c.cc", "1\n"}}, {.parents = {{base}}, .message = "Ours\n"});
  const CommitId tip = repo_.Merge(ours, side, {{"b.cc", "1\n"}});
  EXPECT_THAT(Titles(Read(tip)), ElementsAre("Base", "Side", "Ours"));
}

TEST_F(ReviewHistoryTest, AMergeThatNamesReviewersStandsForItsBranch) {
  const CommitId base = repo_.Commit({{"a.cc", "1\n"}}, {.message = "Base\n"});
  const CommitId one = repo_.Commit(
      {{"b.cc", "1\n"}},
      {.parents = {{base}}, .message = "One\n", .author_name = "Ann Li", .author_mail = "ann@example.org"});
  const CommitId two =
      repo_.Commit({{"b.cc", "2\n"}},
                   {.parents = {{one}}, .message = "Two\n", .author_name = "Ann Li", .author_mail = "ann@example.org"});
  const CommitId tip = repo_.Commit(
      {{"b.cc", "2\n"}},
      {.parents = {{base, two}}, .message = "Merge o/p#7: Make b\n\nACKs for top commit:\n  bob:\n    ACK 12\n"});
  const CommitRecords read = Read(tip);
  EXPECT_THAT(Titles(read), ElementsAre("Base", "Make b"));
  EXPECT_EQ(read.records[1].author.name, "Ann Li");
  EXPECT_THAT(Paths(read.records[1]), ElementsAre("b.cc"));
  EXPECT_THAT(read.records[1].reviewers, ElementsAre(Identity{.name = {}, .mail = {}, .login = "bob"}));
}

TEST_F(ReviewHistoryTest, TheMailmapOfTheTipNamesPeople) {
  repo_.Commit({{"a.cc", "1\n"}}, {.message = "Old\n\nReviewed-by: Bobby <bob@old.example>\n",
                                   .author_name = "annli",
                                   .author_mail = "ann@old.example"});
  const CommitId tip = repo_.Commit({{".mailmap",
                                      "Ann Li <ann@example.org> <ann@old.example>\n"
                                      "Bob Ray <bob@old.example>\n# nothing\nbroken\n"}});
  const ReviewRecord record = Read(tip).records.front();
  EXPECT_EQ(record.author, (Identity{.name = "Ann Li", .mail = "ann@old.example", .login = {}}));
  EXPECT_EQ(record.reviewers[0].name, "Bob Ray");
}

// What `git clone --filter=blob:none` leaves: commits and trees.
TEST_F(ReviewHistoryTest, NoBlobIsNeeded) {
  const CommitId first = repo_.Commit({{"db/a.cc", "1\n"}, {".mailmap", "Ann <ann@example.org> <ada@example.org>\n"}});
  const CommitId tip = repo_.Commit({{"db/a.cc", "2\n"}});
  const CommitRecords whole = Read(tip);
  for (const std::string& blob :
       {repo_.BlobOf(first, "db/a.cc"), repo_.BlobOf(first, ".mailmap"), repo_.BlobOf(tip, "db/a.cc")}) {
    EXPECT_TRUE(fs::remove(repo_.objects() + "/" + blob.substr(0, 2) + "/" + blob.substr(2)));
  }
  const CommitRecords partial = Read(tip);
  EXPECT_EQ(partial.records.size(), 2U);
  EXPECT_THAT(Paths(partial.records.back()), ElementsAre("db/a.cc"));
  EXPECT_EQ(whole.records.back().author.mail, "ann@example.org");
  EXPECT_EQ(partial.records.back().author.mail, "ada@example.org");
  EXPECT_THAT(partial.notes, ElementsAre(HasSubstr(".mailmap")));
}

TEST_F(ReviewHistoryTest, AShallowHistoryBeginsAfterItsOldestCommit) {
  const CommitId gone = repo_.Commit({{"a.cc", "1\n"}}, {.message = "Gone\n"});
  repo_.Commit({{"a.cc", "2\n"}}, {.message = "Oldest\n"});
  const CommitId tip = repo_.Commit({{"b.cc", "1\n"}}, {.message = "Newest\n"});
  EXPECT_TRUE(fs::remove(repo_.objects() + "/" + gone.value().substr(0, 2) + "/" + gone.value().substr(2)));
  EXPECT_THAT(Titles(Read(tip)), ElementsAre("Newest"));  // what the oldest changed is not known
}

TEST_F(ReviewHistoryTest, WhatIsNotThereIsNamed) {
  const CommitId tip = repo_.Commit({{"a.cc", "1\n"}});
  EXPECT_THAT(ReadReviewHistory(directory_.Join("none"), {}), StatusIs(absl::StatusCode::kNotFound, HasSubstr("none")));
  EXPECT_THAT(ReadReviewHistory(MirrorAt(tip), {.ref = "no-such"}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no-such")));
}

TEST_F(ReviewHistoryTest, AfterAnEarlierTipOnlyWhatIsNewIsRead) {
  const CommitId first = repo_.Commit({{"a.cc", "1\n"}}, {.message = "First\n"});
  const CommitId tip = repo_.Commit({{"a.cc", "2\n"}}, {.message = "Second\n"});
  const auto read = ReadReviewHistory(MirrorAt(tip), {}, first);
  ASSERT_THAT(read, IsOk());
  EXPECT_FALSE(read->whole);
  EXPECT_THAT(Titles(*read), ElementsAre("Second"));
  EXPECT_THAT(Paths(read->records[0]), ElementsAre("a.cc"));
  const CommitId other = repo_.Commit({{"x.cc", "1\n"}}, {.parents = {std::vector<CommitId>()}, .message = "Other\n"});
  const auto rewritten = ReadReviewHistory(MirrorAt(other), {}, tip);
  ASSERT_THAT(rewritten, IsOk());
  EXPECT_TRUE(rewritten->whole);
  EXPECT_THAT(Titles(*rewritten), ElementsAre("Other"));
}

class HistoryFileTest : public ReviewHistoryTest {
 protected:
  std::vector<std::string> Update(const CommitId& tip, const HistoryOptions& options = {}) {
    const auto read = HistoryFile(path_).Update(MirrorAt(tip), options);
    EXPECT_THAT(read, IsOk());
    EXPECT_TRUE(read->whole);
    return Titles(*read);
  }
  std::string Bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Overwrite(const std::string& bytes) { std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes; }

  const std::string path_ = directory_.Join("histories/p");
};

TEST_F(HistoryFileTest, GrowsByWhatIsNew) {
  EXPECT_THAT(Update(repo_.Commit({{"a.cc", "1\n"}}, {.message = "First\n"})), ElementsAre("First"));
  const std::string first = Bytes();
  const CommitId tip = repo_.Commit({{"a.cc", "2\n"}}, {.message = "Second\n"});
  EXPECT_THAT(Update(tip), ElementsAre("First", "Second"));
  EXPECT_TRUE(Bytes().starts_with(first));
  const std::string second = Bytes();
  EXPECT_THAT(Update(tip), ElementsAre("First", "Second"));
  EXPECT_EQ(Bytes(), second);
}

TEST_F(HistoryFileTest, WhatIsTornOrDamagedIsReadAgain) {
  Update(repo_.Commit({{"a.cc", "1\n"}}, {.message = "First\n"}));
  const CommitId tip = repo_.Commit({{"a.cc", "2\n"}}, {.message = "Second\n"});
  Update(tip);
  const std::string whole = Bytes();
  for (size_t length = 0; length < whole.size(); ++length) {
    Overwrite(whole.substr(0, length));
    ASSERT_THAT(Update(tip), ElementsAre("First", "Second")) << length;
  }
  for (size_t at = 0; at < whole.size(); at += 7) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
    Overwrite(damaged);
    ASSERT_THAT(Update(tip), ElementsAre("First", "Second")) << at;
  }
}

TEST_F(HistoryFileTest, OtherOptionsOrARewrittenHistoryStartAnew) {
  const CommitId tip = repo_.Commit({{"a.cc", "1\n"}}, {.message = "First\n\nSeen-by: bob@example.org\n"});
  Update(tip);
  const auto read = HistoryFile(path_).Update(MirrorAt(tip), {.trailers = {"Seen-by"}});
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->records[0].reviewers.size(), 1U);
  const CommitId other = repo_.Commit({{"x.cc", "1\n"}}, {.parents = {std::vector<CommitId>()}, .message = "Other\n"});
  EXPECT_THAT(Update(other), ElementsAre("Other"));
}

TEST_F(HistoryFileTest, AFileThatCannotBeWrittenIsANote) {
  const CommitId tip = repo_.Commit({{"a.cc", "1\n"}}, {.message = "First\n"});
  const auto read = HistoryFile("/proc/none/history").Update(MirrorAt(tip), {});
  ASSERT_THAT(read, IsOk());
  EXPECT_THAT(Titles(*read), ElementsAre("First"));
  EXPECT_THAT(read->notes, ElementsAre(HasSubstr("cannot write")));
}

TEST(HistoryFramesTest, AreReadAsTheyAreWrittenAndNothingElseIs) {
  const std::vector<ReviewRecord> records = {{.id = "1",
                                              .group = "g",
                                              .change = "c",
                                              .landed = absl::FromUnixSeconds(-5),
                                              .author = {.name = "A\xFF", .mail = "m", .login = "l"},
                                              .title = std::string("t\0u", 3),
                                              .files = {{.path = "p", .renamed_from = "q"}},
                                              .reviewers = {{.name = "B", .mail = {}, .login = {}}}}};
  const std::string bytes = EncodeRecords(CommitId("tip"), records);
  CommitId tip;
  std::vector<ReviewRecord> read;
  ASSERT_TRUE(DecodeRecords(bytes, tip, read));
  EXPECT_EQ(tip, CommitId("tip"));
  EXPECT_EQ(read, records);
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeRecords(std::string_view(bytes).substr(0, length), tip, read)) << length;
  }
  EXPECT_FALSE(DecodeRecords(bytes + "x", tip, read));
  EXPECT_EQ(read.size(), 1U);
}

TEST(MailmapTest, KnowsTheFourForms) {
  const Mailmap map(
      "Proper Name <one@x>\n<proper@x> <two@x>\nProper Name <proper@x> <three@x>\n"
      "Proper Name <proper@x> Commit Name <four@x>\n<<>>\n<\n");
  const auto applied = [&](std::string name, std::string mail) {
    Identity identity{.name = std::move(name), .mail = std::move(mail), .login = {}};
    map.Apply(identity);
    return identity.name + " <" + identity.mail + ">";
  };
  EXPECT_EQ(applied("n", "ONE@x"), "Proper Name <ONE@x>");
  EXPECT_EQ(applied("n", "two@x"), "n <proper@x>");
  EXPECT_EQ(applied("n", "three@x"), "Proper Name <proper@x>");
  EXPECT_EQ(applied("commit name", "four@x"), "Proper Name <proper@x>");
  EXPECT_EQ(applied("other", "four@x"), "other <four@x>");
}

}  // namespace
}  // namespace mergegate::git
