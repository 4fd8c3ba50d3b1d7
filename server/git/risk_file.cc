#include "server/git/risk_file.h"

#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/frames.h"

namespace mergegate::git {
namespace {

// Raised when commits are read, measured or written in another way.
constexpr std::string_view kFormat = "mergegate-risk 3\n";
constexpr size_t kCommitsOfFrame = 500;

constexpr uint64_t kUndoes = 1, kCorrects = 2, kCommentOnly = 4;
constexpr uint64_t kAdded = 1, kDeleted = 2;

// The numbers of a content, in the order of the file.
template <typename ContentT, typename Visit>
void ForEachNumber(ContentT& content, Visit visit) {
  for (auto* number : {&content.lines_added, &content.lines_deleted, &content.code_added, &content.code_deleted,
                       &content.largest_hunk, &content.hunks, &content.control, &content.control_deleted,
                       &content.calls, &content.memory, &content.depth, &content.header_added, &content.test_added}) {
    visit(*number);
  }
}

}  // namespace

std::string EncodeCommits(const CommitId& tip, const std::vector<risk::Commit>& commits) {
  std::string out;
  PutText(out, tip.value());
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
  }
  return out;
}

bool DecodeCommits(std::string_view bytes, CommitId& tip, std::vector<risk::Commit>& commits) {
  FrameReader reader(bytes);
  tip = CommitId(reader.Text());
  const size_t before = commits.size();
  const uint64_t count = reader.Count();
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    risk::Commit& commit = commits.emplace_back();
    commit.id = reader.Text();
    commit.time = static_cast<int64_t>(reader.Number());
    commit.author = reader.Text();
    const uint64_t flags = reader.Number();
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
      file.added = (change & kAdded) != 0;
      file.deleted = (change & kDeleted) != 0;
    }
    ForEachNumber(commit.content, [&](int64_t& number) { number = static_cast<int64_t>(reader.Number()); });
  }
  const bool good = reader.ok() && reader.AtEnd();
  if (!good) commits.resize(before);
  return good;
}

absl::StatusOr<RiskCommits> RiskFile::Update(const std::string& repository, const RiskOptions& options) {
  FrameFile file(path_, std::string(kFormat));
  CommitId tip;
  std::vector<risk::Commit> stored;
  file.Read([&](std::string_view bytes) { return DecodeCommits(bytes, tip, stored); });
  absl::flat_hash_map<std::string_view, size_t> place;
  for (size_t i = 0; i < stored.size(); ++i) place.emplace(stored[i].id, i);

  bool writable = true, in_order = true;
  size_t used = 0;  // of the stored
  std::vector<risk::Commit> unwritten;
  const auto write = [&](const CommitId& written_tip) {
    writable = writable && file.Append(EncodeCommits(written_tip, unwritten));
    unwritten.clear();
  };
  RiskReading reading;
  if (!tip.empty()) reading.since = tip;
  reading.known = [&](const std::string& id) -> const risk::Commit* {
    const auto found = place.find(id);
    if (found == place.end()) return nullptr;
    in_order &= found->second == used++;
    return &stored[found->second];
  };
  reading.read = [&](const risk::Commit& commit) {
    // Behind what is stored only what comes after all of it.
    in_order &= used == stored.size() || (reading.since.has_value() && used == 0);
    unwritten.push_back(commit);
    if (in_order && unwritten.size() >= kCommitsOfFrame) write(CommitId());
  };
  absl::StatusOr<RiskCommits> read = ReadRiskHistory(repository, options, reading);
  if (!read.ok()) {
    if (in_order && !unwritten.empty()) write(CommitId());
    return read.status();
  }
  if (!read->whole) {
    if (read->tip != tip) write(read->tip);
    stored.insert(stored.end(), std::make_move_iterator(read->commits.begin()),
                  std::make_move_iterator(read->commits.end()));
    read->commits = std::move(stored);
    read->whole = true;
  } else {
    if (!in_order || used != stored.size()) {
      file.StartAnew();
      unwritten = read->commits;
    }
    write(read->tip);
  }
  if (!writable) read->notes.push_back(absl::StrCat("cannot write ", path_, ": the history is read anew next time"));
  return read;
}

}  // namespace mergegate::git
