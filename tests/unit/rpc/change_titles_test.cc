// Titles beside the names of changes: where they come from, and who sees them.
#include "server/rpc/change_titles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/pipeline/review_log.h"
#include "tests/support/review_builder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pipeline/pipeline_fixture.h"

namespace mergegate::rpc {
namespace {

using mergegate::testing::IsOk;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class ChangeTitlesTest : public pipeline::PipelineTest {
 protected:
  // "projects/{project}/reviews/{change}"
  std::string Name(const std::string& change) { return wire::ProjectName(kProject) + "/reviews/" + change; }

  // A review of it was pushed with the title "Change".
  void Review(const std::string& change) {
    ReviewEvent pushed = mergegate::testing::Pushed(0, "1");
    pushed.source_id = change;
    EXPECT_THAT(pipeline::ReviewLog::Read(*store_, kProject, change)->Append({pushed}), IsOk());
  }
};

TEST_F(ChangeTitlesTest, AreOfTheReviewOrOfTheCommit) {
  Review("pr-7");
  const std::string commit = repo_.Commit({{"f", "1\n"}}, {.message = "Faster Get\n\nBy half.\n"}).value();
  v1::Report report;
  report.add_figures()->add_evidence(Name("pr-7"));
  report.add_suggestions()->add_evidence(Name(commit));
  report.add_strengths()->add_evidence("12 requests");
  report.mutable_plan()->add_items()->mutable_recurs()->add_evidence(Name("pr-8"));  // not known
  report.mutable_plan()->mutable_items(0)->mutable_recurs()->add_evidence(Name(std::string(40, '0')));
  AddTitles(parts_, {.role = Role::kViewer}, report);
  EXPECT_THAT(report.titles(), UnorderedElementsAre(Pair(Name("pr-7"), "Change"), Pair(Name(commit), "Faster Get")));
}

TEST_F(ChangeTitlesTest, OfRecognizedHelpByWhatItWasAbout) {
  Review("pr-7");
  v1::Recognition recognition;
  for (const v1::HelpKind kind : {v1::HELP_KIND_COMMENT, v1::HELP_KIND_TEACHING}) {
    v1::Help& help = *recognition.add_help();
    help.set_kind(kind);
    help.set_about(kind == v1::HELP_KIND_COMMENT ? kProject.value() + ":pr-7" : "db/");
  }
  AddTitles(parts_, {.role = Role::kViewer}, recognition);
  EXPECT_THAT(recognition.titles(), UnorderedElementsAre(Pair(kProject.value() + ":pr-7", "Change")));
}

TEST_F(ChangeTitlesTest, ATokenForOtherProjectsSeesNone) {
  Review("pr-7");
  v1::Plan plan;
  plan.add_items()->mutable_recurs()->add_evidence(Name("pr-7"));
  AddTitles(parts_, {.role = Role::kAdmin, .projects = {ProjectId("other")}}, plan);
  EXPECT_TRUE(plan.titles().empty());
  AddTitles(parts_, {.role = Role::kViewer, .projects = {kProject}}, plan);
  EXPECT_EQ(plan.titles().size(), 1u);
}

}  // namespace
}  // namespace mergegate::rpc
