// Scores as people see them.
#include "client/cli/format/scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/format/json.h"
#include "client/cli/format/plot.h"
#include "nlohmann/json.hpp"

namespace mergegate::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

void Set(v1::RangedValue* value, int at, int low, int high) {
  value->set_value(at);
  value->set_low(low);
  value->set_high(high);
}

// E 80 of one sub-index; the others are missing: M = 1.3 x 0.8.
v1::Score OnlyE() {
  v1::Score score;
  score.set_name("projects/p");
  Set(score.mutable_m(), 10400, 9750, 11050);
  Set(score.mutable_m_by_source_weights(), 10400, 9750, 11050);
  score.set_normalized(8000);
  for (const auto kind : {v1::METRIC_KIND_COLLABORATION, v1::METRIC_KIND_QUALITY}) {
    v1::MetricScore* metric = score.add_metrics();
    metric->set_kind(kind);
    metric->set_weight(kind == v1::METRIC_KIND_COLLABORATION ? 5000 : 3000);
  }
  v1::MetricScore* e = score.mutable_metrics(0);
  Set(e->mutable_score(), 8000, 7500, 8500);
  e->set_of(13000);
  e->set_points(10400);
  v1::SubIndexScore* part = e->add_parts();
  part->set_name("reviewed");
  part->set_question("how much is looked at by a second person");
  Set(part->mutable_score(), 8000, 7500, 8500);
  part->set_n(41);
  part->set_window_days(90);
  part->set_weight(20);
  part->set_of(10000);
  part->set_points(8000);
  part->set_reason("33 of 41 merged changes reviewed by somebody else");
  part->add_evidence("pr-7");
  v1::SubIndexScore* absent = e->add_parts();
  absent->set_name("threads");
  absent->set_missing("no closed change had a review thread");
  return score;
}

TEST(FormatScoreTest, ShowsIntervalSampleWindowAndWhatDroppedOut) {
  const std::string text = FormatScore(OnlyE(), nullptr, {});
  EXPECT_THAT(text, HasSubstr("M 1.0400 of 1.3, 80.00 of 100 (90 %: 0.9750 to 1.1050)"));
  EXPECT_THAT(text, HasSubstr("rests on E alone, 0.5000 of the"));
  EXPECT_THAT(text, HasSubstr("reviewed          80.00  75.00 to 85.00      41    90d  100.00 %   +80.00"));
  EXPECT_THAT(text, HasSubstr("not counted: threads (no closed change had a review thread)"));
  size_t begin = 0;
  for (size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    EXPECT_LE(end - begin, 80u) << text.substr(begin, end - begin);
  }
}

TEST(FormatScoreTest, ExplainsAMetricASubIndexAndNothingElse) {
  EXPECT_THAT(FormatScoreExplanation(OnlyE(), "e", {}), HasSubstr("33 of 41 merged changes reviewed by somebody else"));
  EXPECT_THAT(FormatScoreExplanation(OnlyE(), "reviewed", {}), HasSubstr("look at: pr-7"));
  EXPECT_EQ(FormatScoreExplanation(OnlyE(), "velocity", {}), "");
}

TEST(FormatScoreTest, AVerdictSaysItInOneLine) {
  v1::Verdict verdict;
  EXPECT_EQ(ProjectMLine(verdict), "");
  v1::ProjectM& m = *verdict.mutable_project_m();
  Set(m.mutable_before(), 8731, 0, 13000);
  Set(m.mutable_after(), 8734, 0, 13000);
  Set(m.mutable_quality_after(), 9810, 0, 10000);
  for (const auto kind : {v1::METRIC_KIND_COLLABORATION, v1::METRIC_KIND_QUALITY, v1::METRIC_KIND_TECHNICAL}) {
    v1::MetricFact* fact = m.add_metrics();
    fact->set_kind(kind);
    if (kind != v1::METRIC_KIND_TECHNICAL) Set(fact->mutable_score(), 9800, 0, 10000);
  }
  EXPECT_EQ(ProjectMLine(verdict),
            "M of the project 0.8731 -> 0.8734 of 1.3 with this change: E 98.0, Q 98.0 -> 98.1, T -");

  for (const int weight : {5000, 3000, 2000}) m.add_weights(weight);
  v1::GetVerdictResponse response;
  *response.mutable_verdict() = verdict;
  const auto json = nlohmann::json::parse(FormatJson(response))["metrics"]["M"];
  EXPECT_EQ(json["before"]["value"], 0.8731);
  EXPECT_EQ(json["after"]["value"], 0.8734);
  EXPECT_EQ(json["metrics_before"]["E"]["value"], 0.98);
  EXPECT_EQ(json["metrics_before"]["T"], nullptr);
  EXPECT_EQ(json["Q_after"]["value"], 0.981);
  EXPECT_EQ(json["weights"]["Q"], 0.3);
}

TEST(PlotTest, BrailleAndAscii) {
  // Two by four dots to a character: a rising line from the bottom left to the top right.
  EXPECT_THAT(Plot({.values = {0.0, 1.0}, .columns = 2, .rows = 1}), ElementsAre("⡠⠊"));
  EXPECT_THAT(Plot({.values = {0.0, 0.5, 1.0}, .columns = 3, .rows = 3, .unicode = false}),
              ElementsAre("  *", " * ", "*  "));
  EXPECT_THAT(Plot({.values = {0.0, std::nullopt, 1.0}, .columns = 3, .rows = 3, .unicode = false}),
              ElementsAre("  *", "   ", "*  "));
  EXPECT_THAT(Plot({.values = {}, .columns = 4, .rows = 2, .unicode = false}), SizeIs(2));
}

TEST(PlotTest, Sparklines) {
  const std::vector<std::optional<double>> values = {0.0, std::nullopt, 0.5, 1.0};
  EXPECT_EQ(Sparkline(values, 0, 1, true), "▁ ▅█");
  EXPECT_EQ(Sparkline(values, 0, 1, false), "_ =#");
}

}  // namespace
}  // namespace mergegate::client
