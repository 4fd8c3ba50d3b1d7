// Rows of a CSV or JSON Lines file, one at a time, each with its line number; what is wrong with one keeps no other
// out.
//
//   RowReader reader(stream, RowFormat::kCsv);
//   while (std::optional<Row> row = reader.Next()) { ... row->problem, row->fields ... }
//
// CSV: fields between ',', ';' or tabs (whichever the first line has most of), quoted where they need it, names in the
// first line. JSON Lines: an object a line; fields of inner objects are named "outer.inner". Rows over 1 MiB, of
// another length than the first line, or not in UTF-8 have a problem. Memory: one row. Not thread-safe; borrows the
// stream.
#ifndef MERGEGATE_CLIENT_IMPORTING_ROWS_H_
#define MERGEGATE_CLIENT_IMPORTING_ROWS_H_

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mergegate::client {

enum class RowFormat { kCsv, kJsonLines };
// What becomes of a list of texts in a JSON object: nothing, or one text with ';' between them.
enum class JsonLists { kLeftOut, kJoined };

struct Row {
  int64_t line = 0;                                              // where it begins, from 1
  std::vector<std::pair<std::string, std::string>> fields = {};  // name, text
  std::string problem = {};                                      // then there are no fields
};

class RowReader {
 public:
  RowReader(std::istream& stream, RowFormat format, JsonLists lists = JsonLists::kLeftOut)
      : stream_(stream), format_(format), lists_(lists) {}

  // nullopt at the end. Empty lines are passed over.
  std::optional<Row> Next();

  // Names of the columns of a CSV file, once a row was read.
  const std::vector<std::string>& columns() const { return columns_; }

 private:
  // The next record with its line breaks inside quotes; false at the end. `problem` when it cannot be one.
  bool ReadRecord(std::string& record, std::string& problem);
  Row CsvRow(std::string_view record, int64_t line);

  std::istream& stream_;
  const RowFormat format_;
  const JsonLists lists_;
  std::vector<std::string> columns_;
  char separator_ = ',';
  int64_t line_ = 0;  // lines read
};

// The fields of one JSON object, by "outer.inner"; a problem when it is none, or has more than 1000.
Row RowOfJson(std::string_view text, int64_t line, JsonLists lists);

// True for whole UTF-8 without NUL.
bool IsUtf8(std::string_view text);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_IMPORTING_ROWS_H_
