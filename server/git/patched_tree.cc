#include "server/git/patched_tree.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/git_error.h"
#include "server/git/handle.h"
#include "server/git/unified_diff.h"

namespace mergegate::git {
namespace {

using TreebuilderHandle = Handle<git_treebuilder, git_treebuilder_free>;
using Edit = FileEdits::const_iterator;

constexpr int kMaxWrittenTrees = 100'000;

class TreeWriter {
 public:
  explicit TreeWriter(git_repository* repository) : repository_(repository) {}

  // The edits begin..end are all below one directory, whose path takes `prefix` bytes, its slash included; `base` is
  // what stood there (nullptr: nothing). nullopt when the directory would be empty.
  absl::StatusOr<std::optional<git_oid>> Write(const git_tree* base, Edit begin, Edit end, size_t prefix) {
    TreebuilderHandle builder;
    if (const int code = git_treebuilder_new(builder.out(), repository_, base); code < 0) {
      return GitError(code, "build", "a tree");
    }
    while (begin != end) {
      const std::string name = begin->first.substr(prefix, begin->first.find('/', prefix) - prefix);
      const size_t name_end = prefix + name.size();
      const Edit below = begin->first.size() == name_end ? std::next(begin) : begin;
      const Edit next = std::find_if(below, end, [&](const auto& edit) {
        return edit.first.size() <= name_end || edit.first[name_end] != '/' ||
               edit.first.compare(prefix, name.size(), name) != 0;
      });
      RETURN_IF_ERROR(SetEntry(builder.get(), name, begin, below, next, name_end + 1));
      begin = next;
    }
    if (git_treebuilder_entrycount(builder.get()) == 0 && prefix > 0) return std::nullopt;
    if (++written_ > kMaxWrittenTrees) {
      return absl::InvalidArgumentError("it changes too many directories; push commits instead");
    }
    git_oid id;
    if (const int code = git_treebuilder_write(&id, builder.get()); code < 0) return GitError(code, "write", "a tree");
    return id;
  }

 private:
  // begin..below is the edit of the file `name`, if any; below..end are those in the directory `name`.
  absl::Status SetEntry(git_treebuilder* builder, const std::string& name, Edit begin, Edit below, Edit end,
                        size_t prefix) {
    const bool edits_file = begin != below;
    std::optional<EditedFile> file;
    if (edits_file) file = begin->second;
    const git_tree_entry* entry = git_treebuilder_get(builder, name.c_str());
    const bool was_directory = entry != nullptr && git_tree_entry_type(entry) == GIT_OBJECT_TREE;

    std::optional<git_oid> directory;
    TreeHandle old_directory;
    if (was_directory) {
      directory = *git_tree_entry_id(entry);
      if (const int code = git_tree_lookup(old_directory.out(), repository_, git_tree_entry_id(entry)); code < 0) {
        return GitError(code, "read directory", name);
      }
    }
    if (below != end) {
      ASSIGN_OR_RETURN(directory, Write(old_directory.get(), below, end, prefix));
    }
    const bool file_stays = entry != nullptr && !was_directory && !edits_file;
    if (directory && (file || file_stays)) {
      return absl::InvalidArgumentError(absl::StrCat(FileInMessage((edits_file ? begin : below)->first),
                                                     ": a file would stand in the place of a directory"));
    }
    int code = 0;
    if (directory) {
      code = git_treebuilder_insert(nullptr, builder, name.c_str(), &*directory, GIT_FILEMODE_TREE);
    } else if (file) {
      code = git_treebuilder_insert(nullptr, builder, name.c_str(), &file->blob, file->mode);
    } else if (entry != nullptr && !file_stays) {
      code = git_treebuilder_remove(builder, name.c_str());
    }
    return code < 0 ? GitError(code, "change", name) : absl::OkStatus();
  }

  git_repository* const repository_;
  int written_ = 0;
};

}  // namespace

bool PathOrder::operator()(const std::string& a, const std::string& b) const {
  const auto rank = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c) + 1; };
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [&rank](char x, char y) { return rank(x) < rank(y); });
}

absl::StatusOr<git_oid> WriteTree(git_repository* repository, const git_tree* base, const FileEdits& edits) {
  ASSIGN_OR_RETURN(const std::optional<git_oid> tree,
                   TreeWriter(repository).Write(base, edits.begin(), edits.end(), 0));
  return *tree;
}

}  // namespace mergegate::git
