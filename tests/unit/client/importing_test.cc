// Exports of other programs, row by row: what is read, what is refused and why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "client/importing/rows.h"
#include "client/importing/signal_rows.h"
#include "tests/support/status_matchers.h"

namespace mergegate::client {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

std::vector<Row> ReadAll(const std::string& text, RowFormat format = RowFormat::kCsv) {
  std::istringstream stream(text);
  RowReader reader(stream, format);
  std::vector<Row> rows;
  while (std::optional<Row> row = reader.Next()) rows.push_back(*std::move(row));
  return rows;
}

std::string Iso(std::string_view text, bool day_first = false) {
  const auto time = ParseMoment(text, day_first);
  return time ? absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", *time, absl::UTCTimeZone()) : "none";
}

TEST(Rows, FieldsAreNamedByTheFirstLine) {
  const auto rows = ReadAll("\xEF\xBB\xBFwho;what\r\nann;\"a;b \"\"c\"\"\"\r\n\r\nben;\"two\nlines\"\n");
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[0].line, 2);
  EXPECT_THAT(rows[0].fields, ElementsAre(Pair("who", "ann"), Pair("what", "a;b \"c\"")));
  EXPECT_EQ(rows[1].line, 4) << "where it begins";
  EXPECT_THAT(rows[1].fields, ElementsAre(Pair("who", "ben"), Pair("what", "two\nlines")));
}

TEST(Rows, ABadRowKeepsNoOtherOut) {
  const auto rows = ReadAll("a,b\n1\n1,2,3\n1,x\"y\n\xff,2\n3,4\n");
  ASSERT_EQ(rows.size(), 5);
  EXPECT_THAT(rows[0].problem, HasSubstr("1 fields, and the first line names 2"));
  EXPECT_THAT(rows[1].problem, HasSubstr("3 fields"));
  EXPECT_THAT(rows[2].problem, HasSubstr("a quote in a place where none may be"));
  EXPECT_THAT(rows[3].problem, HasSubstr("UTF-8"));
  EXPECT_THAT(rows[4].fields, ElementsAre(Pair("a", "3"), Pair("b", "4")));
}

TEST(Rows, WhatIsNotUtf8IsRefused) {
  const auto rows = ReadAll("a,b\n\xff,2\n3,4\n");
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[0].problem, "is not UTF-8 text");
  EXPECT_EQ(rows[1].problem, "");
  EXPECT_FALSE(IsUtf8(std::string("a\0b", 3)));
  EXPECT_FALSE(IsUtf8("\xC0\x80"));
  EXPECT_FALSE(IsUtf8("\xED\xA0\x80"));
  EXPECT_FALSE(IsUtf8("\xF4\x90\x80\x80"));
  EXPECT_TRUE(IsUtf8("Gr\xC3\xBC\xC3\x9F\xF0\x9F\x99\x82"));
}

TEST(Rows, EndlessRowsAreBounded) {
  const auto rows = ReadAll("a,b\n" + std::string(3 << 20, 'x') + ",1\n1,2\n");
  ASSERT_EQ(rows.size(), 2);
  EXPECT_THAT(rows[0].problem, HasSubstr("over 1 MiB"));
  EXPECT_EQ(rows[1].line, 3);
  EXPECT_THAT(ReadAll("a,b\n1,\"open").at(0).problem, HasSubstr("never closes"));
}

TEST(Rows, JsonObjectsALine) {
  const auto rows = ReadAll("{\"user\":{\"email\":\"ann\"},\"n\":1.5,\"ok\":true,\"gone\":null,\"list\":[1]}\n[1]\n{\n",
                            RowFormat::kJsonLines);
  ASSERT_EQ(rows.size(), 3);
  EXPECT_THAT(rows[0].fields, ElementsAre(Pair("n", "1.5"), Pair("ok", "true"), Pair("user.email", "ann")));
  EXPECT_EQ(rows[1].problem, "is no JSON object");
  EXPECT_EQ(rows[2].problem, "is no JSON object");
}

TEST(Rows, NothingIsNothing) {
  EXPECT_THAT(ReadAll(""), IsEmpty());
  EXPECT_THAT(ReadAll("a,b\n"), IsEmpty());
  EXPECT_THAT(ReadAll("\n\n", RowFormat::kJsonLines), IsEmpty());
}

TEST(Moments, TheFormsOfExports) {
  for (const char* text : {"2026-11-26T13:45:00Z", "2026-11-26 13:45", "2026-11-26T14:45:00+01:00", "1795700700",
                           "1795700700000", "26/Nov/26 1:45 PM", "26.11.2026 13:45", "11/26/2026 13:45",
                           "Thu, 26 Nov 2026 13:45:00 +0000", "2026-11-26 13:45:00 UTC", "11/26/2026 1:45 PM"}) {
    EXPECT_EQ(Iso(text), "2026-11-26T13:45:00Z") << text;
  }
  EXPECT_EQ(Iso("1795700700.000200"), "2026-11-26T13:45:00.0002Z") << "Slack's";
  EXPECT_EQ(Iso("2026-11-26"), "2026-11-26T00:00:00Z");
  EXPECT_EQ(Iso("Nov 26, 2026"), "2026-11-26T00:00:00Z");
  EXPECT_EQ(Iso("03/04/2026"), "2026-03-04T00:00:00Z");
  EXPECT_EQ(Iso("03/04/2026", /*day_first=*/true), "2026-04-03T00:00:00Z");
  for (const char* text : {"", "yesterday", "2026-13-01", "2026-02-30", "12", "infinite-future", "1e300", "-5"}) {
    EXPECT_EQ(Iso(text), "none") << text;
  }
}

