// The repository that a verb works on: revisions, refs, and packs of what a server lacks.
//
//     auto repository = LocalRepository::Open(".");
//     auto head = repository->ResolveCommit("HEAD");
//     repository->WritePack({*head}, {base}, [&](std::string_view bytes) { return Send(bytes); }, {});
//
// Read-only: nothing in the repository is changed. Movable, owns its libgit2 handle; one thread at a time.
#ifndef MERGEGATE_CLIENT_GIT_LOCAL_REPOSITORY_H_
#define MERGEGATE_CLIENT_GIT_LOCAL_REPOSITORY_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace mergegate::client {

// A guess of what a change is to be merged into.
struct BaseGuess {
  std::string revision;  // as a person would write it ("origin/main", "HEAD~1")
  std::string commit;    // 40 hex digits
};

class LocalRepository {
 public:
  // `folder` is inside a work tree or a git directory. kInvalidArgument, with what to do, when it is not.
  static absl::StatusOr<LocalRepository> Open(const std::string& folder);

  // The directory shared by all work trees (".git" of the main one). Absolute, no trailing slash.
  std::string CommonDirectory() const;
  // Absolute, no trailing slash; empty for a bare repository.
  std::string WorkTree() const;
  // True when history ends early (a shallow clone).
  bool IsShallow() const;
  // user.email of git's configuration; empty when it is not set.
  std::string UserMail() const;
  // URL of remote "origin"; empty when there is none.
  std::string RemoteUrl() const;

  // The commit that a revision names, 40 hex digits; tags are peeled. kInvalidArgument when it names none here.
  absl::StatusOr<std::string> ResolveCommit(const std::string& revision) const;
  bool HasCommit(const std::string& commit) const;

  // The first of origin/HEAD, origin/main, main, origin/master, master that is not `head` itself, else head~1.
  // kNotFound when none exists (a repository of one commit).
  absl::StatusOr<BaseGuess> GuessBase(const std::string& head_revision) const;

  // Commits that another copy of the history probably has: first-parent ancestors of `tips` (near ones densely, far
  // ones ever more sparsely) and the tips of remote branches. At most 2000, no duplicates; absent tips are skipped.
  std::vector<std::string> LikelyShared(const std::vector<std::string>& tips) const;

  // Takes the next bytes of a pack; a status other than OK stops the writing and is returned.
  using PackSink = std::function<absl::Status(std::string_view bytes)>;
  // Objects packed so far and objects in all; 0 in all while counting.
  using PackProgress = std::function<void(size_t done, size_t total)>;

  // Packs everything that `tips` reach and `known` do not. In a shallow clone history ends where the clone's does.
  // Returns the number of objects; 0 (and no bytes) when nothing is lacking.
  absl::StatusOr<size_t> WritePack(const std::vector<std::string>& tips, const std::vector<std::string>& known,
                                   const PackSink& sink, const PackProgress& progress) const;

  LocalRepository(LocalRepository&&) noexcept;
  LocalRepository& operator=(LocalRepository&&) noexcept;
  ~LocalRepository();

 private:
  struct Handle;
  explicit LocalRepository(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_GIT_LOCAL_REPOSITORY_H_
