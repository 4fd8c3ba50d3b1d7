// What a token for some projects shows of the people of others.
#include "mergegate/v1/people_service.grpc.pb.h"
#include "mergegate/v1/review_service.grpc.pb.h"
#include "mergegate/v1/server_service.grpc.pb.h"
#include "tests/support/signal_builder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/rpc/server_fixture.h"

namespace mergegate::rpc {
namespace {

using mergegate::testing::Append;
using mergegate::testing::ChangeStory;
using mergegate::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Stub = v1::PeopleService::Stub;

// ann and ben (ben-gh) work on x, cleo and dan on y; ann and cleo are in a team, cleo and dan in another.
class PeopleServiceTest : public ServerTest {
 protected:
  PeopleServiceTest() {
    std::vector<Signal> signals = ChangeStory("x", "1", "ann", 1).Review("ben-gh", 2).signals();
    Append(signals, ChangeStory("y", "1", "cleo", 1).Review("dan", 2).signals());
    EXPECT_THAT(store_->AppendSignals(signals), IsOk());
    for (const char* who : {"ann", "ben", "cleo", "dan"}) {
      EXPECT_THAT(store_->LinkIdentity(Handle(who), Handle(absl::StrCat(who, "-gh")), {}), IsOk());
    }
    EXPECT_THAT(store_->SetTeam({TeamId("both"), {Handle("ann"), Handle("cleo")}}, {}), IsOk());
    EXPECT_THAT(store_->SetTeam({TeamId("secret"), {Handle("cleo"), Handle("dan")}}, {}), IsOk());
  }

