// A file of rows on its way to the server, in parts; what became of each row.
//
//     ImportCount count;
//     absl::Status status = ImportSignals(stream, RowFormat::kCsv, map, /*dry_run=*/false, connection, count,
//     on_refused);
//
// Memory: one part, whatever the size of the file. Not thread-safe.
#ifndef MERGEGATE_CLIENT_CLI_SIGNAL_IMPORT_H_
#define MERGEGATE_CLIENT_CLI_SIGNAL_IMPORT_H_

#include <cstdint>
#include <functional>
#include <istream>
#include <string>

#include "absl/status/status.h"
#include "client/cli/connection.h"
#include "client/importing/signal_rows.h"

namespace mergegate::client {

struct ImportCount {
  int64_t fresh = 0;    // new to the server
  int64_t known = 0;    // it had them
  int64_t refused = 0;  // told by `on_refused`
  int64_t lines = 0;    // of the file, that are dealt with
};

// Stops at the first failed call; `count.lines` then says how far it came, and importing again counts nothing twice.
absl::Status ImportSignals(std::istream& stream, RowFormat format, const SignalMap& map, bool dry_run,
                           Connection& connection, ImportCount& count,
                           const std::function<void(int64_t line, const std::string& why)>& on_refused);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_SIGNAL_IMPORT_H_
