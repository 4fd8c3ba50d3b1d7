#include "server/git/git_error.h"

#include <git2.h>

#include "absl/strings/str_cat.h"

namespace mergegate::git {
namespace {

// Largest single object that a pack may declare: a compression bomb must not take the service's memory.
constexpr size_t kMaxObjectBytes = size_t{512} << 20;

absl::StatusCode CodeOf(int code, int error_class) {
  switch (code) {
    case GIT_ENOTFOUND:
      return absl::StatusCode::kNotFound;
    case GIT_EAUTH:
    case GIT_ECERTIFICATE:
      return absl::StatusCode::kPermissionDenied;
    case GIT_EEXISTS:
      return absl::StatusCode::kAlreadyExists;
    case GIT_EINVALIDSPEC:
    case GIT_EAMBIGUOUS:
    case GIT_EINVALID:
    case GIT_EAPPLYFAIL:
    case GIT_EMISMATCH:
      return absl::StatusCode::kInvalidArgument;
    default:
      break;
  }
  switch (error_class) {
    case GIT_ERROR_NOMEMORY:
      return absl::StatusCode::kResourceExhausted;
    case GIT_ERROR_NET:
    case GIT_ERROR_SSH:
    case GIT_ERROR_HTTP:
      return absl::StatusCode::kUnavailable;
    case GIT_ERROR_SSL:
      return absl::StatusCode::kPermissionDenied;
    case GIT_ERROR_PATCH:
    case GIT_ERROR_INDEXER:
    case GIT_ERROR_ZLIB:
    case GIT_ERROR_OBJECT:
    case GIT_ERROR_TREE:
    case GIT_ERROR_INVALID:
      return absl::StatusCode::kInvalidArgument;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

absl::Status GitError(int code, std::string_view attempted, std::string_view object) {
  const git_error* error = git_error_last();
  const bool known = error != nullptr && error->message != nullptr;
  const absl::StatusCode status_code = CodeOf(code, known ? error->klass : GIT_ERROR_NONE);
  std::string message = "cannot ";
  message.append(attempted);
  if (!object.empty()) message.append(" ").append(object);
  absl::StrAppend(&message, ": ", known ? error->message : "libgit2 gives no reason", " (libgit2 code ", code, ")");
  git_error_clear();
  return absl::Status(status_code, message);
}

void StartLibrary() {
  [[maybe_unused]] static const bool started = [] {
    git_libgit2_init();
    for (int level :
         {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL}) {
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    }
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 1);
    // Objects get their names from their bytes when a pack comes in; to hash them at every reading, as libgit2 does and
    // git does not, is 38 % of the cost of reading a history. What rots on the disk fails zlib's checksum.
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
    git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, kMaxObjectBytes);
    return true;
  }();
}

}  // namespace mergegate::git
