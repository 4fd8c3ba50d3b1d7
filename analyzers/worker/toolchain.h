// Which headers this machine has. Results depend on them, and they are in no commit: so their fingerprint is part of
// the build that a worker reports, and thus of the key under which the server keeps results.
//
//   Toolchain toolchain(HeaderFolders(options));
//   request.set_analyzer_build(BuildOn(build, toolchain.Fingerprint()));     // "mergegate-0.1.0 ... toolchain-9f86..."
//
// Thread safety: Toolchain may be used from any thread. Ownership: none.
#ifndef MERGEGATE_ANALYZERS_WORKER_TOOLCHAIN_H_
#define MERGEGATE_ANALYZERS_WORKER_TOOLCHAIN_H_

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mergegate::worker {

// Digest, 32 hex digits, of path, size and time of the last change of every file below the folders; links are followed.
// The content is not read. A folder that does not exist counts as empty.
std::string ToolchainFingerprint(const std::vector<std::string>& folders);

// Folders of Linux where headers live: /usr/include, /usr/local/include, /usr/lib/gcc, and the folders "include" one
// and two levels below /usr/lib. Of other files that units can read below /usr/lib nothing is known.
std::vector<std::string> SystemHeaderFolders();

// Name of the analyzers' build on a toolchain.
std::string BuildOn(std::string_view build, std::string_view fingerprint);

// The fingerprint, looked up anew when it is older than a minute.
class Toolchain {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Toolchain(std::vector<std::string> folders, std::function<Time()> now = std::chrono::steady_clock::now)
      : folders_(std::move(folders)), now_(std::move(now)) {}

  std::string Fingerprint();

 private:
  const std::vector<std::string> folders_;
  const std::function<Time()> now_;
  std::mutex mutex_;
  std::string fingerprint_;  // empty = never looked up
  Time looked_up_;
};

}  // namespace mergegate::worker

#endif  // MERGEGATE_ANALYZERS_WORKER_TOOLCHAIN_H_
