// Who hears of a verdict in a chat, and when.
#include "server/pipeline/publish_chat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/pipeline/chat_message.h"
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
const Handle kAnn("ann@example.org"), kAuthor("author@example.org");

// Friday, 15 January 2027, 08:00 UTC.
const absl::Time kFriday = absl::FromUnixSeconds(1'800'000'000);

class PublishChatTest : public ::testing::Test {
 protected:
  PublishChatTest() {
    EXPECT_THAT(
        store_->SaveHostProject({.project = kWidget, .host = "hub", .repository = "42", .full_name = "acme/widget"}, "",
                                clock_.Now(), clock_.Now()),
        IsOk());
    Open("pr-12", 12);
  }

  void Open(const std::string& change, int number) {
    EXPECT_THAT(store_->SaveHostChange({.project = kWidget,
                                        .change = change,
                                        .number = number,
                                        .state = HostChangeState::kOpen,
                                        .head = head_,
                                        .base = base_,
                                        .title = "Make it smaller",
                                        .updated = clock_.Now()}),
                IsOk());
  }

  // Ann is asked to review pr-12.
  void AskAnn() {
    ReviewLog log = *ReviewLog::Read(*store_, kWidget, "pr-12");
    ReviewEvent pushed{
        .kind = ReviewEventKind::kPushed, .actor = kAuthor, .head = head_, .at = clock_.Now(), .source_id = "1"};
    pushed.push = Push{.base = base_, .head = head_, .author = kAuthor};
    ReviewEvent assigned{.kind = ReviewEventKind::kAssigned, .at = clock_.Now(), .source_id = "2"};
    assigned.assignment = Assignment{.reviewers = {{.person = kAnn, .responsible = true, .reasons = {"owns src/"}}}};
    EXPECT_THAT(log.Append({pushed, assigned}), IsOk());
  }

  void Decide(const std::string& run, VerdictState state, const std::string& change = "pr-12") {
    Submission submission;
    submission.project = kWidget;
    submission.change = change;
    submission.base = base_;
    submission.head = head_;
    EXPECT_THAT(store_->SubmitRun(submission, RunId(run), clock_.Now()), IsOk());
    const auto lease = store_->LeaseRun("me", clock_.Now(), absl::Hours(1));
    ASSERT_TRUE(lease.ok() && lease->has_value());
    Verdict verdict;
    verdict.state = state;
    verdict.summary = "as it is";
    EXPECT_THAT(store_->FinishRun(RunId(run), (*lease)->run.attempt,
                                  {.state = state, .verdict = wire::Serialize(wire::ToProto(verdict))}, clock_.Now()),
                IsOk());
  }

  // What each chat was told, as "name: headline: titles".
  std::vector<std::string> Told(std::vector<ChatConfig> chats) {
    std::vector<std::string> said;
    PublishLoop loop({.clock = clock_,
                      .mirrors = mirrors_,
                      .store = *store_,
                      .metrics = metrics_,
                      .host = [](std::string_view) { return nullptr; },
                      .chats = std::move(chats),
                      .say =
                          [&](const ChatConfig& chat, const publication::ChatMessage& message) {
                            std::string text = absl::StrCat(chat.name, ": ", message.headline);
                            for (const publication::ChatItem& item : message.items) {
                              absl::StrAppend(&text, ": ", item.title, ": ", item.lines.at(0));
                            }
                            said.push_back(text);
                            return absl::OkStatus();
                          }},
                     {});
    while (*loop.Step()) {
    }
    return said;
  }

  // kChat wants no host; only what is for the host waits in these tests.
  void ExpandChats(const std::vector<ChatConfig>& chats, const std::string& run) {
    const mergegate::Run of = *store_->GetRun(RunId(run));
    const HostChange change = *store_->FindHostChange(kWidget, of.submission.change);
    Verdict verdict;
    verdict.state = of.verdict;
    EXPECT_THAT(TellChats({.clock = clock_, .mirrors = mirrors_, .store = *store_, .metrics = metrics_, .chats = chats},
                          of, verdict, {.change = change, .head = change.head}),
                IsOk());
  }

  FakeClock clock_{kFriday};
  const CommitId base_{std::string(40, 'b')}, head_{std::string(40, 'a')};
  const Mirrors mirrors_{"/nowhere"};
  std::unique_ptr<storage::Store> store_ = *storage::OpenSqliteStore(":memory:");
  Metrics metrics_;
};

TEST_F(PublishChatTest, AChannelHearsWhatItWantsOncePerHead) {
  const std::vector<ChatConfig> chats = {{.name = "all", .verdicts = {VerdictState::kPass, VerdictState::kFail}},
                                         {.name = "bad"},
                                         {.name = "other", .projects = {"beta-*"}}};
  Decide("r1", VerdictState::kFail);
  ExpandChats(chats, "r1");
  EXPECT_THAT(Told(chats), ElementsAre("all: mergegate: fail: acme/widget #12: Make it smaller: as it is",
                                       "bad: mergegate: fail: acme/widget #12: Make it smaller: as it is"));
  Decide("r2", VerdictState::kFail);
  ExpandChats(chats, "r2");
  EXPECT_THAT(Told(chats), IsEmpty());
  Decide("r3", VerdictState::kPass);
  ExpandChats(chats, "r3");
  EXPECT_THAT(Told(chats), ElementsAre("all: mergegate: pass: acme/widget #12: Make it smaller: as it is"));
}

TEST_F(PublishChatTest, APersonHearsThatItIsTheirTurnInTheirHours) {
  const std::vector<ChatConfig> chats = {{.name = "ann", .person = kAnn}};
  AskAnn();
  Decide("r1", VerdictState::kPass);
  ExpandChats(chats, "r1");
  EXPECT_THAT(Told(chats), IsEmpty());  // 8:00; she works from 9:00 to 17:00
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(
      Told(chats),
      ElementsAre("ann: It is your turn: acme/widget #12: Make it smaller: your review is asked for: owns src/"));
}

TEST_F(PublishChatTest, WhenItIsNoLongerTheirTurnByThenTheyHearNothing) {
  const std::vector<ChatConfig> chats = {{.name = "ann", .person = kAnn}};
  AskAnn();
  Decide("r1", VerdictState::kPass);
  ExpandChats(chats, "r1");
  ReviewLog log = *ReviewLog::Read(*store_, kWidget, "pr-12");
  EXPECT_THAT(
      log.Append(
          {{.kind = ReviewEventKind::kApproved, .actor = kAnn, .head = head_, .at = clock_.Now(), .source_id = "3"}}),
      IsOk());
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(Told(chats), IsEmpty());
}

TEST_F(PublishChatTest, WhileTheCodeDoesNotPassItIsTheAuthorsTurn) {
  const std::vector<ChatConfig> chats = {{.name = "ann", .person = kAnn}, {.name = "author", .person = kAuthor}};
  AskAnn();
  Decide("r1", VerdictState::kFail);
  ExpandChats(chats, "r1");
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(Told(chats), ElementsAre("author: It is your turn: acme/widget #12: Make it smaller: the gate does not "
                                       "pass for your change"));
}

TEST_F(PublishChatTest, ADigestIsOneMessageADay) {
  const std::vector<ChatConfig> chats = {{.name = "team", .digest = "09:30"}};
  Open("pr-13", 13);
  Decide("r1", VerdictState::kFail);
  Decide("r2", VerdictState::kFail, "pr-13");
  ExpandChats(chats, "r1");
  ExpandChats(chats, "r2");
  clock_.Advance(absl::Minutes(89));
  EXPECT_THAT(Told(chats), IsEmpty());
  clock_.Advance(absl::Minutes(1));
  EXPECT_THAT(Told(chats),
              ElementsAre("team: Open changes: acme/widget #12: Make it smaller: as it is: acme/widget #13: "
                          "Make it smaller: as it is"));
}

TEST(NextAtTest, IsTodayOrTomorrow) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  EXPECT_EQ(NextAt(kFriday, "09:00", utc), kFriday + absl::Hours(1));
  EXPECT_EQ(NextAt(kFriday, "08:00", utc), kFriday);
  EXPECT_EQ(NextAt(kFriday, "07:59", utc), kFriday + absl::Hours(24) - absl::Minutes(1));
}

}  // namespace
}  // namespace mergegate::pipeline
