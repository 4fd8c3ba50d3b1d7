#include "client/git/local_repository.h"

#include <fmt/format.h>
#include <git2.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <unordered_set>

namespace mergegate::client {
namespace {

constexpr size_t kMostShared = 2000;

template <typename T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* object) const { Free(object); }
};
template <typename T, void (*Free)(T*)>
using Owned = std::unique_ptr<T, Deleter<T, Free>>;
using Object = Owned<git_object, git_object_free>;
using Commit = Owned<git_commit, git_commit_free>;
using Tree = Owned<git_tree, git_tree_free>;
using Reference = Owned<git_reference, git_reference_free>;
using PackBuilder = Owned<git_packbuilder, git_packbuilder_free>;

struct OidHash {
  size_t operator()(const git_oid& id) const {
    size_t hash;
    std::memcpy(&hash, id.id, sizeof hash);
    return hash;
  }
};
struct OidEqual {
  bool operator()(const git_oid& a, const git_oid& b) const { return git_oid_equal(&a, &b) == 1; }
};
using OidSet = std::unordered_set<git_oid, OidHash, OidEqual>;

std::string LastError() {
  const git_error* error = git_error_last();
  return error == nullptr || error->message == nullptr ? "unknown error" : error->message;
}

std::string Hex(const git_oid& id) {
  char text[GIT_OID_HEXSZ + 1];
  return git_oid_tostr(text, sizeof text, &id);
}

std::string WithoutSlash(const char* path) {
  std::string text = path == nullptr ? "" : path;
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

// Null when the commit is not here.
Commit Find(git_repository* repository, const git_oid& id) {
  git_commit* commit = nullptr;
  return Commit(git_commit_lookup(&commit, repository, &id) == 0 ? commit : nullptr);
}

Commit Find(git_repository* repository, const std::string& hex) {
  git_oid id;
  return Commit(git_oid_fromstr(&id, hex.c_str()) == 0 ? Find(repository, id) : nullptr);
}

// Commits reachable from `from`, not entering those in `stop`; history ends where commits are absent. `seen` grows by
// what was visited.
std::vector<Commit> Reachable(git_repository* repository, const std::vector<std::string>& from, OidSet& seen) {
  std::vector<Commit> found;
  std::deque<git_oid> queue;
  const auto enqueue = [&](const git_oid& id) {
    if (seen.insert(id).second) queue.push_back(id);
  };
  for (const std::string& hex : from) {
    if (git_oid id; git_oid_fromstr(&id, hex.c_str()) == 0) enqueue(id);
  }
  while (!queue.empty()) {
    Commit commit = Find(repository, queue.front());
    queue.pop_front();
    if (commit == nullptr) continue;
    for (unsigned i = 0; i < git_commit_parentcount(commit.get()); ++i) {
      enqueue(*git_commit_parent_id(commit.get(), i));
    }
    found.push_back(std::move(commit));
  }
  return found;
}

// Calls `visit` for every tree and blob below `id` that is not in `seen` yet, trees before what they hold.
// Submodules are skipped: their commits live elsewhere.
absl::Status VisitTree(git_repository* repository, const git_oid& id, OidSet& seen,
                       const std::function<int(const git_oid&, const char*)>& visit) {
  if (!seen.insert(id).second) return absl::OkStatus();
  git_tree* raw = nullptr;
  if (git_tree_lookup(&raw, repository, &id) != 0) {
    return absl::FailedPreconditionError(fmt::format(
        "tree {} is missing from the repository ({}); a partial clone lacks it: run git fetch --refetch --no-filter",
        Hex(id), LastError()));
  }
  const Tree tree(raw);
  if (visit(id, "") != 0) return absl::InternalError(LastError());
  for (size_t i = 0; i < git_tree_entrycount(tree.get()); ++i) {
    const git_tree_entry* entry = git_tree_entry_byindex(tree.get(), i);
    const git_oid& child = *git_tree_entry_id(entry);
    if (git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
      if (absl::Status status = VisitTree(repository, child, seen, visit); !status.ok()) return status;
    } else if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB && seen.insert(child).second) {
      if (visit(child, git_tree_entry_name(entry)) != 0) {
        return absl::FailedPreconditionError(fmt::format("{}: {}", git_tree_entry_name(entry), LastError()));
      }
    }
  }
  return absl::OkStatus();
}

