#include "server/reviewers/owners.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_join.h"

namespace mergegate::reviewers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// "RULE: owners for paths", a demand each.
std::vector<std::string> Demands(const std::map<std::string, std::string>& files, const std::vector<std::string>& paths,
                                 const std::string& author = "",
                                 const std::map<std::string, std::vector<std::string>>& groups = {}) {
  std::vector<std::string> words;
  for (const OwnerDemand& demand : ReadOwnerRules(files).DemandsOf(paths, Handle(author), groups)) {
    const auto name = [](std::string* out, const Handle& owner) { out->append(owner.value()); };
    std::string text = demand.rule + ": ";
    if (demand.required != 1) text += std::to_string(demand.required) + " of ";
    text += absl::StrJoin(demand.owners, ",", name) + " for " + absl::StrJoin(demand.paths, ",");
    words.push_back(text + (demand.optional ? " (optional)" : "") + (demand.unknown.empty() ? "" : " ?"));
  }
  return words;
}

// ---- CODEOWNERS ----

TEST(CodeOwnersMatchesTest, AsGitHubDocumentsIt) {
  EXPECT_TRUE(CodeOwnersMatches("*", "a/b.cc"));
  EXPECT_TRUE(CodeOwnersMatches("*.js", "a/b.js"));
  EXPECT_TRUE(CodeOwnersMatches("/build/logs/", "build/logs/x/y"));
  EXPECT_FALSE(CodeOwnersMatches("/build/logs/", "a/build/logs/x"));
  EXPECT_TRUE(CodeOwnersMatches("docs/*", "docs/start.md"));
  EXPECT_FALSE(CodeOwnersMatches("docs/*", "docs/build/troubles.md"));
  EXPECT_TRUE(CodeOwnersMatches("apps/", "src/apps/x"));
  EXPECT_TRUE(CodeOwnersMatches("/docs/", "docs/x"));
  EXPECT_FALSE(CodeOwnersMatches("/docs/", "docs"));
  EXPECT_TRUE(CodeOwnersMatches("/scripts", "scripts/a/b"));
  EXPECT_TRUE(CodeOwnersMatches("**/logs", "deep/er/logs/x"));
  EXPECT_TRUE(CodeOwnersMatches("/apps/github", "apps/github"));
}

TEST(OwnerRulesTest, TheLastMatchDecides) {
  const std::string text = "* @ann\n*.cc @Ben  # C++\n/db/  cleo@example.org\n/db/gen/\n";
  EXPECT_THAT(Demands({{"CODEOWNERS", text}}, {"README", "a.cc", "db/a.cc", "db/gen/x.cc"}),
              ElementsAre("CODEOWNERS:1: ann for README", "CODEOWNERS:2: ben for a.cc",
                          "CODEOWNERS:3: cleo@example.org for db/a.cc"));
}

TEST(OwnerRulesTest, TheAuthorIsNoOwnerOfTheirOwnChange) {
  EXPECT_THAT(Demands({{"CODEOWNERS", "* @ann @ben\n"}}, {"a"}, "ann"), ElementsAre("CODEOWNERS:1: ben for a"));
}

TEST(OwnerRulesTest, SectionsOfGitLabEachHaveASay) {
  const std::string text =
      "* @ann\n"
      "[Database][2] @ben @cleo\n"
      "db/\n"
      "db/tests/ @dora\n"
      "^[Docs]\n"
      "*.md @eve\n"
      "[database]\n"
      "!db/third_party/\n";
  EXPECT_THAT(Demands({{".gitlab/CODEOWNERS", text}}, {"db/a.cc", "db/tests/t.cc", "db/README.md", "db/third_party/x"}),
              ElementsAre(".gitlab/CODEOWNERS:1: ann for db/README.md,db/a.cc,db/tests/t.cc,db/third_party/x",
                          ".gitlab/CODEOWNERS:3 [Database]: 2 of ben,cleo for db/README.md,db/a.cc",
                          ".gitlab/CODEOWNERS:4 [Database]: 2 of dora for db/tests/t.cc",
                          ".gitlab/CODEOWNERS:6 [Docs]: eve for db/README.md (optional)"));
}

TEST(OwnerRulesTest, GroupsAreThePolicysOrUnknown) {
  const std::map<std::string, std::string> files = {{"CODEOWNERS", "* @org/db @ann\n"}};
  EXPECT_THAT(Demands(files, {"a"}), ElementsAre("CODEOWNERS:1: ann for a ?"));
  EXPECT_THAT(Demands(files, {"a"}, "", {{"@org/db", {"@ben", "Cleo@example.org"}}}),
              ElementsAre("CODEOWNERS:1: ben,cleo@example.org,ann for a"));
}

