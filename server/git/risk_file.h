// What defect risk reads of one project's commits, on disk, so that a start reads a file instead of every blob.
//
//   RiskFile file("/data/histories/leveldb.risk");
//   ASSIGN_OR_RETURN(RiskCommits all, file.Update("/data/mirrors/leveldb.git", {}));   // reads what is new
//
// An append-only file of frames (frames.h) with commits in any order, written every few hundred, so that a reading that
// was cut off goes on where it ended. What is damaged is read again from the repository. One process at a time (the
// server owns its data folder); one thread at a time.
#ifndef MERGEGATE_SERVER_GIT_RISK_FILE_H_
#define MERGEGATE_SERVER_GIT_RISK_FILE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/git/risk_history.h"

namespace mergegate::git {

class RiskFile {
 public:
  explicit RiskFile(std::string path) : path_(std::move(path)) {}

  // Everything up to the repository's tip. Costs reading the file, a walk, and what is new in the repository; `most`
  // and `progress` are RiskReading's. A file that cannot be written is no error (`notes` says so). kCancelled when
  // stopped: what was read until then stays.
  absl::StatusOr<RiskCommits> Update(const std::string& repository, const RiskOptions& options, size_t most = SIZE_MAX,
                                     std::function<void(size_t done, size_t all)> progress = {});

 private:
  const std::string path_;
};

// Frames as they stand in the file. Decode gives nothing for bytes that Encode did not make.
std::string EncodeCommits(const std::vector<risk::Commit>& commits);
bool DecodeCommits(std::string_view bytes, std::vector<risk::Commit>& commits);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_RISK_FILE_H_
