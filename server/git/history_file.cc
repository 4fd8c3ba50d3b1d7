#include "server/git/history_file.h"

#include <cstdint>
#include <iterator>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/base/status_macros.h"
#include "server/git/frames.h"

namespace mergegate::git {
namespace {

// Raised when records are read or written in another way.
constexpr std::string_view kFormat = "mergegate-history 1 ";
void PutIdentity(std::string& out, const Identity& identity) {
  PutText(out, identity.name);
  PutText(out, identity.mail);
  PutText(out, identity.login);
}

Identity ReadIdentity(FrameReader& reader) {
  Identity identity;
  identity.name = reader.Text();
  identity.mail = reader.Text();
  identity.login = reader.Text();
  return identity;
}

std::string FirstLine(const HistoryOptions& options) {
  std::string text(kFormat);
  for (const auto* list : {&options.trailers, &options.vendored}) {
    for (const std::string& item : *list) absl::StrAppend(&text, item, ",");
    text += ';';
  }
  return text + "\n";  // not the reference: the tip tells whether one reading continues another
}

}  // namespace

std::string EncodeRecords(const CommitId& tip, const std::vector<ReviewRecord>& records) {
  std::string out;
  PutText(out, tip.value());
  PutNumber(out, records.size());
  for (const ReviewRecord& record : records) {
    PutText(out, record.id);
    PutText(out, record.group);
    PutText(out, record.change);
    PutNumber(out, static_cast<uint64_t>(absl::ToUnixSeconds(record.landed)));
    PutIdentity(out, record.author);
    PutText(out, record.title);
    PutNumber(out, record.files.size());
    for (const TouchedFile& file : record.files) {
      PutText(out, file.path);
      PutText(out, file.renamed_from);
    }
    PutNumber(out, record.reviewers.size());
    for (const Identity& reviewer : record.reviewers) PutIdentity(out, reviewer);
  }
  return out;
}

bool DecodeRecords(std::string_view bytes, CommitId& tip, std::vector<ReviewRecord>& records) {
  FrameReader reader(bytes);
  tip = CommitId(reader.Text());
  const size_t before = records.size();
  const uint64_t count = reader.Count();
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    ReviewRecord& record = records.emplace_back();
    record.id = reader.Text();
    record.group = reader.Text();
    record.change = reader.Text();
    record.landed = absl::FromUnixSeconds(static_cast<int64_t>(reader.Number()));
    record.author = ReadIdentity(reader);
    record.title = reader.Text();
    const uint64_t files = reader.Count();
    for (uint64_t k = 0; k < files && reader.ok(); ++k) {
      TouchedFile& file = record.files.emplace_back();
      file.path = reader.Text();
      file.renamed_from = reader.Text();
    }
    const uint64_t reviewers = reader.Count();
    for (uint64_t k = 0; k < reviewers && reader.ok(); ++k) record.reviewers.push_back(ReadIdentity(reader));
  }
  const bool good = reader.ok() && reader.AtEnd();
  if (!good) records.resize(before);
  return good;
}

absl::StatusOr<CommitRecords> HistoryFile::Update(const std::string& repository, const HistoryOptions& options) {
  FrameFile file(path_, FirstLine(options));
  std::optional<CommitId> tip;
  std::vector<ReviewRecord> stored;
  file.Read([&](std::string_view bytes) {
    CommitId frame_tip;
    if (!DecodeRecords(bytes, frame_tip, stored)) return false;
    tip = frame_tip;
    return true;
  });
  ASSIGN_OR_RETURN(CommitRecords read, ReadReviewHistory(repository, options, tip));
  const bool continues = !read.whole;
  if (!continues || !tip.has_value() || *tip != read.tip) {
    if (!continues) file.StartAnew();
    if (!file.Append(EncodeRecords(read.tip, read.records))) {
      read.notes.push_back(absl::StrCat("cannot write ", path_, ": the history is read anew next time"));
    }
  }
  if (continues) {
    stored.insert(stored.end(), std::make_move_iterator(read.records.begin()),
                  std::make_move_iterator(read.records.end()));
    read.records = std::move(stored);
    read.whole = true;
  }
  return read;
}

}  // namespace mergegate::git
