#include "analyzers/source/git_tree.h"

#include <git2.h>
#include <git2/sys/repository.h>

#include <deque>
#include <utility>

namespace mergegate::source {
namespace {

constexpr int kMaxLinks = 40;  // as Linux

// libgit2 counts its users; once per process is enough.
void StartLibgit2() {
  static const bool started = [] {
    git_libgit2_init();
    for (int level :
         {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL}) {
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    }
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);  // the server saw to it when the objects came in
    return true;
  }();
  static_cast<void>(started);
}

std::string LastError() {
  const git_error* error = git_error_last();
  return error != nullptr && error->message != nullptr ? error->message : "unknown error";
}

std::string Hex(const git_oid& id) {
  std::string text(GIT_OID_HEXSZ, '0');
  git_oid_fmt(text.data(), &id);
  return text;
}

std::string Join(const std::vector<std::string>& parts) {
  std::string path;
  for (const std::string& part : parts) path += (path.empty() ? "" : "/") + part;
  return path;
}

void PushFront(std::string_view path, std::deque<std::string>& parts) {
  std::vector<std::string> split;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    if (slash != 0) split.emplace_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  parts.insert(parts.begin(), split.begin(), split.end());
}

}  // namespace

struct GitTree::Objects {
  git_odb* database = nullptr;
  git_repository* repository = nullptr;
  std::map<std::string, git_tree*> trees;  // by path of the directory, "" = root; null = could not be read

  ~Objects() {
    for (auto& [path, tree] : trees) git_tree_free(tree);
    git_repository_free(repository);
    git_odb_free(database);
  }
};

struct GitTree::Walk {
  std::vector<std::string> directory;  // resolved so far
  std::deque<std::string> rest;
  int links = 0;
};

GitTree::GitTree() : objects_(std::make_unique<Objects>()) {}
GitTree::~GitTree() = default;

absl::StatusOr<std::unique_ptr<GitTree>> GitTree::Open(const std::string& repository, const std::string& commit) {
  StartLibgit2();
  git_oid id;
  if (commit.size() != GIT_OID_HEXSZ || git_oid_fromstr(&id, commit.c_str()) != 0) {
    return absl::InvalidArgumentError("commit \"" + commit.substr(0, 80) + "\" is not 40 hex digits");
  }
  std::unique_ptr<GitTree> tree(new GitTree());
  // Only the object database is opened: a repository's configuration could name programs and other places.
  if (git_odb_open(&tree->objects_->database, (repository + "/objects").c_str()) != 0 ||
      git_repository_wrap_odb(&tree->objects_->repository, tree->objects_->database) != 0) {
    return absl::NotFoundError("no git object database in " + repository + ": " + LastError());
  }
  git_commit* found = nullptr;
  if (git_commit_lookup(&found, tree->objects_->repository, &id) != 0) {
    return absl::NotFoundError("commit " + commit + " is not in " + repository + ": fetch it first (" + LastError() +
                               ")");
  }
  git_tree* root = nullptr;
  const int error = git_commit_tree(&root, found);
  git_commit_free(found);
  if (error != 0) return absl::NotFoundError("the tree of commit " + commit + " is missing: " + LastError());
  tree->objects_->trees[""] = root;
  return tree;
}

void GitTree::IgnoreSuppressions(std::map<std::string, LineRanges> lines) { ignored_lines_ = std::move(lines); }

Lookup GitTree::Find(std::string_view path) {
  Walk walk;
  PushFront(path, walk.rest);
  return Resolve(walk);
}

const git_tree_entry* GitTree::EntryAt(std::string_view path) {
  std::string directory;
  while (true) {
    git_tree* tree = objects_->trees[directory];
    if (tree == nullptr) return nullptr;
    const size_t slash = path.find('/');
    const std::string name(path.substr(0, slash));
    const git_tree_entry* entry = git_tree_entry_byname(tree, name.c_str());
    if (entry == nullptr || slash == std::string_view::npos) return entry;
    if (git_tree_entry_type(entry) != GIT_OBJECT_TREE) return nullptr;
    directory += directory.empty() ? name : "/" + name;
    auto [known, inserted] = objects_->trees.try_emplace(directory, nullptr);
    if (inserted && git_tree_lookup(&known->second, objects_->repository, git_tree_entry_id(entry)) != 0) {
      if (damage_.ok()) damage_ = absl::DataLossError("directory " + directory + " cannot be read: " + LastError());
    }
    path.remove_prefix(slash + 1);
  }
}

std::string GitTree::BlobAt(std::string_view path) {
  const git_tree_entry* entry = EntryAt(path);
  if (entry == nullptr || git_tree_entry_type(entry) != GIT_OBJECT_BLOB) return "";
  return Hex(*git_tree_entry_id(entry));
}

