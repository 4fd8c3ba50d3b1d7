#include "server/git/risk_history.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "server/git/frames.h"
#include "server/git/risk_file.h"
#include "server/risk/words.h"
#include "tests/support/test_repo.h"

namespace mergegate::git {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TempDirectory;
using testing::TestRepo;
using ::testing::UnorderedElementsAre;

std::vector<risk::Commit> ReadAll(const TestRepo& repo, const std::string& ref = "main") {
  const auto read = ReadRiskHistory(repo.path(), {.ref = ref});
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? read->commits : std::vector<risk::Commit>();
}

std::string Repeat(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text + std::to_string(i) + "\n";
  return all;
}

TEST(RiskHistoryTest, MeasuresCommitsAgainstTheirFirstParents) {
  TestRepo repo;
  const CommitId first = repo.Commit({{"a.cc", "int a;\nint b;\n"}, {"README", "one\n"}});
  const CommitId second =
      repo.Commit({{"a.cc", "int a;\nif (b) c();\n"}},
                  {.message = "Fix b\n\nFixes: " + first.value().substr(0, 12) + "\n", .author_name = "Bob"});
  const auto commits = ReadAll(repo);
  ASSERT_THAT(commits, SizeIs(2));
  EXPECT_EQ(commits[0].id, first.value());
  EXPECT_EQ(commits[0].content.lines_added, 3);
  EXPECT_EQ(commits[0].content.code_added, 2);
  EXPECT_TRUE(commits[0].files[1].added);
  EXPECT_EQ(commits[1].id, second.value());
  EXPECT_EQ(commits[1].author, "Bob");
  EXPECT_EQ(commits[1].time, commits[0].time + 60);
  EXPECT_EQ(commits[1].content.lines_added, 1);
  EXPECT_EQ(commits[1].content.lines_deleted, 1);
  EXPECT_EQ(commits[1].content.control, 1);
  EXPECT_THAT(commits[1].message.causes, ElementsAre(first.value().substr(0, 12)));
}

TEST(RiskHistoryTest, RenamesNeedFourFifthsAlike) {
  TestRepo repo;
  const std::string body = Repeat("some line ", 100);
  repo.Commit({{"a.cc", body}, {"b.cc", Repeat("other line ", 100)}});
  repo.Commit({{"c.cc", body + "int more;\n"}, {"d.cc", Repeat("other line ", 60) + Repeat("new text ", 60)}},
              {.remove = {"a.cc", "b.cc"}});
  const auto commits = ReadAll(repo);
  ASSERT_THAT(commits, SizeIs(2));
  ASSERT_THAT(commits[1].files, SizeIs(3));
  EXPECT_EQ(commits[1].files[0].path, "b.cc");
  EXPECT_TRUE(commits[1].files[0].deleted);
  EXPECT_EQ(commits[1].files[1].renamed_from, "a.cc");
  EXPECT_TRUE(commits[1].files[2].added);
  EXPECT_EQ(commits[1].content.lines_added, 1 + 120);
}

TEST(RiskHistoryTest, MergesAreLeftOutAndTheirBranchesRead) {
  TestRepo repo;
  const CommitId base = repo.Commit({{"a.cc", "1\n"}});
  const CommitId side = repo.Commit({{"s.cc", "1\n"}}, {.parents = {{base}}});
  const CommitId ours = repo.Commit({{"o.cc", "1\n"}}, {.parents = {{base}}});
  repo.Branch("main", repo.Merge(ours, side));
  EXPECT_THAT(ReadAll(repo), SizeIs(3));
}

TEST(RiskHistoryTest, OnlyWhatCameAfterAnAncestorIsReadWhenOneIsNamed) {
  TestRepo repo;
  const CommitId base = repo.Commit({{"a.cc", "1\n"}});
  const CommitId aside = repo.Commit({{"a.cc", "2\n"}}, {.parents = {{base}}});
  const CommitId tip = repo.Commit({{"b.cc", "1\n"}}, {.parents = {{base}}});
  const auto read = [&](const CommitId& since) {
    RiskReading reading;
    reading.since = since;
    return ReadRiskHistory(repo.path(), {.ref = tip.value()}, reading);
  };
  ASSERT_TRUE(read(base).ok()) << read(base).status();
  ASSERT_THAT(read(base)->commits, SizeIs(1));
  EXPECT_EQ(read(base)->commits[0].id, tip.value());
  EXPECT_THAT(read(tip)->commits, SizeIs(0));
  EXPECT_EQ(read(aside).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(RiskHistoryTest, BinaryFilesLinksAndSubmodulesAreFilesWithTheLinesThatGitShows) {
  TestRepo repo;
  repo.Commit({{"a.cc", "int a;\n"}, {"image", std::string("\0\1\n\2\n", 5)}},
              {.symlinks = {{"link", "a.cc"}}, .submodules = {{"sub", CommitId(std::string(40, 'c'))}}});
  const auto commits = ReadAll(repo);
  ASSERT_THAT(commits, SizeIs(1));
  EXPECT_THAT(commits[0].files, SizeIs(4));
  EXPECT_EQ(commits[0].content.lines_added, 3);  // a.cc, the link's target, the submodule's commit
}

TEST(RiskHistoryTest, NamesInAnyEncodingAndBulkAreRead) {
  TestRepo repo;
  repo.Commit({{"caf\xe9.cc", "int a;\n"}}, {.message = "caf\xe9\n", .author_name = "Ad\xe9"});
  repo.Commit({{"bulk.cc", Repeat("int x", 30'000)}});
  const auto commits = ReadAll(repo);
  ASSERT_THAT(commits, SizeIs(2));
  EXPECT_EQ(commits[0].files[0].path, "caf\xe9.cc");
  EXPECT_TRUE(risk::IsInstance(commits[0]));
  EXPECT_FALSE(risk::IsInstance(commits[1]));
}

TEST(RiskHistoryTest, AChangeUnderReviewIsMeasuredAsHistoryIs) {
  TestRepo repo;
  const CommitId base = repo.Commit({{"a.cc", "int a;\n"}});
  const CommitId head = repo.Commit({{"a.cc", "int a;\nfor (;;) f();\n"}, {"b.h", "int b;\n"}});
  risk::Commit landed = ReadAll(repo)[1];
  const auto change = ReadRiskChange(repo.path(), base, head);
  ASSERT_TRUE(change.ok()) << change.status();
  landed.id.clear();
  EXPECT_EQ(change->commit, landed);
  EXPECT_THAT(change->words, UnorderedElementsAre("for", "int"));
}

TEST(RiskHistoryTest, AbsentThingsAreSaid) {
  TestRepo repo;
  EXPECT_TRUE(absl::IsNotFound(ReadRiskHistory("/nowhere", {}).status()));
  const CommitId base = repo.Commit({{"a.cc", "int a;\n"}});
  EXPECT_TRUE(absl::IsNotFound(ReadRiskHistory(repo.path(), {.ref = "absent"}).status()));
  EXPECT_TRUE(absl::IsNotFound(ReadRiskChange(repo.path(), base, CommitId(std::string(40, 'a'))).status()));
}

TEST(RiskHistoryTest, StopsWhenAsked) {
  TestRepo repo;
  repo.Commit({{"a.cc", "int a;\n"}});
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(absl::IsCancelled(ReadRiskHistory(repo.path(), {.ref = "main", .stop = stop.get_token()}).status()));
}

class RiskFileTest : public ::testing::Test {
 protected:
  RiskFileTest() { repo_.Commit({{"a.cc", "int a;\n"}}); }

  std::vector<risk::Commit> Update(const std::string& ref = "main") {
    const auto read = RiskFile(path_).Update(repo_.path(), {.ref = ref});
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() ? read->commits : std::vector<risk::Commit>();
  }
  std::string Bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Write(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }

  TestRepo repo_;
  TempDirectory folder_;
  const std::string path_ = folder_.Join("histories/p.risk");
};

TEST_F(RiskFileTest, ARestartReadsTheFileAndAddsWhatIsNew) {
  EXPECT_EQ(Update(), ReadAll(repo_));
  const std::string before = Bytes();
  repo_.Commit({{"b.cc", "int b;\n"}});
  EXPECT_EQ(Update(), ReadAll(repo_));
  EXPECT_TRUE(Bytes().starts_with(before));
  const std::string after = Bytes();
  EXPECT_EQ(Update(), ReadAll(repo_));
  EXPECT_EQ(Bytes(), after);  // nothing new, nothing written
}

TEST_F(RiskFileTest, WhatIsDamagedIsReadAgain) {
  repo_.Commit({{"b.cc", "int b;\n"}});
  Update();
  const std::string good = Bytes();
  for (const size_t at : {size_t{3}, size_t{30}, good.size() / 2, good.size() - 1}) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x40);
    Write(bad);
    EXPECT_EQ(Update(), ReadAll(repo_)) << "byte " << at;
    Write(good.substr(0, at));
    EXPECT_EQ(Update(), ReadAll(repo_)) << "torn at " << at;
  }
}

TEST_F(RiskFileTest, AReadingThatWasCutOffGoesOn) {
  const risk::Commit first = ReadAll(repo_)[0];
  repo_.Commit({{"b.cc", "int b;\n"}});
  Update();
  std::filesystem::remove(path_);
  // As a reading leaves it that ended behind the first commit.
  risk::Commit marked = first;
  marked.author = "as the file has it";
  FrameFile file(path_, "mergegate-risk 5\n");
  ASSERT_TRUE(file.Append(EncodeCommits({marked})));
  const auto commits = Update();
  ASSERT_THAT(commits, SizeIs(2));
  EXPECT_EQ(commits[0].author, "as the file has it");  // not read again
  EXPECT_EQ(Update(), commits);
}

TEST_F(RiskFileTest, TheOrderIsTheHistorysWhateverWasReadFirst) {
  const CommitId base(ReadAll(repo_)[0].id);
  const CommitId old = repo_.Commit({{"s.cc", "1\n"}}, {.parents = {{base}}});
  const CommitId young = repo_.Commit({{"o.cc", "1\n"}}, {.parents = {{base}}});
  repo_.Branch("main", young);
  Update();
  repo_.Branch("main", repo_.Merge(young, old));
  const auto commits = Update();
  EXPECT_EQ(commits, ReadAll(repo_));
  EXPECT_EQ(commits[1].id, old.value());
}

TEST_F(RiskFileTest, SaysHowFarItIsAndReadsNoMoreThanItMay) {
  repo_.Commit({{"b.cc", "int b;\n"}});
  Update();
  for (const char* name : {"c.cc", "d.cc"}) repo_.Commit({{name, "int c;\n"}});
  std::vector<std::pair<size_t, size_t>> told;
  const auto note = [&](size_t done, size_t all) { told.emplace_back(done, all); };
  EXPECT_TRUE(absl::IsResourceExhausted(RiskFile(path_).Update(repo_.path(), {.ref = "main"}, 1, note).status()));
  EXPECT_THAT(told, ElementsAre(std::pair(2, 4)));
  told.clear();
  EXPECT_TRUE(RiskFile(path_).Update(repo_.path(), {.ref = "main"}, 2, note).ok());
  EXPECT_THAT(told, ElementsAre(std::pair(2, 4), std::pair(3, 4), std::pair(4, 4)));
}

TEST_F(RiskFileTest, ARewrittenHistoryIsReadAsItIs) {
  repo_.Commit({{"b.cc", "int b;\n"}});
  Update();
  repo_.Branch("main", repo_.Commit({{"c.cc", "int c;\n"}}, {.parents = std::vector<CommitId>()}));
  EXPECT_EQ(Update(), ReadAll(repo_));
  EXPECT_EQ(Update(), ReadAll(repo_));
}

TEST(RiskFrameTest, OnlyWhatEncodeMadeIsDecoded) {
  const risk::Commit commit{.id = "x", .author = "y", .files = {{.path = "z"}}, .words = {7, 8}};
  const std::string bytes = EncodeCommits({commit});
  std::vector<risk::Commit> commits;
  EXPECT_TRUE(DecodeCommits(bytes, commits));
  EXPECT_THAT(commits, ElementsAre(commit));
  commits.clear();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeCommits(bytes.substr(0, size), commits));
    EXPECT_THAT(commits, IsEmpty());
  }
  for (const std::vector<uint32_t>& words : {std::vector<uint32_t>{8, 7}, {7, 7}, {risk::kWords}}) {
    EXPECT_FALSE(DecodeCommits(EncodeCommits({{.id = "x", .words = words}}), commits));
  }
}

}  // namespace
}  // namespace mergegate::git
