// Payloads that hosts really sent: every one is understood, or ignored with a reason. None fails.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "server/hosts/event.h"

namespace mergegate::hosts {
namespace {

namespace fs = std::filesystem;

// By name of the file.
std::map<std::string, HostEvent> ReadAll(HostKind host, const std::string& folder, const std::string& prefix) {
  std::map<std::string, HostEvent> events;
  const fs::path path = fs::path(MERGEGATE_SOURCE_DIR) / "../shared/integrations/payloads" / folder;
  if (!fs::exists(path)) return events;
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".json") || !name.starts_with(prefix) || name == "signature-vector.json") continue;
    std::ifstream file(entry.path());
    const std::string body{std::istreambuf_iterator<char>(file), {}};
    const auto event = ReadEvent(host, name.substr(0, name.find('.')), body);
    EXPECT_TRUE(event.ok()) << name << ": " << event.status();
    if (!event.ok()) continue;
    EXPECT_TRUE(event->kind != HostEventKind::kIgnored || !event->why.empty()) << name;
    events[name] = *event;
  }
  return events;
}

TEST(RecordedPayloads, OfGitHub) {
  const auto events = ReadAll(HostKind::kGitHub, "github", "");
  if (events.empty()) GTEST_SKIP() << "../shared/integrations/payloads/github is not here";
  EXPECT_EQ(events.at("pull_request.opened.json").change.head, CommitId("ec26c3e57ca3a959ca5aad62de7213c562f8c821"));
  EXPECT_EQ(events.at("pull_request.synchronize.json").step, ChangeStep::kPushed);
  EXPECT_EQ(events.at("pull_request.ready_for_review.json").step, ChangeStep::kReady);
  EXPECT_EQ(events.at("pull_request.closed.json").step, ChangeStep::kClosed);
  EXPECT_EQ(events.at("pull_request.review_requested.json").people.size(), 1u);
  EXPECT_EQ(events.at("pull_request_review_comment.created.json").kind, HostEventKind::kSaid);
  EXPECT_EQ(events.at("pull_request_review_thread.resolved.json").kind, HostEventKind::kThreadResolved);
  EXPECT_EQ(events.at("pull_request_review.dismissed.json").said, ReviewEventKind::kRequested);
  EXPECT_EQ(events.at("issue_comment.created.json").why, "a comment on an issue, not on a pull request");
  EXPECT_EQ(events.at("check_suite.rerequested.json").change.change, "pr-2");
  EXPECT_EQ(events.at("check_run.rerequested.json").kind, HostEventKind::kRerunAsked);
  EXPECT_EQ(events.at("merge_group.checks_requested.json").kind, HostEventKind::kQueued);
  EXPECT_EQ(events.at("installation.created.json").repositories.size(), 1u);
  EXPECT_EQ(events.at("repository.renamed.json").kind, HostEventKind::kRepository);
  EXPECT_EQ(events.at("ping.json").kind, HostEventKind::kPing);
}

TEST(RecordedPayloads, OfGitLab) {
  const auto events = ReadAll(HostKind::kGitLab, "gitlab", "webhook.");
  if (events.empty()) GTEST_SKIP() << "../shared/integrations/payloads/gitlab is not here";
  EXPECT_EQ(events.at("webhook.merge_request.json").step, ChangeStep::kOpened);
  EXPECT_EQ(events.at("webhook.service_merge_request.json").step, ChangeStep::kPushed);
  EXPECT_EQ(events.at("webhook.note_merge_request.json").change.change, "mr-1");
  EXPECT_EQ(events.at("webhook.push.json").kind, HostEventKind::kPushed);
  EXPECT_EQ(events.at("webhook.group_merge_request.json").kind, HostEventKind::kIgnored);  // keys with blanks
}

}  // namespace
}  // namespace mergegate::hosts
