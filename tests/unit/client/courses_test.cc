// Catalogues of whatever provider on their way to courses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "client/importing/course_rows.h"

namespace mergegate::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<Row> CsvRows(const std::string& text) {
  std::istringstream stream(text);
  RowReader reader(stream, RowFormat::kCsv);
  std::vector<Row> rows;
  while (std::optional<Row> row = reader.Next()) rows.push_back(*std::move(row));
  return rows;
}

TEST(Courses, FieldsAreKnownByTheirUsualNames) {
  const auto course =
      CourseOf(CsvRows("Platform,Course ID,Course Name,Link,Skills,Checks,Duration Hours\n"
                       "ours,own,Ownership,https://example.org,memory; RAII,bugprone-*|misc-*,6 h\n")[0],
               {});
  ASSERT_TRUE(course.ok()) << course.status();
  EXPECT_EQ(course->provider(), "ours");
  EXPECT_EQ(course->id(), "own");
  EXPECT_EQ(course->title(), "Ownership");
  EXPECT_EQ(course->url(), "https://example.org");
  EXPECT_THAT(course->topics(), ElementsAre("memory", "RAII"));
  EXPECT_THAT(course->checks(), ElementsAre("bugprone-*", "misc-*"));
  EXPECT_EQ(course->hours(), 6);
}

TEST(Courses, AMapAndAProviderSayWhatTheFileDoesNot) {
  const Row row = CsvRows("Kurs,Thema,name\nEigentum,memory,x\n")[0];
  const auto course = CourseOf(row, {.columns = {{"Kurs", "title"}, {"Thema", "topics"}}, .provider = "ours"});
  ASSERT_TRUE(course.ok()) << course.status();
  EXPECT_EQ(course->title(), "Eigentum");
  EXPECT_EQ(course->id(), "Eigentum") << "without an id the title is it";
  EXPECT_THAT(course->topics(), ElementsAre("memory"));
}

TEST(Courses, WhatIsMissingIsSaid) {
  EXPECT_THAT(CourseOf(CsvRows("id\n1\n")[0], {.provider = "p"}).status().message(), HasSubstr("title: no column"));
  EXPECT_THAT(CourseOf(CsvRows("title\nx\n")[0], {}).status().message(), HasSubstr("give --provider"));
  EXPECT_THAT(CourseOf(CsvRows("title,hours\nx,some\n")[0], {.provider = "p"}).status().message(),
              HasSubstr("\"some\" is no number of hours"));
}

TEST(JsonElements, AreOfTheFirstListOfObjectsWithTheirLines) {
  const std::vector<Row> rows = JsonElements(
      "{\"tags\": [\"[\", 1],\n \"courses\": [\n  {\"key\": \"a]\", \"tracks\": "
      "[\"x\", \"y\"]},\n  {broken},\n\n  {\"key\": \"b\"}\n]}");
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_EQ(rows[0].line, 3);
  EXPECT_THAT(rows[0].fields, ElementsAre(std::pair("key", "a]"), std::pair("tracks", "x;y")));
  EXPECT_EQ(rows[1].line, 4);
  EXPECT_EQ(rows[1].problem, "is no JSON object");
  EXPECT_EQ(rows[2].line, 6);
}

TEST(JsonElements, ADocumentWithoutAListIsOneElement) {
  EXPECT_THAT(JsonElements("{\"title\": \"x\"}")[0].fields, ElementsAre(std::pair("title", "x")));
  EXPECT_THAT(JsonElements(" \n"), IsEmpty());
  EXPECT_EQ(JsonElements("nonsense")[0].problem, "is no JSON object");
  EXPECT_EQ(JsonElements("[{\"a\": 1}, {\"a\": \"\xff\"}]")[1].problem, "is not UTF-8 text");
}

TEST(JsonElements, CataloguesOfProvidersAreUnderstood) {
  const std::filesystem::path payloads =
      std::filesystem::path(MERGEGATE_SOURCE_DIR).parent_path() / "shared/integrations/payloads";
  if (!std::filesystem::exists(payloads)) GTEST_SKIP() << payloads << " is not here";
  const auto first = [&](const std::string& provider) {
    std::ifstream file(payloads / provider / "catalog.courses.json");
    std::stringstream text;
    text << file.rdbuf();
    return *CourseOf(JsonElements(text.str()).at(0), {.provider = provider});
  };
  EXPECT_EQ(first("udacity").id(), "cs101");
  EXPECT_EQ(first("udacity").url(), "https://www.udacity.com/course/cs101");
  EXPECT_THAT(first("udacity").topics(), ElementsAre("DataScience", "WebDevelopment", "SoftwareEng"));
  EXPECT_EQ(first("coursera").id(), "v1-228");
  EXPECT_EQ(first("coursera").title(), "Creative Programming for Digital Media & Mobile Apps");
}

// A catalogue says the same as one JSON document and as JSON Lines.
TEST(Courses, ListsOfTopicsComeOutOfJsonLinesToo) {
  std::istringstream lines(R"({"provider":"ours","title":"Moves","topics":["memory","RAII"]})");
  RowReader reader(lines, RowFormat::kJsonLines, JsonLists::kJoined);
  const auto course = CourseOf(*reader.Next(), {});
  ASSERT_TRUE(course.ok()) << course.status();
  EXPECT_THAT(course->topics(), ElementsAre("memory", "RAII"));
}

}  // namespace
}  // namespace mergegate::client
