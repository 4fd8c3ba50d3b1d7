// Scores as callers get them: whose are whose, over time, under other circumstances, and the weights.
#include "mergegate/v1/score_service.grpc.pb.h"
#include "tests/support/signal_builder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/rpc/server_fixture.h"

namespace mergegate::rpc {
namespace {

using mergegate::testing::Append;
using mergegate::testing::ChangeStory;
using mergegate::testing::IsOk;
using mergegate::testing::OnDay;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Stub = v1::ScoreService::Stub;

class ScoreServiceTest : public ServerTest {
 protected:
  ScoreServiceTest() { clock_.Advance(OnDay(60) - clock_.Now()); }

  // Six merged changes of ann's, half of them reviewed by bob.
  void SixMerges() {
    std::vector<Signal> signals;
    for (int i = 0; i < 6; ++i) {
      ChangeStory story("p", absl::StrCat("c", i), "ann", 40);
      if (i < 3) story.Review("bob", 40.5);
      Append(signals, story.Merge(41).signals());
    }
    ASSERT_THAT(store_->AppendSignals(signals), IsOk());
  }

  grpc::Status Get(const std::string& name, const As& caller) {
    v1::GetScoreRequest request;
    request.set_name(name);
    answer_.Clear();
    return Call(&Stub::GetScore, request, answer_, caller);
  }

  const v1::SubIndexScore* Part(const v1::Score& score, const std::string& name) const {
    for (const v1::MetricScore& metric : score.metrics()) {
      for (const v1::SubIndexScore& part : metric.parts()) {
        if (part.name() == name) return &part;
      }
    }
    return nullptr;
  }

