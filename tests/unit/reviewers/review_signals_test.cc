// What a review says about people: one case per rule.
#include "server/reviewers/review_signals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace mergegate::reviewers {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Handle kAnn("ann"), kBen("ben"), kCleo("cleo");

Piece PieceOf(const std::string& path, const std::string& declaration, const std::string& body) {
  return {.path = path, .declaration = declaration, .usr = "usr " + declaration, .signature = "s", .body = body};
}

class ReviewSignals : public ::testing::Test {
 protected:
  ReviewEvent& Add(ReviewEventKind kind, const Handle& actor, const std::string& text = "") {
    const auto number = static_cast<int64_t>(events_.size()) + 1;
    events_.push_back({.number = number,
                       .kind = kind,
                       .actor = actor,
                       .text = text,
                       .at = absl::FromUnixSeconds(1'700'000'000 + number)});
    return events_.back();
  }

  void AddPush(std::vector<Piece> pieces, int lines = 10) {
    Add(ReviewEventKind::kPushed, Handle()).push =
        Push{.author = kAnn, .lines_added = lines, .lines_removed = 2, .pieces = std::move(pieces)};
  }

  std::vector<Signal> All(Outcome outcome = Outcome::kUnknown) const {
    return SignalsOf(ProjectId("db"), "7", events_, outcome);
  }

  // "kind actor>subject part" of each.
  std::vector<std::string> Said(Outcome outcome = Outcome::kUnknown) const {
    std::vector<std::string> said;
    for (const Signal& signal : All(outcome)) {
      said.push_back(std::to_string(static_cast<int>(signal.kind)) + " " + signal.actor.value() + ">" +
                     signal.subject.value() + (signal.part.empty() ? "" : " " + signal.part));
    }
    return said;
  }

  std::vector<ReviewEvent> events_;
};

TEST_F(ReviewSignals, ALifeInOrder) {
  AddPush({});
  Add(ReviewEventKind::kAssigned, Handle()).assignment = Assignment{.reviewers = {{.person = kBen}, {.person = kAnn}}};
  Add(ReviewEventKind::kDeclined, kBen).subject = kCleo;
  Add(ReviewEventKind::kCommented, kCleo, "hm");
  Add(ReviewEventKind::kCommented, kAnn, "the author answers");
  Add(ReviewEventKind::kChangesRequested, kCleo, "please");
  AddPush({}, 20);
  Add(ReviewEventKind::kApproved, kCleo);
  Add(ReviewEventKind::kClosed, kAnn);
  EXPECT_THAT(Said(Outcome::kMerged), ElementsAre("1 ann>", "6 ben>ann", "10 ben>ann", "6 cleo>ann", "7 cleo>ann",
                                                  "9 cleo>ann", "2 ann>", "8 cleo>ann", "3 ann>"));
  const std::vector<Signal> all = All(Outcome::kMerged);
  EXPECT_EQ(all.front().value, 12) << "lines added and removed";
  EXPECT_EQ(all.back().value, 22) << "of the last push";
  EXPECT_EQ(all.back().at, events_.back().at);
  EXPECT_EQ(all.back().object, "7");
  EXPECT_EQ(all.back().project, ProjectId("db"));
}

TEST_F(ReviewSignals, IdsAreStableAndDoNotRepeat) {
  AddPush({});
  Add(ReviewEventKind::kAssigned, Handle()).assignment = Assignment{.reviewers = {{.person = kBen}, {.person = kCleo}}};
  Add(ReviewEventKind::kApproved, kBen);
  std::vector<std::string> before;
  for (const Signal& signal : All()) before.push_back(signal.source_id);
  Add(ReviewEventKind::kClosed, kAnn);
  std::vector<std::string> after;
  for (const Signal& signal : All(Outcome::kAbandoned)) after.push_back(signal.source_id);
  ASSERT_EQ(after.size(), before.size() + 1);
  EXPECT_TRUE(std::equal(before.begin(), before.end(), after.begin()));
  std::ranges::sort(after);
  EXPECT_EQ(std::ranges::adjacent_find(after), after.end());
}

TEST_F(ReviewSignals, WhoIsAskedTwiceWasAskedOnce) {
  AddPush({});
  Add(ReviewEventKind::kRequested, kAnn).subject = kBen;
  Add(ReviewEventKind::kAssigned, Handle()).assignment = Assignment{.reviewers = {{.person = kBen}}};
  EXPECT_THAT(Said(), ElementsAre("1 ann>", "6 ben>ann"));
}

TEST_F(ReviewSignals, ACommentIsAddressedByTheNextChangeOfWhatItNames) {
  AddPush({PieceOf("db/a.cc", "db::Writer::Append", "1"), PieceOf("db/a.cc", "db::Writer::Flush", "1")});
  Add(ReviewEventKind::kCommented, kBen, "Append leaks its buffer");
  AddPush({PieceOf("db/a.cc", "db::Writer::Append", "1"), PieceOf("db/a.cc", "db::Writer::Flush", "2")});
  AddPush({PieceOf("db/a.cc", "db::Writer::Append", "3"), PieceOf("db/a.cc", "db::Writer::Flush", "2")});
  AddPush({PieceOf("db/a.cc", "db::Writer::Append", "4")});
  EXPECT_THAT(Said(), ElementsAre("1 ann>", "7 ben>ann db::Writer::Append", "2 ann>", "2 ann>",
                                  "13 ben>ann db::Writer::Append", "2 ann>"));
}

TEST_F(ReviewSignals, OnesOwnRemarksAndThoseThatNameNothingAreNotAddressed) {
  AddPush({PieceOf("db/a.cc", "db::Writer::Append", "1")});
  Add(ReviewEventKind::kCommented, kAnn, "Append is not done");
  Add(ReviewEventKind::kCommented, kBen, "nice, and Appendix too");
  AddPush({PieceOf("db/a.cc", "db::Writer::Append", "2")});
  EXPECT_THAT(Said(), ElementsAre("1 ann>", "7 ben>ann", "2 ann>"));
}

TEST_F(ReviewSignals, AReopenedReviewWasNotGivenUp) {
  AddPush({});
  Add(ReviewEventKind::kClosed, kAnn);
  const Signal abandoned = All(Outcome::kAbandoned).back();
  EXPECT_EQ(abandoned.kind, SignalKind::kChangeAbandoned);
  Add(ReviewEventKind::kReopened, kAnn);
  const Signal back = All(Outcome::kUnknown).back();
  EXPECT_TRUE(back.retracted);
  EXPECT_EQ(back.corrects, abandoned.source_id);
}

TEST_F(ReviewSignals, NothingHappenedNothingSaid) { EXPECT_THAT(Said(Outcome::kMerged), IsEmpty()); }

TEST(NamedIn, PathsFilesAndNamesAsWholeWords) {
  const std::vector<Piece> pieces = {PieceOf("db/a.cc", "db::Get", ""), PieceOf("db/b.cc", "", ""),
                                     PieceOf("db/c.cc", "db::Table::Lookup", "")};
  const auto count = [&](const char* text) { return NamedIn(text, pieces).size(); };
  EXPECT_EQ(count("db::Get is wrong"), 1);
  EXPECT_EQ(count("Get is wrong"), 0) << "too short to be meant";
  EXPECT_EQ(count("in b.cc: why?"), 1);
  EXPECT_EQ(count("db/b.cc"), 1);
  EXPECT_EQ(count("xb.cc"), 0);
  EXPECT_EQ(count("Lookup in b.cc"), 1) << "a declaration is more exact than a file";
  EXPECT_EQ(count(""), 0);
}

TEST_F(ReviewSignals, LearnersAreMarkedAndApprovalsSayWhere) {
  AddPush({PieceOf("src/net/tcp/a.cc", "f", "1"), PieceOf("src/net/udp.cc", "g", "1")});
  Add(ReviewEventKind::kAssigned, Handle()).assignment =
      Assignment{.reviewers = {{.person = kBen}, {.person = kCleo, .role = ReviewerRole::kLearner}}};
  Add(ReviewEventKind::kApproved, kBen);
  EXPECT_THAT(Said(), ElementsAre("1 ann>", "6 ben>ann", "6 cleo>ann learner", "8 ben>ann src/net"));
}

TEST(CommonFolder, IsTheDeepestOneThatHoldsAll) {
  EXPECT_EQ(CommonFolder({}), "");
  EXPECT_EQ(CommonFolder({PieceOf("a.cc", "f", "1")}), "");
  EXPECT_EQ(CommonFolder({PieceOf("src/a.cc", "f", "1")}), "src");
  EXPECT_EQ(CommonFolder({PieceOf("src/net/a.cc", "f", "1"), PieceOf("src/network/b.cc", "g", "1")}), "src");
  EXPECT_EQ(CommonFolder({PieceOf("src/a.cc", "f", "1"), PieceOf("doc/b.cc", "g", "1")}), "");
}

}  // namespace
}  // namespace mergegate::reviewers
