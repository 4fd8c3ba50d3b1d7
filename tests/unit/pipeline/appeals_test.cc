#include "server/pipeline/appeals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mergegate::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Effects, TellOnlyWhatMoved) {
  CompositeScore before;
  before.missing = "nothing is known";
  before.metrics = {{.kind = MetricKind::kTechnical, .score = {5000, 4000, 6000}},
                    {.kind = MetricKind::kKnowledge, .missing = "nothing"}};
  before.metrics[0].parts = {{.name = "survival", .score = {5000, 4000, 6000}, .n = 6}};
  CompositeScore after = before;
  after.missing = "";
  after.m = {8731, 8000, 9000};
  after.metrics[0].parts[0].score.value = 6050;
  const std::vector<AppealEffect> was = NumbersOf("teams/core", before), is = NumbersOf("teams/core", after);
  EXPECT_THAT(EffectsOf(was, is), ElementsAre(AppealEffect{"teams/core", "M", "-", "0.8731 (0.8000 to 0.9000)"},
                                              AppealEffect{"teams/core", "survival", "50.0 (40.0 to 60.0), n 6",
                                                           "60.5 (40.0 to 60.0), n 6"}));
  EXPECT_THAT(EffectsOf(was, was), IsEmpty());
  EXPECT_THAT(EffectsOf(std::vector<AppealEffect>{{"projects/p", "M", "1.0"}}, {}),
              ElementsAre(AppealEffect{"projects/p", "M", "1.0", "-"}))
      << "a project that is gone";
}

}  // namespace
}  // namespace mergegate::pipeline
