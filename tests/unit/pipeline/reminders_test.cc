// Who is reminded of an answer that is due, when, and that it is never twice.
#include "server/pipeline/reminders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/pipeline/publish_loop.h"
#include "server/pipeline/review_log.h"
#include "server/wire/convert.h"
#include "tests/support/status_matchers.h"

namespace mergegate::pipeline {
namespace {

using mergegate::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const ProjectId kWidget("acme-widget");
const Handle kAnn("ann@example.org"), kBen("ben@example.org"), kAuthor("author@example.org");

// Friday, 15 January 2027, 08:00 UTC. People work from 9:00 to 17:00.
const absl::Time kFriday = absl::FromUnixSeconds(1'800'000'000);

// Ann is asked on Friday at 8:00, so her 8 hours are over at 17:00, and 6 of them at 15:00.
class RemindersTest : public ::testing::Test {
 protected:
  RemindersTest() {
    EXPECT_THAT(
        store_->SaveHostProject({.project = kWidget, .host = "hub", .repository = "42", .full_name = "acme/widget"}, "",
                                kFriday, kFriday),
        IsOk());
    ReviewEvent pushed{
        .kind = ReviewEventKind::kPushed, .actor = kAuthor, .head = head_, .at = kFriday, .source_id = "1"};
    pushed.push = Push{.base = base_, .head = head_, .title = "Make it smaller", .author = kAuthor};
    ReviewEvent assigned{.kind = ReviewEventKind::kAssigned, .at = kFriday, .source_id = "2"};
    assigned.assignment = Assignment{.reviewers = {{.person = kAnn, .responsible = true, .reasons = {"owns src/"}}},
                                     .stand_ins = {{.person = kBen, .reasons = {"reviewed 5 of the last 20"}}}};
    Append(pushed);
    Append(assigned);
    Pass("r1");
  }

  void Append(ReviewEvent event) {
    ReviewLog log = *ReviewLog::Read(*store_, kWidget, "pr-12");
    if (event.source_id.empty()) event.source_id = absl::StrCat("test/", log.events().size());
    EXPECT_THAT(log.Append({std::move(event)}), IsOk());
  }
  void Happens(ReviewEventKind kind, const Handle& actor, const Handle& subject = {}) {
    Append({.kind = kind, .actor = actor, .subject = subject, .head = head_, .at = clock_.Now()});
  }

  void Pass(const std::string& run) {
    Submission submission;
    submission.project = kWidget;
    submission.change = "pr-12";
    submission.base = base_;
    submission.head = head_;
    EXPECT_THAT(store_->SubmitRun(submission, RunId(run), clock_.Now()), IsOk());
    const auto lease = store_->LeaseRun("me", clock_.Now(), absl::Hours(1));
    ASSERT_TRUE(lease.ok() && lease->has_value());
    Verdict verdict;
    verdict.state = VerdictState::kPass;
    EXPECT_THAT(
        store_->FinishRun(RunId(run), (*lease)->run.attempt,
                          {.state = verdict.state, .verdict = wire::Serialize(wire::ToProto(verdict))}, clock_.Now()),
        IsOk());
  }

  void AtHost(HostChangeState state) {
    EXPECT_THAT(store_->SaveHostChange({.project = kWidget,
                                        .change = "pr-12",
                                        .number = 12,
                                        .state = state,
                                        .head = head_,
                                        .base = base_,
                                        .title = "Make it smaller",
                                        .updated = clock_.Now()}),
                IsOk());
  }

  void GoTo(absl::Duration after_eight) { clock_.Advance(kFriday + after_eight - clock_.Now()); }

  PublishParts Parts() {
    return {.clock = clock_,
            .mirrors = mirrors_,
            .store = *store_,
            .metrics = metrics_,
            .host = [](std::string_view) { return nullptr; },
            .chats = chats_,
            .say =
                [this](const ChatConfig& chat, const publication::ChatMessage& message) {
                  std::string text = absl::StrCat(chat.name, ": ", message.headline);
                  for (const publication::ChatItem& item : message.items) {
                    absl::StrAppend(&text, " | ", item.title);
                    for (const std::string& line : item.lines) absl::StrAppend(&text, " | ", line);
                    absl::StrAppend(&text, " | ", item.command);
                  }
                  said_.push_back(text);
                  return absl::OkStatus();
                }};
  }

  int Look() {
    const absl::StatusOr<int> added = AddReminders(Parts());
    EXPECT_THAT(added, IsOk());
    return added.value_or(-1);
  }

  // What was said since the last time.
  std::vector<std::string> Said() {
    PublishLoop loop(Parts(), {});
    while (*loop.Step()) {
    }
    return std::exchange(said_, {});
  }

  FakeClock clock_{kFriday};
  const CommitId base_{std::string(40, 'b')}, head_{std::string(40, 'a')};
  const Mirrors mirrors_{"/nowhere"};
  std::unique_ptr<storage::Store> store_ = *storage::OpenSqliteStore(":memory:");
  Metrics metrics_;
  std::vector<ChatConfig> chats_ = {{.name = "ann", .person = kAnn}, {.name = "team"}, {.name = "ben", .person = kBen}};
  std::vector<std::string> said_;
};

constexpr char kSoon[] =
    "ann: An answer of yours is due | acme-widget pr-12: Make it smaller | asked to review: due today 17:00 UTC | No "
    "time? ben@example.org could take over: reviewed 5 of the last 20 | mergegate decline pr-12 --to ben@example.org "
    "--project acme-widget";
constexpr char kLate[] =
    "ann: An answer of yours is late | acme-widget pr-12: Make it smaller | asked to review: late since Fri 2027-01-15 "
    "17:00 UTC | No time? ben@example.org could take over: reviewed 5 of the last 20 | mergegate decline pr-12 --to "
    "ben@example.org --project acme-widget";

TEST_F(RemindersTest, OnceWithAQuarterOfTheTimeLeftAndOnceInTheirHoursWhenItHasPassed) {
  GoTo(absl::Hours(7) - absl::Minutes(1));  // 14:59
  EXPECT_EQ(Look(), 0);
  GoTo(absl::Hours(7));
  EXPECT_EQ(Look(), 1);
  EXPECT_THAT(Said(), ElementsAre(kSoon));
  GoTo(absl::Hours(9));  // 17:00 sharp is in time
  EXPECT_EQ(Look(), 0);
  GoTo(absl::Hours(9) + absl::Minutes(5));
  EXPECT_EQ(Look(), 1);
  EXPECT_THAT(Said(), IsEmpty());  // not in the evening, not on Saturday
  GoTo(absl::Hours(3 * 24 + 1));   // Monday, 9:00
  EXPECT_THAT(Said(), ElementsAre(kLate));
  EXPECT_EQ(Look(), 0);
}

TEST_F(RemindersTest, NeitherARestartNorAnOutboxThatForgetsTellsTwice) {
  GoTo(absl::Hours(7));
  EXPECT_EQ(Look(), 1);
  EXPECT_EQ(Look(), 0);
  EXPECT_THAT(Said(), ElementsAre(kSoon));
  EXPECT_THAT(store_->ForgetIntents(absl::InfiniteFuture()), IsOk());
  EXPECT_EQ(Look(), 0);
  EXPECT_THAT(Said(), IsEmpty());
}

TEST_F(RemindersTest, TheirHoursAreThoseOfTheirZone) {
  EXPECT_THAT(store_->SetAvailability({.person = kAnn, .time_zone = "Etc/GMT-1"}), IsOk());  // one hour before UTC
  GoTo(absl::Hours(6));                                                                      // 15:00 there
  EXPECT_EQ(Look(), 1);
  EXPECT_THAT(Said(), ElementsAre(::testing::HasSubstr("due today 17:00 +01")));
}

TEST_F(RemindersTest, TheTurnPassedOnMeanwhile) {
  GoTo(absl::Hours(10));
  EXPECT_EQ(Look(), 1);
  Happens(ReviewEventKind::kDeclined, kAnn, kBen);
  GoTo(absl::Hours(3 * 24 + 1));
  EXPECT_THAT(Said(), IsEmpty());
  GoTo(absl::Hours(3 * 24 + 7));  // Ben was asked after hours on Friday, so he has until Monday, 17:00
  EXPECT_EQ(Look(), 1);
  EXPECT_THAT(Said(), ElementsAre("ben: An answer of yours is due | acme-widget pr-12: Make it smaller | asked to "
                                  "review: due today 17:00 UTC | "));
}

TEST_F(RemindersTest, AnsweredOrClosedMeanwhile) {
  for (const ReviewEventKind kind : {ReviewEventKind::kApproved, ReviewEventKind::kChangesRequested}) {
    GoTo(absl::Hours(7));
    Look();
    Happens(kind, kAnn);
    EXPECT_THAT(Said(), IsEmpty());
    EXPECT_EQ(Look(), 0);
  }
}

TEST_F(RemindersTest, ClosedMeanwhile) {
  GoTo(absl::Hours(7));
  EXPECT_EQ(Look(), 1);
  Happens(ReviewEventKind::kClosed, kAuthor);
  EXPECT_THAT(Said(), IsEmpty());
}

TEST_F(RemindersTest, MergedOrADraftAtItsHost) {
  AtHost(HostChangeState::kOpen);
  GoTo(absl::Hours(7));
  EXPECT_EQ(Look(), 1);
  EXPECT_THAT(Said(), ElementsAre(::testing::HasSubstr("| acme/widget #12: Make it smaller |")));
  GoTo(absl::Hours(10));
  AtHost(HostChangeState::kDraft);
  EXPECT_EQ(Look(), 0);
  GoTo(absl::Hours(11));
  AtHost(HostChangeState::kMerged);
  EXPECT_EQ(Look(), 0);
}

TEST_F(RemindersTest, WhoIsAwayIsLeftAlone) {
  EXPECT_THAT(
      store_->SetAvailability(
          {.person = kAnn, .absences = {{.from = kFriday + absl::Hours(6), .until = kFriday + absl::Hours(8)}}}),
      IsOk());
  GoTo(absl::Hours(2));  // the leave is known: she could hand over before it. Due 2 hours later: Monday, 11:00.
  EXPECT_EQ(Look(), 1);
  EXPECT_THAT(Said(), ElementsAre(::testing::HasSubstr("due Mon 2027-01-18 11:00 UTC, and your leave comes first")));
  GoTo(absl::Hours(7));
  EXPECT_EQ(Look(), 0);
}

TEST_F(RemindersTest, WhoLeavesMeanwhileIsLeftAlone) {
  GoTo(absl::Hours(10));
  EXPECT_EQ(Look(), 1);
  EXPECT_THAT(store_->SetAvailability(
                  {.person = kAnn, .absences = {{.from = clock_.Now(), .until = kFriday + absl::Hours(100)}}}),
              IsOk());
  GoTo(absl::Hours(3 * 24 + 1));
  EXPECT_THAT(Said(), IsEmpty());
}

TEST_F(RemindersTest, BotsAreLeftAlone) {
  EXPECT_THAT(store_->DescribePerson(kAnn, "Ann", true, {.by = kAuthor, .at = kFriday}), IsOk());
  GoTo(absl::Hours(7));
  EXPECT_EQ(Look(), 0);
}

TEST_F(RemindersTest, APersonIsFoundUnderTheirOtherNames) {
  EXPECT_THAT(store_->LinkIdentity(Handle("ann-gh"), kAnn, {.by = kAuthor, .at = kFriday}), IsOk());
  chats_[0].person = Handle("ann-gh");
  GoTo(absl::Hours(7));
  EXPECT_EQ(Look(), 1);
  EXPECT_THAT(Said(), ElementsAre(kSoon));
}

TEST_F(RemindersTest, ADigestTellsOfItOnceADayAtMost) {
  chats_[0].digest = "16:00";
  GoTo(absl::Hours(7));
  EXPECT_EQ(Look(), 1);
  EXPECT_THAT(Said(), IsEmpty());
  GoTo(absl::Hours(8));
  EXPECT_THAT(Said(), ElementsAre("ann: It is your turn" +
                                  std::string(kSoon).substr(sizeof("ann: An answer of yours is due") - 1)));
  EXPECT_EQ(Look(), 0);
}

TEST_F(RemindersTest, NothingWherePeopleHaveNoChatOrAnotherProjects) {
  chats_ = {{.name = "team"}, {.name = "ann", .projects = {"beta-*"}, .person = kAnn}};
  GoTo(absl::Hours(7));
  EXPECT_EQ(Look(), 0);
}

TEST_F(RemindersTest, WhatIsLongLateIsNoNews) {
  GoTo(absl::Hours(6 * 24));
  EXPECT_EQ(Look(), 0);
}

}  // namespace
}  // namespace mergegate::pipeline
