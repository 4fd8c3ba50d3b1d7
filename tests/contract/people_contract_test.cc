// What every engine does with people, teams, tokens, overrides, the audit log, and the wish to be forgotten.
#include <algorithm>
#include <string>
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

const Handle kAnn("ann@example.org"), kAnnGh("ann-gh"), kBen("ben"), kRoot("root");

class PeopleContract : public StoreContract {
 protected:
  static Deed ByRoot(int second) { return {kRoot, At(second)}; }

  std::vector<std::string> Actions() {
    std::vector<std::string> actions;
    const std::vector<AuditEntry> entries = *store().ListAudit(0, 100);
    for (const AuditEntry& entry : entries) actions.push_back(entry.action);
    return actions;
  }

  static StoredToken TokenOf(const std::string& id, const Handle& person, Role role = Role::kReviewer) {
    return {{.id = id,
             .person = person,
             .role = role,
             .projects = {ProjectId("db"), ProjectId("ui")},
             .note = "laptop",
             .created = At(1),
             .expires = At(100)},
            "hash of " + id};
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, PeopleContract, AllEngines(), EngineName);

TEST_P(PeopleContract, AnUnknownHandleIsAPersonOfItsOwn) {
  EXPECT_EQ(*store().ResolvePerson(kAnn), (Person{.id = kAnn, .identities = {kAnn}}));
  EXPECT_THAT(*store().ListPersons(), IsEmpty());
}

TEST_P(PeopleContract, OnePersonHasManyNames) {
  ASSERT_THAT(store().LinkIdentity(kAnn, kAnnGh, ByRoot(1)), IsOk());
  ASSERT_THAT(store().LinkIdentity(kAnnGh, Handle("ann@home.net"), ByRoot(2)), IsOk()) << "by any of their names";
  const Person ann{.id = kAnn, .identities = {kAnnGh, kAnn, Handle("ann@home.net")}};
  for (const Handle& name : ann.identities) EXPECT_EQ(store().ResolvePerson(name)->id, kAnn);
  EXPECT_THAT(store().ResolvePerson(kAnn)->identities, ::testing::UnorderedElementsAreArray(ann.identities));
  ASSERT_THAT(store().LinkIdentity(kAnn, kAnnGh, ByRoot(3)), IsOk());
  EXPECT_THAT(Actions(), ElementsAre("person.linked", "person.linked")) << "what changes nothing is no deed";
  const AuditEntry first = store().ListAudit(0, 1)->at(0);
  EXPECT_EQ(first.actor, kRoot);
  EXPECT_EQ(first.at, At(1));
  EXPECT_EQ(first.subject, kAnn);
  EXPECT_EQ(first.other, kAnnGh);
}

TEST_P(PeopleContract, ANameBelongsToOnePerson) {
  ASSERT_THAT(store().LinkIdentity(kAnn, kAnnGh, ByRoot(1)), IsOk());
  EXPECT_THAT(store().LinkIdentity(kBen, kAnnGh, ByRoot(2)),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("unlink it first")));
  EXPECT_THAT(store().LinkIdentity(kBen, kAnn, ByRoot(2)),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("1 other names")));
  EXPECT_THAT(store().UnlinkIdentity(kAnn, ByRoot(3)), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(store().UnlinkIdentity(kBen, ByRoot(3)), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(store().UnlinkIdentity(kAnnGh, ByRoot(4)), IsOk());
  EXPECT_EQ(store().ResolvePerson(kAnnGh)->id, kAnnGh);
  EXPECT_THAT(store().LinkIdentity(kBen, kAnnGh, ByRoot(5)), IsOk());
  EXPECT_EQ(store().ResolvePerson(kAnnGh)->id, kBen);
}

TEST_P(PeopleContract, BotsAreMarked) {
  ASSERT_THAT(store().DescribePerson(Handle("ci"), "Continuous I.", true, ByRoot(1)), IsOk());
  EXPECT_TRUE(store().ResolvePerson(Handle("ci"))->bot);
  EXPECT_EQ(store().ListPersons()->at(0).name, "Continuous I.");
  ASSERT_THAT(store().DescribePerson(Handle("ci"), "Cia", false, ByRoot(2)), IsOk());
  EXPECT_FALSE(store().ResolvePerson(Handle("ci"))->bot);
}

TEST_P(PeopleContract, TeamsHavePeopleNotNames) {
  ASSERT_THAT(store().SetTeam({TeamId("core"), {kAnnGh, kBen, kAnn}}, ByRoot(1)), IsOk());
  ASSERT_THAT(store().LinkIdentity(kAnn, kAnnGh, ByRoot(2)), IsOk());
  EXPECT_THAT(*store().ListTeams(), ElementsAre(Team{TeamId("core"), {kAnn, kBen}}));
  ASSERT_THAT(store().SetTeam({TeamId("core"), {kBen}}, ByRoot(3)), IsOk());
  EXPECT_THAT(*store().ListTeams(), ElementsAre(Team{TeamId("core"), {kBen}}));
  ASSERT_THAT(store().SetTeam({TeamId("core"), {}}, ByRoot(4)), IsOk());
  EXPECT_THAT(*store().ListTeams(), IsEmpty());
}

TEST_P(PeopleContract, TheAuditLogIsAChain) {
  EXPECT_EQ(store().VerifyAudit()->entries, 0);
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(*store().AppendAudit({.at = At(i), .actor = kRoot, .action = "a", .subject = kAnn, .object = "o"}), i);
  }
  const AuditCheck check = *store().VerifyAudit();
  EXPECT_EQ(check.entries, 3);
  EXPECT_EQ(check.broken_at, 0);
  const std::vector<AuditEntry> entries = *store().ListAudit(1, 10);
  ASSERT_EQ(entries.size(), 2);
  EXPECT_EQ(entries[1].hash, check.head);
  EXPECT_NE(entries[0].hash, entries[1].hash);
  EXPECT_EQ(entries[0].subject, kAnn);
}

