// Writes a tree that differs from another in some files.
//
//   FileEdits edits;
//   edits["src/a.cc"] = EditedFile{.blob = id, .mode = GIT_FILEMODE_BLOB};
//   edits["src/old.cc"] = std::nullopt;                                       // removed
//   ASSIGN_OR_RETURN(git_oid tree, WriteTree(repository, base_tree, edits));
//
// Thread safety: that of the repository.
#ifndef MERGEGATE_SERVER_GIT_PATCHED_TREE_H_
#define MERGEGATE_SERVER_GIT_PATCHED_TREE_H_

#include <git2.h>

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace mergegate::git {

struct EditedFile {
  git_oid blob;
  git_filemode_t mode;
};

// Orders the files of a directory together: '/' before every other byte.
struct PathOrder {
  bool operator()(const std::string& a, const std::string& b) const;
};

// By path; nullopt: the file is removed.
using FileEdits = std::map<std::string, std::optional<EditedFile>, PathOrder>;

// Directories without files vanish. kInvalidArgument when a file would stand where a directory does or the other way
// round, or when the edits need more than 100,000 directories.
absl::StatusOr<git_oid> WriteTree(git_repository* repository, const git_tree* base, const FileEdits& edits);

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_PATCHED_TREE_H_
