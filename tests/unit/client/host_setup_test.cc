#include "client/cli/host_setup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mergegate::client {
namespace {

using ::testing::HasSubstr;

HostSetup GitHub() {
  return {.kind = "github",
          .name = "github",
          .web_url = "https://github.com",
          .server_url = "https://gate.example.org",
          .secret = "file:/etc/mergegate/github-webhook",
          .app_id = "123",
          .private_key = "file:/etc/mergegate/app.pem"};
}

TEST(HostSetup, TheSectionIsWhatTheServerReads) {
  EXPECT_EQ(SectionOf(GitHub()),
            "  - name: github\n"
            "    kind: github\n"
            "    app_id: \"123\"\n"
            "    private_key: file:/etc/mergegate/app.pem\n"
            "    webhook_secrets:\n"
            "      - file:/etc/mergegate/github-webhook\n");
  HostSetup own = GitHub();
  own.web_url = "https://hub.example.org";
  EXPECT_THAT(SectionOf(own), HasSubstr("    web_url: https://hub.example.org\n"));
}

TEST(HostSetup, TheStepsSayWhereAndWhat) {
  EXPECT_THAT(StepsFor(GitHub()), HasSubstr("https://github.com/settings/apps/new"));
  EXPECT_THAT(StepsFor(GitHub()), HasSubstr("https://gate.example.org/hooks/github/app"));
  EXPECT_THAT(StepsFor(GitHub()), HasSubstr("the content of file:/etc/mergegate/github-webhook"));
  HostSetup lab = GitHub();
  lab.kind = lab.name = "gitlab";
  EXPECT_THAT(StepsFor(lab), HasSubstr("https://gate.example.org/hooks/gitlab/"));
}

TEST(HostSetup, AHostIsAddedToWhatIsThere) {
  EXPECT_EQ(*WithSection("", "  - a\n"), "hosts:\n  - a\n");
  EXPECT_EQ(*WithSection("hosts:\n  - b\n", "  - a\n"), "hosts:\n  - b\n  - a\n");
  EXPECT_EQ(*WithSection("other: 1", "  - a\n"), "other: 1\nhosts:\n  - a\n");
  EXPECT_FALSE(WithSection("hosts:\n  - b\nother: 1\n", "  - a\n").ok());
  EXPECT_FALSE(WithSection("hosts: [b]\n", "  - a\n").ok());
}

TEST(HostSetup, WhatTheServerWouldRefuseIsRefused) {
  EXPECT_TRUE(CheckSetup(GitHub()).ok());
  HostSetup setup = GitHub();
  setup.secret = "hunter2";
  EXPECT_THAT(std::string(CheckSetup(setup).message()), HasSubstr("file:/PATH"));
  setup = GitHub();
  setup.name = "Git Hub";
  EXPECT_FALSE(CheckSetup(setup).ok());
  setup = GitHub();
  setup.server_url = "gate.example.org";
  EXPECT_FALSE(CheckSetup(setup).ok());
}

}  // namespace
}  // namespace mergegate::client
