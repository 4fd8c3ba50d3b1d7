// Who may read whose report, and who is told; feedback, appeals and recognition between people.
#include "mergegate/v1/growth_service.grpc.pb.h"
#include "mergegate/v1/signal_service.grpc.pb.h"
#include "server/pipeline/appeals.h"
#include "tests/support/signal_builder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/rpc/server_fixture.h"

namespace mergegate::rpc {
namespace {

using mergegate::testing::Append;
using mergegate::testing::ChangeStory;
using mergegate::testing::IsOk;
using mergegate::testing::OnDay;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using Stub = v1::GrowthService::Stub;

class GrowthServiceTest : public ServerTest {
 protected:
  GrowthServiceTest() { clock_.Advance(OnDay(60) - clock_.Now()); }

  grpc::Status Report(const std::string& whose, const As& caller) {
    v1::GetReportRequest request;
    request.set_person(whose);
    return Call(&Stub::GetReport, request, report_, caller);
  }
  grpc::Status Grant(const std::string& who, const std::string& role, int days, const As& caller) {
    v1::CreateGrantRequest request;
    request.set_grantee(who);
    request.set_role(role);
    request.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()) + days * 86400);
    return Call(&Stub::CreateGrant, request, grant_, caller);
  }
  v1::ListGrantsResponse Grants(const As& caller) {
    v1::ListGrantsResponse grants;
    EXPECT_TRUE(Call(&Stub::ListGrants, v1::ListGrantsRequest(), grants, caller).ok());
    return grants;
  }

  v1::Report report_;
  v1::Grant grant_;
};

