#include "analyzers/source/git_tree_fs.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Errc.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

namespace mergegate::source {
namespace {

namespace path = llvm::sys::path;

constexpr uint64_t kTreeDevice = ~uint64_t{0};  // no real device has this number

bool IsBelow(llvm::StringRef absolute, llvm::StringRef root) {
  return absolute == root ||
         (absolute.starts_with(root) && (root == "/" || absolute.substr(root.size()).starts_with("/")));
}

llvm::vfs::Status FileStatus(const TreeFile& file, const llvm::Twine& name) {
  return {name,
          llvm::sys::fs::UniqueID(kTreeDevice, file.number),
          llvm::sys::TimePoint<>(),
          0,
          0,
          file.text.size(),
          llvm::sys::fs::file_type::regular_file,
          llvm::sys::fs::perms::all_read};
}

llvm::vfs::Status DirectoryStatus(const std::string& tree_path, const llvm::Twine& name) {
  return {name,
          llvm::sys::fs::UniqueID(kTreeDevice - 1, static_cast<uint64_t>(llvm::hash_value(tree_path))),
          llvm::sys::TimePoint<>(),
          0,
          0,
          0,
          llvm::sys::fs::file_type::directory_file,
          llvm::sys::fs::perms::all_read};
}

class OpenTreeFile final : public llvm::vfs::File {
 public:
  OpenTreeFile(const TreeFile& file, std::string name) : file_(file), name_(std::move(name)) {}

  llvm::ErrorOr<llvm::vfs::Status> status() override { return FileStatus(file_, name_); }
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> getBuffer(const llvm::Twine& name, int64_t, bool, bool) override {
    return llvm::MemoryBuffer::getMemBuffer(file_.text, name.str());
  }
  std::error_code close() override { return {}; }