TEST(OwnerRulesTest, HostileCodeOwnersAreBoundedAndTold) {
  std::string text = "a\\ b.txt @ann\n[ @x\n* nobody @ben\n";
  text += "bad";
  text += '\0';
  text += " @ann\n";
  text += std::string(2000, 'x') + " @ann\n";
  text += "[[[*?** @ann\n";
  const OwnerRules rules = ReadOwnerRules({{"CODEOWNERS", text}});
  EXPECT_THAT(rules.problems(),
              ElementsAre(HasSubstr("CODEOWNERS:3: \"nobody\" is neither"), HasSubstr("NUL"), HasSubstr("too long")));
  EXPECT_THAT(rules.DemandsOf({"a b.txt"}, Handle(), {}), SizeIs(1));
  std::string many;
  for (int i = 0; i < 30'000; ++i) many += "* @ann\n";
  EXPECT_THAT(ReadOwnerRules({{"CODEOWNERS", many}}).problems(), ElementsAre(HasSubstr("more than 20000 rules")));
  EXPECT_THAT(ReadOwnerRules({{"CODEOWNERS", std::string(4 << 20, '*')}}).problems(), SizeIs(1));
}

// ---- OWNERS ----

TEST(OwnerRulesTest, TheNearestOwnersComeFirstAndThoseAboveOwnToo) {
  const std::map<std::string, std::string> files = {
      {"OWNERS", "root@example.org\n"}, {"db/OWNERS", "# database\nann@example.org\nben@example.org  # soon\n"}};
  EXPECT_THAT(Demands(files, {"db/deep/er/a.cc", "x.cc"}),
              ElementsAre("OWNERS: root@example.org for x.cc",
                          "db/OWNERS: ann@example.org,ben@example.org,root@example.org for db/deep/er/a.cc"));
}

TEST(OwnerRulesTest, NoParentPerFileAndIncludes) {
  const std::map<std::string, std::string> files = {
      {"OWNERS", "root@example.org\n"},
      {"net/OWNERS",
       "set noparent\nfile://common/CORE_OWNERS\nper-file *.md,*.txt=doc@example.org\n"
       "per-file secret.cc=set noparent\nper-file secret.cc=sec@example.org\n"},
      {"common/CORE_OWNERS", "core@example.org\n"}};
  EXPECT_THAT(Demands(files, {"net/a.cc", "net/b.md", "net/secret.cc"}),
              ElementsAre("net/OWNERS: core@example.org for net/a.cc",
                          "net/OWNERS: doc@example.org,core@example.org for net/b.md",
                          "net/OWNERS: sec@example.org for net/secret.cc"));
}

TEST(OwnerRulesTest, EverybodyIsNoDemand) { EXPECT_THAT(Demands({{"OWNERS", "*\n"}}, {"a"}), IsEmpty()); }

TEST(OwnerRulesTest, KubernetesKeysFiltersAndAliases) {
  const std::map<std::string, std::string> files = {
      {"OWNERS", "approvers:\n- root\n"},
      {"OWNERS_ALIASES", "aliases:\n  sig-net:\n    - nina\n    - Noa\n"},
      {"net/OWNERS", "options:\n  no_parent_owners: true\nreviewers:\n- rita\napprovers: [sig-net, \"olga\"]\n"},
      {"api/OWNERS", "filters:\n  \".*\":\n    approvers:\n    - ada\n  \"\\\\.md$\":\n    approvers: [doc]\n"}};
  EXPECT_THAT(Demands(files, {"net/a.go", "api/x.go"}),
              ElementsAre("api/OWNERS: ada,root for api/x.go", "net/OWNERS: nina,noa,olga for net/a.go"));
}

TEST(OwnerRulesTest, IncludesInACircleEnd) {
  const OwnerRules rules = ReadOwnerRules(
      {{"a/OWNERS", "file://b/OWNERS\nann@example.org\n"}, {"b/OWNERS", "file://a/OWNERS\nfile:../../etc/passwd\n"}});
  EXPECT_THAT(rules.problems(), ::testing::Contains(HasSubstr("in a circle")));
  EXPECT_THAT(rules.problems(), ::testing::Contains(HasSubstr("which is not there")));
  EXPECT_EQ(rules.DemandsOf({"a/x"}, Handle(), {}).size(), 1u);
}

}  // namespace
}  // namespace mergegate::reviewers
