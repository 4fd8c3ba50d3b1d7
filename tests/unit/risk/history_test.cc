#include "server/risk/history.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

namespace mergegate::risk {
namespace {

// Ids with a prefix of their own: "0000001...".
std::string Id(int number) {
  std::string digits = std::to_string(number);
  return std::string(6 - digits.size(), '0') + digits + "a" + std::string(33, '0');
}

struct CommitBuilder {
  Commit commit;
  CommitBuilder(int number, int64_t day, std::vector<std::string> paths) {
    commit.id = Id(number);
    commit.time = day * kDay;
    commit.author = "Ada";
    commit.content.lines_added = 1;
    for (std::string& path : paths) commit.files.push_back({.path = std::move(path)});
  }
  CommitBuilder& By(std::string author) { return commit.author = std::move(author), *this; }
  CommitBuilder& Fixes(int number) { return commit.message.causes.push_back(Id(number).substr(0, 12)), *this; }
  CommitBuilder& Renames(std::string from, std::string to) {
    return commit.files.push_back({.path = std::move(to), .renamed_from = std::move(from)}), *this;
  }
  operator Commit() const { return commit; }
};
using Of = CommitBuilder;

Measures After(const std::vector<Commit>& past, const Commit& next) {
  History history;
  for (const Commit& commit : past) history.Add(commit);
  return history.MeasuresOf(next);
}

TEST(HistoryTest, NothingIsKnownAtFirst) {
  const Measures m = After({}, Of(1, 1, {"a.cc"}));
  EXPECT_EQ(m.authors, 0);
  EXPECT_EQ(m.recent_changes, 0);
  EXPECT_DOUBLE_EQ(m.base_rate, 5.0 / 200);
  EXPECT_DOUBLE_EQ(m.file_rate, m.base_rate);
}

TEST(HistoryTest, CountsChangesOfNinetyDaysInCode) {
  const std::vector<Commit> past = {Of(1, 0, {"a.cc", "a.md"}), Of(2, 10, {"a.cc"}), Of(3, 95, {"a.cc", "b.cc"})};
  EXPECT_EQ(After(past, Of(4, 100, {"a.cc", "a.md"})).recent_changes, 2);       // of days 10 and 95
  EXPECT_EQ(After(past, Of(4, 101, {"a.cc", "b.cc"})).recent_changes, 2);       // a and b of day 95
  EXPECT_EQ(After({past[0], past[1]}, Of(3, 90, {"a.cc"})).recent_changes, 2);  // exactly ninety days count
}

TEST(HistoryTest, AuthorsAreDistinctWhateverTheirCase) {
  const std::vector<Commit> past = {Of(1, 0, {"a.cc"}).By("Ada"), Of(2, 1, {"a.md"}).By("ADA"),
                                    Of(3, 2, {"a.cc"}).By("Bob")};
  EXPECT_EQ(After(past, Of(4, 3, {"a.cc", "a.md"})).authors, 2);
}

TEST(HistoryTest, ADefectCountsFromTheDayItsFixLanded) {
  const std::vector<Commit> before = {Of(1, 0, {"a.cc"}), Of(2, 1, {"b.cc"})};
  EXPECT_DOUBLE_EQ(After(before, Of(3, 2, {"a.cc"})).file_rate, (10 * 5.0 / 202) / 11);
  std::vector<Commit> after = before;
  after.push_back(Of(3, 2, {"b.cc"}).Fixes(1));
  const Measures m = After(after, Of(4, 3, {"a.cc"}));
  EXPECT_DOUBLE_EQ(m.base_rate, 6.0 / 203);
  EXPECT_DOUBLE_EQ(m.file_rate, (1 + 10 * 6.0 / 203) / 11);
}

TEST(HistoryTest, TheFirstFixIsKeptAndRevertsAreNoDefects) {
  History history;
  Commit revert = Of(2, 1, {"a.cc"});
  revert.message.undoes = true;
  for (const Commit& commit : {Commit(Of(1, 0, {"a.cc"})), revert, Commit(Of(3, 2, {"a.cc"}).Fixes(1).Fixes(2)),
                               Commit(Of(4, 3, {"a.cc"}).Fixes(1))}) {
    history.Add(commit);
  }
  EXPECT_EQ(history.FirstFix(0), 2 * kDay);
  EXPECT_EQ(history.FirstFix(3), 0);
  EXPECT_DOUBLE_EQ(history.MeasuresOf(Of(5, 4, {"a.cc"})).base_rate, 6.0 / 204);
}

TEST(HistoryTest, ALinkToTheOriginalOfACherryPickMeansThePick) {
  Commit pick = Of(1, 0, {"a.cc"});
  pick.message.picked_from = Id(7);
  EXPECT_DOUBLE_EQ(After({pick, Of(2, 1, {"a.cc"}).Fixes(7)}, Of(3, 2, {"a.cc"})).base_rate, 6.0 / 202);
}

TEST(HistoryTest, ACommitIsMeantRatherThanItsPick) {
  Commit pick = Of(2, 1, {"b.cc"});
  pick.message.picked_from = Id(1);
  History history;
  for (const Commit& commit : {Commit(Of(1, 0, {"a.cc"})), pick, Commit(Of(3, 2, {"a.cc"}).Fixes(1))})
    history.Add(commit);
  EXPECT_EQ(history.FirstFix(0), 2 * kDay);
  EXPECT_EQ(history.FirstFix(1), 0);
}

TEST(HistoryTest, LinksToNothingOrToItselfSayNothing) {
  EXPECT_DOUBLE_EQ(After({Of(1, 0, {"a.cc"}).Fixes(1), Of(2, 1, {"a.cc"}).Fixes(9)}, Of(3, 2, {"a.cc"})).base_rate,
                   5.0 / 202);
}

TEST(HistoryTest, FilesKeepTheirPastOverRenamesAndLoseItWhenDeleted) {
  std::vector<Commit> past = {Of(1, 0, {"a.cc"}), Of(2, 1, {}).Renames("a.cc", "b.cc")};
  EXPECT_EQ(After(past, Of(3, 2, {"b.cc"})).recent_changes, 2);
  EXPECT_EQ(After(past, Of(3, 2, {"a.cc"})).recent_changes, 0);
  EXPECT_EQ(After(past, Of(3, 2, {}).Renames("b.cc", "c.cc")).recent_changes, 2);
  Commit removal = Of(3, 2, {"b.cc"});
  removal.files[0].deleted = true;
  past.push_back(removal);
  EXPECT_EQ(After(past, Of(4, 3, {"b.cc"})).recent_changes, 0);
}

TEST(HistoryTest, TwoFilesMayChangePlaces) {
  const std::vector<Commit> past = {Of(1, 0, {"a.cc"}), Of(2, 1, {"b.cc"}), Of(3, 2, {"b.cc"}),
                                    Of(4, 3, {}).Renames("a.cc", "b.cc").Renames("b.cc", "a.cc")};
  EXPECT_EQ(After(past, Of(5, 4, {"a.cc"})).recent_changes, 3);  // days 1, 2, 3
  EXPECT_EQ(After(past, Of(5, 4, {"b.cc"})).recent_changes, 2);
}

TEST(HistoryTest, TheOrderOfFilesDoesNotMatter) {
  const std::vector<Commit> past = {Of(1, 0, {"a.cc", "b.cc"}).By("Ada"), Of(2, 1, {"b.cc", "c.cc"}).By("Bob"),
                                    Of(3, 2, {"c.cc"}).Fixes(1)};
  const Measures one = After(past, Of(4, 3, {"a.cc", "b.cc", "c.cc"}));
  const Measures other = After(past, Of(4, 3, {"c.cc", "a.cc", "b.cc"}));
  for (const MeasureColumn& column : MeasureColumns()) {
    EXPECT_NEAR(one.*column.value, other.*column.value, 1e-12) << column.name;
  }
}

}  // namespace
}  // namespace mergegate::risk
