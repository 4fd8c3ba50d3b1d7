// What every engine does with deliveries of hosts, and what is known of projects and changes there.
#include <optional>
#include <vector>

#include "tests/contract/store_fixture.h"

namespace mergegate::storage {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class HostContract : public StoreContract {
 protected:
  static Delivery Told(const std::string& id, const std::string& lane) {
    return {.host = "hub", .id = id, .installation = "7", .event = "pull_request", .lane = lane, .body = "{}" + id};
  }
  bool Add(const std::string& id, const std::string& lane, int second = 0) {
    const auto added = store().AddDeliveries({Told(id, lane)}, At(second));
    EXPECT_THAT(added, IsOk());
    return added.ok() && (*added)[0];
  }
  // Id of the next delivery; "" when there is none.
  std::string Next(int second) {
    auto next = store().LeaseDelivery(At(second), absl::Seconds(30));
    EXPECT_THAT(next, IsOk());
    if (!next.ok() || !*next) return "";
    leased_ = **next;
    return leased_.id;
  }
  absl::Status Finish(DeliveryState state, int second = 0) {
    return store().FinishDelivery(leased_.number, leased_.attempt, state, "because", At(second));
  }
  HostProject SaveWidget(const std::string& name, int heard) {
    return *store().SaveHostProject({.project = ProjectId("acme-widget"),
                                     .host = "hub",
                                     .repository = "42",
                                     .full_name = name,
                                     .installation = "7",
                                     .default_branch = "main"},
                                    "https://hub.example/" + name + ".git", At(heard), At(heard));
  }
  HostChange Change(char head, int updated) {
    HostChange change{.project = ProjectId("acme-widget"), .change = "pr-1", .number = 1};
    change.state = HostChangeState::kOpen;
    change.head = CommitId(std::string(40, head));
    change.base = CommitId(std::string(40, '0'));
    change.base_ref = "main";
    change.head_ref = "feature";
    change.author = "ann";
    change.title = "A change";
    change.updated = At(updated);
    return change;
  }