TEST_P(PeopleContract, TokensAreFoundListedAndRevoked) {
  ASSERT_THAT(store().CreateToken(TokenOf("t1", kAnn), ByRoot(1)), IsOk());
  EXPECT_THAT(store().CreateToken(TokenOf("t1", kBen), ByRoot(2)), StatusIs(absl::StatusCode::kAlreadyExists));
  ASSERT_THAT(store().CreateToken(TokenOf("t2", kBen), ByRoot(2)), IsOk());
  EXPECT_EQ(store().FindToken("t1")->secret_hash, "hash of t1");
  EXPECT_EQ(store().FindToken("t1")->token, TokenOf("t1", kAnn).token);
  EXPECT_THAT(store().FindToken("t3"), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(store().TouchToken("t1", At(7)), IsOk());
  EXPECT_EQ(store().FindToken("t1")->token.last_used, At(7));
  ASSERT_THAT(store().RevokeToken("t1", ByRoot(8)), IsOk());
  ASSERT_THAT(store().RevokeToken("t1", ByRoot(9)), IsOk());
  EXPECT_EQ(store().FindToken("t1")->token.revoked, At(8)) << "the first time counts";
  EXPECT_THAT(store().RevokeToken("t3", ByRoot(9)), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(store().ListTokens()->size(), 2);
  EXPECT_THAT(Actions(), ElementsAre("token.created", "token.created", "token.revoked"));
}

TEST_P(PeopleContract, OverridesAreOfOneChangeAndLogged) {
  const Override one{.project = ProjectId("db"),
                     .change = "7",
                     .condition = "quality",
                     .actor = kAnn,
                     .role = "lead",
                     .reason = "hotfix",
                     .created = At(1),
                     .expires = At(9)};
  ASSERT_THAT(store().AddOverride(one), IsOk());
  EXPECT_THAT(*store().ListOverrides(ProjectId("db"), "7"), ElementsAre(one));
  EXPECT_THAT(*store().ListOverrides(ProjectId("db"), "8"), IsEmpty());
  Override lost = one;
  lost.project = ProjectId("none");
  EXPECT_THAT(store().AddOverride(lost), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Actions(), ElementsAre("condition.overridden"));
}

TEST_P(PeopleContract, WhoWantsToBeForgottenIs) {
  ASSERT_THAT(store().LinkIdentity(kAnn, kAnnGh, ByRoot(1)), IsOk());
  ASSERT_THAT(store().SetTeam({TeamId("core"), {kAnn, kBen}}, ByRoot(2)), IsOk());
  ASSERT_THAT(store().SetAvailability({.person = kAnn, .absences = {{At(1), At(2), "surgery"}}}), IsOk());
  ASSERT_THAT(store().CreateToken(TokenOf("t1", kAnn), ByRoot(3)), IsOk());
  const Signal thanks{.kind = SignalKind::kKudos,
                      .actor = kAnnGh,
                      .subject = kBen,
                      .text = "from Ann with love",
                      .at = At(4),
                      .source = "chat",
                      .source_id = "ann-gh/1"};
  Signal about = thanks;
  about.actor = kBen;
  about.subject = kAnn;
  about.source_id = "2";
  Signal bystander = thanks;
  bystander.actor = kBen;
  bystander.subject = Handle("cleo");
  bystander.source_id = "3";
  ASSERT_THAT(store().AppendSignals(std::vector<Signal>{thanks, about, bystander}), IsOk());
  const SignalCursor cursor = *store().CurrentSignals();

  const StoredReview review{
      .project = ProjectId("db"), .change = "7", .author = kBen, .reviewers = {kAnn}, .updated = At(4)};
  ASSERT_THAT(store().AppendReviewEvents(review, {{.kind = ReviewEventKind::kApproved,
                                                   .actor = kAnn,
                                                   .at = At(4),
                                                   .source = "mergegate",
                                                   .source_id = "rpc/ann@example.org/1",
                                                   .event = "ann@example.org approved"}}),
              IsOk());

  const auto erased = store().ErasePerson(kAnnGh, PlainRenaming(), {kAnn, At(5)});
  ASSERT_THAT(erased, IsOk());
  EXPECT_EQ(erased->signals, 2);
  EXPECT_EQ(erased->identities, 2);
  EXPECT_EQ(erased->reviews, 1);
  const std::string event = store().ListReviewEvents(ProjectId("db"), "7", 0, 10)->at(0);
  EXPECT_THAT(event, ::testing::StartsWith("forgotten-"));
  EXPECT_THAT(event, HasSubstr(" approved")) << "that it was approved stays";
  EXPECT_THAT(store().GetReview(ProjectId("db"), "7")->reviewers.at(0).value(), ::testing::StartsWith("forgotten-"));
  EXPECT_FALSE(*store().HasReviewEvent("mergegate", "rpc/ann@example.org/1"));
  EXPECT_THAT(*store().ListPersons(), IsEmpty());
  EXPECT_THAT(*store().ListTeams(), ElementsAre(Team{TeamId("core"), {kBen}}));
  EXPECT_THAT(store().GetAvailability(kAnn)->absences, IsEmpty());
  EXPECT_THAT(store().FindToken("t1"), StatusIs(absl::StatusCode::kNotFound));
  std::vector<Signal> left;
  ASSERT_THAT(store().ScanSignals({}, [&](Signal signal) { left.push_back(std::move(signal)); }), IsOk());
  ASSERT_EQ(left.size(), 3) << "that there was praise stays";
  for (const Signal& signal : left) {
    EXPECT_THAT(signal.actor.value() + signal.subject.value() + signal.source_id, Not(HasSubstr("ann")));
    EXPECT_EQ(signal.text, signal.source_id == "3" ? "from Ann with love" : "");
  }
  EXPECT_TRUE(store().SignalsSince(cursor)->everything);
  const std::vector<AuditEntry> audit = *store().ListAudit(0, 100);
  for (const AuditEntry& entry : audit) {
    EXPECT_THAT(entry.actor.value() + entry.subject.value() + entry.other.value() + entry.object + entry.detail,
                Not(HasSubstr("ann")));
  }
  EXPECT_EQ(audit.back().action, "person.forgotten");
  EXPECT_EQ(audit.back().detail, "at their own wish");
  EXPECT_EQ(store().VerifyAudit()->broken_at, 0) << "the chain holds without the person";
}

}  // namespace
}  // namespace mergegate::storage
