#include "server/config/recognition_section.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/config/server_file.h"

namespace mergegate::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "column: what", of one line.
std::vector<std::string> ProblemsOf(const std::string& yaml) {
  std::vector<std::string> problems;
  for (const PolicyProblem& problem : ParseServerFile(yaml).problems) {
    problems.push_back(absl::StrCat(problem.column, ": ", problem.message));
  }
  return problems;
}

TEST(RecognitionSectionTest, WithoutItTheDefaultsHold) {
  EXPECT_EQ(ParseServerFile("").recognition, scoring::RecognitionRules());
  EXPECT_EQ(ParseServerFile("recognition: {}").recognition, scoring::RecognitionRules());
}

TEST(RecognitionSectionTest, EveryCapCanBeSet) {
  const ServerFile file = ParseServerFile(
      "recognition: {window_days: 365, wanted: 2.5, per_day: 4, pair_days: 30, per_pair: 5, kudos: 0.1,"
      " kudos_per_pair: 0, traded_help: 1, traded_kudos: 0.5}");
  ASSERT_THAT(file.problems, IsEmpty());
  EXPECT_EQ(file.recognition, (scoring::RecognitionRules{.window = absl::Hours(24 * 365),
                                                         .pair_period = absl::Hours(24 * 30),
                                                         .per_pair = 5,
                                                         .kudos_per_pair = 0,
                                                         .per_day = 4,
                                                         .kudos = 0.1,
                                                         .traded_help = 1,
                                                         .traded_kudos = 0.5,
                                                         .wanted = 2.5}));
}

TEST(RecognitionSectionTest, MistakesAreToldWhereTheyAre) {
  EXPECT_THAT(ProblemsOf("recognition: {per_day: 0}"), ElementsAre("24: must be from 1 to 1000, not \"0\""));
  EXPECT_THAT(ProblemsOf("recognition: {traded_help: 1.5}"), ElementsAre("28: must be from 0 to 1, not \"1.5\""));
  EXPECT_THAT(ProblemsOf("recognition: {wanted: 0}"), ElementsAre("23: must be from 0.01 to 1000, not \"0\""));
  EXPECT_THAT(ProblemsOf("recognition: {per_pear: 3}").size(), 1);
  EXPECT_THAT(
      ProblemsOf("recognition: {window_days: 60, pair_days: 90}"),
      ElementsAre("43: pair_days is 90, more than the window_days of 60: nothing before the window is looked at"));
  EXPECT_THAT(ProblemsOf("recognition: {window_days: 60}").size(), 1) << "the usual 90 days are more, too";
}

}  // namespace
}  // namespace mergegate::config