  Delivery leased_;
};

INSTANTIATE_TEST_SUITE_P(Engines, HostContract, AllEngines(), EngineName);

TEST_P(HostContract, ADeliveryIsKeptOnceAndComesWithItsBody) {
  EXPECT_TRUE(Add("d1", "r#1"));
  EXPECT_FALSE(Add("d1", "r#1"));
  EXPECT_EQ(*store().CountWaitingDeliveries(), 1);
  Reopen();
  if (!GetParam().keeps_data) return;
  EXPECT_EQ(Next(1), "d1");
  EXPECT_EQ(leased_.body, "{}d1");
  EXPECT_EQ(leased_.attempt, 1);
  EXPECT_EQ(leased_.installation, "7");
  EXPECT_EQ(leased_.received, At(0));
}

TEST_P(HostContract, OneThatWasDoneIsNotDoneAgainOneThatFailedIs) {
  Add("done", "a");
  Next(1);
  ASSERT_THAT(Finish(DeliveryState::kDone), IsOk());
  EXPECT_FALSE(Add("done", "a"));
  Add("failed", "a");
  Next(1);
  ASSERT_THAT(Finish(DeliveryState::kFailed), IsOk());
  EXPECT_TRUE(Add("failed", "a"));
  EXPECT_EQ(Next(1), "failed");
  EXPECT_EQ(leased_.attempt, 2);
}

TEST_P(HostContract, ALaneIsWorkedOnInOrderAndLanesBesideEachOther) {
  Add("a1", "a");
  Add("a2", "a");
  Add("b1", "b");
  EXPECT_EQ(Next(1), "a1");
  const Delivery first = leased_;
  EXPECT_EQ(Next(1), "b1");
  EXPECT_EQ(Next(1), "");  // a2 waits for a1
  leased_ = first;
  ASSERT_THAT(Finish(DeliveryState::kIgnored), IsOk());
  EXPECT_EQ(Next(1), "a2");
}

TEST_P(HostContract, APostponedOneLetsOthersPass) {
  Add("a1", "a");
  Add("a2", "a");
  Next(1);
  ASSERT_THAT(store().PostponeDelivery(leased_.number, leased_.attempt, At(60), "host is down"), IsOk());
  EXPECT_EQ(Next(2), "a2");
  ASSERT_THAT(Finish(DeliveryState::kDone), IsOk());
  EXPECT_EQ(Next(59), "");
  EXPECT_EQ(Next(60), "a1");
}

TEST_P(HostContract, WhoLostALeaseFinishesNothing) {
  Add("d", "a");
  Next(0);
  const Delivery lost = leased_;
  EXPECT_EQ(Next(29), "");
  EXPECT_EQ(Next(30), "d");  // the lease lapsed
  EXPECT_THAT(store().FinishDelivery(lost.number, lost.attempt, DeliveryState::kDone, "", At(31)),
              StatusIs(absl::StatusCode::kAborted));
  ASSERT_THAT(Finish(DeliveryState::kDone), IsOk());
  EXPECT_THAT(Finish(DeliveryState::kDone), StatusIs(absl::StatusCode::kAborted));
}

TEST_P(HostContract, AfterARestartWhatWasLeasedWaits) {
  Add("d", "a");
  Next(0);
  ASSERT_THAT(store().ReleaseDeliveries(), IsOk());
  EXPECT_EQ(Next(1), "d");
}

TEST_P(HostContract, DeliveriesAreListedAndForgotten) {
  Add("old", "a", 0);
  Next(0);
  ASSERT_THAT(Finish(DeliveryState::kIgnored), IsOk());
  Add("new", "a", 100);
  const auto page = *store().ListDeliveries("hub", std::nullopt, 1, "");
  EXPECT_EQ(page.items.at(0).id, "new");
  EXPECT_EQ(store().ListDeliveries("hub", std::nullopt, 1, page.next_token)->items.at(0).id, "old");
  EXPECT_EQ(store().ListDeliveries("hub", DeliveryState::kIgnored, 10, "")->items.at(0).reason, "because");
  EXPECT_THAT(store().ListDeliveries("elsewhere", std::nullopt, 10, "")->items, IsEmpty());

  EXPECT_EQ(*store().ForgetDeliveries(At(50), At(0)), 1);
  EXPECT_EQ(store().GetDelivery("hub", "old")->body, "");
  EXPECT_EQ(store().GetDelivery("hub", "new")->body, "{}new");  // it waits
  EXPECT_EQ(*store().ForgetDeliveries(At(50), At(200)), 1);
  EXPECT_THAT(store().GetDelivery("hub", "old"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(HostContract, AProjectIsItsRepositorysNumber) {
  const HostProject made = SaveWidget("acme/widget", 10);
  EXPECT_EQ(made.project, ProjectId("acme-widget"));
  EXPECT_EQ(store().GetProject(made.project)->remote, "https://hub.example/acme/widget.git");
  EXPECT_EQ(SaveWidget("acme/gadget", 20).project, made.project);  // renamed
  EXPECT_EQ(store().GetProject(made.project)->remote, "https://hub.example/acme/gadget.git");
  EXPECT_EQ(SaveWidget("acme/widget", 15).full_name, "acme/gadget");  // an older event
  EXPECT_EQ(store().FindHostProject(made.project)->full_name, "acme/gadget");
  EXPECT_EQ(store().FindHostProjectOf("hub", "42")->project, made.project);
  EXPECT_THAT(store().FindHostProjectOf("lab", "42"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(HostContract, ATakenProjectNameGetsTheNumber) {
  const auto saved = store().SaveHostProject(
      {.project = ProjectId("db"), .host = "hub", .repository = "9", .full_name = "acme/db"}, "url", At(0), At(0));
  EXPECT_EQ(saved->project, ProjectId("db-9"));
  EXPECT_EQ(store().ListHostProjects()->size(), 1u);
}

TEST_P(HostContract, AnOlderEventNeverOverwritesANewerHead) {
  SaveWidget("acme/widget", 0);
  EXPECT_EQ(store().SaveHostChange(Change('a', 10))->head, Change('a', 0).head);
  EXPECT_EQ(store().SaveHostChange(Change('b', 20))->head, Change('b', 0).head);
  EXPECT_EQ(store().SaveHostChange(Change('a', 10))->head, Change('b', 0).head);
  const HostChange kept = *store().FindHostChange(ProjectId("acme-widget"), "pr-1");
  EXPECT_EQ(kept.head, Change('b', 0).head);
  EXPECT_EQ(kept.previous, Change('a', 0).head);
  EXPECT_THAT(*store().ListOpenHostChanges(ProjectId("acme-widget")), ElementsAre(kept));
  EXPECT_THAT(*store().FindHostChangesAt(ProjectId("acme-widget"), kept.head), ElementsAre(kept));
  HostChange closed = Change('b', 30);
  closed.state = HostChangeState::kClosed;
  ASSERT_THAT(store().SaveHostChange(closed), IsOk());
  EXPECT_THAT(*store().ListOpenHostChanges(ProjectId("acme-widget")), IsEmpty());
  closed.project = ProjectId("db");
  EXPECT_THAT(store().SaveHostChange(closed), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(HostContract, WhoIsForgottenIsForgottenInBodiesToo) {
  SaveWidget("acme/widget", 0);
  ASSERT_THAT(store().SaveHostChange(Change('a', 10)), IsOk());
  Delivery about = Told("about", "a");
  about.body = R"({"login": "Ann"})";
  ASSERT_THAT(store().AddDeliveries({about, Told("other", "a")}, At(0)), IsOk());
  Next(1);
  ASSERT_THAT(Finish(DeliveryState::kDone), IsOk());
  Next(1);
  ASSERT_THAT(Finish(DeliveryState::kDone), IsOk());
  const auto erased = store().ErasePerson(Handle("ann"), PlainRenaming(), {.at = At(20)});
  ASSERT_THAT(erased, IsOk());
  EXPECT_EQ(store().GetDelivery("hub", "about")->body, "");
  EXPECT_EQ(store().GetDelivery("hub", "other")->body, "{}other");
  EXPECT_EQ(store().FindHostChange(ProjectId("acme-widget"), "pr-1")->author, erased->pseudonym.value());
}

TEST_P(HostContract, RunsOfOlderHeadsAreLeasedToBeClosed) {
  Submit("r-1", 0);
  Submission newer = SubmissionTo("db");
  newer.head = CommitId(std::string(40, 'c'));
  ASSERT_THAT(store().SubmitRun(newer, RunId("r-2"), At(1)), IsOk());
  const RunLease running = Lease(2);
  const auto older = store().LeaseRunsOf(ProjectId("db"), "42", newer.head, "me", At(3), absl::Minutes(1));
  ASSERT_EQ(older->size(), 1u);
  EXPECT_EQ(older->at(0).run.id, RunId("r-1"));
  // Whoever worked on it has lost it.
  EXPECT_THAT(store().FinishRun(running.run.id, running.run.attempt, PassRecord(), At(4)),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(store().LeaseRunsOf(ProjectId("db"), "42", CommitId(), "me", At(5), absl::Minutes(1))->size(), 2u);
}

}  // namespace
}  // namespace mergegate::storage