 private:
  const TreeFile& file_;
  std::string name_;
};

}  // namespace

const char GitTreeFs::kClassId = 0;

std::string TreePath(llvm::StringRef given, llvm::StringRef directory) {
  llvm::SmallString<256> absolute(given);
  path::make_absolute(directory, absolute);
  path::remove_dots(absolute, /*remove_dot_dot=*/true);
  llvm::StringRef rest = absolute;
  if (!rest.consume_front(kMount) || !rest.consume_front("/")) return "";
  return rest.str();
}

struct GitTreeFs::Place {
  Lookup tree;
  bool is_way = false;              // a directory above the mount or a root: it exists, with nothing else in it
  std::optional<std::string> real;  // set for an allowed path of the real file system
  std::string name;                 // as asked for
};

GitTreeFs::GitTreeFs(GitTree& tree, const std::vector<std::string>& roots)
    : tree_(tree), real_(llvm::vfs::getRealFileSystem()) {
  for (const std::string& root : roots) {
    llvm::SmallString<128> lexical(root), resolved;
    path::remove_dots(lexical, /*remove_dot_dot=*/true);
    if (llvm::sys::fs::real_path(root, resolved)) continue;  // does not exist
    roots_.push_back(lexical.str().str());
    resolved_roots_.push_back(resolved.str().str());
  }
}

std::optional<std::string> GitTreeFs::AllowedRealPath(llvm::StringRef absolute) const {
  llvm::SmallString<256> lexical(absolute);
  path::remove_dots(lexical, /*remove_dot_dot=*/true);
  const auto below = [](llvm::StringRef p) { return [p](const std::string& root) { return IsBelow(p, root); }; };
  // Both tests: the first keeps the disk from being probed elsewhere, the second stops links that lead elsewhere.
  if (std::none_of(roots_.begin(), roots_.end(), below(lexical)) &&
      std::none_of(resolved_roots_.begin(), resolved_roots_.end(), below(lexical))) {
    return std::nullopt;
  }
  llvm::SmallString<256> resolved;
  if (llvm::sys::fs::real_path(absolute, resolved)) return std::nullopt;
  if (std::none_of(resolved_roots_.begin(), resolved_roots_.end(), below(resolved))) return std::nullopt;
  return absolute.str();
}

GitTreeFs::Place GitTreeFs::Locate(const llvm::Twine& given) {
  Place place;
  place.name = given.str();
  llvm::SmallString<256> absolute(place.name);
  path::make_absolute(directory_, absolute);
  llvm::StringRef rest = absolute;
  const llvm::StringRef mount = kMount;
  if (IsBelow(absolute, mount)) {
    place.tree = tree_.Find(std::string_view(rest.data() + mount.size(), rest.size() - mount.size()));
    if (place.tree.kind == Lookup::Kind::kOutside) {
      // "/src/../x" is "/x". It may lead back below the mount, so dots are removed first.
      llvm::SmallString<256> outside("/");
      path::append(outside, place.tree.path);
      path::remove_dots(outside, /*remove_dot_dot=*/true);
      place.tree = {};
      if (IsBelow(outside, mount)) {
        place.tree = tree_.Find(TreePath(outside));
      } else {
        place.real = AllowedRealPath(outside);
      }
    }
    return place;
  }
  llvm::SmallString<256> lexical(absolute);
  path::remove_dots(lexical, /*remove_dot_dot=*/true);
  if (IsBelow(lexical, mount)) {
    place.tree = tree_.Find(TreePath(lexical));
  } else {
    place.real = AllowedRealPath(absolute);
    place.is_way = !place.real && IsWay(lexical);
  }
  return place;
}

bool GitTreeFs::IsWay(llvm::StringRef lexical) const {
  return IsBelow(kMount, lexical) ||
         std::any_of(roots_.begin(), roots_.end(), [&](const std::string& root) { return IsBelow(root, lexical); });
}

llvm::ErrorOr<llvm::vfs::Status> GitTreeFs::status(const llvm::Twine& given) {
  const Place place = Locate(given);
  if (place.real) {
    auto found = real_->status(*place.real);
    if (!found) return found;
    return llvm::vfs::Status::copyWithNewName(*found, place.name);
  }
  if (place.tree.kind == Lookup::Kind::kFile) return FileStatus(*place.tree.file, place.name);
  if (place.tree.kind == Lookup::Kind::kDirectory) return DirectoryStatus(place.tree.path, place.name);
  if (place.is_way) return DirectoryStatus("/way" + place.name, place.name);
  return llvm::make_error_code(llvm::errc::no_such_file_or_directory);
}

llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> GitTreeFs::openFileForRead(const llvm::Twine& given) {
  Place place = Locate(given);
  if (place.real) return llvm::vfs::File::getWithPath(real_->openFileForRead(*place.real), place.name);
  if (place.tree.kind == Lookup::Kind::kFile) {
    return std::unique_ptr<llvm::vfs::File>(std::make_unique<OpenTreeFile>(*place.tree.file, place.name));
  }
  return llvm::make_error_code(place.tree.kind == Lookup::Kind::kDirectory ? llvm::errc::is_a_directory
                                                                           : llvm::errc::no_such_file_or_directory);
}

llvm::vfs::directory_iterator GitTreeFs::dir_begin(const llvm::Twine& given, std::error_code& error) {
  const Place place = Locate(given);
  if (place.real) return real_->dir_begin(*place.real, error);
  error = llvm::make_error_code(place.tree.kind == Lookup::Kind::kDirectory ? llvm::errc::operation_not_permitted
                                                                            : llvm::errc::no_such_file_or_directory);
  return {};
}

std::error_code GitTreeFs::setCurrentWorkingDirectory(const llvm::Twine& given) {
  llvm::SmallString<256> absolute;
  given.toVector(absolute);
  path::make_absolute(directory_, absolute);
  path::remove_dots(absolute, /*remove_dot_dot=*/true);
  directory_ = absolute.str().str();
  return {};
}

std::error_code GitTreeFs::getRealPath(const llvm::Twine& given, llvm::SmallVectorImpl<char>& output) {
  const Place place = Locate(given);
  if (place.real) return real_->getRealPath(*place.real, output);
  std::string tree_path;
  if (place.tree.kind == Lookup::Kind::kFile) {
    tree_path = place.tree.file->path;
  } else if (place.tree.kind == Lookup::Kind::kDirectory) {
    tree_path = place.tree.path;
  } else {
    return llvm::make_error_code(llvm::errc::no_such_file_or_directory);
  }
  output.assign(kMount, kMount + sizeof(kMount) - 1);
  if (!tree_path.empty()) path::append(output, tree_path);
  return {};
}

}  // namespace mergegate::source
