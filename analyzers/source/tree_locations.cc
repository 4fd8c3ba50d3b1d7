#include "analyzers/source/tree_locations.h"

#include "analyzers/source/git_tree_fs.h"
#include "clang/Lex/Lexer.h"

namespace mergegate::source {

std::optional<TreeLocation> TreeLocations::Find(clang::SourceLocation location) {
  if (location.isInvalid()) return std::nullopt;
  location = sources_.getExpansionLoc(location);
  const auto [id, offset] = sources_.getDecomposedLoc(location);
  auto [known, inserted] = files_.try_emplace(id, nullptr);
  if (inserted) {
    const auto entry = sources_.getFileEntryRefForID(id);
    const auto directory = sources_.getFileManager().getVirtualFileSystem().getCurrentWorkingDirectory();
    if (entry && directory && !sources_.isInSystemHeader(location)) {
      const std::string path = TreePath(entry->getName(), *directory);
      if (!path.empty()) known->second = tree_.Find(path).file;
    }
  }
  if (known->second == nullptr) return std::nullopt;
  return TreeLocation{known->second, offset};
}

std::optional<TreeLocations::Extent> TreeLocations::Cover(clang::SourceRange range,
                                                          const clang::LangOptions& language) {
  const auto begin = Find(range.getBegin());
  const clang::SourceLocation last = sources_.getExpansionRange(range.getEnd()).getEnd();
  const auto end = Find(last);
  if (!begin || !end || begin->file != end->file || end->offset < begin->offset) return std::nullopt;
  Extent extent;
  extent.file = begin->file;
  extent.begin = begin->offset;
  extent.end = end->offset + clang::Lexer::MeasureTokenLength(last, sources_, language);
  extent.first_line = static_cast<int>(sources_.getExpansionLineNumber(range.getBegin()));
  extent.last_line = static_cast<int>(sources_.getExpansionLineNumber(last));
  return extent;
}

}  // namespace mergegate::source
