#include "server/storage/sqlite/rows.h"

#include <limits>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/compression.h"

namespace mergegate::storage {
namespace {

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

bool IsLowerHex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == std::string_view::npos; }

}  // namespace

int64_t ToRow(absl::Time time) { return absl::ToUnixMicros(time); }

absl::Time TimeOfRow(int64_t micros) {
  if (micros == kMax) return absl::InfiniteFuture();
  if (micros == kMin) return absl::InfinitePast();
  return absl::FromUnixMicros(micros);
}

int64_t ToRow(absl::Duration duration) { return absl::ToInt64Microseconds(duration); }

absl::Duration DurationOfRow(int64_t micros) {
  if (micros == kMax) return absl::InfiniteDuration();
  if (micros == kMin) return -absl::InfiniteDuration();
  return absl::Microseconds(micros);
}

std::string PageToken(char kind, std::string_view key) {
  return absl::BytesToHexString(absl::StrCat(std::string(1, kind), std::string(key)));
}

absl::StatusOr<std::string> PageKey(char kind, std::string_view token) {
  if (token.size() % 2 == 0 && IsLowerHex(token)) {
    const std::string key = absl::HexStringToBytes({token.data(), token.size()});
    if (key.size() > 1 && key[0] == kind) return key.substr(1);
  }
  return absl::InvalidArgumentError(
      "page_token is not one that this listing gave out; pass the previous answer's token unchanged, or none");
}

absl::Status CheckPageSize(int page_size) {
  if (page_size >= 1) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("page_size must be at least 1, not ", page_size));
}

absl::StatusOr<std::string> SaveContent(Database& db, std::string_view text) {
  const std::string digest = Sha256Hex(text);
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT 1 FROM contents WHERE digest = ?", {digest}));
  ASSIGN_OR_RETURN(const bool stored, query.Step());
  if (!stored) {
    ASSIGN_OR_RETURN(const std::string compressed, Compress(text));
    RETURN_IF_ERROR(db.Execute("INSERT INTO contents VALUES (?, ?)", {digest, Blob(compressed)}).status());
  }
  return digest;
}

absl::StatusOr<std::string> LoadContent(Database& db, std::string_view digest) {
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT zstd FROM contents WHERE digest = ?", {digest}));
  ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found)
    return absl::DataLossError(absl::StrCat("database ", db.path(), ": content ", std::string(digest), " is gone"));
  return DecompressStored(db, query.Bytes(0), "an uploaded text");
}

absl::StatusOr<std::string> DecompressStored(const Database& db, std::string_view compressed, std::string_view what) {
  absl::StatusOr<std::string> plain = Decompress(compressed);
  if (plain.ok()) return plain;
  return absl::Status(plain.status().code(),
                      absl::StrCat("database ", db.path(), ": ", std::string(what), ": ",
                                   std::string(plain.status().message()), "; restore a copy of the database"));
}

Run ReadRun(const Statement& row) {
  Run run;
  run.id = RunId(row.Text(1));
  run.submission.project = ProjectId(row.Text(2));
  run.submission.request_id = row.Text(3);
  run.submission.change = row.Text(4);
  run.submission.base = CommitId(row.Text(5));
  run.submission.head = CommitId(row.Text(6));
  run.submission.policy = row.Text(7);
  run.submission.caller_analyzes = row.Int(8) != 0;
  run.submission.deadline = DurationOfRow(row.Int(9));
  run.created = TimeOfRow(row.Int(10));
  run.deadline = TimeOfRow(row.Int(11));
  run.state = static_cast<RunState>(row.Int(12));
  run.attempt = static_cast<int>(row.Int(13));
  if (!row.IsNull(14)) run.finished = TimeOfRow(row.Int(14));
  run.verdict = static_cast<VerdictState>(row.Int(15));
  run.submission.judges_again = RunId(row.Text(16));
  return run;
}

absl::StatusOr<NumberedRun> FindRun(Database& db, const RunId& id) {
  ASSIGN_OR_RETURN(
      Statement query,
      db.Query(absl::StrCat("SELECT ", std::string(kRunColumns), " FROM runs WHERE id = ?"), {id.value()}));
  ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return absl::NotFoundError(absl::StrCat("there is no run ", id.value()));
  return NumberedRun{query.Int(0), ReadRun(query)};
}

absl::Status LoadInputs(Database& db, int64_t number, Submission& submission) {
  ASSIGN_OR_RETURN(Statement commands, db.Query("SELECT compile_commands FROM runs WHERE number = ?", {number}));
  RETURN_IF_ERROR(commands.Step().status());
  if (!commands.IsNull(0)) {
    ASSIGN_OR_RETURN(submission.compile_commands, LoadContent(db, commands.Bytes(0)));
  }
  ASSIGN_OR_RETURN(
      Statement reports,
      db.Query("SELECT name, at_base, sarif, kind FROM run_reports WHERE run = ? ORDER BY position", {number}));
  submission.reports.clear();
  while (true) {
    ASSIGN_OR_RETURN(const bool row, reports.Step());
    if (!row) return absl::OkStatus();
    ImportedReport report{.name = reports.Text(0),
                          .text = "",
                          .at_base = reports.Int(1) != 0,
                          .kind = static_cast<ReportKind>(reports.Int(3))};
    ASSIGN_OR_RETURN(report.text, LoadContent(db, reports.Bytes(2)));
    submission.reports.push_back(std::move(report));
  }
}

}  // namespace mergegate::storage
