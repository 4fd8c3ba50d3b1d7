#include "client/cli/signal_import.h"

#include <vector>

namespace mergegate::client {
namespace {

// As many as the server takes: rows in no order of time touch most pages of its indexes, once in each transaction.
constexpr int kPart = 10'000;
constexpr size_t kPartBytes = 8 << 20;

}  // namespace

absl::Status ImportSignals(std::istream& stream, RowFormat format, const SignalMap& map, bool dry_run,
                           Connection& connection, ImportCount& count,
                           const std::function<void(int64_t line, const std::string& why)>& on_refused) {
  RowReader reader(stream, format);
  v1::RecordSignalsRequest request;
  request.set_dry_run(dry_run);
  std::vector<int64_t> lines;
  size_t bytes = 0;
  const auto send = [&]() -> absl::Status {
    if (lines.empty()) return absl::OkStatus();
    const auto answer = connection.RecordSignals(request);
    if (!answer.ok()) return answer.status();
    for (int i = 0; i < answer->results_size() && i < static_cast<int>(lines.size()); ++i) {
      const v1::SignalResult& result = answer->results(i);
      if (result.outcome() == v1::SIGNAL_OUTCOME_NEW) {
        ++count.fresh;
      } else if (result.outcome() == v1::SIGNAL_OUTCOME_KNOWN) {
        ++count.known;
      } else {
        ++count.refused;
        on_refused(lines[static_cast<size_t>(i)], result.problem());
      }
    }
    count.lines = lines.back();
    request.clear_signals();
    lines.clear();
    bytes = 0;
    return absl::OkStatus();
  };
  while (const std::optional<Row> row = reader.Next()) {
    absl::StatusOr<v1::Signal> signal = SignalOf(*row, map);
    if (!signal.ok()) {
      ++count.refused;
      on_refused(row->line, std::string(signal.status().message()));
      continue;
    }
    bytes += signal->ByteSizeLong();
    *request.add_signals() = *std::move(signal);
    lines.push_back(row->line);
    if (request.signals_size() < kPart && bytes < kPartBytes) continue;
    if (absl::Status status = send(); !status.ok()) return status;
  }
  return send();
}

}  // namespace mergegate::client
