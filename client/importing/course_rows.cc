#include "client/importing/course_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "client/importing/fields.h"

namespace mergegate::client {
namespace {

constexpr size_t kLongestElement = 1 << 20;
constexpr size_t kMostElements = 100'000;

const std::vector<FieldNames>& Fields() {
  static const auto* const kFields = new std::vector<FieldNames>{
      {"provider", {"provider", "platform", "vendor", "source", "partner"}},
      {"id", {"id", "course id", "key", "course key", "code", "slug", "sku", "program key"}},
      {"title", {"title", "name", "course name", "course title", "program title", "course"}},
      {"url", {"url", "link", "homepage", "course url", "href", "website"}},
      {"topics", {"topics", "topic", "tags", "tracks", "skills", "subjects", "categories", "keywords"}},
      {"checks", {"checks", "check", "rules"}},
      {"hours", {"hours", "duration hours", "estimated hours", "effort hours"}},
  };
  return *kFields;
}

std::vector<std::string> Split(const std::string& list) {
  std::vector<std::string> parts;
  std::set<std::string> seen;
  size_t begin = 0;
  while (begin <= list.size()) {
    const size_t end = std::min(list.find_first_of(";,|", begin), list.size());
    std::string part = Stripped(std::string_view(list).substr(begin, end - begin));
    if (!part.empty() && seen.insert(part).second) parts.push_back(std::move(part));
    begin = end + 1;
  }
  return parts;
}

Row ElementRow(std::string_view text, int64_t line) {
  Row row{.line = line};
  if (text.size() > kLongestElement) {
    row.problem = "over 1 MiB";
    return row;
  }
  if (!IsUtf8(text)) {
    row.problem = "is not UTF-8 text";
    return row;
  }
  return RowOfJson(text, line, JsonLists::kJoined);
}

// Walks a JSON text, knowing what is inside a string.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}
  size_t at() const { return at_; }
  int64_t line() const { return line_; }
  bool done() const { return at_ >= text_.size(); }
  char character() const { return text_[at_]; }
  bool in_string() const { return in_string_; }
  void Step() {
    const char c = text_[at_++];
    if (c == '\n') ++line_;
    if (in_string_ && c == '\\' && !escaped_) {
      escaped_ = true;
      return;
    }
    if (c == '"' && !escaped_) in_string_ = !in_string_;
    escaped_ = false;
  }
  void SkipBlanks() {
    while (!done() && absl::ascii_isspace(static_cast<unsigned char>(character()))) Step();
  }

 private:
  std::string_view text_;
  size_t at_ = 0;
  int64_t line_ = 1;
  bool in_string_ = false, escaped_ = false;
};

// To the first element of the first list of objects; false without one.
bool FindList(Walk& walk) {
  while (!walk.done()) {
    const bool opens = walk.character() == '[' && !walk.in_string();
    walk.Step();
    if (!opens) continue;
    walk.SkipBlanks();
    if (!walk.done() && walk.character() == '{') return true;
  }
  return false;
}

}  // namespace

const std::vector<std::string>& CourseFields() {
  static const auto* const kNames = [] {
    auto* names = new std::vector<std::string>;
    for (const FieldNames& field : Fields()) names->emplace_back(field.field);
    return names;
  }();
  return *kNames;
}

absl::StatusOr<v1::Course> CourseOf(const Row& row, const CourseMap& map) {
  if (!row.problem.empty()) return absl::InvalidArgumentError(row.problem);
  std::map<std::string_view, std::string> said;
  for (const FieldNames& field : Fields()) said[field.field] = FindField(row, map.columns, field).value_or("");
  v1::Course course;
  course.set_provider(said["provider"].empty() ? map.provider : said["provider"]);
  course.set_title(said["title"]);
  course.set_id(said["id"].empty() ? said["title"] : said["id"]);
  course.set_url(said["url"]);
  if (course.title().empty()) {
    return absl::InvalidArgumentError("title: no column says how it is called; name one with --map COLUMN=title");
  }
  if (course.provider().empty()) {
    return absl::InvalidArgumentError("provider: no column says whose it is; give --provider");
  }
  for (const std::string& topic : Split(said["topics"])) course.add_topics(topic);
  for (const std::string& check : Split(said["checks"])) course.add_checks(check);
  if (std::string hours = absl::AsciiStrToLower(said["hours"]); !hours.empty()) {
    for (const std::string_view unit : {"hours", "hour", "h"}) {
      if (hours.ends_with(unit)) hours.resize(hours.size() - unit.size());
    }
    double number = 0;
    if (!absl::SimpleAtod(Stripped(hours), &number) || !(number >= 0 && number <= 10000)) {
      return absl::InvalidArgumentError(
          fmt::format("hours: \"{}\" is no number of hours", said["hours"].substr(0, 80)));
    }
    course.set_hours(number);
  }
  return course;
}

std::vector<Row> JsonElements(std::string_view document) {
  std::vector<Row> rows;
  Walk walk(document);
  if (!FindList(walk)) {
    if (document.find_first_not_of(" \t\r\n") != std::string_view::npos) rows.push_back(ElementRow(document, 1));
    return rows;
  }
  while (!walk.done() && walk.character() != ']') {
    const size_t begin = walk.at();
    const int64_t line = walk.line();
    if (rows.size() == kMostElements) {
      rows.push_back(
          {.line = line, .fields = {}, .problem = "more than 100000 elements: give it as JSON Lines or CSV"});
      return rows;
    }
    int depth = 0;
    while (!walk.done()) {
      const char c = walk.character();
      if (!walk.in_string()) {
        if (depth == 0 && (c == ',' || c == ']')) break;
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
      }
      walk.Step();
    }
    rows.push_back(ElementRow(document.substr(begin, walk.at() - begin), line));
    if (!walk.done() && walk.character() == ',') walk.Step();
    walk.SkipBlanks();
  }
  return rows;
}

}  // namespace mergegate::client
