// Diffs from strangers, applied to a small commit. Whatever the bytes: an id of a commit that can be read, or a Status.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "server/git/git_error.h"
#include "server/git/handle.h"
#include "server/git/mirror.h"

namespace {

using mergegate::CommitId;
namespace git = mergegate::git;

struct Fixture {
  std::string directory = (std::filesystem::temp_directory_path() / "mergegate-fuzz-XXXXXX").string();
  CommitId base;
  std::unique_ptr<git::Mirror> mirror;

  Fixture() {
    if (mkdtemp(directory.data()) == nullptr) std::abort();
    mirror = *git::Mirror::OpenOrCreate(directory + "/mirror.git");
    base = CommitBase();
  }
  ~Fixture() {
    mirror.reset();
    std::filesystem::remove_all(directory);
  }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  // a.cc with the lines 1 to 8, as the seeds expect.
  CommitId CommitBase() const {
    constexpr std::string_view kText = "1\n2\n3\n4\n5\n6\n7\n8\n";
    git::RepositoryHandle repository;
    git::IndexHandle index;
    git::TreeHandle tree;
    git::SignatureHandle author;
    git_index_entry entry = {};
    entry.path = "a.cc";
    entry.mode = GIT_FILEMODE_BLOB;
    git_oid tree_id, id;
    const bool made = git_repository_open_bare(repository.out(), mirror->path().c_str()) == 0 &&
                      git_index_new(index.out()) == 0 &&
                      git_blob_create_from_buffer(&entry.id, repository.get(), kText.data(), kText.size()) == 0 &&
                      git_index_add(index.get(), &entry) == 0 &&
                      git_index_write_tree_to(&tree_id, index.get(), repository.get()) == 0 &&
                      git_tree_lookup(tree.out(), repository.get(), &tree_id) == 0 &&
                      git_signature_new(author.out(), "Ada", "ada@example.org", 1'700'000'000, 0) == 0 &&
                      git_commit_create(&id, repository.get(), nullptr, author.get(), author.get(), nullptr, "base\n",
                                        tree.get(), 0, nullptr) == 0;
    if (!made) std::abort();
    char hex[GIT_OID_HEXSZ + 1];
    return CommitId(git_oid_tostr(hex, sizeof hex, &id));
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Fixture fixture;
  const std::string_view diff(reinterpret_cast<const char*>(data), size);
  const auto commit = fixture.mirror->CommitDiff(fixture.base, diff);
  if (!commit.ok()) return 0;
  const auto tree = fixture.mirror->OpenTree(*commit);
  if (!tree.ok()) std::abort();
  const absl::Status listed = (*tree)->ForEachFile([](std::string_view path, const mergegate::BlobId&) {
    if (path.empty() || path.front() == '/' || path.find("..") == 0) std::abort();
  });
  if (!listed.ok() || !fixture.mirror->DiffCommits(fixture.base, *commit).ok()) std::abort();
  return 0;
}