  std::vector<std::string> People(const As& caller) {
    v1::ListPeopleResponse people;
    EXPECT_TRUE(Call(&Stub::ListPeople, v1::ListPeopleRequest(), people, caller).ok());
    std::vector<std::string> ids;
    for (const v1::Person& person : people.people()) ids.push_back(person.id());
    return ids;
  }
  // "team: members".
  std::vector<std::string> Teams(const As& caller) {
    v1::ListTeamsResponse teams;
    EXPECT_TRUE(Call(&Stub::ListTeams, v1::ListTeamsRequest(), teams, caller).ok());
    std::vector<std::string> texts;
    for (const v1::Team& team : teams.teams()) {
      texts.push_back(team.id() + ":");
      for (const std::string& member : team.members()) texts.back() += " " + member;
    }
    return texts;
  }
  v1::Person Person(const std::string& handle, const As& caller) {
    v1::GetPersonRequest request;
    request.set_handle(handle);
    v1::Person person;
    EXPECT_TRUE(Call(&Stub::GetPerson, request, person, caller).ok());
    return person;
  }
};

TEST_F(PeopleServiceTest, ATokenForSomeProjectsKnowsTheirPeopleOnly) {
  const As guest = Give("guest", v1::ROLE_VIEWER, "x"), all = Give("eve", v1::ROLE_VIEWER);
  EXPECT_THAT(People(all), ElementsAre("ann", "ben", "cleo", "dan"));
  EXPECT_THAT(People(guest), ElementsAre("ann", "ben"));
  EXPECT_THAT(Teams(all), ElementsAre("both: ann cleo", "secret: cleo dan"));
  EXPECT_THAT(Teams(guest), ElementsAre("both: ann"));
  EXPECT_EQ(Person("ben-gh", guest).id(), "ben");
  EXPECT_EQ(Person("dan-gh", all).id(), "dan");
  EXPECT_EQ(Person("dan-gh", guest).id(), "dan-gh") << "as of somebody whom nobody knows";
  EXPECT_EQ(Person("dan-gh", guest).identities_size(), Person("nobody", guest).identities_size());
}

TEST_F(PeopleServiceTest, LeaveIsForThoseOfTheSameProjects) {
  ASSERT_THAT(store_->SetAvailability({.person = Handle("dan"), .time_zone = "Europe/Zurich"}), IsOk());
  v1::GetAvailabilityRequest request;
  request.set_person("dan");
  v1::Availability availability;
  const auto zone = [&](const As& caller) {
    EXPECT_TRUE(Call(&v1::ReviewService::Stub::GetAvailability, request, availability, caller).ok());
    return availability.time_zone();
  };
  EXPECT_EQ(zone(Give("guest", v1::ROLE_VIEWER, "x")), "");
  EXPECT_EQ(zone(Give("eve", v1::ROLE_VIEWER, "y")), "Europe/Zurich");
}

TEST_F(PeopleServiceTest, WhoIsWhoIsForAllProjectsToSay) {
  const As lead = Give("lee", v1::ROLE_LEAD, "x"), root = Give("rob", v1::ROLE_ADMIN, "x");
  v1::LinkIdentityRequest link;
  link.set_person("lee");
  link.set_identity("dan");
  v1::Person person;
  const grpc::Status refused = Call(&Stub::LinkIdentity, link, person, lead);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::PERMISSION_DENIED) << "lee would read as dan";
  EXPECT_THAT(refused.error_message(),
              HasSubstr("PeopleService.LinkIdentity touches all projects; this token is for x"));
  v1::SetTeamRequest team;
  team.mutable_team()->set_id("secret");
  v1::Team set;
  EXPECT_EQ(Call(&Stub::SetTeam, team, set, lead).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  v1::ErasePersonRequest erase;
  erase.set_person("dan");
  erase.set_confirm("dan");
  v1::ErasePersonResponse erased;
  EXPECT_EQ(Call(&Stub::ErasePerson, erase, erased, root).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  v1::ListTokensResponse tokens;
  EXPECT_EQ(Call(&v1::AccessService::Stub::ListTokens, v1::ListTokensRequest(), tokens, root).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  v1::ListAuditEntriesResponse audit;
  EXPECT_EQ(Call(&v1::AccessService::Stub::ListAuditEntries, v1::ListAuditEntriesRequest(), audit, root).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  v1::ListOutboxResponse outbox;
  EXPECT_EQ(Call(&v1::ServerService::Stub::ListOutbox, v1::ListOutboxRequest(), outbox, root).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  v1::GetMetricsResponse metrics;
  EXPECT_EQ(Call(&v1::ServerService::Stub::GetMetrics, v1::GetMetricsRequest(), metrics, root).error_code(),
            grpc::StatusCode::PERMISSION_DENIED)
      << "counters are of all projects together";
  EXPECT_TRUE(
      Call(&v1::ServerService::Stub::GetMetrics, v1::GetMetricsRequest(), metrics, Give("eve", v1::ROLE_VIEWER)).ok());
  link.set_person("lee");
  link.set_identity("lee-gh");
  EXPECT_TRUE(Call(&Stub::LinkIdentity, link, person, Give("lou", v1::ROLE_LEAD)).ok()) << "a token for all";
}

TEST_F(PeopleServiceTest, ALeadLinksNobodyToThemselvesOrToWhoMayMore) {
  const As lead = Give("lou", v1::ROLE_LEAD), root = Give("ruth", v1::ROLE_ADMIN);
  const auto link = [this](const As& caller, const std::string& to, const std::string& name) {
    v1::LinkIdentityRequest request;
    request.set_person(to);
    request.set_identity(name);
    v1::Person person;
    return Call(&Stub::LinkIdentity, request, person, caller).error_message();
  };
  EXPECT_THAT(link(lead, "cleo", "lou"), HasSubstr("nobody links names of their own"));  // lou would read as cleo
  EXPECT_THAT(link(lead, "lou", "lou-gh"), HasSubstr("nobody links names of their own"));
  EXPECT_THAT(link(lead, "ruth", "lou-gh"), HasSubstr("ruth has the role admin, which is more than yours"));
  EXPECT_EQ(link(lead, "cleo", "cleo-gl"), "");
  EXPECT_EQ(link(root, "ruth", "ruth-gh"), "");
}

}  // namespace
}  // namespace mergegate::rpc
