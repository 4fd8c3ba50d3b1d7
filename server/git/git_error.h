// The one place where libgit2's error codes become absl::Status, and where libgit2 is started.
//
//   if (int code = git_blob_lookup(blob.out(), repository, &id); code < 0) {
//     return GitError(code, "read blob", path);     // NOT_FOUND: cannot read blob src/a.cc: object not found ...
//   }
//
// Thread safety: libgit2 keeps its last error per thread; call GitError on the thread of the failed call.
#ifndef MERGEGATE_SERVER_GIT_GIT_ERROR_H_
#define MERGEGATE_SERVER_GIT_GIT_ERROR_H_

#include <string_view>

#include "absl/status/status.h"

namespace mergegate::git {

// "cannot <attempted> <object>: <libgit2's reason>". `code` is negative. Codes:
//   kNotFound            no such object, reference or repository
//   kUnavailable         the network or the remote does not answer
//   kPermissionDenied    the remote refuses, or its certificate is not trusted
//   kResourceExhausted   out of memory, disk, or a limit of libgit2
//   kInvalidArgument     malformed objects, patches, names
//   kInternal            everything else
absl::Status GitError(int code, std::string_view attempted, std::string_view object);

// Starts libgit2 once per process: no system, global or user configuration is ever read, ownership of our own mirrors
// is not questioned, objects are verified against their ids. Idempotent and thread-safe.
void StartLibrary();

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_GIT_ERROR_H_
