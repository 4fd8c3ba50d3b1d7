// A host "hub" (GitHub) whose repository acme/widget, number 42, is the fixture's, and deliveries of it.
//
//   class Test : public HostTest {};
//   Deliver("pull_request", Pull(head));   WorkOff();   Runs();
#ifndef MERGEGATE_TESTS_UNIT_PIPELINE_HOST_FIXTURE_H_
#define MERGEGATE_TESTS_UNIT_PIPELINE_HOST_FIXTURE_H_

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "server/pipeline/delivery_loop.h"
#include "server/pipeline/review_log.h"
#include "tests/unit/pipeline/pipeline_fixture.h"

namespace mergegate::pipeline {

class HostTest : public PipelineTest {
 protected:
  HostTest() {
    std::filesystem::create_directories(places_.Join("acme"));
    std::filesystem::create_directory_symlink(repo_.path(), places_.Join("acme/widget.git"));
    HostConfig hub{.name = "hub", .kind = HostKind::kGitHub};
    hub.git_url = "file://" + places_.path();
    hub.webhook_secrets = {"env:MERGEGATE_TEST_HOOK"};
    inbound_.hosts = {hub};
    setenv("MERGEGATE_TEST_HOOK", "hush", 1);
  }

  // A commit on top of `base_` that the host keeps as the head of pull request 12.
  CommitId Push(const std::string& text) {
    const CommitId head = repo_.Commit({{"a.txt", text}}, {.parents = {{base_}}});
    repo_.Branch("main", base_);
    SetPullRef(head);
    return head;
  }

  // A review that says something of pull request 12.
  nlohmann::json Review(const std::string& state, const std::string& login, const CommitId& head,
                        const std::string& association = "MEMBER", int id = 900) {
    nlohmann::json event = Pull("submitted", head);
    event["review"] = {{"id", id},
                       {"state", state},
                       {"body", state == "commented" ? nlohmann::json("Hm.") : nlohmann::json()},
                       {"author_association", association},
                       {"user", {{"login", login}, {"id", 2}, {"type", login.ends_with("[bot]") ? "Bot" : "User"}}},
                       {"commit_id", head.value()},
                       {"submitted_at", "2023-11-14T23:00:00Z"}};
    return event;
  }

  // What the host keeps for pull request 12.
  void SetPullRef(const CommitId& head, int number = 12) {
    const std::string folder = repo_.path() + "/refs/pull/" + std::to_string(number);
    std::filesystem::create_directories(folder);
    std::ofstream(folder + "/head") << head.value() << "\n";
  }

  // An event of pull request 12: `changes` are merged into it, so {"pull_request": {"draft": true}} is a draft.
  nlohmann::json Pull(const std::string& action, const CommitId& head, const nlohmann::json& changes = {}) {
    nlohmann::json event = {{"action", action},
                            {"number", 12},
                            {"repository", {{"id", 42}, {"full_name", "acme/widget"}, {"default_branch", "main"}}},
                            {"installation", {{"id", 7}}},
                            {"sender", {{"login", "ann"}, {"id", 1}, {"type", "User"}}},
                            {"pull_request",
                             {{"number", 12},
                              {"state", "open"},
                              {"draft", false},
                              {"title", "Widen"},
                              {"updated_at", absl::FormatTime(absl::RFC3339_sec, clock_.Now(), absl::UTCTimeZone())},
                              {"user", {{"login", "ann"}, {"id", 1}}},
                              {"head", {{"sha", head.value()}, {"ref", "wide"}, {"repo", {{"id", 42}}}}},
                              {"base", {{"sha", base_.value()}, {"ref", "main"}, {"repo", {{"id", 42}}}}}}}};
    if (!changes.is_null()) event.merge_patch(changes);
    return event;
  }

  // A comment on pull request 12.
  nlohmann::json Comment(const std::string& text, const std::string& login, const std::string& association = "NONE",
                         int id = 500) {
    return {{"action", "created"},
            {"repository", {{"id", 42}, {"full_name", "acme/widget"}, {"default_branch", "main"}}},
            {"issue", {{"number", 12}, {"user", {{"login", "ann"}}}, {"pull_request", {{"url", "x"}}}}},
            {"comment",
             {{"id", id},
              {"body", text},
              {"author_association", association},
              {"user", {{"login", login}, {"id", 3}, {"type", login.ends_with("[bot]") ? "Bot" : "User"}}}}},
            {"sender", {{"login", login}, {"type", "User"}}}};
  }

  // The id of the delivery.
  std::string Deliver(const std::string& event, const nlohmann::json& body, std::string id = "") {
    if (id.empty()) id = "d" + std::to_string(++deliveries_);
    EXPECT_TRUE(store_
                    ->AddDeliveries({{.host = "hub", .id = id, .event = event, .lane = "42", .body = body.dump()}},
                                    clock_.Now())
                    .ok());
    return id;
  }
  void WorkOff() {
    while (true) {
      const absl::StatusOr<bool> worked = loop_.WorkOne();
      ASSERT_TRUE(worked.ok()) << worked.status();
      if (!*worked) return;
    }
  }
  // Delivers, works it off, and tells what came of it.
  Delivery Do(const std::string& event, const nlohmann::json& body, const std::string& id = "") {
    const std::string given = Deliver(event, body, id);
    WorkOff();
    return *store_->GetDelivery("hub", given);
  }

  // Newest first.
  std::vector<mergegate::Run> Runs(const std::string& change = "pr-12") {
    return store_->ListRuns(kWidget, change, 100, "")->items;
  }
  std::vector<int> Events(const std::string& change = "pr-12") {
    std::vector<int> kinds;
    const ReviewLog log = *ReviewLog::Read(*store_, kWidget, change);
    for (const ReviewEvent& event : log.events()) kinds.push_back(static_cast<int>(event.kind));
    return kinds;
  }
  // Closes every queued run as if it had been carried out.
  void FinishRuns() {
    while (true) {
      const auto lease = store_->LeaseRun("test", clock_.Now(), absl::Minutes(1));
      ASSERT_TRUE(lease.ok());
      if (!*lease) return;
      const mergegate::Run& run = (*lease)->run;
      ASSERT_TRUE(store_->FinishRun(run.id, run.attempt, Gate(run, parts_), clock_.Now()).ok());
    }
  }
  // The answers that wait to be written as comments, oldest first.
  std::vector<std::string> Replies() {
    std::vector<std::string> texts;
    const auto waiting = store_->ListIntents(false, 100, "");
    for (const storage::Intent& intent : waiting->items) {
      if (intent.kind == storage::IntentKind::kReply) texts.push_back(intent.text);
    }
    return texts;
  }

  const ProjectId kWidget{"acme-widget"};
  testing::TempDirectory places_;
  CommitId base_ = repo_.Commit({{"a.txt", "a\n"}});
  Inbound inbound_{.parts = parts_};
  DeliveryLoop loop_{inbound_, {}};
  int deliveries_ = 0;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_TESTS_UNIT_PIPELINE_HOST_FIXTURE_H_
