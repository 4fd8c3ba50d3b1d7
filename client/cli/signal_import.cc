#include "client/cli/signal_import.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace mergegate::client {
namespace {

// As many as the server takes in one transaction.
constexpr int kPart = 10'000;
constexpr size_t kPartBytes = 8 << 20;

// A row of a load: serialized, which takes a quarter of the memory.
struct Kept {
  int64_t seconds = 0;
  int32_t nanos = 0;
  int64_t line = 0;
  size_t from = 0, size = 0;
};

class Load {
 public:
  void Add(const v1::Signal& signal, int64_t line) {
    const size_t from = bytes_.size();
    signal.AppendToString(&bytes_);
    rows_.push_back({.seconds = signal.at().seconds(),
                     .nanos = signal.at().nanos(),
                     .line = line,
                     .from = from,
                     .size = bytes_.size() - from});
  }

  size_t bytes() const { return bytes_.size() + rows_.size() * sizeof(Kept); }

  // Sends all by time, and counts; refused lines and why.
  absl::Status Send(bool dry_run, const SendSignals& send, ImportCount& count,
                    std::vector<std::pair<int64_t, std::string>>& refused) {
    std::ranges::sort(rows_, {}, [](const Kept& row) { return std::tuple(row.seconds, row.nanos, row.line); });
    for (size_t from = 0; from < rows_.size();) {
      v1::RecordSignalsRequest request;
      request.set_dry_run(dry_run);
      size_t to = from;
      for (size_t bytes = 0; to < rows_.size() && request.signals_size() < kPart && bytes < kPartBytes; ++to) {
        request.add_signals()->ParseFromArray(bytes_.data() + rows_[to].from, static_cast<int>(rows_[to].size));
        bytes += rows_[to].size;
      }
      const auto answer = send(request);
      if (!answer.ok()) return answer.status();
      for (int i = 0; i < answer->results_size() && i < request.signals_size(); ++i) {
        const v1::SignalResult& result = answer->results(i);
        if (result.outcome() == v1::SIGNAL_OUTCOME_NEW) {
          ++count.fresh;
        } else if (result.outcome() == v1::SIGNAL_OUTCOME_KNOWN) {
          ++count.known;
        } else {
          ++count.refused;
          refused.emplace_back(rows_[from + static_cast<size_t>(i)].line, result.problem());
        }
      }
      from = to;
    }
    return absl::OkStatus();
  }

 private:
  std::string bytes_;
  std::vector<Kept> rows_;
};

}  // namespace

absl::Status ImportSignals(std::istream& stream, RowFormat format, const SignalMap& map, bool dry_run,
                           const SendSignals& send, ImportCount& count,
                           const std::function<void(int64_t line, const std::string& why)>& on_refused,
                           size_t load_bytes) {
  RowReader reader(stream, format);
  std::optional<Row> row = reader.Next();
  while (row) {
    Load load;
    int64_t last = 0;
    for (; row && load.bytes() < load_bytes; row = reader.Next()) {
      last = row->line;
      const absl::StatusOr<v1::Signal> signal = SignalOf(*row, map);
      if (signal.ok()) {
        load.Add(*signal, row->line);
      } else {
        ++count.refused;
        on_refused(row->line, std::string(signal.status().message()));
      }
    }
    std::vector<std::pair<int64_t, std::string>> refused;
    const absl::Status status = load.Send(dry_run, send, count, refused);
    std::ranges::sort(refused);
    for (const auto& [line, why] : refused) on_refused(line, why);
    if (!status.ok()) return status;
    count.lines = last;
  }
  return absl::OkStatus();
}

}  // namespace mergegate::client
