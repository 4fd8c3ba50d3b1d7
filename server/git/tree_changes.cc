#include "server/git/tree_changes.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/git_error.h"

namespace mergegate::git {
namespace {

constexpr size_t kCacheBytes = 64 << 20;

struct TreeEntry {
  std::string_view name;
  git_oid id = {};
  unsigned mode = 0;
  bool tree() const { return mode == GIT_FILEMODE_TREE; }
};

// Reads the entries of a raw tree one by one: "<octal mode> <name>\0<20 bytes>".
class Entries {
 public:
  explicit Entries(std::string_view raw) : rest_(raw) {}

  // nullopt at the end, or where the tree is malformed.
  std::optional<TreeEntry> Next() {
    const size_t blank = rest_.find(' ');
    if (blank == std::string_view::npos) return std::nullopt;
    const size_t zero = rest_.find('\0', blank);
    if (zero == std::string_view::npos || rest_.size() < zero + 1 + GIT_OID_RAWSZ) return std::nullopt;
    TreeEntry entry{.name = rest_.substr(blank + 1, zero - blank - 1)};
    std::from_chars(rest_.data(), rest_.data() + blank, entry.mode, 8);
    std::memcpy(entry.id.id, rest_.data() + zero + 1, GIT_OID_RAWSZ);
    rest_.remove_prefix(zero + 1 + GIT_OID_RAWSZ);
    return entry;
  }

 private:
  std::string_view rest_;
};

// git orders a folder as if its name ended in a slash.
int Order(const TreeEntry& a, const TreeEntry& b) {
  const size_t common = std::min(a.name.size(), b.name.size());
  if (const int order = a.name.substr(0, common).compare(b.name.substr(0, common)); order != 0) return order;
  const auto next = [&](const TreeEntry& entry) {
    if (entry.name.size() > common) return static_cast<int>(static_cast<unsigned char>(entry.name[common]));
    return entry.tree() ? static_cast<int>('/') : 0;
  };
  return next(a) - next(b);
}

}  // namespace

absl::StatusOr<TreeChanges::Raw> TreeChanges::Read(const git_oid& id) {
  if (const auto found = young_.find(id); found != young_.end()) return found->second;
  Raw raw;
  if (const auto found = old_.find(id); found != old_.end()) {
    raw = found->second;
  } else {
    OdbObjectHandle object;
    if (const int code = git_odb_read(object.out(), odb_, &id); code < 0) return GitError(code, "read tree", Hex(id));
    if (git_odb_object_type(object.get()) != GIT_OBJECT_TREE) {
      return absl::InvalidArgumentError(absl::StrCat("object ", Hex(id), " is not a tree"));
    }
    raw = std::make_shared<const std::string>(static_cast<const char*>(git_odb_object_data(object.get())),
                                              git_odb_object_size(object.get()));
  }
  if (young_bytes_ > kCacheBytes / 2) {
    old_ = std::exchange(young_, {});
    young_bytes_ = 0;
  }
  young_bytes_ += raw->size() + sizeof(git_oid);
  young_.emplace(id, raw);
  return raw;
}

absl::Status TreeChanges::Compare(const git_oid* before, const git_oid* after, std::string& path,
                                  std::vector<Change>& changes) {
  if (before != nullptr && after != nullptr && git_oid_equal(before, after)) return absl::OkStatus();
  if (path.size() > kMaxPathBytes) return absl::OkStatus();
  static const Raw kEmpty = std::make_shared<const std::string>();
  Raw raw_before = kEmpty, raw_after = kEmpty;
  if (before != nullptr) {
    ASSIGN_OR_RETURN(raw_before, Read(*before));
  }
  if (after != nullptr) {
    ASSIGN_OR_RETURN(raw_after, Read(*after));
  }
  Entries left(*raw_before), right(*raw_after);
  std::optional<TreeEntry> a = left.Next(), b = right.Next();
  const size_t length = path.size();
  while ((a || b) && changes.size() < kMostFiles) {
    const int order = !a ? 1 : !b ? -1 : Order(*a, *b);
    const TreeEntry& entry = order > 0 ? *b : *a;
    const bool same = order == 0 && a->mode == b->mode && git_oid_equal(&a->id, &b->id);
    if (!same) {
      path.append(entry.name);
      if (entry.tree()) {
        path += '/';
        RETURN_IF_ERROR(Compare(order <= 0 ? &a->id : nullptr, order >= 0 ? &b->id : nullptr, path, changes));
      } else {
        Change& change = changes.emplace_back();
        change.path = path;
        if (order <= 0) change.before = {.id = a->id, .mode = a->mode};
        if (order >= 0) change.after = {.id = b->id, .mode = b->mode};
      }
      path.resize(length);
    }
    if (order <= 0) a = left.Next();
    if (order >= 0) b = right.Next();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<TreeChanges::Change>> TreeChanges::Changes(const git_oid* before, const git_oid* after) {
  std::string path;
  std::vector<Change> changes;
  RETURN_IF_ERROR(Compare(before, after, path, changes));
  return changes;
}

absl::StatusOr<std::vector<TouchedFile>> TreeChanges::Between(const git_oid* before, const git_oid* after) {
  ASSIGN_OR_RETURN(std::vector<Change> changes, Changes(before, after));
  std::erase_if(changes, [](const Change& change) { return git_oid_equal(&change.before.id, &change.after.id); });
  // Deleted paths by content; each goes to one added path at most.
  struct Less {
    bool operator()(const git_oid& a, const git_oid& b) const { return git_oid_cmp(&a, &b) < 0; }
  };
  git_oid empty;
  git_oid_fromstr(&empty, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  std::map<git_oid, std::vector<Change*>, Less> deleted;
  for (Change& change : changes) {
    if (change.deleted() && !git_oid_equal(&change.before.id, &empty)) deleted[change.before.id].push_back(&change);
  }
  std::vector<TouchedFile> files(changes.size());
  std::vector<bool> moved(changes.size(), false);
  for (size_t i = 0; i < changes.size(); ++i) {
    files[i].path = changes[i].path;
    if (!changes[i].added()) continue;
    const auto from = deleted.find(changes[i].after.id);
    if (from == deleted.end() || from->second.empty()) continue;
    files[i].renamed_from = from->second.front()->path;
    moved[static_cast<size_t>(from->second.front() - changes.data())] = true;
    from->second.erase(from->second.begin());
  }
  std::vector<TouchedFile> kept;
  for (size_t i = 0; i < files.size(); ++i) {
    if (!moved[i]) kept.push_back(std::move(files[i]));
  }
  return kept;
}

}  // namespace mergegate::git
