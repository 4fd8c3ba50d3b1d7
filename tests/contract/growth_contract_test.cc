// What every engine does with courses, grants, appeals, and who wants to be shown.
#include <array>
#include <vector>

#include "tests/contract/store_fixture.h"

namespace mergegate::storage {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const Handle kAnn("ann@example.org"), kBen("ben"), kLead("lead");

class GrowthContract : public StoreContract {
 protected:
  static Deed By(const Handle& who, int second) { return {who, At(second)}; }

  std::vector<std::string> Actions() {
    std::vector<std::string> actions;
    const std::vector<AuditEntry> entries = *store().ListAudit(0, 100);
    for (const AuditEntry& entry : entries) actions.push_back(entry.action);
    return actions;
  }

  static Appeal AppealOf(const Handle& person, const std::string& id) {
    return {.person = person,
            .source = "jira",
            .source_id = id,
            .reason = "it was ben",
            .corrections = {{"actor", "ben"}, {"value", "2"}},
            .created = At(5)};
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, GrowthContract, AllEngines(), EngineName);

TEST_P(GrowthContract, CoursesAreReplacedAndListedInPages) {
  const Course one{.provider = "a",
                   .id = "1",
                   .title = "One",
                   .url = "https://example.org/1",
                   .topics = {"memory", "x y"},
                   .checks = {"bugprone-*"},
                   .hours = 6.5};
  const Course two{.provider = "a", .id = "2", .title = "Two"};
  const Course other{.provider = "b", .id = "0", .title = "Other"};
  ASSERT_THAT(store().SaveCourses(std::vector{other, two, one}, By(kLead, 1)), IsOk());
  Course renamed = two;
  renamed.title = "Two, again";
  ASSERT_THAT(store().SaveCourses(std::vector{renamed}, By(kLead, 2)), IsOk());
  const Page<Course> page = *store().ListCourses(2, "");
  EXPECT_THAT(page.items, ElementsAre(one, renamed));
  EXPECT_THAT(store().ListCourses(2, page.next_token)->items, ElementsAre(other));
  EXPECT_THAT(store().ListCourses(2, "nonsense"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Actions(), ElementsAre("training.imported", "training.imported"));
}

TEST_P(GrowthContract, GrantsHoldUntilTheyLapseOrAreTakenBack) {
  const ReportGrant to_ben =
      *store().AddGrant({.person = kAnn, .grantee = kBen, .created = At(1), .expires = At(100)}, By(kAnn, 1));
  const ReportGrant to_leads =
      *store().AddGrant({.person = kAnn, .role = Role::kLead, .created = At(2), .expires = At(50)}, By(kAnn, 2));
  EXPECT_NE(to_ben.number, to_leads.number);
  EXPECT_THAT(*store().ListGrants(kAnn), ElementsAre(to_ben, to_leads));
  EXPECT_THAT(*store().ListGrants(kBen), IsEmpty());
  EXPECT_TRUE(to_leads.Holds(At(49)));
  EXPECT_FALSE(to_leads.Holds(At(50)));
  EXPECT_THAT(store().RevokeGrant(kBen, to_ben.number, By(kBen, 3)), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(store().RevokeGrant(kAnn, to_ben.number, By(kAnn, 3)), IsOk());
  EXPECT_EQ(store().RevokeGrant(kAnn, to_ben.number, By(kAnn, 4))->revoked, At(3)) << "the first time counts";
  EXPECT_FALSE(store().ListGrants(kAnn)->at(0).Holds(At(5)));
  EXPECT_THAT(Actions(), ElementsAre("report.granted", "report.granted", "report.revoked"));
}

TEST_P(GrowthContract, ReadingsComeOutOfTheAuditLog) {
  for (int i = 1; i <= 3; ++i) {
    ASSERT_THAT(store().AppendAudit({.at = At(i), .actor = kBen, .action = "appraisal.read", .subject = kAnn}), IsOk());
  }
  ASSERT_THAT(store().AppendAudit({.at = At(4), .actor = kBen, .action = "team.joined", .subject = kAnn}), IsOk());
  ASSERT_THAT(store().AppendAudit({.at = At(5), .actor = kAnn, .action = "appraisal.read", .subject = kBen}), IsOk());
  constexpr std::array<std::string_view, 1> kRead = {"appraisal.read"};
  const std::vector<AuditEntry> readings = *store().ListAuditAbout(kAnn, kRead, 2);
  ASSERT_THAT(readings, SizeIs(2));
  EXPECT_EQ(readings[0].at, At(3)) << "latest first";
  EXPECT_EQ(readings[0].actor, kBen);
  EXPECT_THAT(*store().ListAuditAbout(Handle("cleo"), kRead, 2), IsEmpty());
}

TEST_P(GrowthContract, AnAppealIsAnsweredOnce) {
  const Appeal filed = *store().AddAppeal(AppealOf(kAnn, "T-1"), By(kAnn, 5));
  EXPECT_THAT(store().AddAppeal(AppealOf(kAnn, "T-1"), By(kAnn, 6)), StatusIs(absl::StatusCode::kAlreadyExists));
  ASSERT_THAT(store().AddAppeal(AppealOf(kBen, "T-1"), By(kBen, 6)), IsOk()) << "of somebody else";
  EXPECT_EQ(*store().GetAppeal(filed.number), filed);
  EXPECT_THAT(store().GetAppeal(77), StatusIs(absl::StatusCode::kNotFound));
  Appeal answered = filed;
  answered.state = AppealState::kAccepted;
  answered.answered_by = kLead;
  answered.answer = "so it was";
  answered.answered = At(9);
  answered.effects = {{"people/me", "T", "50.0", "60.0"}, {"teams/core", "M", "-", "0.4"}};
  ASSERT_THAT(store().AnswerAppeal(answered, By(kLead, 9)), IsOk());
  EXPECT_EQ(*store().GetAppeal(filed.number), answered);
  EXPECT_THAT(store().AnswerAppeal(answered, By(kLead, 10)), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(*store().ListAppeals(kAnn, false), ElementsAre(answered));
  EXPECT_THAT(*store().ListAppeals(Handle(), true), SizeIs(1)) << "ben's waits";
  ASSERT_THAT(store().AddAppeal(AppealOf(kAnn, "T-1"), By(kAnn, 11)), IsOk()) << "again, once it was answered";
  EXPECT_THAT(Actions(), ElementsAre("appeal.filed", "appeal.filed", "appeal.accepted", "appeal.filed"));
}

TEST_P(GrowthContract, TheCorrectionComesWithTheAnswerOrNotAtAll) {
  Signal wrong{.kind = SignalKind::kTaskDone, .actor = kAnn, .at = At(1), .source = "jira", .source_id = "T-1"};
  ASSERT_THAT(store().AppendSignals(std::vector{wrong}), IsOk());
  Appeal appeal = *store().AddAppeal(AppealOf(kAnn, "T-1"), By(kAnn, 5));
  appeal.state = AppealState::kAccepted;
  appeal.answered = At(9);
  appeal.effects = {{"people/me", "T", "50.0"}, {"people/me", "E", "40.0"}};
  Signal right = wrong;
  right.actor = kBen;
  right.source_id = "appeal/1";
  right.corrects = "T-1";
  Appeal unknown = appeal;
  unknown.number = 77;
  EXPECT_THAT(store().AnswerAppeal(unknown, By(kLead, 9), right), StatusIs(absl::StatusCode::kNotFound));
  const auto actor = [&] { return store().ListSignals({}, 10, "")->items.at(0).actor; };
  EXPECT_EQ(actor(), kAnn);
  ASSERT_THAT(store().AnswerAppeal(appeal, By(kLead, 9), right), IsOk());
  EXPECT_EQ(actor(), kBen);
  EXPECT_EQ(*store().GetAppeal(appeal.number), appeal) << "what it moved is not known yet";
  appeal.effects = {{"people/me", "T", "50.0", "60.0"}};
  ASSERT_THAT(store().SetEffects(appeal.number, appeal.effects), IsOk());
  EXPECT_EQ(*store().GetAppeal(appeal.number), appeal);
  EXPECT_THAT(Actions(), ElementsAre("appeal.filed", "signal.corrected", "appeal.accepted"));
}

TEST_P(GrowthContract, WhoWantsToBeShownIs) {
  EXPECT_FALSE(*store().ShowsRecognition(kAnn));
  ASSERT_THAT(store().ShowRecognition(kAnn, true, By(kAnn, 1)), IsOk());
  ASSERT_THAT(store().ShowRecognition(kAnn, true, By(kAnn, 2)), IsOk());
  EXPECT_TRUE(*store().ShowsRecognition(kAnn));
  EXPECT_FALSE(*store().ShowsRecognition(kBen));
  ASSERT_THAT(store().ShowRecognition(kAnn, false, By(kAnn, 3)), IsOk());
  EXPECT_FALSE(*store().ShowsRecognition(kAnn));
  EXPECT_THAT(Actions(), ElementsAre("recognition.shown", "recognition.hidden")) << "again is no deed";
}

TEST_P(GrowthContract, WhoIsForgottenLeavesNoGrantNoAppealAndNoName) {
  ASSERT_THAT(store().AddGrant({.person = kAnn, .grantee = kBen, .created = At(1), .expires = At(9)}, By(kAnn, 1)),
              IsOk());
  ASSERT_THAT(store().AddGrant({.person = kBen, .grantee = kAnn, .created = At(1), .expires = At(9)}, By(kBen, 1)),
              IsOk());
  ASSERT_THAT(store().AddAppeal(AppealOf(kAnn, "T-1"), By(kAnn, 2)), IsOk());
  Appeal of_ben = AppealOf(kBen, "ann@example.org/7");
  of_ben.corrections = {{"actor", kAnn.value()}};
  of_ben.number = store().AddAppeal(of_ben, By(kBen, 2))->number;
  of_ben.state = AppealState::kRejected;
  of_ben.answered_by = kAnn;
  of_ben.answered = At(3);
  ASSERT_THAT(store().AnswerAppeal(of_ben, By(kAnn, 3)), IsOk());
  ASSERT_THAT(store().ShowRecognition(kAnn, true, By(kAnn, 4)), IsOk());
  ASSERT_THAT(store().ErasePerson(kAnn, PlainRenaming(), By(kAnn, 5)), IsOk());
  EXPECT_THAT(*store().ListGrants(kAnn), IsEmpty());
  EXPECT_THAT(*store().ListGrants(kBen), IsEmpty());
  EXPECT_THAT(*store().ListAppeals(kAnn, false), IsEmpty());
  EXPECT_FALSE(*store().ShowsRecognition(kAnn));
  const Appeal left = store().ListAppeals(Handle(), false)->at(0);
  EXPECT_THAT(left.answered_by.value() + left.source_id + left.corrections.at("actor"), Not(HasSubstr("ann")));
  EXPECT_EQ(store().VerifyAudit()->broken_at, 0);
}

}  // namespace
}  // namespace mergegate::storage
