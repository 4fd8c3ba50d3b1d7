// Any bytes as a catalogue: rows come in the order of their lines, never more than there are bytes, and what becomes a
// course has a provider, an id, a title and hours in their range.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "client/importing/course_rows.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mergegate::client;
  const std::string text(reinterpret_cast<const char*>(data), size);
  int64_t last = 1;
  const std::vector<Row> rows = JsonElements(text);
  if (rows.size() > size) std::abort();
  for (const Row& row : rows) {
    if (row.line < last || row.line > static_cast<int64_t>(size) + 1) std::abort();
    last = row.line;
    if (!row.problem.empty() && !row.fields.empty()) std::abort();
    const auto course = CourseOf(row, {.provider = "fuzz"});
    if (!course.ok()) continue;
    if (course->provider().empty() || course->id().empty() || course->title().empty()) std::abort();
    if (!(course->hours() >= 0 && course->hours() <= 10000)) std::abort();
  }
  return 0;
}
