// Who could review: ranking, areas, load, leave, owner rules and the review so far, brought together.
#include "server/pipeline/panel.h"

#include "server/pipeline/review_log.h"
#include "tests/unit/pipeline/pipeline_fixture.h"

namespace mergegate::pipeline {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class PanelTest : public PipelineTest {
 protected:
  using Files = mergegate::testing::Files;

  PanelTest() {
    parts_.rank = [this](const ProjectId&, const reviewers::RankQuery& query) {
      asked_.push_back(query);
      return knowers_;
    };
  }

  Panel Make(const PanelQuery& query, const Files& files = {{"a.cc", "1\n"}}, const Policy& policy = {}) {
    const auto mirror = *mirrors_.Open(kProject);
    const auto tree = *mirror->OpenTree(repo_.Commit(files));
    absl::StatusOr<Panel> panel = MakePanel(parts_, kProject, query, policy, *tree);
    EXPECT_TRUE(panel.ok()) << panel.status();
    return *std::move(panel);
  }
  static std::vector<std::string> People(const Panel& panel) {
    std::vector<std::string> people;
    for (const reviewers::Candidate& candidate : panel.input.candidates) people.push_back(candidate.person.value());
    return people;
  }
  static const reviewers::Candidate& Find(const Panel& panel, const std::string& person) {
    return *std::ranges::find(panel.input.candidates, Handle(person), &reviewers::Candidate::person);
  }

  const Identity kAda{.name = "Ada", .mail = "Ada@example.org", .login = {}};
  std::vector<reviewers::RankedPerson> knowers_ = {
      {.person = {.name = "Ann", .mail = "ann@example.org", .login = "annli"},
       .score = 0.6,
       .reasons = {{.text = "why"}}},
      {.person = {.name = "Ben", .mail = "1+ben@users.noreply.host.example", .login = "ben"}, .score = 0.3}};
  std::vector<reviewers::RankQuery> asked_;
};

TEST_F(PanelTest, TheRankedWithTheirReasons) {
  const Panel panel = Make({.paths = {{"a.cc", 3}}, .author = kAda, .title = "Better"});
  EXPECT_THAT(People(panel), ElementsAre("ann@example.org", "ben")) << "a no-reply mail is its login";
  EXPECT_THAT(Find(panel, "ann@example.org").reasons, ElementsAre("why"));
  EXPECT_EQ(panel.names.at(Handle("ann@example.org")), "Ann");
  EXPECT_EQ(panel.input.author.value(), "ada@example.org");
  ASSERT_EQ(asked_.size(), 1u) << "one area needs no second question";
  EXPECT_EQ(asked_[0].title, "Better");
  EXPECT_EQ(asked_[0].load_weight, 0) << "assigning takes the load off";
}

TEST_F(PanelTest, EveryFolderIsAnAreaAndIsAskedAboutWithItsOwnLines) {
  const reviewers::LineOwner in_a{.person = {.mail = "ann@example.org"}, .path = "a/1.cc", .share = 1};
  const Panel panel = Make({.paths = {{"a/1.cc", 6}, {"b/2.cc", 2}}, .author = kAda, .owners = {in_a}});
  ASSERT_EQ(panel.input.areas.size(), 2u);
  EXPECT_EQ(panel.input.areas[0].name, "a/");
  EXPECT_DOUBLE_EQ(panel.input.areas[0].weight, 0.75);
  ASSERT_EQ(asked_.size(), 3u);
  EXPECT_EQ(asked_[0].owners.size(), 1u);
  EXPECT_THAT(asked_[1].paths, ElementsAre("a/1.cc"));
  EXPECT_EQ(asked_[1].owners.size(), 1u);
  EXPECT_THAT(asked_[2].paths, ElementsAre("b/2.cc"));
  EXPECT_THAT(asked_[2].owners, IsEmpty());
}

TEST_F(PanelTest, ManyFoldersAreSixAreas) {
  PanelQuery query{.author = kAda};
  for (int i = 0; i < 10; ++i) query.paths[absl::StrCat("d", i, "/x.cc")] = 10 - i;
  const Panel panel = Make(query);
  ASSERT_EQ(panel.input.areas.size(), 6u);
  EXPECT_EQ(panel.input.areas[5].name, "other folders");
  double sum = 0;
  for (const reviewers::Area& area : panel.input.areas) sum += area.weight;
  EXPECT_NEAR(sum, 1, 1e-12);
}

TEST_F(PanelTest, OwnersAreKnownByAnyOfTheirNames) {
  const Panel panel =
      Make({.paths = {{"a.cc", 1}}, .author = kAda}, {{"a.cc", "1\n"}, {"CODEOWNERS", "* @annli @olga\n"}});
  ASSERT_EQ(panel.input.owners.size(), 1u);
  EXPECT_THAT(panel.input.owners[0].owners, UnorderedElementsAre(Handle("ann@example.org"), Handle("olga")));
  EXPECT_THAT(People(panel), ElementsAre("ann@example.org", "ben", "olga"));
}

TEST_F(PanelTest, OpenReviewsCountButThisOne) {
  for (const char* change : {"pr-1", "pr-2"}) {
    ReviewLog log = *ReviewLog::Read(*store_, kProject, change);
    ReviewEvent pushed{.kind = ReviewEventKind::kPushed, .at = clock_.Now(), .source_id = absl::StrCat(change, "p")};
    pushed.push = Push{.head = CommitId("h"), .author = Handle("ada@example.org")};
    const ReviewEvent asked{.kind = ReviewEventKind::kRequested,
                            .actor = Handle("ada@example.org"),
                            .subject = Handle("ann@example.org"),
                            .at = clock_.Now(),
                            .source_id = absl::StrCat(change, "r")};
    ASSERT_TRUE(log.Append({pushed, asked}).ok());
  }
  EXPECT_EQ(Find(Make({.paths = {{"a.cc", 1}}, .author = kAda}), "ann@example.org").open_reviews, 2);
  const ReviewLog log = *ReviewLog::Read(*store_, kProject, "pr-1");
  const Panel panel = Make({.paths = {{"a.cc", 1}}, .author = kAda, .review = &log.state()});
  EXPECT_EQ(Find(panel, "ann@example.org").open_reviews, 1);
  EXPECT_THAT(panel.input.kept, ElementsAre(Handle("ann@example.org")));
}

TEST_F(PanelTest, LeaveIsSaidWithItsEnd) {
  const absl::Time until = clock_.Now() + absl::Hours(24 * 9);
  ASSERT_TRUE(store_->SetAvailability({.person = Handle("ben"), .absences = {{clock_.Now(), until, ""}}}).ok());
  const Panel panel = Make({.paths = {{"a.cc", 1}}, .author = kAda});
  EXPECT_THAT(Find(panel, "ben").away, ::testing::StartsWith("away until 2023-11-2"));
  EXPECT_THAT(panel.away_until, ElementsAre(Pair(Handle("ben"), until)));
}

TEST_F(PanelTest, ThePolicySaysHowManyAndWho) {
  Policy policy;
  policy.reviewers.required = {"@Lead"};
  policy.conditions = {{.name = "two", .kind = ConditionKind::kApprovals, .threshold = 2}};
  const Panel panel = Make({.paths = {{"a.cc", 1}}, .author = kAda}, {{"a.cc", "1\n"}}, policy);
  EXPECT_EQ(panel.input.at_least, 2);
  EXPECT_THAT(People(panel), Contains("lead"));
}

}  // namespace
}  // namespace mergegate::pipeline