TEST_F(GrowthServiceTest, AReportIsReadWithAGrantAndTold) {
  const As ann = Give("ann", v1::ROLE_VIEWER), ben = Give("ben", v1::ROLE_REVIEWER);
  ASSERT_TRUE(Report("", ann).ok());
  EXPECT_EQ(report_.person(), "ann");
  EXPECT_EQ(Report("ann", ben).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  ASSERT_TRUE(Grant("ben", "", 30, ann).ok());
  ASSERT_TRUE(Report("ann", ben).ok());
  const v1::ListGrantsResponse told = Grants(ann);
  ASSERT_EQ(told.readings_size(), 1) << "the refused try read nothing";
  EXPECT_EQ(told.readings(0).reader(), "ben");
  EXPECT_EQ(told.readings(0).action(), "appraisal.read");
  clock_.Advance(absl::Hours(24 * 30));
  EXPECT_EQ(Report("ann", ben).error_code(), grpc::StatusCode::PERMISSION_DENIED) << "it lapsed";
  ASSERT_TRUE(Grant("ben", "", 30, ann).ok());
  v1::RevokeGrantRequest revoke;
  revoke.set_number(grant_.number());
  EXPECT_EQ(Call(&Stub::RevokeGrant, revoke, grant_, ben).error_code(), grpc::StatusCode::NOT_FOUND);
  ASSERT_TRUE(Call(&Stub::RevokeGrant, revoke, grant_, ann).ok());
  EXPECT_EQ(Report("ann", ben).error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(GrowthServiceTest, AnAdministratorHasNoWayAroundAndStandsInTheLog) {
  const As ann = Give("ann", v1::ROLE_DEVELOPER), root = Give("root", v1::ROLE_ADMIN);
  ASSERT_TRUE(Grant("ben", "", 30, ann).ok());
  EXPECT_EQ(Report("ann", root).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Report("ann", As::Token(root.token, "ben")).error_code(), grpc::StatusCode::PERMISSION_DENIED)
      << "a grant is for who shows a token of their own";
  EXPECT_EQ(Report("ann", As("ben")).error_code(), grpc::StatusCode::PERMISSION_DENIED) << "nor over the socket";
  EXPECT_EQ(Grants(ann).readings_size(), 0);
  ASSERT_TRUE(Report("ann", As::Token(root.token, "ann")).ok());
  ASSERT_TRUE(Report("", As("ann")).ok());
  const v1::ListGrantsResponse told = Grants(ann);
  ASSERT_EQ(told.readings_size(), 2);
  EXPECT_EQ(told.readings(1).reader(), "root");
  EXPECT_EQ(told.readings(0).reader(), "") << "whoever has the socket";
  EXPECT_EQ(told.readings(0).action(), "spoke.for");
}

TEST_F(GrowthServiceTest, AGrantToARoleIsForJustThatRole) {
  const As ann = Give("ann", v1::ROLE_DEVELOPER);
  ASSERT_TRUE(Grant("", "lead", 30, ann).ok());
  EXPECT_TRUE(Report("ann", Give("lee", v1::ROLE_LEAD)).ok());
  EXPECT_FALSE(Report("ann", Give("root", v1::ROLE_ADMIN)).ok()) << "an administrator is not just a lead";
  EXPECT_FALSE(Report("ann", Give("ben", v1::ROLE_REVIEWER)).ok());
  for (const auto& [who, role, days] : {std::tuple("", "", 1),
                                        {"ben", "lead", 1},
                                        {"ben", "", 0},
                                        {"ben", "", 400},
                                        {"ann", "", 1},
                                        {"", "bot", 1},
                                        {"", "boss", 1}}) {
    EXPECT_EQ(Grant(who, role, days, ann).error_code(), grpc::StatusCode::INVALID_ARGUMENT) << who << role << days;
  }
}

TEST_F(GrowthServiceTest, FeedbackIsBetweenTwoPeople) {
  const As ann = Give("ann", v1::ROLE_DEVELOPER), ben = Give("ben", v1::ROLE_DEVELOPER),
           root = Give("root", v1::ROLE_ADMIN);
  v1::AskFeedbackRequest ask;
  ask.add_from("ben");
  ask.set_about("my reviews");
  v1::AskFeedbackResponse asked;
  ASSERT_TRUE(Call(&Stub::AskFeedback, ask, asked, ann).ok());
  const auto listed = [&](const As& who) {
    v1::ListFeedbackResponse list;
    EXPECT_TRUE(Call(&Stub::ListFeedback, v1::ListFeedbackRequest(), list, who).ok());
    return list;
  };
  ASSERT_EQ(listed(ben).asked_of_me_size(), 1);
  clock_.Advance(absl::Hours(1));
  ASSERT_TRUE(Report("", ann).ok());
  EXPECT_EQ(report_.unanswered(), 1);
  v1::GiveFeedbackRequest give;
  give.set_about("ann");
  give.set_text("your tests taught me");
  v1::Feedback given;
  ASSERT_TRUE(Call(&Stub::GiveFeedback, give, given, ben).ok());
  EXPECT_EQ(listed(ben).asked_of_me_size(), 0) << "answered";
  EXPECT_EQ(listed(ben).given(0).text(), "your tests taught me");
  EXPECT_EQ(listed(ann).received(0).from(), "ben");
  clock_.Advance(absl::Hours(1));
  ASSERT_TRUE(Report("", ann).ok());
  EXPECT_EQ(report_.feedback(0).text(), "your tests taught me");
  EXPECT_EQ(report_.unanswered(), 0);
  v1::ListSignalsRequest all;
  all.set_parent("projects/-");
  v1::ListSignalsResponse signals;
  ASSERT_TRUE(Call(&v1::SignalService::Stub::ListSignals, all, signals, root).ok());
  EXPECT_EQ(signals.signals_size(), 0) << "not for administrators";
  give.set_text(" \n");
  EXPECT_EQ(Call(&Stub::GiveFeedback, give, given, ben).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  give.set_text("x");
  EXPECT_THAT(Call(&Stub::GiveFeedback, give, given, ann).error_message(), HasSubstr("is you"));
}

class AppealsTest : public GrowthServiceTest {
 protected:
  // Six merged changes of ann's; the first was, it says, reverted.
  AppealsTest() {
    clock_.Advance(absl::Hours(24 * 20));
    std::vector<Signal> signals;
    for (int i = 0; i < 6; ++i) {
      ChangeStory story("p", absl::StrCat("c", i), "ann", 40);
      story.Merge(41);
      if (i == 0) story.Revert(42);
      Append(signals, story.signals());
    }
    const auto reverted =
        std::ranges::find(signals, SignalKind::kChangeReverted, [](const Signal& signal) { return signal.kind; });
    reverted->source_id = "revert";
    EXPECT_THAT(store_->AppendSignals(signals), IsOk());
  }

  grpc::Status File(const As& caller, const std::string& id = "revert") {
    v1::FileAppealRequest request;
    request.set_source("test");
    request.set_source_id(id);
    request.set_reason("that was another change");
    request.set_retract(true);
    return Call(&Stub::FileAppeal, request, appeal_, caller);
  }
  grpc::Status Answer(const As& caller, bool accept) {
    v1::AnswerAppealRequest request;
    request.set_number(1);
    request.set_accept(accept);
    request.set_reason("I looked");
    return Call(&Stub::AnswerAppeal, request, appeal_, caller);
  }
  double Survived(const As& caller) {
    EXPECT_TRUE(Report("", caller).ok());
    for (const v1::Figure& figure : report_.figures()) {
      if (figure.name() == "survived") return figure.own().value();
    }
    return -1;
  }

  v1::Appeal appeal_;
};

TEST_F(AppealsTest, WhatIsAcceptedIsCorrectedRecomputedAndTold) {
  const As ann = Give("ann", v1::ROLE_DEVELOPER), lead = Give("lee", v1::ROLE_LEAD);
  EXPECT_DOUBLE_EQ(Survived(ann), 5.0 / 6);
  ASSERT_TRUE(File(ann).ok());
  EXPECT_EQ(File(ann).error_code(), grpc::StatusCode::ALREADY_EXISTS);
  v1::ListAppealsResponse waiting;
  ASSERT_TRUE(Call(&Stub::ListAppeals, v1::ListAppealsRequest(), waiting, lead).ok());
  ASSERT_EQ(waiting.appeals_size(), 1);
  EXPECT_EQ(waiting.appeals(0).signal().object(), "c0");
  ASSERT_TRUE(Answer(lead, true).ok());
  EXPECT_EQ(appeal_.effects_size(), 0) << "what it changed is ann's own";
  EXPECT_DOUBLE_EQ(Survived(ann), 1);
  EXPECT_EQ(Answer(lead, false).error_code(), grpc::StatusCode::FAILED_PRECONDITION) << "answered already";
  v1::ListAppealsRequest own;
  own.set_own(true);
  v1::ListAppealsResponse mine;
  ASSERT_TRUE(Call(&Stub::ListAppeals, own, mine, ann).ok());
  ASSERT_EQ(mine.appeals_size(), 1);
  EXPECT_EQ(mine.appeals(0).state(), v1::APPEAL_STATE_ACCEPTED);
  std::vector<std::string> effects;
  for (const v1::AppealEffect& effect : mine.appeals(0).effects()) {
    effects.push_back(effect.scope() + " " + effect.name() + " " + effect.before() + " > " + effect.after());
  }
  // 5 of 6 by Wilson: 0.833 (0.498 to 0.962); then 6 of 6: 1 (0.689 to 1).
  EXPECT_THAT(effects, Contains("people/me survived 83 % (50 % to 96 %), n 6 > 100 % (69 % to 100 %), n 6"));
  EXPECT_THAT(effects, Contains(HasSubstr("people/me T ")));
  EXPECT_THAT(effects, Contains(HasSubstr("projects/p survival ")));
  for (const char* action : {"appeal.filed", "appeal.accepted", "signal.retracted"}) {
    EXPECT_THAT(AuditActions(), Contains(action));
  }
}

TEST_F(AppealsTest, WhatAnInterruptedAnswerMovedIsWorkedOutWhenItIsLookedAt) {
  const As ann = Give("ann", v1::ROLE_DEVELOPER);
  ASSERT_TRUE(File(ann).ok());
  // As far as the server came before it was stopped: answered, corrected, and what the numbers were.
  Appeal appeal = *store_->GetAppeal(1);
  appeal.state = AppealState::kAccepted;
  appeal.answered_by = Handle("lee");
  appeal.answered = clock_.Now();
  appeal.effects = *pipeline::StandingOf(parts_, appeal, {ProjectId("p")});
  Signal correction = store_->ListSignals({.kinds = {SignalKind::kChangeReverted}}, 1, "")->items.at(0);
  correction.corrects = correction.source_id;
  correction.source_id = "appeal/1";
  correction.retracted = true;
  ASSERT_THAT(store_->AnswerAppeal(appeal, {}, correction), IsOk());

  clock_.Advance(absl::Hours(24 * 30));  // both sides are as of the answer
  v1::ListAppealsRequest own;
  own.set_own(true);
  v1::ListAppealsResponse mine;
  ASSERT_TRUE(Call(&Stub::ListAppeals, own, mine, ann).ok());
  ASSERT_EQ(mine.appeals_size(), 1);
  const auto survived = std::ranges::find(mine.appeals(0).effects(), "survived", &v1::AppealEffect::name);
  ASSERT_NE(survived, mine.appeals(0).effects().end());
  EXPECT_EQ(survived->before() + " > " + survived->after(), "83 % (50 % to 96 %), n 6 > 100 % (69 % to 100 %), n 6");
  for (const v1::AppealEffect& effect : mine.appeals(0).effects()) EXPECT_NE(effect.before(), effect.after());
  EXPECT_EQ(store_->GetAppeal(1)->effects.size(), static_cast<size_t>(mine.appeals(0).effects_size())) << "and kept";
}

TEST_F(AppealsTest, NobodyAnswersTheirOwnAndARejectedOneChangesNothing) {
  const As lee = Give("lee", v1::ROLE_LEAD), ann = Give("ann", v1::ROLE_LEAD), root = Give("root", v1::ROLE_ADMIN);
  ASSERT_TRUE(File(ann).ok());
  EXPECT_EQ(Answer(ann, true).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Answer(As::Token(root.token, "ann"), true).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Answer(Give("dev", v1::ROLE_REVIEWER), true).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  ASSERT_TRUE(Answer(lee, false).ok());
  EXPECT_EQ(appeal_.state(), v1::APPEAL_STATE_REJECTED);
  EXPECT_DOUBLE_EQ(Survived(ann), 5.0 / 6);
}

TEST_F(AppealsTest, OnlyWhatIsAboutOneselfAndOnlyWhatCanBe) {
  EXPECT_EQ(File(Give("ben", v1::ROLE_DEVELOPER)).error_code(), grpc::StatusCode::NOT_FOUND);
  const As ann = Give("ann", v1::ROLE_DEVELOPER);
  EXPECT_EQ(File(ann, "none").error_code(), grpc::StatusCode::NOT_FOUND);
  v1::FileAppealRequest request;
  request.set_source("test");
  request.set_source_id("revert");
  request.set_reason("x");
  const auto refused = [&](const std::string& why) {
    const grpc::Status status = Call(&Stub::FileAppeal, request, appeal_, ann);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_THAT(status.error_message(), HasSubstr(why));
  };
  refused("one of the two");
  (*request.mutable_corrections())["source"] = "y";
  refused("can be corrected are actor");
  request.mutable_corrections()->clear();
  (*request.mutable_corrections())["value"] = "much";
  refused("is no number");
  (*request.mutable_corrections())["value"] = "2";
  request.set_retract(true);
  refused("one of the two");
}

TEST_F(GrowthServiceTest, RecognitionIsShownOnlyOnWishByNameAndWithoutNumbers) {
  std::vector<Signal> signals;
  for (const char* helper : {"zoe", "ben", "cleo"}) {
    Append(signals, ChangeStory("p", helper, "ann", 50).Comment(helper, 51).Addressed(helper, 52).signals());
    // zoe helped twice: that must not put her first.
    if (helper == std::string("zoe")) {
      Append(signals, ChangeStory("p", "more", "dan", 50).Comment(helper, 53).Addressed(helper, 54).signals());
    }
  }
  ASSERT_THAT(store_->AppendSignals(signals), IsOk());
  ASSERT_THAT(store_->SetTeam({TeamId("core"), {Handle("zoe"), Handle("ben"), Handle("cleo"), Handle("ann")}}, {}),
              IsOk());
  for (const char* who : {"zoe", "ben", "ann"}) {
    v1::ShowRecognitionRequest show;
    show.set_show(true);
    v1::Recognition mine;
    ASSERT_TRUE(Call(&Stub::ShowRecognition, show, mine, As(who)).ok());
    EXPECT_TRUE(mine.shown());
  }
  v1::ListRecognizedRequest request;
  request.set_parent("teams/core");
  v1::ListRecognizedResponse people;
  ASSERT_TRUE(Call(&Stub::ListRecognized, request, people, As("lee")).ok());
  ASSERT_EQ(people.people_size(), 2) << "cleo does not want it, ann did not help";
  EXPECT_EQ(people.people(0).person(), "ben");
  EXPECT_EQ(people.people(1).person(), "zoe");
  request.set_parent("teams/none");
  EXPECT_EQ(Call(&Stub::ListRecognized, request, people, As("lee")).error_code(), grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace mergegate::rpc
