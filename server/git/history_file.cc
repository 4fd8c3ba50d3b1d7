#include "server/git/history_file.h"

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/base/status_macros.h"
#include "server/domain/hash.h"

namespace mergegate::git {
namespace {

namespace fs = std::filesystem;

// Raised when records are read or written in another way.
constexpr std::string_view kFormat = "mergegate-history 1 ";
constexpr size_t kFrameHead = 16;  // length, checksum

void PutNumber(std::string& out, uint64_t number) {
  char bytes[8];
  std::memcpy(bytes, &number, sizeof bytes);
  out.append(bytes, sizeof bytes);
}

void PutText(std::string& out, std::string_view text) {
  PutNumber(out, text.size());
  out.append(text);
}

void PutIdentity(std::string& out, const Identity& identity) {
  PutText(out, identity.name);
  PutText(out, identity.mail);
  PutText(out, identity.login);
}

// Reads what Put wrote; `ok` turns false, and stays so, at the first thing that is not there.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  uint64_t Number() {
    uint64_t number = 0;
    if (rest_.size() < sizeof number) return Fail();
    std::memcpy(&number, rest_.data(), sizeof number);
    rest_.remove_prefix(sizeof number);
    return number;
  }
  // A count of things of which each takes eight bytes at least.
  uint64_t Count() {
    const uint64_t count = Number();
    return count <= rest_.size() / 8 ? count : Fail();
  }
  std::string Text() {
    const uint64_t size = Number();
    if (size > rest_.size()) return Fail(), "";
    std::string text(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return text;
  }
  Identity Person() {
    Identity identity;
    identity.name = Text();
    identity.mail = Text();
    identity.login = Text();
    return identity;
  }
  bool ok() const { return ok_; }
  bool AtEnd() const { return rest_.empty(); }

 private:
  uint64_t Fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }
  std::string_view rest_;
  bool ok_ = true;
};

std::string FirstLine(const HistoryOptions& options) {
  std::string text(kFormat);
  for (const auto* list : {&options.trailers, &options.vendored}) {
    for (const std::string& item : *list) absl::StrAppend(&text, item, ",");
    text += ';';
  }
  return text + "\n";  // not the reference: the tip tells whether one reading continues another
}

std::string Frame(std::string_view bytes) {
  std::string frame;
  PutNumber(frame, bytes.size());
  PutNumber(frame, Hash64(bytes, 0));
  return frame.append(bytes);
}

// The records of all frames that are whole, and where the last of them ends; nothing when the first line is another.
struct Stored {
  std::optional<CommitId> tip;
  std::vector<ReviewRecord> records;
  size_t good_bytes = 0;
};

Stored ReadStored(const std::string& path, const std::string& first_line) {
  Stored stored;
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!bytes.starts_with(first_line)) return stored;
  stored.good_bytes = first_line.size();
  std::string_view rest = std::string_view(bytes).substr(first_line.size());
  while (rest.size() >= kFrameHead) {
    Reader head(rest.substr(0, kFrameHead));
    const uint64_t length = head.Number(), checksum = head.Number();
    if (length > rest.size() - kFrameHead) break;
    const std::string_view frame = rest.substr(kFrameHead, length);
    CommitId tip;
    if (Hash64(frame, 0) != checksum || !DecodeRecords(frame, tip, stored.records)) break;
    stored.tip = tip;
    stored.good_bytes += kFrameHead + length;
    rest.remove_prefix(kFrameHead + length);
  }
  return stored;
}

// Writes `text` behind the first `keep` bytes of the file. False when the disk does not take it.
bool Write(const std::string& path, size_t keep, const std::string& text) {
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  if (keep == 0) {
    const std::string fresh = path + ".new";
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    if (!(file << text).flush()) return false;
    file.close();
    fs::rename(fresh, path, error);
    return !error;
  }
  if (fs::file_size(path, error) != keep) fs::resize_file(path, keep, error);
  std::ofstream file(path, std::ios::binary | std::ios::app);
  return !error && (file << text).flush().good();
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
  Reader reader(bytes);
  tip = CommitId(reader.Text());
  const size_t before = records.size();
  const uint64_t count = reader.Count();
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    ReviewRecord& record = records.emplace_back();
    record.id = reader.Text();
    record.group = reader.Text();
    record.change = reader.Text();
    record.landed = absl::FromUnixSeconds(static_cast<int64_t>(reader.Number()));
    record.author = reader.Person();
    record.title = reader.Text();
    const uint64_t files = reader.Count();
    for (uint64_t k = 0; k < files && reader.ok(); ++k) {
      TouchedFile& file = record.files.emplace_back();
      file.path = reader.Text();
      file.renamed_from = reader.Text();
    }
    const uint64_t reviewers = reader.Count();
    for (uint64_t k = 0; k < reviewers && reader.ok(); ++k) record.reviewers.push_back(reader.Person());
  }
  const bool good = reader.ok() && reader.AtEnd();
  if (!good) records.resize(before);
  return good;
}

absl::StatusOr<CommitRecords> HistoryFile::Update(const std::string& repository, const HistoryOptions& options) {
  const std::string first_line = FirstLine(options);
  Stored stored = ReadStored(path_, first_line);
  ASSIGN_OR_RETURN(CommitRecords read, ReadReviewHistory(repository, options, stored.tip));
  const bool continues = !read.whole;
  if (!continues || !stored.tip.has_value() || *stored.tip != read.tip) {
    const std::string frame = Frame(EncodeRecords(read.tip, read.records));
    const bool written = continues ? Write(path_, stored.good_bytes, frame) : Write(path_, 0, first_line + frame);
    if (!written) read.notes.push_back(absl::StrCat("cannot write ", path_, ": the history is read anew next time"));
  }
  if (continues) {
    stored.records.insert(stored.records.end(), std::make_move_iterator(read.records.begin()),
                          std::make_move_iterator(read.records.end()));
    read.records = std::move(stored.records);
    read.whole = true;
  }
  return read;
}

}  // namespace mergegate::git
