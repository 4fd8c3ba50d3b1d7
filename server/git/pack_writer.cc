#include "server/git/pack_writer.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/git_error.h"
#include "server/git/shallow.h"
#include "server/git/wholeness.h"

namespace mergegate::git {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIncoming = "incoming-";
constexpr size_t kHeaderBytes = 12;  // "PACK", version, number of objects
constexpr size_t kTrailerBytes = GIT_OID_RAWSZ;

// A writer that died with its process leaves its directory behind; nobody receives for a whole day.
void RemoveAbandoned(const fs::path& packs) {
  std::error_code ignored;
  const auto oldest = fs::file_time_type::clock::now() - std::chrono::hours(24);
  for (const fs::directory_entry& entry : fs::directory_iterator(packs, ignored)) {
    if (!entry.path().filename().string().starts_with(kIncoming)) continue;
    if (entry.last_write_time(ignored) < oldest) fs::remove_all(entry.path(), ignored);
  }
}

// Removed with its content at the end.
class IncomingDirectory {
 public:
  explicit IncomingDirectory(std::string path) : path_(std::move(path)) {}
  ~IncomingDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  IncomingDirectory(const IncomingDirectory&) = delete;
  IncomingDirectory& operator=(const IncomingDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

absl::Status Sync(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  const int error = errno;
  if (fd >= 0) close(fd);
  if (synced) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("cannot write ", path, " to disk: ", std::strerror(error)));
}

// Whatever libgit2 says about the bytes, they are the sender's fault, unless the machine failed.
absl::Status BadPack(int code, std::string_view attempted) {
  const git_error* error = git_error_last();
  const bool machine = error != nullptr && error->klass == GIT_ERROR_OS;
  const absl::Status status = GitError(code, attempted, "the pack");
  if (machine || absl::IsResourceExhausted(status)) return status;
  return absl::InvalidArgumentError(std::string(status.message()));
}

class IndexingPackWriter final : public PackWriter {
 public:
  IndexingPackWriter(SharedRepository repository, OdbHandle odb, std::string incoming, const MirrorLimits& limits)
      : repository_(std::move(repository)), odb_(std::move(odb)), incoming_(std::move(incoming)), limits_(limits) {}

  absl::Status Append(std::string_view bytes) override {
    if (state_.ok()) state_ = DoAppend(bytes);
    return state_;
  }

  absl::StatusOr<int64_t> Finish(const std::vector<CommitId>& tips, bool shallow) override {
    RETURN_IF_ERROR(state_);
    state_ = absl::FailedPreconditionError("the pack is finished already");
    std::vector<git_oid> ids;
    for (const CommitId& tip : tips) {
      ASSIGN_OR_RETURN(const git_oid id, ParseOid(tip.value()));
      ids.push_back(id);
    }
    ASSIGN_OR_RETURN(const std::string name, Index());
    RETURN_IF_ERROR(CheckAndInstall(name, ids, shallow));
    for (const git_oid& id : ids) RETURN_IF_ERROR(KeepCommit(repository_.get(), id));
    return objects_;
  }

 private:
  absl::Status DoAppend(std::string_view bytes) {
    received_bytes_ += static_cast<int64_t>(bytes.size());
    if (received_bytes_ > limits_.max_pack_bytes) {
      return absl::ResourceExhaustedError(absl::StrCat("the pack exceeds ", limits_.max_pack_bytes, " bytes"));
    }
    if (indexer_) return Feed(bytes);
    start_ += bytes;
    if (start_.size() < kHeaderBytes) return absl::OkStatus();
    RETURN_IF_ERROR(ReadHeader());
    if (objects_ == 0) return CheckEmptyPack();
    git_indexer_options options = Defaults(git_indexer_options_init, GIT_INDEXER_OPTIONS_VERSION);
    if (const int code = git_indexer_new(indexer_.out(), incoming_.path().c_str(), 0, odb_.get(), &options); code < 0) {
      return GitError(code, "index a pack in", incoming_.path());
    }
    return Feed(std::exchange(start_, {}));
  }

  absl::Status ReadHeader() {
    if (!start_.starts_with("PACK")) return absl::InvalidArgumentError("the bytes are not a git pack");
    const auto byte = [this](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(start_[i])); };
    const auto number = [&byte](size_t i) {
      return byte(i) << 24 | byte(i + 1) << 16 | byte(i + 2) << 8 | byte(i + 3);
    };
    if (number(4) != 2) return absl::InvalidArgumentError(absl::StrCat("pack version ", number(4), " is not known"));
    objects_ = number(8);
    if (objects_ > limits_.max_pack_objects) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the pack announces ", objects_, " objects; the limit is ", limits_.max_pack_objects));
    }
    return absl::OkStatus();
  }

  // git sends an empty pack when nothing is missing: header and trailer, no objects.
  absl::Status CheckEmptyPack() const {
    if (start_.size() <= kHeaderBytes + kTrailerBytes) return absl::OkStatus();
    return absl::InvalidArgumentError("the pack announces no objects but has some");
  }

  absl::Status Feed(std::string_view bytes) {
    const int code = git_indexer_append(indexer_.get(), bytes.data(), bytes.size(), &progress_);
    return code < 0 ? BadPack(code, "read") : absl::OkStatus();
  }

