// Signals across the border: there and back, and what is refused.
#include "server/wire/signal_convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "tests/support/status_matchers.h"

namespace mergegate::wire {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::HasSubstr;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

v1::Signal Course() {
  v1::Signal proto;
  proto.set_kind(v1::SIGNAL_KIND_COURSE_COMPLETED);
  proto.set_actor("@Ann");
  proto.set_project("projects/db");
  proto.set_object("C++ in depth");
  proto.set_value(0.9);
  proto.mutable_at()->set_seconds(1'700'000'000);
  proto.mutable_at()->set_nanos(123'456'789);
  proto.set_source("coursera");
  proto.set_source_id("42");
  return proto;
}

void ExpectRefused(const v1::Signal& proto, const std::string& field) {
  EXPECT_THAT(FromProto(proto), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(field)));
}

TEST(SignalConvert, ThereAndBack) {
  const auto signal = FromProto(Course());
  ASSERT_THAT(signal, IsOk());
  EXPECT_EQ(signal->actor, Handle("ann")) << "as handles are written";
  EXPECT_EQ(signal->project, ProjectId("db"));
  EXPECT_EQ(absl::ToUnixMicros(signal->at), 1'700'000'000'123'456);
  v1::Signal expected = Course();
  expected.set_actor("ann");
  expected.mutable_at()->set_nanos(123'456'000);
  EXPECT_EQ(ToProto(*signal).DebugString(), expected.DebugString());
}

TEST(SignalConvert, KindsMatchTheContract) {
  for (int i = 1; i < 100; ++i) {
    EXPECT_EQ(IsKnown(static_cast<SignalKind>(i)), v1::SignalKind_IsValid(i)) << i;
  }
  EXPECT_EQ(static_cast<int>(SignalKind::kCommentAddressed), v1::SIGNAL_KIND_COMMENT_ADDRESSED);
  EXPECT_EQ(static_cast<int>(SignalKind::kFindingAvoided), v1::SIGNAL_KIND_FINDING_AVOIDED);
  EXPECT_EQ(static_cast<int>(SignalKind::kEventAttended), v1::SIGNAL_KIND_EVENT_ATTENDED);
  EXPECT_EQ(static_cast<int>(SignalKind::kFeedbackGiven), v1::SIGNAL_KIND_FEEDBACK_GIVEN);
}

TEST(SignalConvert, WhatHasNoSenseIsRefusedByField) {
  v1::Signal proto = Course();
  proto.set_kind(static_cast<v1::SignalKind>(99));
  ExpectRefused(proto, "kind");
  proto = Course();
  proto.set_actor("two words");
  ExpectRefused(proto, "actor");
  proto = Course();
  proto.set_project("db");
  ExpectRefused(proto, "db");
  proto = Course();
  proto.clear_at();
  ExpectRefused(proto, "at");
  proto = Course();
  proto.clear_source();
  ExpectRefused(proto, "source");
  proto = Course();
  proto.clear_source_id();
  ExpectRefused(proto, "source_id");
  proto = Course();
  proto.set_corrects("42");
  ExpectRefused(proto, "corrects");
  proto = Course();
  proto.set_retracted(true);
  ExpectRefused(proto, "corrects");
  proto = Course();
  proto.set_kind(v1::SIGNAL_KIND_KUDOS);
  ExpectRefused(proto, "subject");
  proto.set_subject("Ann");
  ExpectRefused(proto, "subject: is the actor");
}

TEST(SignalConvert, ValuesAreInTheirRange) {
  v1::Signal proto = Course();
  for (const double bad : {90.0, -0.1, std::numeric_limits<double>::infinity()}) {
    proto.set_value(bad);
    ExpectRefused(proto, "value");
  }
  proto.set_value(kNaN);
  EXPECT_TRUE(std::isnan(FromProto(proto)->value)) << "passed, without a grade";
  proto.set_kind(v1::SIGNAL_KIND_CHANGE_MERGED);
  proto.set_value(90);
  EXPECT_THAT(FromProto(proto), IsOk());
  proto.set_value(-std::numeric_limits<double>::infinity());
  ExpectRefused(proto, "value");
}

TEST(SignalConvert, TextsArePrintableAndBounded) {
  v1::Signal proto = Course();
  for (const std::string& bad : {std::string("a\x1b[31m"), std::string("a\0b", 3), std::string("a\nb"),
                                 std::string("\xc2\x9b"), std::string(301, 'a'), std::string("\x7f")}) {
    proto.set_object(bad);
    ExpectRefused(proto, "object");
  }
  proto.set_object("Grüße");
  proto.set_text("two\nlines");
  EXPECT_THAT(FromProto(proto), IsOk());
  proto.set_text(std::string(5000, 'a'));
  ExpectRefused(proto, "text");
}

TEST(SignalConvert, TeamsHaveIdsAndMembers) {
  v1::Team team;
  team.set_id("core");
  team.add_members("@Ann");
  EXPECT_EQ(FromProto(team)->members.at(0), Handle("ann"));
  team.add_members("");
  EXPECT_THAT(FromProto(team), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("members")));
  team.set_id("Core Team");
  EXPECT_THAT(FromProto(team), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("team.id")));
}

}  // namespace
}  // namespace mergegate::wire
