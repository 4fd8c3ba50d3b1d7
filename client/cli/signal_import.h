// A file of rows on its way to the server, in parts; what became of each row.
//
//     ImportCount count;
//     const auto send = [&](const v1::RecordSignalsRequest& part) { return connection.RecordSignals(part); };
//     absl::Status status = ImportSignals(stream, RowFormat::kCsv, map, /*dry_run=*/false, send, count, on_refused);
//
// Rows are sent in the order of their time, as the server keeps them: in any other order each part touches most pages
// of its database, and a large file takes several times as long. They are sorted in loads of `load_bytes`; a longer
// file is several sorted ones. What a row means does not depend on when it comes, but of two rows with one id the
// earlier by time counts.
//
// Memory: about 1.5 times a load. Not thread-safe.
#ifndef MERGEGATE_CLIENT_CLI_SIGNAL_IMPORT_H_
#define MERGEGATE_CLIENT_CLI_SIGNAL_IMPORT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <istream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/importing/signal_rows.h"
#include "mergegate/v1/signal_service.pb.h"

namespace mergegate::client {

struct ImportCount {
  int64_t fresh = 0;    // new to the server
  int64_t known = 0;    // it had them
  int64_t refused = 0;  // told by `on_refused`
  int64_t lines = 0;    // of the file, that are dealt with: whole loads
};

using SendSignals = std::function<absl::StatusOr<v1::RecordSignalsResponse>(const v1::RecordSignalsRequest&)>;

// A million rows of the usual exports.
inline constexpr size_t kLoadBytes = 128 << 20;

// `on_refused` hears of the lines of a load in their order, after those that are no signals at all. Stops at the first
// failed call; `count.lines` then says how far it came, and importing again counts nothing twice.
absl::Status ImportSignals(std::istream& stream, RowFormat format, const SignalMap& map, bool dry_run,
                           const SendSignals& send, ImportCount& count,
                           const std::function<void(int64_t line, const std::string& why)>& on_refused,
                           size_t load_bytes = kLoadBytes);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_SIGNAL_IMPORT_H_
