// The engine's cache on this machine's disk: "<folder>/<project>/<kind>/<name>", written here only, read by sandboxed
// analyzers (analyzers/cache/artifact_file.h). What it holds makes analyses faster, never different.
//
//   EngineCache cache({.folder = "/var/lib/mergegate/engine-cache"});
//   std::string readable = cache.FolderOf("p");      // for mergegate-analyze --cache; "" when there is none
//   cache.Keep("p", answer);                         // artifacts written, used ones touched, damaged ones removed
//
// Several workers may share the folder. When it grows beyond its bound, what was used longest ago goes first, of
// whatever project.
//
// Thread safety: all methods may be called from any thread. Ownership: owns the files below the folder.
#ifndef MERGEGATE_ANALYZERS_WORKER_ENGINE_CACHE_H_
#define MERGEGATE_ANALYZERS_WORKER_ENGINE_CACHE_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "mergegate/v1/analysis.pb.h"

namespace mergegate::worker {

struct EngineCacheOptions {
  std::string folder;  // empty = no cache
  // Room on the disk for all projects together, bytes, > 0. Exceeded by a sixteenth at most, for each worker that
  // writes to the folder.
  int64_t limit = int64_t{4} << 30;
};

class EngineCache {
 public:
  explicit EngineCache(EngineCacheOptions options) : options_(std::move(options)) {}

  // Folder of a project (an id without '/', not beginning with '.'), made if need be; "" when it cannot be made or
  // there is no cache.
  std::string FolderOf(std::string_view project) const;

  // Does what `answer` asks for. Its names come from a process that read a stranger's source: those that IsArtifactName
  // refuses are passed over. The status is that of the first file that could not be written; the others are.
  absl::Status Keep(std::string_view project, const v1::AnalyzerAnswer& answer);

  // Removes what was used longest ago until nine tenths of the bound hold the rest. Nothing is done when another worker
  // is at it.
  void Evict();

 private:
  const EngineCacheOptions options_;
  std::atomic<int64_t> written_ = -1;  // bytes since the last eviction; negative = none yet
};

}  // namespace mergegate::worker

#endif  // MERGEGATE_ANALYZERS_WORKER_ENGINE_CACHE_H_
