// Receives packs into a mirror.
#ifndef MERGEGATE_SERVER_GIT_PACK_WRITER_H_
#define MERGEGATE_SERVER_GIT_PACK_WRITER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "server/git/mirror.h"
#include "server/git/object.h"

namespace mergegate::git {

// A writer that indexes in a directory of its own under objects/pack and moves the pack beside the others only when it
// was found whole; until then nothing of the mirror sees it. Keeps the repository alive. One thread.
absl::StatusOr<std::unique_ptr<PackWriter>> NewPackWriter(SharedRepository repository, const MirrorLimits& limits);

// Points refs/mergegate/keep/<id> at the commit.
absl::Status KeepCommit(git_repository* repository, const git_oid& id);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_PACK_WRITER_H_
