// Which file of the tree a source location of a parsed unit lies in.
//
//   source::TreeLocations locations(source_manager, tree);
//   locations.Find(decl->getLocation())   // {&file, offset}, or nullopt for system headers and the like
//
// Thread safety: none (it caches per file). Both arguments must outlive it.
#ifndef MERGEGATE_ANALYZERS_SOURCE_TREE_LOCATIONS_H_
#define MERGEGATE_ANALYZERS_SOURCE_TREE_LOCATIONS_H_

#include <optional>

#include "analyzers/source/git_tree.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/DenseMap.h"

namespace mergegate::source {

struct TreeLocation {
  const TreeFile* file = nullptr;
  unsigned offset = 0;  // bytes from the start of the file
};

class TreeLocations {
 public:
  TreeLocations(const clang::SourceManager& sources, GitTree& tree) : sources_(sources), tree_(tree) {}

  // A location inside a macro stands for the place where the macro is used. Nullopt outside the tree and in headers
  // that the compile command declares as system headers.
  std::optional<TreeLocation> Find(clang::SourceLocation location);
  // First and last line, offsets from the first byte to the one after the last token; nullopt when not in one file.
  struct Extent {
    const TreeFile* file = nullptr;
    unsigned begin = 0, end = 0;
    int first_line = 0, last_line = 0;
  };
  std::optional<Extent> Cover(clang::SourceRange range, const clang::LangOptions& language);

 private:
  const clang::SourceManager& sources_;
  GitTree& tree_;
  llvm::DenseMap<clang::FileID, const TreeFile*> files_;
};

}  // namespace mergegate::source

#endif  // MERGEGATE_ANALYZERS_SOURCE_TREE_LOCATIONS_H_
