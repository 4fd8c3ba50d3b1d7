#include "server/hosts/host_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/hosts/event.h"
#include "server/hosts/host_api.h"
#include "tests/support/scripted_http.h"
#include "tests/support/status_matchers.h"

namespace mergegate::hosts {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::ScriptedHttp;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kHead(40, 'a'), kBase(40, 'b');

// Lets everything through.
class OpenAccess final : public HostAccess {
 public:
  absl::StatusOr<Credential> ForRepository(const std::string&, const std::string&) override { return Any(); }
  absl::StatusOr<Credential> ForApp() override { return Any(); }
  bool Refused(const Credential&) override { return false; }

 private:
  std::string GitUser() const override { return "x"; }
  static Credential Any() { return {.header = "Authorization", .value = "Bearer t", .secret = "t"}; }
};

class HostReaderTest : public ::testing::Test {
 protected:
  std::unique_ptr<HostReader> Reader(HostKind kind, const std::string& app_id = "") {
    HostConfig config{.name = "h", .kind = kind};
    config.api_url = "https://host.example/api";
    config.app_id = app_id;
    api_ = std::make_unique<HostApi>(config, http_, access_, clock_);
    return MakeHostReader(*api_);
  }

  const HostProject project_{
      .project = ProjectId("p"), .host = "h", .repository = "42", .full_name = "acme/widget", .installation = "7"};
  ScriptedHttp http_;
  OpenAccess access_;
  FakeClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  std::unique_ptr<HostApi> api_;
};

TEST_F(HostReaderTest, APullRequestReadsAsItsWebhook) {
  http_.On("GET", "/repos/acme/widget/pulls?state=open&per_page=100",
           {200, R"([{"number": 12, "state": "open", "draft": true, "updated_at": "2024-01-02T03:04:05Z",
             "user": {"login": "ann"}, "head": {"sha": ")" +
                     kHead + R"(", "ref": "wide", "repo": null},
             "base": {"sha": ")" +
                     kBase + R"(", "ref": "main", "repo": {"id": 42}}}])"});
  const auto open = Reader(HostKind::kGitHub)->OpenChanges(project_);
  ASSERT_THAT(open, IsOk());
  ASSERT_THAT(*open, SizeIs(1));
  const HostEvent event = *ReadEvent(HostKind::kGitHub, open->at(0).event, open->at(0).body);
  EXPECT_EQ(event.kind, HostEventKind::kChange);
  EXPECT_EQ(event.step, ChangeStep::kNone);
  EXPECT_EQ(event.repository.number, "42");
  EXPECT_EQ(event.installation, "7");
  EXPECT_EQ(event.change.change, "pr-12");
  EXPECT_EQ(event.change.head, CommitId(kHead));
  EXPECT_EQ(event.change.state, HostChangeState::kDraft);
}

TEST_F(HostReaderTest, AMergeRequestReadsAsItsWebhook) {
  http_.On("GET", "/projects/42/merge_requests/3",
           {200, R"({"iid": 3, "state": "merged", "sha": ")" + kHead + R"(", "source_branch": "wide",
             "target_branch": "main", "source_project_id": 42, "target_project_id": 42, "title": "Widen",
             "author": {"id": 1, "username": "ann"}, "updated_at": "2024-01-02T03:04:05.123Z"})"});
  const auto change = Reader(HostKind::kGitLab)->Change(project_, 3);
  ASSERT_THAT(change, IsOk());
  const HostEvent event = *ReadEvent(HostKind::kGitLab, change->event, change->body);
  EXPECT_EQ(event.change.change, "mr-3");
  EXPECT_EQ(event.change.head, CommitId(kHead));
  EXPECT_EQ(event.change.author, "ann");
  EXPECT_EQ(event.change.state, HostChangeState::kMerged);
  EXPECT_EQ(event.step, ChangeStep::kClosed);
}

TEST_F(HostReaderTest, AnAppHasALogOfDeliveries) {
  http_.On("GET", "/app/hook/deliveries?per_page=100",
           {200, R"([{"id": 3, "guid": "a", "delivered_at": "2027-01-15T07:59:00Z", "status_code": 502},
                     {"id": 2, "guid": "b", "delivered_at": "2027-01-15T07:00:00Z", "status_code": 202},
                     {"id": 1, "guid": "c", "delivered_at": "2026-01-15T07:00:00Z", "status_code": 502}, null])"});
  http_.On("POST", "/app/hook/deliveries/3/attempts", {202, "{}"});
  const auto reader = Reader(HostKind::kGitHub, "123");
  const auto sent = reader->SentDeliveries(clock_.Now() - absl::Hours(72));
  ASSERT_THAT(sent, IsOk());
  ASSERT_THAT(*sent, SizeIs(2));
  EXPECT_EQ(sent->at(0).id, "a");
  EXPECT_FALSE(sent->at(0).taken);
  EXPECT_TRUE(sent->at(1).taken);
  EXPECT_THAT(reader->Redeliver(3), IsOk());
  EXPECT_THAT(*Reader(HostKind::kGitHub)->SentDeliveries(absl::InfinitePast()), IsEmpty());  // a token alone has none
}

}  // namespace
}  // namespace mergegate::hosts