bool GitTree::Exists(std::string_view path) { return EntryAt(path) != nullptr; }

std::string GitTree::ListFilesNamed(std::string_view name) {
  const auto known = lists_.find(name);
  if (known != lists_.end()) return known->second;
  struct Search {
    std::string_view name;
    std::string all;
  } search{name, {}};
  const auto visit = [](const char* root, const git_tree_entry* entry, void* payload) {
    auto& found = *static_cast<Search*>(payload);
    if (git_tree_entry_name(entry) == found.name && git_tree_entry_type(entry) == GIT_OBJECT_BLOB) {
      found.all += std::string(root) + " " + Hex(*git_tree_entry_id(entry)) + "\n";
    }
    return 0;
  };
  if (git_tree* root = objects_->trees[""]; root != nullptr && git_tree_walk(root, GIT_TREEWALK_PRE, visit, &search)) {
    search.all += LastError();
  }
  return lists_.emplace(name, std::move(search.all)).first->second;
}

Lookup GitTree::Resolve(Walk& walk) {
  while (!walk.rest.empty()) {
    std::string name = std::move(walk.rest.front());
    walk.rest.pop_front();
    if (name == ".") continue;
    if (name == "..") {
      if (walk.directory.empty()) {
        return {Lookup::Kind::kOutside, nullptr, Join({walk.rest.begin(), walk.rest.end()})};
      }
      walk.directory.pop_back();
      continue;
    }
    const std::string directory = Join(walk.directory);
    const std::string path = directory.empty() ? name : directory + "/" + name;
    git_tree* tree = objects_->trees[directory];
    const git_tree_entry* entry = tree == nullptr ? nullptr : git_tree_entry_byname(tree, name.c_str());
    const git_object_t type = entry == nullptr ? GIT_OBJECT_INVALID : git_tree_entry_type(entry);
    if (type == GIT_OBJECT_TREE) {
      auto [known, inserted] = objects_->trees.try_emplace(path, nullptr);
      if (inserted && git_tree_lookup(&known->second, objects_->repository, git_tree_entry_id(entry)) != 0) {
        if (damage_.ok()) damage_ = absl::DataLossError("directory " + path + " cannot be read: " + LastError());
      }
      walk.directory.push_back(std::move(name));
      continue;
    }
    if (type != GIT_OBJECT_BLOB) {  // not there, or a submodule, whose content is not in this repository
      absent_.insert(path);
      return {};
    }
    const std::string blob = Hex(*git_tree_entry_id(entry));
    const TreeFile* file = Load(path, blob);
    if (file == nullptr) return {};
    if (git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK) {
      if (++walk.links > kMaxLinks || file->committed().starts_with("/")) return {};
      PushFront(file->committed(), walk.rest);
      // A link that climbs out of the tree leads to nothing, whatever stands there.
      const Lookup target = Resolve(walk);
      return target.kind == Lookup::Kind::kOutside ? Lookup{} : target;
    }
    if (!walk.rest.empty()) {  // a file is no directory
      absent_.insert(path + "/" + Join({walk.rest.begin(), walk.rest.end()}));
      return {};
    }
    return {Lookup::Kind::kFile, file, ""};
  }
  return {Lookup::Kind::kDirectory, nullptr, Join(walk.directory)};
}

const TreeFile* GitTree::Load(const std::string& path, const std::string& blob) {
  inputs_[path] = blob;
  auto [known, inserted] = files_.try_emplace(path);
  if (!inserted) return known->second.get();
  git_oid id;
  git_oid_fromstr(&id, blob.c_str());
  size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  git_odb_object* object = nullptr;
  if (git_odb_read_header(&size, &type, objects_->database, &id) != 0 ||
      (size <= static_cast<size_t>(kMaxBlobBytes) && git_odb_read(&object, objects_->database, &id) != 0)) {
    if (damage_.ok()) damage_ = absl::DataLossError("file " + path + " cannot be read: " + LastError());
    return nullptr;
  }
  if (object == nullptr) {
    if (damage_.ok()) damage_ = absl::ResourceExhaustedError("file " + path + " is larger than 64 MiB");
    return nullptr;
  }
  auto file = std::make_unique<TreeFile>();
  file->path = path;
  file->blob = blob;
  file->number = files_.size();
  file->text.assign(static_cast<const char*>(git_odb_object_data(object)), git_odb_object_size(object));
  git_odb_object_free(object);
  if (const auto lines = ignored_lines_.find(path); lines != ignored_lines_.end()) {
    std::string shown = file->text;
    file->ignored = NeutralizeSuppressions(lines->second, shown);
    if (!file->ignored.empty()) {
      file->stored_text = std::move(file->text);
      file->text = std::move(shown);
    }
  }
  known->second = std::move(file);
  return known->second.get();
}

}  // namespace mergegate::source
