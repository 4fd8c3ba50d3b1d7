// Questions about the past see the past only; lines of JSON say where they are wrong.
#include "server/reviewers/offline.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "server/reviewers/join_changes.h"
#include "server/reviewers/jsonl.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/reviewers/records.h"

namespace mergegate::reviewers {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kWrong = absl::StatusCode::kInvalidArgument;

PastQuery Question(double cutoff, std::string group = "", std::string sha = "") {
  PastQuery query;
  query.id = "1";
  query.sha = std::move(sha);
  query.group = std::move(group);
  query.cutoff = Day(cutoff);
  query.query = Ask("ann", {"a.cc"}, cutoff + 3);
  return query;
}

std::vector<std::string> Answer(const std::vector<ReviewRecord>& records, const PastQuery& query) {
  std::vector<std::string> names;
  ReviewerModel model(GeneralWeights());
  Replay(records, {query}, Refit::kYes, model,
         [&](const PastQuery& asked) { names = Names(Rank(model, asked.query)); });
  return names;
}

TEST(ReplayTest, KnowsWhatLandedByTheCutoff) {
  const std::vector<ReviewRecord> records = {Change("ann", {"a.cc"}, {"bob"}, 1), Change("ann", {"a.cc"}, {"sam"}, 2)};
  EXPECT_THAT(Answer(records, Question(0.5)), IsEmpty());
  EXPECT_THAT(Answer(records, Question(1)), ElementsAre("bob"));
  EXPECT_THAT(Answer(records, Question(2)), ElementsAre("sam", "bob"));
}

TEST(ReplayTest, LeavesOutTheQuestionsOwnGroupAndCommit) {
  std::vector<ReviewRecord> records = {Change("ann", {"a.cc"}, {"bob"}, 1), Change("ann", {"a.cc"}, {"sam"}, 2)};
  records[1].group = "series";
  EXPECT_THAT(Answer(records, Question(5, "series")), ElementsAre("bob"));
  EXPECT_THAT(Answer(records, Question(5, "", records[1].id)), ElementsAre("bob"));
  // Once they are answered, others may use it.
  std::vector<std::vector<std::string>> answers;
  ReviewerModel model(GeneralWeights());
  Replay(records, {Question(6), Question(5, "series")}, Refit::kNo, model,
         [&](const PastQuery& asked) { answers.push_back(Names(Rank(model, asked.query))); });
  EXPECT_THAT(answers, ElementsAre(ElementsAre("bob"), ElementsAre("sam", "bob")));
}

// The cheat test: what happens after the cutoff changes no answer, however wild.
TEST(ReplayTest, TheFutureChangesNoAnswer) {
  std::vector<ReviewRecord> records;
  std::vector<PastQuery> queries;
  for (int day = 0; day < 200; ++day) {
    records.push_back(
        Change(day % 3 == 0 ? "ann" : "eve", {day % 2 == 0 ? "a.cc" : "b/c.cc"}, {day % 5 == 0 ? "bob" : "sam"}, day));
    if (day % 10 == 9) queries.push_back(Question(day));
  }
  const auto answers_until = [&](const std::vector<ReviewRecord>& given, size_t count) {
    std::vector<double> utilities;
    ReviewerModel model(GeneralWeights());
    Replay(given, queries, Refit::kYes, model, [&](const PastQuery& asked) {
      if (utilities.size() > count) return;
      for (const RankedPerson& person : Rank(model, asked.query)) utilities.push_back(person.utility);
    });
    utilities.resize(std::min(utilities.size(), count));
    return utilities;
  };
  std::vector<ReviewRecord> shuffled = records;
  for (size_t i = 150; i < shuffled.size(); ++i) shuffled[i].reviewers = {Who("mallory"), Who("bob")};
  const std::vector<ReviewRecord> cut(records.begin(), records.begin() + 150);
  // Fourteen questions before day 150, with three people each at least.
  EXPECT_EQ(answers_until(records, 42), answers_until(shuffled, 42));
  EXPECT_EQ(answers_until(records, 42), answers_until(cut, 42));
}

TEST(JoinChangesTest, CommitsOfOnePullRequestAreOneChange) {
  std::vector<ReviewRecord> records = {Change("ann", {"a.cc"}, {"bob"}, 1, "First"), Change("sam", {"x.cc"}, {}, 1),
                                       Change("ann", {"a.cc", "b.cc"}, {"eve"}, 1.1, "Second"),
                                       Change("ann", {"c.cc"}, {"bob"}, 9, "Again")};
  for (const size_t i : {0, 2, 3}) records[i].change = "pull/1";
  const std::string last = records[2].id;
  const std::vector<ReviewRecord> joined = JoinChanges(records);
  ASSERT_EQ(joined.size(), 3U);
  EXPECT_EQ(joined[1].title, "First");
  EXPECT_EQ(joined[1].id, last);
  EXPECT_EQ(joined[1].landed, Day(1.1));
  EXPECT_EQ(joined[1].files.size(), 2U);
  EXPECT_THAT(joined[1].reviewers, ElementsAre(Who("bob"), Who("eve")));
  EXPECT_EQ(joined[2].title, "Again");  // a week later: another change
}

TEST(JsonlTest, ReadsRecordsInTheOrderOfTheirTimes) {
  const auto records = ParseRecords(
      "{\"sha\": \"b\", \"time\": 20, \"author\": \"p1\", \"title\": \"t\", \"group\": 7, \"reviewers\": [\"p2\"], "
      "\"files\": [{\"p\": \"n.cc\", \"s\": \"R\", \"o\": \"o.cc\"}]}\n\n{\"sha\": \"a\", \"time\": 10}\n");
  ASSERT_THAT(records, IsOk());
  ASSERT_EQ(records->size(), 2U);
  EXPECT_EQ((*records)[0].id, "a");
  EXPECT_EQ((*records)[1].files[0].renamed_from, "o.cc");
  EXPECT_EQ((*records)[1].group, "7");
  EXPECT_EQ((*records)[1].reviewers[0].login, "p2");
}

TEST(JsonlTest, WhatIsWrongIsToldWithItsLine) {
  EXPECT_THAT(ParseRecords("{\"time\": 1}\n{\"time\": 1,\n"),
              StatusIs(kWrong, HasSubstr("line 2: is not a JSON object")));
  EXPECT_THAT(ParseRecords("{\"time\": \"x\"}"), StatusIs(kWrong, HasSubstr("line 1: \"time\" is not a number")));
  EXPECT_THAT(ParseRecords("{\"time\": 1e300}"), StatusIs(kWrong, HasSubstr("\"time\" is out of range")));
  EXPECT_THAT(ParseRecords("{\"time\": 1, \"files\": 3}"), StatusIs(kWrong, HasSubstr("\"files\" is not a list")));
  EXPECT_THAT(ParseRecords("{\"time\": 1, \"reviewers\": [3]}"), StatusIs(kWrong, HasSubstr("\"reviewers\" has")));
  EXPECT_THAT(ParseQueries("\n{\"now\": 1}", absl::Hours(72), AuthorBy::kId),
              StatusIs(kWrong, HasSubstr("line 2: \"id\"")));
  EXPECT_THAT(ParseQueries("[1]", absl::Hours(72), AuthorBy::kId), StatusIs(kWrong, HasSubstr("line 1")));
}

TEST(JsonlTest, AQuestionWithoutCutoffKnowsWhatLandedBeforeTheLag) {
  const auto queries = ParseQueries(
      "{\"id\": \"x\", \"now\": 864000, \"author\": \"Ann Li <ann@example.org>\", "
      "\"author_id\": \"p1\", \"files\": [\"a.cc\"]}",
      absl::Hours(72), AuthorBy::kNameAndMail);
  ASSERT_THAT(queries, IsOk());
  EXPECT_EQ((*queries)[0].cutoff, absl::FromUnixSeconds(864000 - 3 * 86400));
  EXPECT_EQ((*queries)[0].query.author.mail, "ann@example.org");
  EXPECT_EQ((*queries)[0].id, "\"x\"");
}

TEST(JsonlTest, AnswersNamePeopleByMailLoginOrName) {
  std::vector<RankedPerson> ranked(3);
  ranked[0].person = {.name = "Ann", .mail = "ann@example.org", .login = {}};
  ranked[1].person = {.name = "Bob", .mail = {}, .login = "bob"};
  ranked[2].person = {.name = "S\xFFm", .mail = {}, .login = {}};  // not UTF-8
  PastQuery query = Question(1);
  EXPECT_EQ(AnswerLine(query, ranked, 0.12345),
            "{\"id\": 1, \"ranked\": [\"ann@example.org\",\"bob\",\"S\xEF\xBF\xBDm\"], \"ms\": 0.1235}\n");
}

// Real histories, where they are there: the bars of the issue, with the weights as they are shipped.
struct Bar {
  const char* name;
  double top1, mrr;
};

class FiguresTest : public ::testing::TestWithParam<Bar> {};

TEST_P(FiguresTest, ReachTheBar) {
  const std::string base = std::string(MERGEGATE_SOURCE_DIR) + "/../shared/reviewers/data/" + GetParam().name;
  std::ifstream reviews(base + ".jsonl"), questions(base + ".queries.jsonl");
  if (!reviews || !questions) GTEST_SKIP() << base << ".jsonl is not there";
  std::stringstream review_text, question_text;
  review_text << reviews.rdbuf();
  question_text << questions.rdbuf();
  const auto records = ParseRecords(review_text.str());
  const auto queries = ParseQueries(question_text.str(), absl::Hours(72), AuthorBy::kId);
  ASSERT_THAT(records, IsOk());
  ASSERT_THAT(queries, IsOk());
  double first = 0, reciprocal = 0;
  ReviewerModel model(GeneralWeights());
  Replay(*records, *queries, Refit::kNo, model, [&](const PastQuery& query) {
    const auto record = std::ranges::find(*records, query.sha, &ReviewRecord::id);
    int place = 0;
    for (const RankedPerson& person : Rank(model, query.query)) {
      ++place;
      if (std::ranges::find(record->reviewers, person.person) == record->reviewers.end()) continue;
      first += place == 1 ? 1 : 0;
      reciprocal += 1.0 / place;
      break;
    }
  });
  EXPECT_GE(100 * first / static_cast<double>(queries->size()), GetParam().top1);
  EXPECT_GE(100 * reciprocal / static_cast<double>(queries->size()), GetParam().mrr);
}

INSTANTIATE_TEST_SUITE_P(Histories, FiguresTest,
                         ::testing::Values(Bar{"openssl", 62.5, 77}, Bar{"impala", 48.5, 64},
                                           Bar{"libcamera", 58.5, 74.5}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace mergegate::reviewers
