// A row of a catalogue as a course; catalogues come from any provider, as CSV, JSON Lines or one JSON document.
//
//   for (const Row& row : JsonElements(text)) { auto course = CourseOf(row, {.provider = "udacity"}); ... }
//
// Fields are found under the names that exports use, or by the map. Pure; safe from any thread.
#ifndef MERGEGATE_CLIENT_IMPORTING_COURSE_ROWS_H_
#define MERGEGATE_CLIENT_IMPORTING_COURSE_ROWS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "client/importing/rows.h"
#include "mergegate/v1/growth.pb.h"

namespace mergegate::client {

struct CourseMap {
  std::map<std::string, std::string> columns = {};  // column -> field of Course
  std::string provider = {};                        // of rows that do not say
};

// Fields that a column can be mapped to.
const std::vector<std::string>& CourseFields();

// Topics and checks are split at ';', ',' and '|'. Without an id the title is it. kInvalidArgument says which field,
// and what it holds.
absl::StatusOr<v1::Course> CourseOf(const Row& row, const CourseMap& map);

// The objects of the first list of objects in a JSON document, whatever holds it; the document itself where there is
// none. Lists of texts become one text, joined by ';'. What is wrong with one keeps no other out; after 100000 the rest
// is one problem.
std::vector<Row> JsonElements(std::string_view document);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_IMPORTING_COURSE_ROWS_H_
