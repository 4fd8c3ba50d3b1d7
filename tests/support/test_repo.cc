#include "tests/support/test_repo.h"

#include <stdlib.h>

#include <cstdio>
#include <cstdlib>

#include "server/git/git_error.h"

namespace mergegate::testing {
namespace {

constexpr int64_t kSecondsBetweenCommits = 60;

void Check(int code, const char* what) {
  if (code >= 0) return;
  std::fprintf(stderr, "test repository: %s\n", git::GitError(code, what, "").ToString().c_str());
  std::abort();
}

git_oid Oid(const std::string& hex) {
  git_oid oid;
  Check(git_oid_fromstr(&oid, hex.c_str()), "parse an object id");
  return oid;
}

std::string Hex(const git_oid& oid) {
  char hex[GIT_OID_HEXSZ + 1];
  return git_oid_tostr(hex, sizeof hex, &oid);
}

git::CommitHandle Lookup(git_repository* repository, const CommitId& id) {
  git::CommitHandle commit;
  const git_oid oid = Oid(id.value());
  Check(git_commit_lookup(commit.out(), repository, &oid), "look up a commit");
  return commit;
}

git::IndexHandle IndexOf(git_repository* repository, const std::vector<CommitId>& parents) {
  git::IndexHandle index;
  Check(git_index_new(index.out()), "make an index");
  if (parents.empty()) return index;
  const git::CommitHandle parent = Lookup(repository, parents.front());
  git::TreeHandle tree;
  Check(git_commit_tree(tree.out(), parent.get()), "look up a tree");
  Check(git_index_read_tree(index.get(), tree.get()), "read a tree");
  return index;
}

void Add(git_index* index, const std::string& path, const git_oid& id, uint32_t mode) {
  git_index_entry entry = {};
  entry.path = path.c_str();
  entry.id = id;
  entry.mode = mode;
  Check(git_index_add(index, &entry), path.c_str());
}

void AddFile(git_repository* repository, git_index* index, const std::string& path, const std::string& content,
             uint32_t mode) {
  git_oid id;
  Check(git_blob_create_from_buffer(&id, repository, content.data(), content.size()), "write a blob");
  Add(index, path, id, mode);
}

git_index_entry Entry(git_index* index, const std::string& path) {
  const git_index_entry* entry = git_index_get_bypath(index, path.c_str(), 0);
  if (entry == nullptr) Check(GIT_ENOTFOUND, path.c_str());
  return *entry;
}

std::string Written(git_packbuilder* builder) {
  git_buf buffer = {};
  Check(git_packbuilder_write_buf(&buffer, builder), "write a pack");
  std::string pack(buffer.ptr, buffer.size);
  git_buf_dispose(&buffer);
  return pack;
}

}  // namespace

TempDirectory::TempDirectory() {
  path_ = (std::filesystem::temp_directory_path() / "mergegate-test-XXXXXX").string();
  if (mkdtemp(path_.data()) == nullptr) {
    std::perror("mkdtemp");
    std::abort();
  }
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

TestRepo::TestRepo() : path_(directory_.Join("repo.git")) {
  git::StartLibrary();
  Check(git_repository_init(repository_.out(), path_.c_str(), /*is_bare=*/1), "make a repository");
}

CommitId TestRepo::Commit(const Files& files, const CommitOptions& options) {
  std::vector<CommitId> parents;
  if (options.parents) {
    parents = *options.parents;
  } else if (!head_.empty()) {
    parents = {head_};
  }

  const git::IndexHandle index = IndexOf(repository_.get(), parents);
  for (const auto& [from, to] : options.rename) {
    const git_index_entry entry = Entry(index.get(), from);
    const git_oid id = entry.id;
    const uint32_t mode = entry.mode;
    Check(git_index_remove(index.get(), from.c_str(), 0), "rename a file");
    Add(index.get(), to, id, mode);
  }
  for (const std::string& path : options.remove) {
    Check(git_index_remove(index.get(), path.c_str(), 0), path.c_str());
  }
  for (const auto& [path, content] : files) {
    AddFile(repository_.get(), index.get(), path, content, GIT_FILEMODE_BLOB);
  }
  for (const auto& [path, target] : options.symlinks) {
    AddFile(repository_.get(), index.get(), path, target, GIT_FILEMODE_LINK);
  }
  for (const auto& [path, id] : options.submodules) Add(index.get(), path, Oid(id.value()), GIT_FILEMODE_COMMIT);
  for (const std::string& path : options.executables) {
    const git_oid id = Entry(index.get(), path).id;
    Add(index.get(), path, id, GIT_FILEMODE_BLOB_EXECUTABLE);
  }
  git_oid tree_id;
  Check(git_index_write_tree_to(&tree_id, index.get(), repository_.get()), "write a tree");
  git::TreeHandle tree;
  Check(git_tree_lookup(tree.out(), repository_.get(), &tree_id), "look up a tree");

  git::SignatureHandle author;
  Check(git_signature_new(author.out(), options.author_name.c_str(), options.author_mail.c_str(), next_time_, 0),
        "make a signature");
  next_time_ += kSecondsBetweenCommits;
  std::vector<git::CommitHandle> parent_commits;
  std::vector<const git_commit*> parent_pointers;
  for (const CommitId& parent : parents) {
    parent_commits.push_back(Lookup(repository_.get(), parent));
    parent_pointers.push_back(parent_commits.back().get());
  }
  git_oid id;
  Check(git_commit_create(&id, repository_.get(), nullptr, author.get(), author.get(), nullptr, options.message.c_str(),
                          tree.get(), parent_pointers.size(), parent_pointers.data()),
        "make a commit");
  head_ = CommitId(Hex(id));
  Branch("main", head_);
  return head_;
}

CommitId TestRepo::Rename(const std::string& from, const std::string& to) {
  return Commit({}, {.rename = {{from, to}}});
}

CommitId TestRepo::Merge(const CommitId& ours, const CommitId& theirs, const Files& files) {
  return Commit(files, {.parents = {{ours, theirs}}, .message = "Merge\n"});
}

void TestRepo::Branch(const std::string& name, const CommitId& id) {
  git::ReferenceHandle reference;
  const git_oid oid = Oid(id.value());
  Check(git_reference_create(reference.out(), repository_.get(), ("refs/heads/" + name).c_str(), &oid, /*force=*/1,
                             nullptr),
        "set a branch");
}

std::string TestRepo::Pack(const std::vector<CommitId>& want, const std::vector<CommitId>& have) const {
  git::RevwalkHandle walk;
  Check(git_revwalk_new(walk.out(), repository_.get()), "walk");
  for (const CommitId& id : want) {
    const git_oid oid = Oid(id.value());
    Check(git_revwalk_push(walk.get(), &oid), "walk from a wanted commit");
  }
  for (const CommitId& id : have) {
    const git_oid oid = Oid(id.value());
    Check(git_revwalk_hide(walk.get(), &oid), "hide a commit");
  }
  git::PackbuilderHandle builder;
  Check(git_packbuilder_new(builder.out(), repository_.get()), "make a pack");
  Check(git_packbuilder_insert_walk(builder.get(), walk.get()), "fill a pack");
  return Written(builder.get());
}

std::string TestRepo::PackObjects(const std::vector<std::string>& object_ids) const {
  git::PackbuilderHandle builder;
  Check(git_packbuilder_new(builder.out(), repository_.get()), "make a pack");
  for (const std::string& id : object_ids) {
    const git_oid oid = Oid(id);
    Check(git_packbuilder_insert(builder.get(), &oid, nullptr), "fill a pack");
  }
  return Written(builder.get());
}

std::string TestRepo::TreeOf(const CommitId& commit) const {
  return Hex(*git_commit_tree_id(Lookup(repository_.get(), commit).get()));
}

std::string TestRepo::BlobOf(const CommitId& commit, const std::string& path) const {
  const git::CommitHandle handle = Lookup(repository_.get(), commit);
  git::TreeHandle tree;
  Check(git_commit_tree(tree.out(), handle.get()), "look up a tree");
  git_tree_entry* entry = nullptr;
  Check(git_tree_entry_bypath(&entry, tree.get(), path.c_str()), path.c_str());
  std::string id = Hex(*git_tree_entry_id(entry));
  git_tree_entry_free(entry);
  return id;
}

}  // namespace mergegate::testing