TEST(Values, GradesAreShares) {
  EXPECT_EQ(ParseValue("0.87", true), 0.87);
  EXPECT_EQ(ParseValue("87%", true), 0.87);
  EXPECT_EQ(ParseValue("87", true), 0.87);
  EXPECT_EQ(ParseValue("87/100", true), 0.87);
  EXPECT_EQ(ParseValue("1", true), 1);
  EXPECT_TRUE(std::isnan(*ParseValue("Passed", true)));
  EXPECT_EQ(ParseValue("870", false), 870);
  for (const char* text : {"870", "-1", "A+", "1/0", "inf", "87//100"}) {
    EXPECT_EQ(ParseValue(text, true), std::nullopt) << text;
  }
}

TEST(Kinds, AreWrittenInSeveralWays) {
  EXPECT_EQ(ParseKind("kudos"), v1::SIGNAL_KIND_KUDOS);
  EXPECT_EQ(ParseKind("Task done"), v1::SIGNAL_KIND_TASK_DONE);
  EXPECT_EQ(ParseKind("SIGNAL_KIND_TASK_DONE"), v1::SIGNAL_KIND_TASK_DONE);
  EXPECT_EQ(ParseKind("unspecified"), std::nullopt);
  EXPECT_EQ(ParseKind("bug"), std::nullopt);
  EXPECT_EQ(KindName(v1::SIGNAL_KIND_COURSE_COMPLETED), "course_completed");
}

TEST(Signals, AnExportOfCoursesNeedsNoMap) {
  const auto rows = ReadAll("Name,Email,Course,Completed At,Grade\nAnn A.,ann@example.org,C++,2026-11-26,92%\n");
  const SignalMap map{.kind = v1::SIGNAL_KIND_COURSE_COMPLETED, .source = "coursera"};
  const auto signal = SignalOf(rows.at(0), map);
  ASSERT_THAT(signal, IsOk());
  EXPECT_EQ(signal->actor(), "ann@example.org");
  EXPECT_EQ(signal->object(), "C++");
  EXPECT_EQ(signal->value(), 0.92);
  EXPECT_EQ(signal->at().seconds(), 1795651200);
  EXPECT_EQ(signal->source(), "coursera");
}

TEST(Signals, AMapSaysWhichColumnIsWhat) {
  const auto rows = ReadAll("Issue key,Assignee,Resolved,Status\nDB-7,ann,26/Nov/26 1:45 PM,Done\n");
  SignalMap map{.kind = v1::SIGNAL_KIND_TASK_DONE, .source = "jira", .project = "db"};
  map.columns = {{"Issue key", "object"}, {"Assignee", "actor"}, {"Resolved", "at"}};
  const auto signal = SignalOf(rows.at(0), map);
  ASSERT_THAT(signal, IsOk());
  EXPECT_EQ(signal->object(), "DB-7");
  EXPECT_EQ(signal->project(), "projects/db");
  map.columns = {{"Nowhere", "actor"}};
  EXPECT_THAT(SignalOf(rows.at(0), map), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("actor: no column")));
}

TEST(Signals, WithoutAnIdARowIsWhatItSays) {
  const auto rows = ReadAll(
      "kind,actor,subject,at\nkudos,ann,ben,2026-11-26\nkudos,ann,ben,2026-11-26\n"
      "kudos,ann,cleo,2026-11-26\n");
  const SignalMap map{.source = "chat"};
  const std::string first = SignalOf(rows.at(0), map)->source_id();
  EXPECT_EQ(SignalOf(rows.at(1), map)->source_id(), first);
  EXPECT_NE(SignalOf(rows.at(2), map)->source_id(), first);
}

TEST(Signals, WhatIsMissingIsSaid) {
  const SignalMap map{.source = "chat"};
  const auto why = [&](const std::string& text) {
    return std::string(SignalOf(ReadAll(text).at(0), map).status().message());
  };
  EXPECT_THAT(why("actor,at\nann,2026-11-26\n"), HasSubstr("kind: the row does not say"));
  EXPECT_THAT(why("kind,actor,at\nbug,ann,2026-11-26\n"), HasSubstr("\"bug\" is no kind"));
  EXPECT_THAT(why("kind,actor,at\nkudos,ann,soon\n"), HasSubstr("at: \"soon\" is no date"));
  EXPECT_THAT(why("kind,actor\nkudos,ann\n"), HasSubstr("at: no column"));
  EXPECT_THAT(why("kind,actor,at,grade\ncourse_completed,ann,2026-11-26,A+\n"), HasSubstr("value: \"A+\" is no grade"));
}

}  // namespace
}  // namespace mergegate::client
