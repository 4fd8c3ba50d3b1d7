// Paths as git prints them in diffs.
//
//   std::string_view text = "\"a/\\303\\244.c\" b/x.c";
//   ASSIGN_OR_RETURN(std::string name, TakePatchPath(text, "\t"));   // "a/ä.c"; text is now " b/x.c"
//
// Thread safety: free functions.
#ifndef MERGEGATE_SERVER_GIT_PATCH_PATH_H_
#define MERGEGATE_SERVER_GIT_PATCH_PATH_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace mergegate::git {

// Takes a path off the front of `text`: in quotes with C escapes, or bare up to `end` or the end of the text.
// kInvalidArgument for broken quotes and for control characters outside of quotes, which git never prints.
absl::StatusOr<std::string> TakePatchPath(std::string_view& text, std::string_view end);

// True for "a/..." and the other prefixes of `git diff`: b, and c, i, w, o of diff.mnemonicPrefix.
bool HasPatchPrefix(std::string_view name);

// kInvalidArgument unless `path` stays within the tree and out of .git (in any case).
absl::Status CheckPatchPath(std::string_view path);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_PATCH_PATH_H_
