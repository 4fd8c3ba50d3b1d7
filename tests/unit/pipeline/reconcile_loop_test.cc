#include "server/pipeline/reconcile_loop.h"

#include "tests/unit/pipeline/host_fixture.h"

namespace mergegate::pipeline {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A host that answers what a test says.
class FakeReader final : public hosts::HostReader {
 public:
  absl::StatusOr<std::vector<hosts::AskedChange>> OpenChanges(const HostProject&) override { return open; }
  absl::StatusOr<hosts::AskedChange> Change(const HostProject&, int64_t number) override {
    if (number != 12 || single.body.empty()) return absl::NotFoundError("gone");
    return single;
  }
  absl::StatusOr<std::vector<hosts::SentDelivery>> SentDeliveries(absl::Time since) override {
    std::vector<hosts::SentDelivery> recent;
    for (const hosts::SentDelivery& one : sent) {
      if (one.sent >= since) recent.push_back(one);
    }
    return recent;
  }
  absl::Status Redeliver(int64_t number) override {
    again.push_back(number);
    return absl::OkStatus();
  }

  std::vector<hosts::AskedChange> open;
  hosts::AskedChange single;
  std::vector<hosts::SentDelivery> sent;
  std::vector<int64_t> again;
};

class ReconcileLoopTest : public HostTest {
 protected:
  CommitId Push(const std::string& text) {
    const CommitId head = repo_.Commit({{"a.txt", text}}, {.parents = {{base_}}});
    repo_.Branch("main", base_);
    SetPullRef(head);
    return head;
  }
  hosts::AskedChange Asked(const CommitId& head, const json& changes = {}) {
    return {.event = "pull_request", .body = Pull("polled", head, changes).dump()};
  }
  int CheckChanges() {
    const absl::StatusOr<int> found = loop_under_test_.CheckChanges(*store_->FindHostProject(kWidget));
    EXPECT_TRUE(found.ok()) << found.status();
    return found.value_or(-1);
  }
  hosts::SentDelivery Sent(int64_t number, const std::string& id, absl::Duration ago, bool taken) {
    return {.number = number, .id = id, .sent = clock_.Now() - ago, .taken = taken};
  }

  FakeReader reader_;
  int found_ = 0;
  ReconcileLoop loop_under_test_{inbound_, {{"hub", &reader_}}, [this] { ++found_; }};
};

TEST_F(ReconcileLoopTest, AMissedPushIsFoundAndGated) {
  const CommitId first = Push("b\n");
  Do("pull_request", Pull("opened", first));
  const CommitId second = Push("c\n");
  clock_.Advance(absl::Minutes(10));
  reader_.open = {Asked(second)};
  EXPECT_EQ(CheckChanges(), 1);
  EXPECT_EQ(found_, 1);
  WorkOff();
  EXPECT_EQ(Runs()[0].submission.head, second);
  EXPECT_EQ(CheckChanges(), 0);  // now it is known
}

TEST_F(ReconcileLoopTest, AMissedOpeningAndAMissedClosingAreFound) {
  Do("repository",
     {{"action", "edited"}, {"repository", {{"id", 42}, {"full_name", "acme/widget"}, {"default_branch", "main"}}}});
  const CommitId head = Push("b\n");
  reader_.open = {Asked(head)};
  EXPECT_EQ(CheckChanges(), 1);
  WorkOff();
  EXPECT_THAT(Runs(), SizeIs(1));
  clock_.Advance(absl::Minutes(10));
  reader_.open = {};
  reader_.single = {.event = "pull_request",
                    .body = Pull("closed", head, {{"pull_request", {{"state", "closed"}}}}).dump()};
  EXPECT_EQ(CheckChanges(), 1);
  WorkOff();
  EXPECT_EQ(store_->FindHostChange(kWidget, "pr-12")->state, HostChangeState::kClosed);
  EXPECT_EQ(Runs()[0].verdict, VerdictState::kInconclusive);
}

TEST_F(ReconcileLoopTest, AMissedReopeningIsAnotherRun) {
  const CommitId head = Push("b\n");
  Do("pull_request", Pull("opened", head));
  clock_.Advance(absl::Minutes(1));
  Do("pull_request", Pull("closed", head, {{"pull_request", {{"state", "closed"}}}}));
  clock_.Advance(absl::Minutes(1));
  reader_.open = {Asked(head)};
  EXPECT_EQ(CheckChanges(), 1);
  WorkOff();
  ASSERT_THAT(Runs(), SizeIs(2));
  EXPECT_EQ(Runs()[0].state, RunState::kQueued);
}

TEST_F(ReconcileLoopTest, OneStateIsDeliveredOnce) {
  Do("repository",
     {{"action", "edited"}, {"repository", {{"id", 42}, {"full_name", "acme/widget"}, {"default_branch", "main"}}}});
  reader_.open = {Asked(Push("b\n"))};
  EXPECT_EQ(CheckChanges(), 1);
  EXPECT_EQ(CheckChanges(), 0);  // waits still
}

TEST_F(ReconcileLoopTest, WhatWasNotTakenIsAskedForAgain) {
  reader_.sent = {Sent(5, "lost", absl::Minutes(10), false),      Sent(4, "taken", absl::Minutes(20), true),
                  Sent(3, "later-taken", absl::Minutes(5), true), Sent(2, "later-taken", absl::Minutes(20), false),
                  Sent(1, "fresh", absl::Minutes(1), false),      Sent(9, "old", absl::Hours(80), false)};
  EXPECT_EQ(*loop_under_test_.CheckLog("hub"), 1);
  EXPECT_THAT(reader_.again, ElementsAre(5));
}

TEST_F(ReconcileLoopTest, WhatIsKeptHereNeedsNoOtherAttempt) {
  Deliver("ping", {{"zen", "x"}}, "kept");
  reader_.sent = {Sent(5, "kept", absl::Minutes(10), false)};
  EXPECT_EQ(*loop_under_test_.CheckLog("hub"), 0);
}

TEST_F(ReconcileLoopTest, ADeliveryIsNotAskedForForEver) {
  for (int i = 0; i < 5; ++i) reader_.sent.push_back(Sent(10 - i, "lost", absl::Minutes(10 + i), false));
  EXPECT_EQ(*loop_under_test_.CheckLog("hub"), 0);
  EXPECT_THAT(reader_.again, IsEmpty());
}

}  // namespace
}  // namespace mergegate::pipeline
