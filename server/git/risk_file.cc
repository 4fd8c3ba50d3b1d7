#include "server/git/risk_file.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "server/git/frames.h"
#include "server/risk/words.h"

namespace mergegate::git {
namespace {

// Raised when commits are read, measured or written in another way.
constexpr std::string_view kFormat = "mergegate-risk 5\n";
constexpr size_t kCommitsOfFrame = 500;

// Flags of a commit, and of a file.
constexpr uint64_t kUndoes = 1, kCorrects = 2, kCommentOnly = 4, kAnyOfCommit = 7;
constexpr uint64_t kAdded = 1, kDeleted = 2, kAnyOfFile = 3;

// The numbers of a content, in the order of the file.
template <typename ContentT, typename Visit>
void ForEachNumber(ContentT& content, Visit visit) {
  for (auto* number : {&content.lines_added, &content.lines_deleted, &content.code_added, &content.code_deleted,
                       &content.largest_hunk, &content.hunks, &content.control, &content.control_deleted,
                       &content.calls, &content.memory, &content.depth, &content.header_added, &content.test_added}) {
    visit(*number);
  }
}

// Four bytes each.
void PutWords(std::string& out, const std::vector<uint32_t>& words) {
  std::string bytes(words.size() * sizeof(uint32_t), '\0');
  if (!words.empty()) std::memcpy(bytes.data(), words.data(), bytes.size());
  PutText(out, bytes);
}

// False for what is not a commit's words: ascending numbers.
bool ReadWords(const std::string& bytes, std::vector<uint32_t>& words) {
  if (bytes.size() % sizeof(uint32_t) != 0 || bytes.size() > risk::kMostWords * sizeof(uint32_t)) return false;
  words.resize(bytes.size() / sizeof(uint32_t));
  if (!words.empty()) std::memcpy(words.data(), bytes.data(), bytes.size());
  return std::ranges::adjacent_find(words, std::greater_equal<>()) == words.end() &&
         (words.empty() || words.back() < risk::kWords);
}

}  // namespace

std::string EncodeCommits(const std::vector<risk::Commit>& commits) {
  std::string out;
  PutNumber(out, commits.size());
  for (const risk::Commit& commit : commits) {
    PutText(out, commit.id);
    PutNumber(out, static_cast<uint64_t>(commit.time));
    PutText(out, commit.author);
    PutNumber(out, (commit.message.undoes ? kUndoes : 0) | (commit.message.corrects ? kCorrects : 0) |
                       (commit.content.comment_only ? kCommentOnly : 0));
    PutText(out, commit.message.picked_from);
    PutNumber(out, commit.message.causes.size());
    for (const std::string& cause : commit.message.causes) PutText(out, cause);
    PutNumber(out, commit.files.size());
    for (const risk::File& file : commit.files) {
      PutText(out, file.path);
      PutText(out, file.renamed_from);
      PutNumber(out, (file.added ? kAdded : 0) | (file.deleted ? kDeleted : 0));
    }
    ForEachNumber(commit.content, [&](int64_t number) { PutNumber(out, static_cast<uint64_t>(number)); });
    PutWords(out, commit.words);
  }
  return out;
}

bool DecodeCommits(std::string_view bytes, std::vector<risk::Commit>& commits) {
  FrameReader reader(bytes);
  bool good = true;
  const size_t before = commits.size();
  const uint64_t count = reader.Count();
  for (uint64_t i = 0; i < count && reader.ok() && good; ++i) {
    risk::Commit& commit = commits.emplace_back();
    commit.id = reader.Text();
    commit.time = static_cast<int64_t>(reader.Number());
    commit.author = reader.Text();
    const uint64_t flags = reader.Number();
    good = flags <= kAnyOfCommit;
    commit.message.undoes = (flags & kUndoes) != 0;
    commit.message.corrects = (flags & kCorrects) != 0;
    commit.content.comment_only = (flags & kCommentOnly) != 0;
    commit.message.picked_from = reader.Text();
    const uint64_t causes = reader.Count();
    for (uint64_t k = 0; k < causes && reader.ok(); ++k) commit.message.causes.push_back(reader.Text());
    const uint64_t files = reader.Count();
    for (uint64_t k = 0; k < files && reader.ok(); ++k) {
      risk::File& file = commit.files.emplace_back();
      file.path = reader.Text();
      file.renamed_from = reader.Text();
      const uint64_t change = reader.Number();
      good = good && change <= kAnyOfFile;
      file.added = (change & kAdded) != 0;
      file.deleted = (change & kDeleted) != 0;
    }
    ForEachNumber(commit.content, [&](int64_t& number) { number = static_cast<int64_t>(reader.Number()); });
    good = ReadWords(reader.Text(), commit.words) && good;
  }
  good = good && reader.ok() && reader.AtEnd();
  if (!good) commits.resize(before);
  return good;
}

absl::StatusOr<RiskCommits> RiskFile::Update(const std::string& repository, const RiskOptions& options, size_t most,
                                             std::function<void(size_t done, size_t all)> progress) {
  FrameFile file(path_, std::string(kFormat));
  std::vector<risk::Commit> stored;
  file.Read([&](std::string_view bytes) { return DecodeCommits(bytes, stored); });
  absl::flat_hash_map<std::string_view, const risk::Commit*> by_id;
  for (const risk::Commit& commit : stored) by_id.emplace(commit.id, &commit);

  bool writable = true;
  std::vector<risk::Commit> unwritten;
  const auto write = [&] {
    if (!unwritten.empty()) writable = writable && file.Append(EncodeCommits(unwritten));
    unwritten.clear();
  };
  RiskReading reading;
  reading.most = most;
  reading.progress = std::move(progress);
  reading.known = [&](const std::string& id) -> const risk::Commit* {
    const auto found = by_id.find(id);
    return found == by_id.end() ? nullptr : found->second;
  };
  reading.read = [&](const risk::Commit& commit) {
    unwritten.push_back(commit);
    if (unwritten.size() >= kCommitsOfFrame) write();
  };
  absl::StatusOr<RiskCommits> read = ReadRiskHistory(repository, options, reading);
  write();
  if (read.ok() && !writable) {
    read->notes.push_back(absl::StrCat("cannot write ", path_, ": the history is read anew next time"));
  }
  return read;
}

}  // namespace mergegate::git
