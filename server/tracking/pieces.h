// What a change consists of, for approvals: its changed declarations, and per file the changed lines outside of them.
// A rebase that alters nothing of the change leaves all pieces as they were.
//
//   Piece get = PiecesOf(diff, head_declarations, base_declarations, *head_tree)[0];
//   get.declaration == "leveldb::DBImpl::Get";   get.body == "9f86d081884c7d65..."
//
// Pure but for reading the tree.
#ifndef MERGEGATE_SERVER_TRACKING_PIECES_H_
#define MERGEGATE_SERVER_TRACKING_PIECES_H_

#include <string>
#include <string_view>
#include <vector>

#include "server/domain/analysis.h"
#include "server/domain/change.h"
#include "server/domain/review.h"
#include "server/domain/tree.h"

namespace mergegate::tracking {

// Declarations of both commits, merged over units; what they do not cover counts as outside. A declaration's text is
// what lies in it and in no other declaration. At least one piece per changed file; by path, then by line, the lines
// outside last.
std::vector<Piece> PiecesOf(const Diff& diff, const std::vector<Declaration>& head_declarations,
                            const std::vector<Declaration>& base_declarations, const Tree& head);

// A declaration's text before and in its body, blanks made one (string literals aside).
struct DeclarationText {
  std::string signature;
  std::string body;  // from the first '{' on; empty when there is none
};
DeclarationText SplitDeclaration(std::string_view text);

}  // namespace mergegate::tracking

#endif  // MERGEGATE_SERVER_TRACKING_PIECES_H_
