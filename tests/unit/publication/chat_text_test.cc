// What people are reminded of, word for word.
#include "server/publication/chat_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"

namespace mergegate::publication {
namespace {

using ::testing::HasSubstr;

absl::Time Friday(int hour) { return absl::FromCivil(absl::CivilHour(2027, 1, 15, hour), absl::UTCTimeZone()); }

DueAnswer Ann() {
  return {.reason = "asked to review",
          .due = Friday(17),
          .next = "ben@example.org",
          .next_why = "reviewed 14 of the last 20 changes in db/",
          .project = "leveldb",
          .change = "pr-7"};
}

std::string Text(const DueAnswer& answer, absl::Time now) {
  const ChatItem item = DueItem(answer, now, absl::UTCTimeZone(), "acme/leveldb #7: Faster Get", "");
  return absl::StrCat(HeadlineOf(answer), "\n", item.title, "\n", absl::StrJoin(item.lines, "\n"), "\n", item.command);
}

TEST(DueItemTest, BeforeTheDeadline) {
  EXPECT_EQ(Text(Ann(), Friday(15)),
            "An answer of yours is due\n"
            "acme/leveldb #7: Faster Get\n"
            "asked to review: due today 17:00 UTC\n"
            "No time? ben@example.org could take over: reviewed 14 of the last 20 changes in db/\n"
            "mergegate decline pr-7 --to ben@example.org --project leveldb");
}

TEST(DueItemTest, AfterIt) {
  DueAnswer answer = Ann();
  answer.late = true;
  EXPECT_EQ(Text(answer, Friday(15) + absl::Hours(66)),
            "An answer of yours is late\n"
            "acme/leveldb #7: Faster Get\n"
            "asked to review: late since Fri 2027-01-15 17:00 UTC\n"
            "No time? ben@example.org could take over: reviewed 14 of the last 20 changes in db/\n"
            "mergegate decline pr-7 --to ben@example.org --project leveldb");
}

TEST(DueItemTest, TomorrowAfterALeaveAndNobodyElse) {
  DueAnswer answer = Ann();
  answer.leave_comes = true;
  answer.next = "";
  EXPECT_EQ(Text(answer, Friday(17) - absl::Hours(20)),
            "An answer of yours is due\n"
            "acme/leveldb #7: Faster Get\n"
            "asked to review: due tomorrow 17:00 UTC, and your leave comes first\n");
}

TEST(DueItemTest, AKeyOfStrangersIsOneWordOfTheShell) {
  DueAnswer answer = Ann();
  answer.change = "x; rm -rf '~'";
  EXPECT_THAT(Text(answer, Friday(15)), HasSubstr("mergegate decline 'x; rm -rf '\\''~'\\''' --to ben@example.org"));
}

}  // namespace
}  // namespace mergegate::publication
