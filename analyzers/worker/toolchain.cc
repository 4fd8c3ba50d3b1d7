#include "analyzers/worker/toolchain.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace mergegate::worker {
namespace {

constexpr std::chrono::seconds kFresh{60};

// Walks folders by descriptors, which spares the kernel the long paths.
class Walk {
 public:
  Walk() { XXH3_128bits_reset(state_.get()); }

  // `name` relative to the folder `at`; `path` is what the digest knows it by.
  void Add(int at, const char* name, const std::string& path) {
    const int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat status{};
    // Links can lead in circles, and to what was seen already.
    if (fd < 0 || fstat(fd, &status) != 0 || !seen_.insert({status.st_dev, status.st_ino}).second) {
      if (fd >= 0) close(fd);
      return;
    }
    DIR* folder = fdopendir(fd);
    if (folder == nullptr) {
      close(fd);
      return;
    }
    std::vector<std::string> names;
    while (const dirent* entry = readdir(folder)) names.emplace_back(entry->d_name);
    std::ranges::sort(names);
    for (const std::string& entry : names) {
      if (entry == "." || entry == ".." || fstatat(fd, entry.c_str(), &status, 0) != 0) continue;
      const std::string below = absl::StrCat(path, "/", entry);
      if (S_ISDIR(status.st_mode)) {
        Add(fd, entry.c_str(), below);
      } else {
        const int64_t facts[] = {status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
        XXH3_128bits_update(state_.get(), below.c_str(), below.size() + 1);
        XXH3_128bits_update(state_.get(), facts, sizeof facts);
      }
    }
    closedir(folder);
  }

  std::string Digest() const {
    const XXH128_hash_t digest = XXH3_128bits_digest(state_.get());
    char hex[33];
    std::snprintf(hex, sizeof hex, "%016" PRIx64 "%016" PRIx64, digest.high64, digest.low64);
    return hex;
  }

 private:
  const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state_{XXH3_createState(), XXH3_freeState};
  std::set<std::pair<dev_t, ino_t>> seen_;
};

}  // namespace

std::string ToolchainFingerprint(const std::vector<std::string>& folders) {
  Walk walk;
  for (const std::string& folder : folders) walk.Add(AT_FDCWD, folder.c_str(), folder);
  return walk.Digest();
}

std::vector<std::string> SystemHeaderFolders() {
  namespace fs = std::filesystem;
  std::vector<std::string> folders = {"/usr/include", "/usr/local/include", "/usr/lib/gcc"};
  std::error_code error;
  std::vector<fs::path> parents;
  for (const auto& entry : fs::directory_iterator("/usr/lib", error)) {
    if (!entry.is_directory(error)) continue;
    parents.push_back(entry.path());
    for (const auto& below : fs::directory_iterator(entry.path(), error)) {
      if (below.is_directory(error)) parents.push_back(below.path());
    }
  }
  std::ranges::sort(parents);
  for (const fs::path& parent : parents) {
    if (fs::is_directory(parent / "include", error)) folders.push_back(parent / "include");
  }
  return folders;
}

std::string BuildOn(std::string_view build, std::string_view fingerprint) {
  return absl::StrCat(std::string(build), " toolchain-", std::string(fingerprint));
}

std::string Toolchain::Fingerprint() {
  std::lock_guard lock(mutex_);
  const Time now = now_();
  if (fingerprint_.empty() || now - looked_up_ >= kFresh) {
    fingerprint_ = ToolchainFingerprint(folders_);
    looked_up_ = now;
  }
  return fingerprint_;
}

}  // namespace mergegate::worker