  v1::GetScoreResponse answer_;
};

TEST_F(ScoreServiceTest, AProjectsScoreIsWhatItsSignalsSay) {
  SixMerges();
  ASSERT_TRUE(Get("projects/p", As("ann")).ok());
  EXPECT_EQ(answer_.score().name(), "projects/p");
  EXPECT_EQ(Part(answer_.score(), "reviewed")->score().value(), 5000);  // 3 of 6
  EXPECT_EQ(Part(answer_.score(), "reviewed")->n(), 6);
  EXPECT_FALSE(answer_.has_without());
  EXPECT_EQ(answer_.score().m_by_source_weights().value(), answer_.score().m().value());
}

TEST_F(ScoreServiceTest, APersonsAreForThatPersonUnderAnyOfTheirNames) {
  ASSERT_THAT(store_->LinkIdentity(Handle("ann"), Handle("ann-gh"), {}), IsOk());
  const As ann = Give("ann", v1::ROLE_VIEWER), root = Give("root", v1::ROLE_ADMIN);
  for (const char* name : {"people/me", "people/ann", "people/ann-gh"}) {
    ASSERT_TRUE(Get(name, ann).ok()) << name;
    EXPECT_EQ(answer_.score().name(), "people/ann");
  }
  const grpc::Status refused = Get("people/ann", root);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::PERMISSION_DENIED) << "not even for administrators";
  EXPECT_THAT(refused.error_message(), HasSubstr("for that person alone"));
  EXPECT_THAT(AuditActions(), ::testing::Not(::testing::Contains("spoke.for"))) << "nobody spoke for another";
  ASSERT_TRUE(Get("people/me", As::Token(root.token, "ann")).ok());
  EXPECT_THAT(AuditActions(), ::testing::Contains("spoke.for")) << "and who does is logged, reading too";
}

TEST_F(ScoreServiceTest, AProjectsAreForWhoMaySeeIt) {
  SixMerges();
  const As own = Give("ann", v1::ROLE_VIEWER, "p"), other = Give("guest", v1::ROLE_ADMIN, "q");
  ASSERT_TRUE(Get("projects/p", own).ok());
  const grpc::Status refused = Get("projects/p", other);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_THAT(refused.error_message(), HasSubstr("this token is for projects q"));
  v1::GetScoreHistoryRequest history;
  history.set_name("projects/p");
  v1::GetScoreHistoryResponse points;
  EXPECT_EQ(Call(&Stub::GetScoreHistory, history, points, other).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  v1::ListWeightsRequest list;
  list.set_parent("projects/p");
  v1::ListWeightsResponse weights;
  EXPECT_EQ(Call(&Stub::ListWeights, list, weights, other).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Get("teams/any", own).error_code(), grpc::StatusCode::PERMISSION_DENIED) << "teams work in all projects";
}

TEST_F(ScoreServiceTest, NamesAreChecked) {
  for (const char* name : {"", "projects", "people/", "teams/", "everybody/x", "../p"}) {
    EXPECT_EQ(Get(name, As("ann")).error_code(), grpc::StatusCode::INVALID_ARGUMENT) << name;
  }
  EXPECT_EQ(Get("projects/none", As("ann")).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Get("teams/none", As("ann")).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Get("people/me", As("")).error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(ScoreServiceTest, WhatIfComesBesideWhatIs) {
  SixMerges();
  v1::GetScoreRequest request;
  request.set_name("projects/p");
  (*request.mutable_what_if()->mutable_values())["reviewed"] = 10000;
  ASSERT_TRUE(Call(&Stub::GetScore, request, answer_, As("ann")).ok());
  EXPECT_EQ(Part(answer_.score(), "reviewed")->score().value(), 10000);
  EXPECT_EQ(Part(answer_.without(), "reviewed")->score().value(), 5000);
  (*request.mutable_what_if()->mutable_values())["reviewed"] = 10001;
  EXPECT_EQ(Call(&Stub::GetScore, request, answer_, As("ann")).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  request.mutable_what_if()->clear_values();
  (*request.mutable_what_if()->mutable_weights())["X"] = 1;
  const grpc::Status unknown = Call(&Stub::GetScore, request, answer_, As("ann"));
  EXPECT_THAT(unknown.error_message(), HasSubstr("there is no metric \"X\""));
  request.mutable_what_if()->clear_weights();
  request.mutable_what_if()->add_fixed_findings("f");
  EXPECT_THAT(Call(&Stub::GetScore, request, answer_, As("ann")).error_message(), HasSubstr("of which run?"));
}

TEST_F(ScoreServiceTest, HistoryEndsAtUntilAndIsBounded) {
  SixMerges();
  v1::GetScoreHistoryRequest request;
  request.set_name("projects/p");
  request.set_step_days(10);
  request.mutable_since()->set_seconds(absl::ToUnixSeconds(OnDay(35)));
  v1::GetScoreHistoryResponse history;
  ASSERT_TRUE(Call(&Stub::GetScoreHistory, request, history, As("ann")).ok());
  ASSERT_EQ(history.points_size(), 3);  // days 40, 50 and 60
  EXPECT_EQ(history.points(2).as_of().seconds(), absl::ToUnixSeconds(OnDay(60)));
  EXPECT_FALSE(history.points(0).has_m()) << "nothing had landed";
  EXPECT_TRUE(history.points(2).has_m());
  request.set_step_days(1);
  request.mutable_since()->set_seconds(0);
  EXPECT_THAT(Call(&Stub::GetScoreHistory, request, history, As("ann")).error_message(), HasSubstr("600 points"));
}

TEST_F(ScoreServiceTest, WeightsAreApprovedByLeadsAndLogged) {
  ASSERT_THAT(store_->AddWeights(kProject, {.number = 1, .at = clock_.Now(), .reason = "K is weak", .waiting = true}),
              IsOk());
  v1::ApproveWeightsRequest approve;
  approve.set_name("projects/p/weights/1");
  v1::ApproveWeightsResponse approved;
  EXPECT_EQ(Call(&Stub::ApproveWeights, approve, approved, Give("dev", v1::ROLE_DEVELOPER)).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  ASSERT_TRUE(Call(&Stub::ApproveWeights, approve, approved, Give("lead", v1::ROLE_LEAD)).ok());
  EXPECT_EQ(approved.version().approved_by(), "lead");
  v1::ListWeightsRequest list;
  list.set_parent("projects/p");
  v1::ListWeightsResponse weights;
  ASSERT_TRUE(Call(&Stub::ListWeights, list, weights, As("ann")).ok());
  EXPECT_EQ(weights.in_force(), 1);
  EXPECT_THAT(weights.source_weights(), ElementsAre(5000, 3000, 2000, 1000, 2000));
  EXPECT_THAT(AuditActions(), ::testing::Contains("weights.approved"));
}

}  // namespace
}  // namespace mergegate::rpc
