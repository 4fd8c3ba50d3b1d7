// Which names, mails and logins are one person, and which accounts are none.
#include "server/reviewers/people.h"

#include <gtest/gtest.h>

namespace mergegate::reviewers {
namespace {

Identity Person(std::string name, std::string mail, std::string login = "") {
  return {.name = std::move(name), .mail = std::move(mail), .login = std::move(login)};
}

TEST(PeopleTest, OneMailOrOneFullNameIsOnePerson) {
  People people;
  const PersonId ann = people.Intern(Person("Ann Li", "ann@example.org"));
  EXPECT_EQ(people.Intern(Person("annli", "ANN@example.org")), ann);
  EXPECT_EQ(people.Intern(Person("Ann Li", "ann@work.example")), ann);
  EXPECT_NE(people.Intern(Person("Bob Ray", "bob@example.org")), ann);
}

TEST(PeopleTest, CaseAccentsPunctuationAndOrderOfANameDoNotCount) {
  People people;
  const PersonId bodo = people.Intern(Person("Bodo M\xC3\xB6ller", "bodo@a.example"));
  EXPECT_EQ(people.Intern(Person("bodo moller", "bodo@b.example")), bodo);
  EXPECT_EQ(people.Intern(Person("M\xC3\xB6ller, Bodo", "bodo@c.example")), bodo);
  const PersonId ralf = people.Intern(Person("Ralf S. Engel", "ralf@a.example"));
  EXPECT_EQ(people.Intern(Person("Ralf S Engel", "ralf@b.example")), ralf);
}

TEST(PeopleTest, AFirstNameAloneJoinsNobody) {
  People people;
  const PersonId one = people.Intern(Person("Ann Li", "ann@a.example"));
  EXPECT_NE(people.Intern(Person("Ann Ray", "ann@b.example")), one);
}

TEST(PeopleTest, ALoginLeadsToTheMailboxOfItsNameUnlessTwoHaveIt) {
  People people;
  const PersonId ann = people.Intern(Person("Ann Li", "annli@a.example"));
  EXPECT_EQ(people.Find("annli"), ann);
  EXPECT_EQ(people.Intern(Person("", "", "annli")), ann);
  People two;
  two.Intern(Person("Ann Li", "sam@a.example"));
  two.Intern(Person("Sam Ray", "sam@b.example"));
  EXPECT_EQ(two.Find("sam"), kNobody);
}

TEST(PeopleTest, NoReplyMailsAreLogins) {
  People people;
  const PersonId ann = people.Intern(Person("Ann Li", "1234+annli@users.noreply.example"));
  EXPECT_EQ(people.Find("annli"), ann);
}

TEST(PeopleTest, AnIdentityWithBothJoinsTwoFromThenOn) {
  People people;
  const PersonId by_mail = people.Intern(Person("", "ann@a.example"));
  const PersonId by_name = people.Intern(Person("Ann Li", "ann@b.example"));
  EXPECT_NE(by_mail, by_name);
  const PersonId joined = people.Intern(Person("Ann Li", "ann@a.example"));
  EXPECT_EQ(people.Now(by_mail), joined);
  EXPECT_EQ(people.Now(by_name), joined);
}

TEST(PeopleTest, IsFoundByWhatUsersType) {
  People people;
  const PersonId ann = people.Intern(Person("Ann Li", "ann@example.org", "al"));
  for (const char* text : {"ann@example.org", "Ann Li <ann@example.org>", "Ann Li", "ann li", "al", " AL "}) {
    EXPECT_EQ(people.Find(text), ann) << text;
  }
  EXPECT_EQ(people.Find("nobody@example.org"), kNobody);
  EXPECT_EQ(people.Find(""), kNobody);
  EXPECT_EQ(people.Intern({}), kNobody);
}

TEST(PeopleTest, BytesThatAreNoTextAreANameLikeAnyOther) {
  People people;
  const PersonId odd = people.Intern(Person("\xFF\xFE \xC3", "x@example.org"));
  EXPECT_EQ(people.Find("x@example.org"), odd);
}

TEST(IsBotTest, KnowsMachinesFromPeople) {
  for (const Identity& bot :
       {Person("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.example"),
        Person("Impala Public Jenkins", "jenkins@example.org"), Person("Jenkins", ""), Person("k8s ci robot", ""),
        Person("", "", "fuzz-bot"), Person("", "noreply@example.org")}) {
    EXPECT_TRUE(IsBot(bot)) << bot.name << bot.mail << bot.login;
  }
  for (const Identity& person : {Person("Tom Jenkins", "tom@example.org"), Person("Ann Talbot", "talbot@example.org"),
                                 Person("Sam Travis", "sam@example.org"), Person("Robin Ott", "rob@example.org")}) {
    EXPECT_FALSE(IsBot(person)) << person.name;
  }
}

}  // namespace
}  // namespace mergegate::reviewers