  // Completes and indexes the pack; returns its name, "" when nothing had to be received.
  absl::StatusOr<std::string> Index() {
    if (!indexer_) {
      const bool nothing = received_bytes_ == 0 || start_.size() == kHeaderBytes + kTrailerBytes;
      if (nothing) return "";
      return absl::InvalidArgumentError(absl::StrCat("the pack ends after ", received_bytes_, " bytes"));
    }
    if (const int code = git_indexer_commit(indexer_.get(), &progress_); code < 0) return BadPack(code, "index");
    objects_ = int64_t{progress_.total_objects} + progress_.local_objects;
    std::string name = git_indexer_name(indexer_.get());
    indexer_ = {};
    return name;
  }

  absl::Status CheckAndInstall(const std::string& name, const std::vector<git_oid>& tips, bool shallow) {
    const std::string stem = absl::StrCat("/pack-", name);
    if (const int code = git_odb_refresh(odb_.get()); code < 0) return GitError(code, "read", "the mirror");
    ASSIGN_OR_RETURN(Wholeness wholeness, Wholeness::Open(repository_.get(), odb_.get(),
                                                          name.empty() ? "" : incoming_.path() + stem + ".idx"));
    for (const git_oid& tip : tips) {
      RETURN_IF_ERROR(shallow ? wholeness.CheckTip(tip) : wholeness.CheckHistory(tip));
    }
    const std::string mirror_path = git_repository_path(repository_.get());
    RETURN_IF_ERROR(CheckArrivedParents(mirror_path, shallow, wholeness));
    if (!name.empty()) RETURN_IF_ERROR(Install(stem));
    return UpdateShallow(repository_.get(), mirror_path, wholeness.boundary());
  }

  // Parents that a shallow commit of the mirror lacked and this pack brings are new history: whole or refused.
  absl::Status CheckArrivedParents(const std::string& mirror_path, bool shallow, Wholeness& wholeness) const {
    ASSIGN_OR_RETURN(const std::vector<git_oid> cut, ReadShallow(mirror_path));
    for (const git_oid& id : cut) {
      CommitHandle commit;
      if (git_commit_lookup(commit.out(), repository_.get(), &id) < 0) continue;
      for (unsigned i = 0; i < git_commit_parentcount(commit.get()); ++i) {
        const git_oid parent = *git_commit_parent_id(commit.get(), i);
        if (!wholeness.IsNew(parent)) continue;
        RETURN_IF_ERROR(shallow ? wholeness.CheckTip(parent) : wholeness.CheckHistory(parent));
      }
    }
    return absl::OkStatus();
  }

  // The index goes last: git looks for indices, so a pack is there at once or not at all.
  absl::Status Install(const std::string& stem) {
    const std::string packs = fs::path(incoming_.path()).parent_path().string();
    for (const char* extension : {".pack", ".idx"}) {
      const std::string from = incoming_.path() + stem + extension;
      RETURN_IF_ERROR(Sync(from));
      std::error_code error;
      fs::rename(from, packs + stem + extension, error);
      if (error) return absl::InternalError(absl::StrCat("cannot move ", from, ": ", error.message()));
    }
    RETURN_IF_ERROR(Sync(packs));
    if (const int code = git_odb_refresh(odb_.get()); code < 0) return GitError(code, "read", "the new pack");
    return absl::OkStatus();
  }

  const SharedRepository repository_;
  const OdbHandle odb_;
  const IncomingDirectory incoming_;
  const MirrorLimits limits_;
  IndexerHandle indexer_;               // before its directory goes
  git_indexer_progress progress_ = {};  // the indexer's memory between calls
  std::string start_;                   // bytes until the header is known
  int64_t received_bytes_ = 0;
  int64_t objects_ = 0;
  absl::Status state_;  // the first failure, which all later calls repeat
};

}  // namespace

absl::StatusOr<std::unique_ptr<PackWriter>> NewPackWriter(SharedRepository repository, const MirrorLimits& limits) {
  ASSIGN_OR_RETURN(OdbHandle odb, ObjectDatabase(repository.get()));
  const fs::path packs = fs::path(git_repository_path(repository.get())) / "objects" / "pack";
  std::error_code error;
  fs::create_directories(packs, error);
  RemoveAbandoned(packs);
  std::string incoming = (packs / absl::StrCat(std::string(kIncoming), "XXXXXX")).string();
  if (error || mkdtemp(incoming.data()) == nullptr) {
    return absl::InternalError(absl::StrCat("cannot make a directory in ", packs.string(), ": ",
                                            error ? error.message() : std::strerror(errno)));
  }
  return std::make_unique<IndexingPackWriter>(std::move(repository), std::move(odb), std::move(incoming), limits);
}

absl::Status KeepCommit(git_repository* repository, const git_oid& id) {
  ReferenceHandle reference;
  const int code = git_reference_create(reference.out(), repository, ("refs/mergegate/keep/" + Hex(id)).c_str(), &id,
                                        /*force=*/1, nullptr);
  return code < 0 ? GitError(code, "keep commit", Hex(id)) : absl::OkStatus();
}

}  // namespace mergegate::git
