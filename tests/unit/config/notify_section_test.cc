#include "server/config/notify_section.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/config/yaml_tree.h"

namespace mergegate::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Read {
  std::vector<ChatConfig> chats;
  std::vector<PolicyProblem> problems;
};

Read ReadText(const std::string& yaml) {
  Read read;
  YamlTree tree = ParseYaml(yaml);
  EXPECT_TRUE(tree.root);
  MapReader reader(read.problems);
  ReadNotify(reader, *tree.root, read.chats);
  return read;
}

TEST(NotifySectionTest, ChannelsAndPeople) {
  const Read read = ReadText(R"(- {name: team, kind: slack, url: env:HOOK, projects: ["acme-*"], verdicts: [pass, fail]}
- {name: ann, kind: discord, url: file:/x, person: Ann@Example.org, digest: "09:30", time_zone: UTC}
)");
  ASSERT_THAT(read.problems, IsEmpty());
  ASSERT_EQ(read.chats.size(), 2u);
  EXPECT_EQ(read.chats[0].kind, ChatKind::kSlack);
  EXPECT_THAT(read.chats[0].projects, ElementsAre("acme-*"));
  EXPECT_THAT(read.chats[0].verdicts, ElementsAre(VerdictState::kPass, VerdictState::kFail));
  EXPECT_EQ(read.chats[1].person, Handle("ann@example.org"));
  EXPECT_EQ(read.chats[1].digest, "09:30");
}

TEST(NotifySectionTest, WhatIsWrongIsSaidAndASecretIsNotShown) {
  const Read read = ReadText(R"(- {name: a, kind: slack, url: https://hooks.example/hunter2}
- {name: a, kind: slak, url: env:X, digest: "25:00", time_zone: Mars/Olympus, verdicts: fail}
- {kind: slack}
)");
  std::string all;
  for (const PolicyProblem& problem : read.problems) all += problem.message + "\n";
  EXPECT_THAT(all, HasSubstr("the URL is a secret"));
  EXPECT_THAT(all, Not(HasSubstr("hunter2")));
  EXPECT_THAT(all, HasSubstr("slak"));
  EXPECT_THAT(all, HasSubstr("a time of day is wanted"));
  EXPECT_THAT(all, HasSubstr("no such time zone"));
  EXPECT_THAT(all, HasSubstr("[fail, inconclusive]"));
  EXPECT_THAT(all, HasSubstr("the name a is taken"));
  EXPECT_THAT(all, HasSubstr("key \"name\" is missing"));
  EXPECT_THAT(all, HasSubstr("key \"url\" is missing"));
  EXPECT_EQ(ReadText("a: b").problems.size(), 1u);
}

}  // namespace
}  // namespace mergegate::config
