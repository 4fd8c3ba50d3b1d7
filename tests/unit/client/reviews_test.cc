// What reviewers see, on 80 columns.
#include "client/cli/format/reviews.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "client/cli/format/review_json.h"

namespace mergegate::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kNow = 1'700'000'000;  // 2023-11-14 22:13:20 UTC
const TextStyle kPlain{false, 80};

v1::Review ReviewOf(const std::string& change, const std::string& title) {
  v1::Review review;
  review.set_name("projects/p/reviews/" + change);
  review.set_change(change);
  review.set_title(title);
  review.set_author("author@example.org");
  review.set_open(true);
  review.set_verdict(v1::VERDICT_STATE_PASS);
  review.set_verdict_summary("pass: all 3 conditions hold");
  review.mutable_push()->set_lines_added(40);
  review.mutable_push()->set_lines_removed(3);
  review.mutable_push()->set_files(2);
  review.set_pushes(1);
  review.set_pieces(5);
  review.mutable_create_time()->set_seconds(kNow - 26 * 3600);
  review.mutable_update_time()->set_seconds(kNow - 3600);
  return review;
}

v1::Attention& AddTurn(v1::Review& review, const std::string& person, const std::string& reason, int hours) {
  v1::Attention& attention = *review.add_attention();
  attention.set_person(person);
  attention.set_reason(reason);
  attention.mutable_since()->set_seconds(kNow - hours * 3600);
  return attention;
}

v1::Reviewer& AddReviewer(v1::Review& review, const std::string& person, v1::ReviewerStance stance) {
  v1::Reviewer& reviewer = *review.add_reviewers();
  reviewer.set_person(person);
  reviewer.set_role(v1::REVIEWER_ROLE_EXPERT);
  reviewer.set_stance(stance);
  reviewer.mutable_stance_time()->set_seconds(kNow - 7200);
  reviewer.add_reasons("wrote 61 % of version_set.cc");
  return reviewer;
}

TEST(AgeTest, InOneUnit) {
  EXPECT_EQ(Age(kNow - 59, kNow), "now");
  EXPECT_EQ(Age(kNow - 60 * 59, kNow), "59 min");
  EXPECT_EQ(Age(kNow - 3600 * 47, kNow), "47 h");
  EXPECT_EQ(Age(kNow - 3600 * 48, kNow), "2 d");
}

TEST(FormatInboxTest, MyTurnComesFirstAndSaysWhy) {
  v1::Review mine = ReviewOf("pr-12", "Faster compaction");
  AddReviewer(mine, "ann@example.org", v1::REVIEWER_STANCE_ASKED);
  v1::Attention& turn = AddTurn(mine, "ann@example.org", "asked to review", 3);
  turn.mutable_due()->set_seconds(kNow + 3600);
  v1::Review other = ReviewOf("pr-7", "Something else");
  AddTurn(other, "ben@example.org", "asked to review", 50).set_late(true);
  EXPECT_EQ(FormatInbox({other, mine}, "@Ann@example.org", kNow, kPlain),
            "Your turn (1)\n"
            "  pr-12     3 h       +40 -3  pass          Faster compaction\n"
            "      asked to review\n"
            "      why you: wrote 61 % of version_set.cc\n"
            "      due 2023-11-14 23:13 UTC\n"
            "\n"
            "Waiting for others (1)\n"
            "  pr-7      2 d       +40 -3  pass          Something else\n"
            "      waits for ben (asked to review, 2 d, late)\n");
}

TEST(FormatInboxTest, WhoIsLateComesFirstAndAHandOverIsProposed) {
  v1::Review soon = ReviewOf("soon", "a"), late = ReviewOf("late", "b");
  AddTurn(soon, "ann", "asked to review", 9);
  v1::Attention& turn = AddTurn(late, "ann", "asked to review", 8);
  turn.set_late(true);
  turn.mutable_due()->set_seconds(kNow - 60);
  turn.set_hand_over_to("ben@example.org");
  turn.set_hand_over_reason("no answer in time");
  const std::string text = FormatInbox({soon, late}, "ann", kNow, kPlain);
  EXPECT_LT(text.find("late  "), text.find("soon  "));
  EXPECT_THAT(text, HasSubstr("late: was due 2023-11-14 22:12 UTC; no answer in time; hand over: decline\n"
                              "      --to ben@example.org"));
}

