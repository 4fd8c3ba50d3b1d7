#include "server/git/shallow.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/commit_graph.h"
#include "server/git/object.h"

namespace mergegate::git {
namespace {

bool Before(const git_oid& a, const git_oid& b) { return git_oid_cmp(&a, &b) < 0; }

// Held while the file is read, changed and written.
class FileLock {
 public:
  explicit FileLock(const std::string& path) : fd_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    held_ = fd_ >= 0 && flock(fd_, LOCK_EX) == 0;
  }
  ~FileLock() {
    if (fd_ >= 0) close(fd_);
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  bool held() const { return held_; }

 private:
  const int fd_;
  bool held_ = false;
};

absl::StatusOr<bool> HasAbsentParent(CommitGraph& graph, const git_oid& id) {
  ASSIGN_OR_RETURN(CommitGraph::Commit * commit, graph.Read(id));
  bool absent = false;
  for (CommitGraph::Commit* parent : commit->parents) {
    RETURN_IF_ERROR(graph.Complete(parent));
    absent = absent || !parent->present;
  }
  return absent;
}

}  // namespace

absl::StatusOr<std::vector<git_oid>> ReadShallow(const std::string& repository_path) {
  std::vector<git_oid> boundary;
  std::ifstream file(repository_path + "/shallow");
  for (std::string line; std::getline(file, line);) {
    ASSIGN_OR_RETURN(const git_oid id, ParseOid(line));
    boundary.push_back(id);
  }
  return boundary;
}

absl::Status UpdateShallow(git_repository* repository, const std::string& repository_path,
                           const std::vector<git_oid>& boundary) {
  const std::string path = repository_path + "/shallow";
  if (boundary.empty() && !std::filesystem::exists(path)) return absl::OkStatus();
  const FileLock lock(path + ".mergegate-lock");
  if (!lock.held()) return absl::InternalError(absl::StrCat("cannot lock ", path, ": ", std::strerror(errno)));
  ASSIGN_OR_RETURN(std::vector<git_oid> all, ReadShallow(repository_path));
  all.insert(all.end(), boundary.begin(), boundary.end());
  std::ranges::sort(all, Before);
  all.erase(std::unique(all.begin(), all.end(), OidEqual()), all.end());

  CommitGraph graph(repository);
  std::string text;
  for (const git_oid& id : all) {
    ASSIGN_OR_RETURN(const bool still_cut, HasAbsentParent(graph, id));
    if (still_cut) absl::StrAppend(&text, Hex(id), "\n");
  }
  std::error_code error;
  if (text.empty()) {
    std::filesystem::remove(path, error);
  } else {
    const std::string fresh = path + ".mergegate-new";
    std::ofstream(fresh, std::ios::trunc) << text;
    std::filesystem::rename(fresh, path, error);
  }
  if (error) return absl::InternalError(absl::StrCat("cannot write ", path, ": ", error.message()));
  return absl::OkStatus();
}

}  // namespace mergegate::git
