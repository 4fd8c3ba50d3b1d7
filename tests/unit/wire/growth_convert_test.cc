// Courses and appeals at the border.
#include "server/wire/growth_convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace mergegate::wire {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::HasSubstr;

const Course kCourse{.provider = "ours",
                     .id = "own",
                     .title = "Ownership",
                     .url = "https://example.org/own",
                     .topics = {"memory"},
                     .checks = {"bugprone-*"},
                     .hours = 6};

TEST(Courses, GoThereAndBack) { EXPECT_EQ(*FromProto(ToProto(kCourse)), kCourse); }

TEST(Courses, AreChecked) {
  const auto refused = [](const auto& change, const std::string& why) {
    v1::Course proto = ToProto(kCourse);
    change(proto);
    EXPECT_THAT(FromProto(proto), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(why)));
  };
  refused([](v1::Course& course) { course.clear_title(); }, "title: is missing");
  refused([](v1::Course& course) { course.clear_provider(); }, "provider: is missing");
  refused([](v1::Course& course) { course.set_url("javascript:alert(1)"); }, "url: begins with neither");
  refused([](v1::Course& course) { course.set_hours(-1); }, "hours");
  refused([](v1::Course& course) { course.set_title("a\nb"); }, "title");
  refused([](v1::Course& course) { course.add_topics(""); }, "topics: one is empty");
  refused(
      [](v1::Course& course) {
        for (int i = 0; i < 51; ++i) course.add_checks("x");
      },
      "checks: more than 50");
}

const Signal kTask{.kind = SignalKind::kTaskDone,
                   .actor = Handle("ann"),
                   .project = ProjectId("p"),
                   .object = "T-1",
                   .value = 1,
                   .at = absl::FromUnixSeconds(1'700'000'000),
                   .source = "jira",
                   .source_id = "7"};

TEST(Corrected, IsTheSameSignalButForWhatIsWrong) {
  const Signal corrected = *Corrected(
      kTask, {.number = 3, .corrections = {{"actor", "@Ben"}, {"at", "2026-11-27T13:45:00Z"}, {"value", "2"}}});
  EXPECT_EQ(corrected.actor, Handle("ben"));
  EXPECT_EQ(corrected.value, 2);
  EXPECT_EQ(absl::FormatTime("%Y-%m-%d %H:%M", corrected.at, absl::UTCTimeZone()), "2026-11-27 13:45");
  EXPECT_EQ(corrected.object, "T-1");
  EXPECT_EQ(corrected.corrects, "7");
  EXPECT_EQ(corrected.source, "jira");
  EXPECT_EQ(corrected.source_id, "appeal/3");
  EXPECT_FALSE(corrected.retracted);
  EXPECT_TRUE(Corrected(kTask, {.number = 3, .retract = true})->retracted);
}

TEST(Corrected, KnowsWhatCanBe) {
  EXPECT_THAT(Corrected(kTask, {.corrections = {{"source", "x"}}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("can be corrected are")));
  EXPECT_THAT(Corrected(kTask, {.corrections = {{"at", "yesterday"}}}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Corrected(kTask, {.corrections = {{"value", "1,5"}}}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Corrected(kTask, {.corrections = {{"actor", "two words"}}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Appeals, TellOfTheirAnswerOnceThereIsOne) {
  Appeal appeal{.number = 1, .person = Handle("ann"), .corrections = {{"value", "2"}}};
  EXPECT_FALSE(ToProto(appeal).has_answer_time());
  appeal.state = AppealState::kAccepted;
  appeal.effects = {{"people/me", "T", "-", "50.0"}};
  EXPECT_TRUE(ToProto(appeal).has_answer_time());
  EXPECT_EQ(ToProto(appeal).effects(0).after(), "50.0");
}

}  // namespace
}  // namespace mergegate::wire
