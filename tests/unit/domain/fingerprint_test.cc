#include "server/domain/fingerprint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace mergegate {
namespace {

Finding NullDereference() {
  Finding finding;
  finding.check = "core.NullDereference";
  finding.path = "src/db.cc";
  finding.line = 12;
  finding.column = 3;
  finding.message = "Dereference of null pointer 'p'";
  finding.line_text = "return *p + 1;";
  finding.function = "db::Get";
  finding.usr = "c:db.cc@N@db@F@Get#";
  return finding;
}

std::string FingerprintOf(Finding finding) {
  std::vector<Finding> findings = {std::move(finding)};
  AssignFingerprints(findings);
  return findings[0].fingerprint;
}

// The algorithm is a promise to stored data: this value may change only together with the version in front.
TEST(FingerprintTest, IsStableAcrossReleases) {
  EXPECT_EQ(FingerprintOf(NullDereference()), "v1:7f88171bc287cc7d122c9e222d6a5a4e:1");
}

TEST(FingerprintTest, DoesNotDependOnPlaceBlanksOrUnit) {
  Finding moved = NullDereference();
  moved.path = "lib/renamed/db.cc";
  moved.line = 99;
  moved.column = 7;
  moved.usr = "c:renamed.cc@N@db@F@Get#";
  moved.unit = "lib/other.cc";
  moved.line_text = "return  *p+1;\t";
  EXPECT_EQ(FingerprintOf(moved), FingerprintOf(NullDereference()));
}

TEST(FingerprintTest, DependsOnCheckDeclarationLineTextAndMessage) {
  const std::string original = FingerprintOf(NullDereference());
  for (std::string Finding::* field : {&Finding::check, &Finding::function, &Finding::line_text, &Finding::message}) {
    Finding other = NullDereference();
    other.*field += "x";
    EXPECT_NE(FingerprintOf(other), original);
  }
  Finding quoted = NullDereference();
  quoted.message = "Dereference of null pointer 'q'";
  EXPECT_NE(FingerprintOf(quoted), original);
}

TEST(FingerprintTest, FieldsDoNotRunIntoEachOther) {
  Finding left = NullDereference();
  left.check = "ab";
  left.function = "c";
  Finding right = NullDereference();
  right.check = "a";
  right.function = "bc";
  EXPECT_NE(FingerprintOf(left), FingerprintOf(right));
}

TEST(FingerprintTest, CountsEqualFindingsByPlaceAndKeepsTheOrderOfTheVector) {
  Finding later = NullDereference();
  later.line = 40;
  Finding same_line = NullDereference();
  same_line.column = 30;
  Finding other_file = NullDereference();
  other_file.path = "src/aaa.cc";
  Finding unrelated = NullDereference();
  unrelated.check = "other";
  std::vector<Finding> findings = {later, unrelated, NullDereference(), same_line, other_file};
  AssignFingerprints(findings);

  std::vector<std::string> occurrence;
  for (const Finding& finding : findings) occurrence.push_back(finding.fingerprint.substr(36));
  EXPECT_THAT(occurrence, ::testing::ElementsAre("4", "1", "2", "3", "1"));
  EXPECT_EQ(findings[0].line, 40);
}

TEST(FingerprintTest, EmptyFindingAndEmptyListAreFine) {
  std::vector<Finding> none;
  AssignFingerprints(none);
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(FingerprintOf(Finding{}).size(), 3u + 32u + 2u);
}

TEST(StableMessage, LeavesOutPlacesThatMoveWithTheCode) {
  EXPECT_EQ(StableMessage("enum '(unnamed enum at include/a.h:435:1)' is large"), "enum '(unnamed enum at )' is large");
  EXPECT_EQ(StableMessage("see a.cc:1:2 and b.cc:30:40"), "see  and ");
}

TEST(StableMessage, KeepsEverythingElse) {
  for (const char* message :
       {"", "plain", "std::vector<int>::size", "a:1", "ratio 1:x", "12:30 is a time:", "at ::1:"}) {
    EXPECT_EQ(StableMessage(message), message);
  }
}

TEST(Fingerprint, DoesNotChangeWhenAQuotedPlaceMoves) {
  Finding before = NullDereference();
  before.message = "lambda at src/db.cc:12:3 leaks";
  Finding after = before;
  after.message = "lambda at src/db.cc:40:3 leaks";
  EXPECT_EQ(FingerprintOf(before), FingerprintOf(after));
}

}  // namespace
}  // namespace mergegate
