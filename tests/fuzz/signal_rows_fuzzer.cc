// Any bytes as an export: rows come with a line each, never more than there are lines, and what becomes a signal is
// UTF-8 with a moment and an id.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "client/importing/rows.h"
#include "client/importing/signal_rows.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mergegate::client;
  if (size == 0) return 0;
  std::istringstream stream(std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
  RowReader reader(stream, data[0] % 2 == 0 ? RowFormat::kCsv : RowFormat::kJsonLines);
  const SignalMap map{.kind = mergegate::v1::SIGNAL_KIND_SURVEY_ANSWER, .source = "fuzz", .day_first = data[0] % 4 > 1};
  int64_t last = 0;
  while (const std::optional<Row> row = reader.Next()) {
    if (row->line <= last || row->line > static_cast<int64_t>(size) + 1) std::abort();
    if (!row->problem.empty() && !row->fields.empty()) std::abort();
    last = row->line;
    const auto signal = SignalOf(*row, map);
    if (!signal.ok()) continue;
    if (signal->source_id().empty() || signal->actor().empty() || !signal->has_at()) std::abort();
    // A column may name another kind, whose value is no share.
    const bool is_share = signal->kind() == mergegate::v1::SIGNAL_KIND_SURVEY_ANSWER;
    if (is_share && (signal->value() < 0 || signal->value() > 1)) std::abort();
    if (!IsUtf8(signal->actor() + signal->object() + signal->text())) std::abort();
  }
  return 0;
}