TEST(FormatInboxTest, LackingApprovalsAreNoFailureOfTheCode) {
  v1::Review review = ReviewOf("pr", "t");
  review.set_verdict(v1::VERDICT_STATE_FAIL);
  AddTurn(review, "ann", "asked to review", 1);
  EXPECT_THAT(FormatInbox({review}, "ann", kNow, kPlain), HasSubstr("to approve"));
  review.mutable_attention(0)->set_person(review.author());
  EXPECT_THAT(FormatInbox({review}, "ann", kNow, kPlain), HasSubstr("fail"));
}

TEST(FormatInboxTest, NothingOpen) { EXPECT_EQ(FormatInbox({}, "ann", kNow, kPlain), "Nothing is open for ann.\n"); }

TEST(FormatInboxTest, LongAndHostileTextsStayInTheirLine) {
  v1::Review review = ReviewOf(std::string(90, 'k'), "\x1b[31m" + std::string(200, 't'));
  AddTurn(review, "ann", "asked\nto " + std::string(100, 'r'), 1);
  const std::string text = FormatInbox({review}, "ann", kNow, kPlain);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("rrrr") == std::string::npos) {
      EXPECT_LE(line.size(), 80u) << line;
    }
  }
}

TEST(FormatInboxTest, ColoursOnlyWhereTheyAreWanted) {
  v1::Review review = ReviewOf("pr", "t");
  AddTurn(review, "ann", "asked", 1);
  EXPECT_THAT(FormatInbox({review}, "ann", kNow, {true, 80}), HasSubstr("\x1b[32mpass"));
  EXPECT_THAT(FormatInbox({review}, "ann", kNow, kPlain), Not(HasSubstr("\x1b")));
}

TEST(FormatReviewTest, TellsWhereItStandsAndWhatWasLost) {
  v1::Review review = ReviewOf("pr-12", "Faster compaction");
  v1::Reviewer& ann = AddReviewer(review, "ann@example.org", v1::REVIEWER_STANCE_APPROVED);
  ann.set_responsible(true);
  ann.set_pieces_approved(4);
  ann.add_lost("the body of db::Get (db/db.cc) changed");
  AddTurn(review, "ann@example.org", "approve again: the body of db::Get (db/db.cc) changed", 1);
  v1::ReviewEvent event;
  event.set_kind(v1::REVIEW_EVENT_KIND_DECLINED);
  event.set_actor("cleo");
  event.set_subject("ann@example.org");
  event.set_text("on leave");
  event.mutable_time()->set_seconds(kNow);
  EXPECT_EQ(FormatReview(review, {event}, kNow, kPlain),
            "pr-12: Faster compaction\n"
            "  by author@example.org, 26 h old, +40 -3, 2 files, 1 push\n"
            "  gate: pass: all 3 conditions hold\n"
            "\n"
            "Reviewers\n"
            "  ann@example.org, responsible: approved 4 of 5 parts, 2 h (expert)\n"
            "      why: wrote 61 % of version_set.cc\n"
            "      no longer holds: the body of db::Get (db/db.cc) changed\n"
            "\n"
            "Whose turn\n"
            "  ann@example.org: approve again: the body of db::Get (db/db.cc) changed, 1 h\n"
            "\n"
            "So far\n"
            "  2023-11-14 22:13 UTC  cleo declined, handed to ann@example.org: on leave\n");
}

TEST(FormatReviewDiffTest, FindingsStandBelowTheirLines) {
  v1::GetReviewDiffResponse diff;
  v1::DiffFile& file = *diff.add_files();
  file.set_old_path("a.cc");
  file.set_new_path("a.cc");
  v1::DiffHunk& hunk = *file.add_hunks();
  const auto line = [&](int old_line, int new_line, const std::string& text) {
    v1::DiffLine& added = *hunk.add_lines();
    added.set_old_line(old_line);
    added.set_new_line(new_line);
    added.set_text(text);
  };
  line(1, 1, "int F() {");
  line(2, 0, "\treturn 1;");
  line(0, 2, "\treturn *p;");
  v1::Finding& finding = *file.add_findings();
  finding.set_line(2);
  finding.set_check("null");
  finding.set_severity(v1::SEVERITY_MAJOR);
  finding.set_state(v1::BASELINE_STATE_NEW);
  finding.set_message("p is null");
  *file.add_findings() = finding;
  file.mutable_findings(1)->set_line(99);
  EXPECT_EQ(FormatReviewDiff(diff, kPlain),
            "a.cc\n"
            "    1    1  int F() {\n"
            "    2      -    return 1;\n"
            "         2 +    return *p;\n"
            "            ^ major null (new): p is null\n"
            "  elsewhere in this file:\n"
            "    line 99\n"
            "            ^ major null (new): p is null\n");
  EXPECT_EQ(FormatReviewDiff({}, kPlain), "no difference\n");
}

