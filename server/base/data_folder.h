// The folder where one server keeps everything: database, mirrors, token. One process at a time.
//
//   ASSIGN_OR_RETURN(auto folder, DataFolder::Open("/var/lib/mergegate", /*wait=*/absl::ZeroDuration()));
//   folder->database();  folder->mirrors();
//
// Thread safety: immutable after Open. The lock is held until destruction.
#ifndef MERGEGATE_SERVER_BASE_DATA_FOLDER_H_
#define MERGEGATE_SERVER_BASE_DATA_FOLDER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace mergegate {

class DataFolder {
 public:
  // Creates it (mode 0700) if absent and locks it, waiting at most `wait` for another server to end.
  // kFailedPrecondition when it is locked, kUnavailable when it cannot be created or written; both name the path.
  static absl::StatusOr<std::unique_ptr<DataFolder>> Open(const std::string& path, absl::Duration wait);
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  std::string database() const { return path_ + "/mergegate.db"; }
  std::string mirrors() const { return path_ + "/mirrors"; }
  std::string token_file() const { return path_ + "/token"; }

  // The token of the token file, which is made (0600, 32 random bytes in hex) if absent.
  absl::StatusOr<std::string> Token() const;

 private:
  DataFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  const std::string path_;
  const int lock_;
};

// $XDG_STATE_HOME/mergegate, else ~/.local/state/mergegate, else /var/lib/mergegate.
std::string DefaultDataFolder();

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_BASE_DATA_FOLDER_H_
