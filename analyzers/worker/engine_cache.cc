#include "analyzers/worker/engine_cache.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <vector>

#include "absl/strings/str_cat.h"
#include "analyzers/cache/artifact_file.h"

namespace mergegate::worker {
namespace {

namespace fs = std::filesystem;

// Left by a worker that died while it wrote.
constexpr time_t kStaleSeconds = 3600;

// What is in the way of a folder (a damaged disk, a joker) is not worth keeping.
bool MakeFolder(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(path, error);
  if (fs::is_directory(status)) return true;
  if (fs::exists(status)) fs::remove(path, error);
  if (const std::string above = fs::path(path).parent_path(); !above.empty()) fs::create_directories(above, error);
  return mkdir(path.c_str(), 0700) == 0 || errno == EEXIST;
}

struct StoredFile {
  std::string path;
  timespec used;
  int64_t bytes;  // on the disk
};

std::vector<StoredFile> FilesBelow(const std::string& folder) {
  std::vector<StoredFile> files;
  std::error_code error;
  auto each = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && each != fs::recursive_directory_iterator(); each.increment(error)) {
    struct stat status{};
    if (lstat(each->path().c_str(), &status) != 0 || S_ISDIR(status.st_mode)) continue;
    // The lock, and what another worker is writing just now.
    if (each->path().filename().native().front() == '.' && time(nullptr) - status.st_mtim.tv_sec < kStaleSeconds) {
      continue;
    }
    files.push_back({each->path(), status.st_mtim, int64_t{status.st_blocks} * 512});
  }
  return files;
}

class FolderLock {
 public:
  explicit FolderLock(const std::string& folder)
      : fd_(open((folder + "/.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)),
        held_(fd_ >= 0 && flock(fd_, LOCK_EX | LOCK_NB) == 0) {}
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock() {
    if (fd_ >= 0) close(fd_);
  }
  bool held() const { return held_; }

 private:
  const int fd_;
  const bool held_;
};

}  // namespace

std::string EngineCache::FolderOf(std::string_view project) const {
  if (options_.folder.empty()) return "";
  std::string folder = absl::StrCat(options_.folder, "/", std::string(project));
  return MakeFolder(folder) ? folder : "";
}

absl::Status EngineCache::Keep(std::string_view project, const v1::AnalyzerAnswer& answer) {
  const std::string folder = FolderOf(project);
  if (folder.empty()) return absl::OkStatus();
  const auto path_of = [&](const std::string& name) { return absl::StrCat(folder, "/", name); };
  absl::Status status;
  for (const std::string& name : answer.damaged()) {
    std::error_code ignored;
    if (cache::IsArtifactName(name)) fs::remove_all(path_of(name), ignored);
  }
  for (const std::string& name : answer.used()) {
    // Fails when it was evicted meanwhile.
    if (cache::IsArtifactName(name)) utimensat(AT_FDCWD, path_of(name).c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
  }
  int64_t written = 0;
  for (const v1::Artifact& artifact : answer.artifacts()) {
    if (!cache::IsArtifactName(artifact.name())) continue;
    if (static_cast<int64_t>(artifact.content().size()) > options_.limit / 2) continue;
    const std::string path = path_of(artifact.name());
    MakeFolder(fs::path(path).parent_path());
    const absl::Status done = cache::WriteArtifact(path, artifact.content());
    if (done.ok()) written += static_cast<int64_t>(artifact.content().size());
    if (!done.ok() && status.ok()) status = done;
  }
  if (written > 0 && (written_ < 0 || (written_ += written) > options_.limit / 16)) Evict();
  return status;
}

void EngineCache::Evict() {
  const FolderLock lock(options_.folder);
  if (!lock.held()) return;
  written_ = 0;
  std::vector<StoredFile> files = FilesBelow(options_.folder);
  int64_t total = 0;
  for (const StoredFile& file : files) total += file.bytes;
  if (total <= options_.limit) return;
  std::ranges::sort(files, [](const StoredFile& a, const StoredFile& b) {
    return std::pair(a.used.tv_sec, a.used.tv_nsec) < std::pair(b.used.tv_sec, b.used.tv_nsec);
  });
  for (const StoredFile& file : files) {
    if (total <= options_.limit / 10 * 9) break;
    if (unlink(file.path.c_str()) == 0) total -= file.bytes;
  }
}

}  // namespace mergegate::worker
