// Every output format, against goldens (MERGEGATE_UPDATE_GOLDENS=1 rewrites them) and against what consumers demand.
#include "client/cli/format/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "client/cli/format/codeclimate.h"
#include "client/cli/format/escape.h"
#include "client/cli/format/json.h"
#include "client/cli/format/layout.h"
#include "client/cli/format/markdown.h"
#include "client/cli/format/names.h"
#include "client/cli/format/sarif.h"
#include "client/cli/format/sections.h"
#include "client/cli/format/text.h"
#include "tests/unit/client/responses.h"

namespace mergegate::client {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

void ExpectGolden(const std::string& name, const std::string& text) {
  const std::string file = std::string(TESTDATA) + "/" + name + ".golden";
  if (std::getenv("MERGEGATE_UPDATE_GOLDENS") != nullptr) std::ofstream(file, std::ios::binary) << text;
  std::ifstream stream(file, std::ios::binary);
  ASSERT_TRUE(stream) << file << " is missing: set MERGEGATE_UPDATE_GOLDENS=1";
  const std::string golden((std::istreambuf_iterator<char>(stream)), {});
  EXPECT_EQ(text, golden);
}

TEST(FormatGolden, EveryFormatOfEveryVerdict) {
  for (const auto& [verdict, response] : {std::pair{"pass", PassResponse()}, std::pair{"fail", FailResponse()},
                                          std::pair{"inconclusive", InconclusiveResponse()}}) {
    for (const std::string& format : FormatNames()) {
      SCOPED_TRACE(format);
      ExpectGolden(std::string(verdict) + "." + format, FindFormat(format)->render(response, {}));
    }
    ExpectGolden(std::string(verdict) + ".explain", FormatExplanation(response, {}));
  }
  ExpectGolden("fail.color", FormatText(FailResponse(), {.color = true}));
}

TEST(Json, EveryMetricValuePrintsAsItsDecimal) {
  for (int points = -10000; points <= 10000; ++points) {
    std::string decimal = Points(points);  // "-12.34" of 100
    const std::string printed = json(points / 10000.0).dump();
    char expected[16];
    std::snprintf(expected, sizeof expected, "%s%d.%04d", points < 0 ? "-" : "", std::abs(points) / 10000,
                  std::abs(points) % 10000);
    std::string trimmed = expected;
    while (trimmed.ends_with('0') && trimmed[trimmed.size() - 2] != '.') trimmed.pop_back();
    ASSERT_EQ(printed, trimmed) << decimal;
  }
}

TEST(Json, LedgerSumsToTheValueAsPrinted) {
  const std::string text = FormatJson(FailResponse());
  // 1.0 - 0.1667 - 0.1233 + 0.0023 = 0.7123
  for (const char* printed :
       {"\"value\": 0.7123", "\"points\": 1.0", "\"points\": -0.1667", "\"points\": -0.1233", "\"points\": 0.0023"}) {
    EXPECT_THAT(text, HasSubstr(printed));
  }
}

TEST(Json, HoldsWhatProgramsRelyOn) {
  const json verdict = json::parse(FormatJson(FailResponse()));
  EXPECT_EQ(verdict["schema_version"], 1);
  EXPECT_EQ(verdict["verdict"], "fail");
  EXPECT_EQ(verdict["conditions"][0]["result"], "unsatisfied");
  EXPECT_EQ(verdict["findings"][0]["fix"]["edits"][0]["replacement"], "names");
  EXPECT_EQ(verdict["findings"][1]["fix"], nullptr);
  EXPECT_EQ(verdict["findings"][1]["state"], "caused");
  EXPECT_EQ(verdict["findings"][1]["caused_by"], "demo::Find");
  EXPECT_EQ(verdict["stats"]["stages"][0]["wall_seconds"], 2.0);
  EXPECT_EQ(json::parse(FormatJson(InconclusiveResponse()))["failures"][0]["kind"], "timed_out");
}

TEST(Risk, IsToldAsOddsAgainstATypicalChange) {
  // 1 : 24 against 1 : 99 is 99 / 24 = 4.125 times.
  EXPECT_EQ(RiskSentence(PassResponse().verdict(), {}),
            "Risk of a defect: 4.0 %, x4.1 the odds of a typical change (1.0 %), by 900 past changes");
  const json risk = json::parse(FormatJson(PassResponse()))["risk"];
  EXPECT_EQ(risk["probability"], 0.04);
  EXPECT_EQ(risk["typical"], 0.01);
  EXPECT_EQ(risk["odds"], 4.12);
  EXPECT_EQ(risk["examples"], 900);
  EXPECT_EQ(risk["factors"].size(), 4);
  EXPECT_EQ(risk["factors"][0]["odds"], 2.8);  // 2^1.485
  EXPECT_EQ(risk["factors"][0]["size"], true);
  EXPECT_EQ(json::parse(FormatJson(FailResponse()))["risk"], nullptr);
  EXPECT_EQ(RiskSentence(FailResponse().verdict(), {}), "");
}

TEST(Risk, WhileTheHistoryIsReadTheTextSaysHowFarAndTheVerdictDoesNot) {
  const v1::GetVerdictResponse response = InconclusiveResponse();
  EXPECT_EQ(RiskSentence(response.verdict(), response.stats()),
            "Risk of a defect: not known: the project's history is being read (1200 of 20860 commits)");
  const json verdict = json::parse(FormatJson(response));
  EXPECT_EQ(verdict["risk"], json({{"missing", "the project's history is being read"}}));
  EXPECT_EQ(verdict["stats"]["history_read"], 1200);
  EXPECT_EQ(verdict["stats"]["history_in_all"], 20860);
}

TEST(Json, AnUndecidedRunIsPendingAndNeverAPass) {
  v1::GetVerdictResponse response;
  response.mutable_run()->set_name("projects/p/runs/r");
  const json pending = json::parse(FormatJson(response));
  EXPECT_EQ(pending["verdict"], "pending");
  EXPECT_EQ(pending["metrics"]["Q"], nullptr);
}

TEST(Sarif, HasTheShapeThatConsumersCheck) {
  const json log = json::parse(FormatSarif(FailResponse()));
  EXPECT_EQ(log["version"], "2.1.0");
  ASSERT_EQ(log["runs"].size(), 1u);
  const json& run = log["runs"][0];
  const json& rules = run["tool"]["driver"]["rules"];
  ASSERT_EQ(run["results"].size(), 4u);
  for (const json& result : run["results"]) {
    EXPECT_EQ(rules.at(result.at("ruleIndex").get<size_t>()).at("id"), result.at("ruleId"));
    EXPECT_FALSE(result.at("message").at("text").get<std::string>().empty());
    EXPECT_GE(result.at("locations")[0].at("physicalLocation").at("region").at("startLine"), 1);
  }
  EXPECT_EQ(run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "src/a%20b.cc");
  EXPECT_EQ(run["results"][0]["baselineState"], "new");
  EXPECT_EQ(run["results"][1]["baselineState"], "new");
  EXPECT_EQ(run["results"][1]["properties"]["causedBy"], "demo::Find");
  EXPECT_EQ(run["results"][2]["baselineState"], "absent");
  EXPECT_EQ(run["results"][3]["baselineState"], "unchanged");
  EXPECT_EQ(run["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"]["endColumn"], 12);
  EXPECT_EQ(run["invocations"][0]["executionSuccessful"], true);
}

TEST(Sarif, AnInconclusiveRunIsNotASuccessfulOne) {
  const json log = json::parse(FormatSarif(InconclusiveResponse()));
  const json& invocation = log["runs"][0]["invocations"][0];
  EXPECT_EQ(invocation["executionSuccessful"], false);
  EXPECT_EQ(invocation["toolExecutionNotifications"][0]["descriptor"]["id"], "timed_out");
}

TEST(CodeClimate, ListsOnlyWhatTheChangeAnswersFor) {
  const json report = json::parse(FormatCodeClimate(FailResponse()));
  ASSERT_EQ(report.size(), 2u);
  EXPECT_EQ(report[1]["location"]["lines"]["begin"], 40);
  EXPECT_EQ(report[1]["severity"], "critical");
}

TEST(Escape, ControlCharactersBecomeVisible) {
  EXPECT_EQ(EscapeControl("plain Ünïcode 漢字"), "plain Ünïcode 漢字");
  EXPECT_EQ(EscapeControl("a\x1b[2Jb\n\t\r\x7f"), "a\\x1b[2Jb\\n\\t\\x0d\\x7f");
  EXPECT_EQ(EscapeControl("\xc2\x9b"
                          "31m"),
            "\\x9b31m");  // CSI as one C1 character
  EXPECT_EQ(EscapeControl("a\xe2\x80\xae"
                          "b"),
            "a\\u{202e}b");                                                                // right-to-left override
  EXPECT_EQ(EscapeControl("\xff\xc0\xaf\xed\xa0\x80"), "\\xff\\xc0\\xaf\\xed\\xa0\\x80");  // not UTF-8
  EXPECT_EQ(EscapeControl(std::string_view("\0x", 2)), "\\x00x");
  EXPECT_EQ(EscapeControl("\xe6\xbc"), "\\xe6\\xbc");  // cut off
}

TEST(Escape, MarkdownLosesMarkupHtmlAndMentions) {
  EXPECT_EQ(EscapeMarkdown("a|b `c` <img> @all #1"), "a\\|b \\`c\\` &lt;img&gt; @\u200ball \\#1");
  EXPECT_EQ(EscapeMarkdown("[x](javascript:1)\n/approve"), "\\[x\\]\\(javascript\\:1\\)\\\\n/approve");
}

TEST(Escape, WorkflowCommandsStayOnOneLine) {
  EXPECT_EQ(EscapeWorkflowMessage("100%\n::set-env a"), "100%25%0A::set-env a");
  EXPECT_EQ(EscapeWorkflowProperty("a:b,c%"), "a%3Ab%2Cc%25");
}

TEST(Escape, HostileTextIsHarmlessInEveryFormat) {
  v1::GetVerdictResponse response = FailResponse();
  const std::string hostile = "\x1b]0;owned\x07\n::error::x\n@everyone | <script>";
  v1::Verdict& verdict = *response.mutable_verdict();
  verdict.set_summary(hostile);
  for (v1::Finding& finding : *verdict.mutable_findings()) {
    finding.set_message(hostile);
    finding.set_path(hostile);
    finding.set_check(hostile);
    finding.set_line_text(hostile);
    finding.set_caused_by(hostile);
  }
  verdict.mutable_conditions(0)->set_reason(hostile);
  verdict.mutable_quality()->mutable_ledger(1)->set_reason(hostile);
  for (const std::string& name : FormatNames()) {
    const std::string text = FindFormat(name)->render(response, {});
    EXPECT_THAT(text, Not(HasSubstr("\x1b"))) << name;
    EXPECT_THAT(text, Not(HasSubstr("\x07"))) << name;
    if (name == "json" || name == "sarif" || name == "codeclimate") {
      EXPECT_TRUE(json::accept(text)) << name;
    }
    if (name == "github") {
      std::istringstream lines(text);
      for (std::string line; std::getline(lines, line);) EXPECT_THAT(line, testing::Not(testing::Eq("::error::x")));
      EXPECT_THAT(text, Not(HasSubstr("\n::error::x")));
    }
    if (name == "markdown") {
      EXPECT_THAT(text, Not(HasSubstr("@everyone")));
      EXPECT_THAT(text, Not(HasSubstr("<script>")));
    }
  }
}

TEST(Text, FitsEightyColumns) {
  for (const auto& response : {PassResponse(), FailResponse(), InconclusiveResponse()}) {
    for (const std::string& text : {FormatText(response, {}), FormatExplanation(response, {})}) {
      std::istringstream lines(text);
      for (std::string line; std::getline(lines, line);) EXPECT_LE(DisplayWidth(line), 80) << line;
    }
  }
}

TEST(Text, IsShortOnAPassAndSaysHowToPassOtherwise) {
  EXPECT_THAT(FormatText(PassResponse(), {}), testing::StartsWith("PASS  both conditions hold\n"));
  EXPECT_THAT(FormatText(PassResponse(), {}), Not(HasSubstr("prefer a range loop")));
  EXPECT_THAT(FormatText(FailResponse(), {}), HasSubstr("To pass, fix these 2 findings:"));
}

TEST(Layout, WrapsAtBlanksAndCountsWideCharacters) {
  EXPECT_EQ(Wrap("one two three", {"- ", "  "}, 9), "- one two\n  three\n");
  EXPECT_EQ(Wrap("averylongword x", {"", ""}, 5), "averylongword\nx\n");
  EXPECT_EQ(DisplayWidth("漢字e\u0301"), 5);  // 2 + 2 + 1 + 0
  EXPECT_EQ(PadLeft("7", 3), "  7");
}

TEST(Names, PointsAreExact) {
  EXPECT_EQ(Points(7123), "71.23");
  EXPECT_EQ(SignedPoints(-5), "-0.05");
  EXPECT_EQ(SignedPoints(10000), "+100.00");
}

}  // namespace
}  // namespace mergegate::client
