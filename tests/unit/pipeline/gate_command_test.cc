#include "server/pipeline/gate_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/civil_time.h"

namespace mergegate::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

GateCommand One(std::string_view comment) {
  const std::vector<GateCommand> commands = ParseGateCommands(comment);
  EXPECT_EQ(commands.size(), 1u) << comment;
  return commands.empty() ? GateCommand() : commands[0];
}

TEST(GateCommand, StandsOnALineOfItsOwn) {
  EXPECT_EQ(One("/gate rerun").verb, GateVerb::kRerun);
  EXPECT_EQ(One("Flaky?\r\n  /gate rerun  \r\nThanks.").verb, GateVerb::kRerun);
  EXPECT_EQ(One("/gate EXPLAIN").verb, GateVerb::kExplain);
  EXPECT_THAT(ParseGateCommands("try /gate rerun"), IsEmpty());
  EXPECT_THAT(ParseGateCommands("> /gate rerun"), IsEmpty());
  EXPECT_THAT(ParseGateCommands("```\n/gate rerun\n```"), IsEmpty());
  EXPECT_THAT(ParseGateCommands("/gateway rerun"), IsEmpty());
  EXPECT_EQ(ParseGateCommands("/gate rerun\n/gate explain").size(), 2u);
}

TEST(GateCommand, AnOverrideHasAConditionAReasonAndAnEnd) {
  const GateCommand command = One("/gate override quality reason it is old code until 2027-01-31");
  EXPECT_EQ(command.verb, GateVerb::kOverride);
  EXPECT_EQ(command.condition, "quality");
  EXPECT_EQ(command.reason, "it is old code");
  EXPECT_EQ(command.until, absl::FromCivil(absl::CivilDay(2027, 2, 1), absl::UTCTimeZone()));
  EXPECT_EQ(command.problem, "");
  EXPECT_EQ(One("/gate override quality hotfix until 2027-01-31").reason, "hotfix");
  EXPECT_EQ(One("/gate override quality hotfix until 2027-01-31T12:30").until,
            absl::FromCivil(absl::CivilMinute(2027, 1, 31, 12, 30), absl::UTCTimeZone()));
  EXPECT_EQ(One("/gate override quality hotfix until 2027-01-31T12:30Z").until,
            One("/gate override quality hotfix until 2027-01-31T12:30").until);
  EXPECT_THAT(One("/gate override quality hotfix until 2027-01-31T25:00").problem, HasSubstr("no day"));
  EXPECT_THAT(One("/gate override quality").problem, HasSubstr("needs a condition, a reason and an end"));
  EXPECT_THAT(One("/gate override quality until 2027-01-31").problem, HasSubstr("needs a condition"));
  EXPECT_THAT(One("/gate override quality hotfix until tomorrow").problem, HasSubstr("no day"));
}

TEST(GateCommand, ReviewersAreLogins) {
  EXPECT_THAT(One("/gate reviewer @ann, ben").logins, ElementsAre("ann", "ben"));
  EXPECT_THAT(One("/gate reviewer").problem, HasSubstr("say who"));
  EXPECT_THAT(One("/gate reviewer @acme/core").problem, HasSubstr("one person's login"));
}

TEST(GateCommand, WhatIsNotKnownSaysWhatIs) {
  EXPECT_THAT(One("/gate").problem, HasSubstr("/gate rerun"));
  EXPECT_THAT(One("/gate merge").problem, HasSubstr("not known"));
}

TEST(GateCommand, ACommentMayBeNothingButCommands) {
  EXPECT_TRUE(OnlyCommands("/gate rerun\n\n/gate explain\n"));
  EXPECT_FALSE(OnlyCommands("Hm.\n/gate rerun"));
}

}  // namespace
}  // namespace mergegate::pipeline
