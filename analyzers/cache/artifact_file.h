// Files of the engine's cache: what one analysis leaves for later ones. Written by mergegate-worker, read by
// mergegate-analyze, which never trusts that a file is whole.
//
//   absl::Status written = WriteArtifact("/cache/p/preamble/0a1b.pch", content);
//   absl::StatusOr<ArtifactContent> read = ReadArtifact("/cache/p/preamble/0a1b.pch");
//   if (read.ok()) Use(read->view());                                  // kNotFound: absent; kDataLoss: damaged
//
// A file is 32 bytes of header (magic with version, digest of name and content, length) and the content. Writing is
// atomic: a reader sees all of a file or none of it, and a file that it has open stays whole when it is replaced or
// removed.
//
// Thread safety: functions may be called from any thread and process at once. Ownership: ArtifactContent holds a
// mapping of the file until it is destroyed.
#ifndef MERGEGATE_ANALYZERS_CACHE_ARTIFACT_FILE_H_
#define MERGEGATE_ANALYZERS_CACHE_ARTIFACT_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace mergegate::cache {

// True for "<kind>/<name>": at most 200 bytes; both parts of lower-case letters, digits, '-' and '.', neither empty nor
// beginning with '.'. Such a name, put behind a folder and a slash, stays below that folder.
bool IsArtifactName(std::string_view name);

// Content of an artifact, mapped into memory.
class ArtifactContent {
 public:
  ArtifactContent(ArtifactContent&& other) noexcept
      : map_(std::exchange(other.map_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  ArtifactContent& operator=(ArtifactContent&& other) noexcept {
    std::swap(map_, other.map_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~ArtifactContent();

  std::string_view view() const;

 private:
  friend absl::StatusOr<ArtifactContent> ReadArtifact(const std::string& path);
  ArtifactContent(void* map, size_t bytes) : map_(map), bytes_(bytes) {}

  void* map_;
  size_t bytes_;  // of header and content
};

// kNotFound when there is no such file; kDataLoss when something is there that cannot be read, is no artifact, is not
// whole, or was written under another name. Costs one pass over the content.
absl::StatusOr<ArtifactContent> ReadArtifact(const std::string& path);

// Puts `content` in the place of whatever is at `path`, readable for this user only. The folder must exist. Not synced
// to disk: a power cut may leave a damaged file, which readers notice.
absl::Status WriteArtifact(const std::string& path, std::string_view content);

}  // namespace mergegate::cache

#endif  // MERGEGATE_ANALYZERS_CACHE_ARTIFACT_FILE_H_
