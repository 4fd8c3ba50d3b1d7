// Which deleted file became which added file.
//
//   for (const RenamePair& pair : FindRenames(repository, deleted, added, limits)) ...
//
// Equal content first, then content at least half equal. Two files' similarity is the share of the larger one's bytes
// that stand in chunks (lines, cut at 64 bytes) which both have. Pure over the object database.
#ifndef MERGEGATE_SERVER_GIT_RENAMES_H_
#define MERGEGATE_SERVER_GIT_RENAMES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/git/object.h"

namespace mergegate::git {

struct RenameCandidate {
  std::string path;
  git_oid blob;
};

struct RenamePair {
  size_t deleted = 0;  // index into the deleted candidates
  size_t added = 0;    // index into the added candidates
  bool operator==(const RenamePair&) const = default;
};

// Similarity of two contents, 0 to 1. Two empty contents are equal.
double Similarity(std::string_view a, std::string_view b);

struct RenameStyle {
  double min_similarity = 0.5;
  // As the git command does: files whose names no other candidate has are paired first, when they are alike beyond
  // half of what is missing to equality; what is left is compared when there are at most `max_candidates` squared
  // pairs.
  bool like_git = false;
};

// Each candidate is in at most one pair. Only equal contents are paired when more than `max_candidates` files remain on
// either side; files above `max_file_bytes` are paired by equality only.
std::vector<RenamePair> FindRenames(git_repository* repository, const std::vector<RenameCandidate>& deleted,
                                    const std::vector<RenameCandidate>& added, size_t max_candidates,
                                    int64_t max_file_bytes, const RenameStyle& style = {});

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_RENAMES_H_