struct PackStream {
  const LocalRepository::PackSink& sink;
  absl::Status status;
};

int OnPackBytes(void* bytes, size_t size, void* payload) {
  auto* stream = static_cast<PackStream*>(payload);
  stream->status = stream->sink({static_cast<const char*>(bytes), size});
  return stream->status.ok() ? 0 : GIT_EUSER;
}

int OnPackProgress(int stage, uint32_t current, uint32_t total, void* payload) {
  const auto& progress = *static_cast<const LocalRepository::PackProgress*>(payload);
  if (progress) progress(current, stage == GIT_PACKBUILDER_DELTAFICATION ? total : 0);
  return 0;
}

}  // namespace

struct LocalRepository::Handle {
  Handle() { git_libgit2_init(); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    git_repository_free(repository);
    git_libgit2_shutdown();
  }
  git_repository* repository = nullptr;
};

LocalRepository::LocalRepository(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
LocalRepository::LocalRepository(LocalRepository&&) noexcept = default;
LocalRepository& LocalRepository::operator=(LocalRepository&&) noexcept = default;
LocalRepository::~LocalRepository() = default;

absl::StatusOr<LocalRepository> LocalRepository::Open(const std::string& folder) {
  auto handle = std::make_unique<Handle>();
  const int result = git_repository_open_ext(&handle->repository, folder.c_str(), 0, nullptr);
  if (result == GIT_EOWNER) {
    return absl::InvalidArgumentError(fmt::format(
        "{}: the repository belongs to another user; if you trust it, run: git config --global --add safe.directory {}",
        folder, folder));
  }
  if (result == GIT_ENOTFOUND) {
    return absl::InvalidArgumentError(
        fmt::format("{}: no git repository here or above; change into one or name it with --repo DIR", folder));
  }
  if (result != 0) return absl::InvalidArgumentError(fmt::format("{}: {}", folder, LastError()));
  return LocalRepository(std::move(handle));
}

std::string LocalRepository::CommonDirectory() const {
  return WithoutSlash(git_repository_commondir(handle_->repository));
}

std::string LocalRepository::WorkTree() const { return WithoutSlash(git_repository_workdir(handle_->repository)); }

bool LocalRepository::IsShallow() const { return git_repository_is_shallow(handle_->repository) == 1; }

std::string LocalRepository::UserMail() const {
  git_config* raw = nullptr;
  if (git_repository_config_snapshot(&raw, handle_->repository) != 0) return "";
  const Owned<git_config, git_config_free> config(raw);
  const char* mail = nullptr;
  return git_config_get_string(&mail, config.get(), "user.email") == 0 && mail != nullptr ? mail : "";
}

std::string LocalRepository::RemoteUrl() const {
  git_remote* raw = nullptr;
  if (git_remote_lookup(&raw, handle_->repository, "origin") != 0) return "";
  const Owned<git_remote, git_remote_free> remote(raw);
  const char* url = git_remote_url(remote.get());
  return url == nullptr ? "" : url;
}

absl::StatusOr<std::string> LocalRepository::ResolveCommit(const std::string& revision) const {
  git_object* raw = nullptr;
  if (git_revparse_single(&raw, handle_->repository, revision.c_str()) != 0) {
    return absl::InvalidArgumentError(fmt::format("\"{}\" names nothing in this repository", revision));
  }
  const Object object(raw);
  git_object* peeled_raw = nullptr;
  if (git_object_peel(&peeled_raw, object.get(), GIT_OBJECT_COMMIT) != 0) {
    return absl::InvalidArgumentError(fmt::format("\"{}\" is not a commit", revision));
  }
  const Object peeled(peeled_raw);
  return Hex(*git_object_id(peeled.get()));
}

bool LocalRepository::HasCommit(const std::string& commit) const {
  return Find(handle_->repository, commit) != nullptr;
}

absl::StatusOr<BaseGuess> LocalRepository::GuessBase(const std::string& head_revision) const {
  const auto head = ResolveCommit(head_revision);
  if (!head.ok()) return head.status();
  for (const std::string revision : {"origin/HEAD", "origin/main", "main", "origin/master", "master"}) {
    const auto commit = ResolveCommit(revision);
    if (commit.ok() && *commit != *head) return BaseGuess{revision, *commit};
  }
  const std::string parent = head_revision + "~1";
  if (const auto commit = ResolveCommit(parent); commit.ok()) return BaseGuess{parent, *commit};
  return absl::NotFoundError(
      fmt::format("{} has no parent here and there is no main or master to compare with", head_revision));
}

std::vector<std::string> LocalRepository::LikelyShared(const std::vector<std::string>& tips) const {
  std::vector<std::string> shared;
  OidSet seen;
  const auto add = [&](const git_oid& id) {
    if (shared.size() < kMostShared && seen.insert(id).second) shared.push_back(Hex(id));
  };
  for (const std::string& tip : tips) {
    Commit commit = Find(handle_->repository, tip);
    // Steps grow by 1/16: 32 close ancestors one by one, then about 11 per doubling of the distance.
    for (size_t distance = 0, next = 0; commit != nullptr && shared.size() < kMostShared / 2; ++distance) {
      if (distance == next) {
        add(*git_commit_id(commit.get()));
        next += std::max<size_t>(1, distance / 16);
      }
      if (git_commit_parentcount(commit.get()) == 0) break;
      commit = Find(handle_->repository, *git_commit_parent_id(commit.get(), 0));
    }
  }
  git_reference_iterator* raw = nullptr;
  if (git_reference_iterator_glob_new(&raw, handle_->repository, "refs/remotes/*") != 0) return shared;
  const Owned<git_reference_iterator, git_reference_iterator_free> iterator(raw);
  for (git_reference* next = nullptr; git_reference_next(&next, iterator.get()) == 0;) {
    const Reference reference(next);
    git_object* peeled = nullptr;
    if (git_reference_peel(&peeled, reference.get(), GIT_OBJECT_COMMIT) != 0) continue;
    add(*git_object_id(Object(peeled).get()));
  }
  return shared;
}

absl::StatusOr<size_t> LocalRepository::WritePack(const std::vector<std::string>& tips,
                                                  const std::vector<std::string>& known, const PackSink& sink,
                                                  const PackProgress& progress) const {
  git_repository* repository = handle_->repository;
  OidSet known_commits;
  Reachable(repository, known, known_commits);
  OidSet seen = known_commits;
  const std::vector<Commit> lacking = Reachable(repository, tips, seen);
  if (lacking.empty()) return 0;

  git_packbuilder* raw = nullptr;
  if (git_packbuilder_new(&raw, repository) != 0) return absl::InternalError(LastError());
  const PackBuilder builder(raw);
  git_packbuilder_set_threads(builder.get(), 0);
  git_packbuilder_set_callbacks(builder.get(), OnPackProgress, const_cast<PackProgress*>(&progress));

  // What the known parents of lacking commits hold need not be sent again.
  OidSet objects;
  for (const Commit& commit : lacking) {
    for (unsigned i = 0; i < git_commit_parentcount(commit.get()); ++i) {
      const git_oid& parent = *git_commit_parent_id(commit.get(), i);
      if (!known_commits.contains(parent)) continue;
      const Commit boundary = Find(repository, parent);
      if (boundary == nullptr) continue;
      const absl::Status status = VisitTree(repository, *git_commit_tree_id(boundary.get()), objects,
                                            [](const git_oid&, const char*) { return 0; });
      if (!status.ok()) return status;
    }
  }
  for (const Commit& commit : lacking) {
    if (git_packbuilder_insert(builder.get(), git_commit_id(commit.get()), nullptr) != 0) {
      return absl::InternalError(LastError());
    }
    const absl::Status status = VisitTree(
        repository, *git_commit_tree_id(commit.get()), objects,
        [&](const git_oid& id, const char* name) { return git_packbuilder_insert(builder.get(), &id, name); });
    if (!status.ok()) return status;
  }
  PackStream stream{sink, absl::OkStatus()};
  const int result = git_packbuilder_foreach(builder.get(), OnPackBytes, &stream);
  if (!stream.status.ok()) return stream.status;
  if (result != 0) return absl::InternalError(fmt::format("packing failed: {}", LastError()));
  return git_packbuilder_object_count(builder.get());
}

}  // namespace mergegate::client