TEST(FormatLoadTest, OneLineAPerson) {
  v1::GetLoadResponse load;
  v1::PersonLoad& ann = *load.add_people();
  ann.set_person("ann@example.org");
  ann.set_open_reviews(3);
  ann.set_turns(2);
  ann.set_late(1);
  ann.set_done_lately(14);
  ann.mutable_waiting_since()->set_seconds(kNow - 5 * 3600);
  v1::PersonLoad& ben = *load.add_people();
  ben.set_person("ben");
  ben.mutable_away_until()->set_seconds(kNow + 86400);
  EXPECT_EQ(FormatLoad(load, kNow, kPlain),
            "  person           open  turn  late  done 30 d\n"
            "  ann@example.org     3     2     1         14  ### waiting 5 h\n"
            "  ben                 0     0     0          0  away until 2023-11-15\n");
}

TEST(FormatExpertsTest, KnowsOwnsAndWouldBeAsked) {
  v1::FindExpertsResponse found;
  v1::Expert& ann = *found.add_experts();
  ann.set_person("ann@example.org");
  ann.set_display_name("Ann Li");
  ann.set_score(0.614);
  ann.add_reasons("reviewed 14 of the last 20 changes in db/");
  ann.set_open_reviews(2);
  v1::OwnerDemand& demand = *found.add_owners();
  demand.set_rule("CODEOWNERS:3");
  demand.add_owners("ben");
  demand.set_required(1);
  demand.add_paths("db/a.cc");
  v1::ChosenReviewer& chosen = *found.mutable_assignment()->add_reviewers();
  chosen.set_person("ben");
  chosen.set_role(v1::REVIEWER_ROLE_OWNER);
  chosen.set_responsible(true);
  chosen.add_reasons("owns db/a.cc (CODEOWNERS:3)");
  EXPECT_EQ(FormatExperts(found, kNow, kPlain),
            "Who knows it\n"
            "   61 %  Ann Li <ann@example.org>, 2 open reviews\n"
            "         reviewed 14 of the last 20 changes in db/\n"
            "\n"
            "Who owns it\n"
            "  ben (CODEOWNERS:3): db/a.cc\n"
            "\n"
            "Who would be asked\n"
            "  ben (owner, responsible): owns db/a.cc (CODEOWNERS:3)\n");
}

TEST(FormatAvailabilityTest, DefaultsAndLeave) {
  v1::Availability availability;
  availability.set_person("ann");
  EXPECT_EQ(FormatAvailability(availability, kPlain), "ann works Mon to Fri from 9:00 to 17:00, UTC\n");
  availability.set_from_minute(510);
  availability.set_to_minute(990);
  availability.set_time_zone("Europe/Zurich");
  availability.add_days(1);
  availability.add_days(7);
  v1::Absence& absence = *availability.add_absences();
  absence.mutable_from()->set_seconds(kNow);
  absence.mutable_until()->set_seconds(kNow + 86400);
  absence.set_reason("holiday");
  EXPECT_EQ(FormatAvailability(availability, kPlain),
            "ann works Mon, Sun from 8:30 to 16:30, Europe/Zurich\n"
            "  away from 2023-11-14 22:13 UTC until 2023-11-15 22:13 UTC: holiday\n");
}

TEST(ReviewToJsonTest, TimesAreNullWhenUnset) {
  v1::Review review = ReviewOf("pr", "t");
  AddTurn(review, "ann", "asked", 1);
  const auto json = ReviewToJson(review);
  EXPECT_EQ(json["attention"][0]["due"], nullptr);
  EXPECT_EQ(json["attention"][0]["since"], "2023-11-14T21:13:20Z");
  EXPECT_EQ(json["verdict"], "pass");
}

}  // namespace
}  // namespace mergegate::client
