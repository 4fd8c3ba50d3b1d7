// The records of one project's history on disk, so that a start reads a file instead of a repository.
//
//   HistoryFile file("/data/histories/leveldb");
//   ASSIGN_OR_RETURN(CommitRecords all, file.Update("/data/mirrors/leveldb.git", options));   // reads what is new
//
// An append-only file: a line that names format and options, then frames of (length, checksum, bytes), each the records
// and the tip of one update. What is torn, damaged, of other options or of another history is read again from the
// repository. One process at a time (the server owns its data folder); one thread at a time.
#ifndef MERGEGATE_SERVER_GIT_HISTORY_FILE_H_
#define MERGEGATE_SERVER_GIT_HISTORY_FILE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/git/review_history.h"

namespace mergegate::git {

class HistoryFile {
 public:
  explicit HistoryFile(std::string path) : path_(std::move(path)) {}

  // Everything up to the repository's tip: `whole` is true and `records` are all. Costs reading the file and what is
  // new in the repository; a file that cannot be written is no error (`notes` says so).
  absl::StatusOr<CommitRecords> Update(const std::string& repository, const HistoryOptions& options);

 private:
  const std::string path_;
};

// Frames as they stand in the file. Decode gives nothing for bytes that Encode did not make.
std::string EncodeRecords(const CommitId& tip, const std::vector<ReviewRecord>& records);
bool DecodeRecords(std::string_view bytes, CommitId& tip, std::vector<ReviewRecord>& records);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_HISTORY_FILE_H_
