#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {
namespace {

constexpr char kListing = 'r';

// Digest of everything that a submission says, to tell a retry from another submission under the same request id.
std::string DigestOf(const Submission& submission) {
  std::string fields;
  const auto add = [&fields](std::string_view field) {
    absl::StrAppend(&fields, field.size(), ":", std::string(field));
  };
  add(submission.change);
  add(submission.base.value());
  add(submission.head.value());
  add(Sha256Hex(submission.compile_commands));
  add(submission.policy);
  add(submission.caller_analyzes ? "1" : "0");
  add(absl::StrCat(ToRow(submission.deadline)));
  for (const ImportedReport& report : submission.reports) {
    add(report.name);
    add(report.at_base ? "1" : "0");
    add(Sha256Hex(report.text));
    if (report.kind == ReportKind::kCoverage) add("coverage");
  }
  return Sha256Hex(fields);
}

// The run that an earlier submission with this request id made. kAlreadyExists when that one said something else.
absl::StatusOr<std::optional<Run>> FindSubmitted(Database& db, const Submission& submission, std::string_view digest) {
  if (submission.request_id.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT id, request_digest FROM runs WHERE project = ? AND request_id = ?",
                                             {submission.project.value(), submission.request_id}));
  ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return std::nullopt;
  if (query.Bytes(1) != digest) {
    return absl::AlreadyExistsError(absl::StrCat("request id \"", submission.request_id, "\" was used for run ",
                                                 query.Text(0), " with other content; use a new request id"));
  }
  ASSIGN_OR_RETURN(NumberedRun first, FindRun(db, RunId(query.Text(0))));
  return std::move(first.run);
}

absl::Status InsertReports(Database& db, int64_t run, const std::vector<ImportedReport>& reports) {
  int64_t position = 0;
  for (const ImportedReport& report : reports) {
    ASSIGN_OR_RETURN(const std::string digest, SaveContent(db, report.text));
    RETURN_IF_ERROR(db.Execute("INSERT INTO run_reports VALUES (?, ?, ?, ?, ?, ?)",
                               {run, position++, report.name, int64_t{report.at_base}, digest,
                                int64_t{static_cast<int>(report.kind)}})
                        .status());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Run> SqliteStore::SubmitRun(const Submission& submission, const RunId& id, absl::Time now) {
  const std::string digest = DigestOf(submission);
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(std::optional<Run> first, FindSubmitted(db, submission, digest));
  if (first) return *std::move(first);
  {
    ASSIGN_OR_RETURN(Statement project, db.Query("SELECT 1 FROM projects WHERE id = ?", {submission.project.value()}));
    ASSIGN_OR_RETURN(const bool exists, project.Step());
    if (!exists) return absl::NotFoundError(absl::StrCat("there is no project ", submission.project.value()));
  }
  std::string commands;
  if (!submission.compile_commands.empty()) {
    ASSIGN_OR_RETURN(commands, SaveContent(db, submission.compile_commands));
  }
  RETURN_IF_ERROR(
      db.Execute("INSERT INTO runs (id, project, request_id, request_digest, change_key, base_commit, head_commit,"
                 "  policy, caller_analyzes, deadline_after, compile_commands, created, deadline, state, attempt)"
                 " VALUES (?, ?, nullif(?, ''), ?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ?, 0)",
                 {id.value(), submission.project.value(), submission.request_id, digest, submission.change,
                  submission.base.value(), submission.head.value(), submission.policy,
                  int64_t{submission.caller_analyzes}, ToRow(submission.deadline), commands, ToRow(now),
                  ToRow(now + submission.deadline), int64_t{static_cast<int>(RunState::kQueued)}})
          .status());
  ASSIGN_OR_RETURN(NumberedRun stored, FindRun(db, id));
  RETURN_IF_ERROR(InsertReports(db, stored.number, submission.reports));
  RETURN_IF_ERROR(AddIntentsOfSubmission(db, stored.run, options_.pending_at_most, now));
  RETURN_IF_ERROR(transaction.Commit());
  return std::move(stored.run);
}

absl::StatusOr<Run> SqliteStore::SubmitJudgement(const RunId& of, const RunId& id, std::string_view request_id,
                                                 absl::Time now) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(const NumberedRun first, FindRun(db, of));
  {
    ASSIGN_OR_RETURN(Statement query, db.Query("SELECT id FROM runs WHERE project = ? AND request_id = ?",
                                               {first.run.submission.project.value(), request_id}));
    ASSIGN_OR_RETURN(const bool found, query.Step());
    if (found) {
      ASSIGN_OR_RETURN(NumberedRun again, FindRun(db, RunId(query.Text(0))));
      return std::move(again.run);
    }
  }
  // The facts hold what the inputs said, so a judgement needs none of its own.
  RETURN_IF_ERROR(
      db.Execute(
            "INSERT INTO runs (id, project, request_id, request_digest, change_key, base_commit, head_commit,"
            "  policy, caller_analyzes, deadline_after, created, deadline, state, attempt, judges_again)"
            " SELECT ?, project, ?, '', change_key, base_commit, head_commit, policy, 0, deadline_after, ?, ?, 1, 0,"
            "  id FROM runs WHERE number = ?",
            {id.value(), request_id, ToRow(now), ToRow(now + first.run.submission.deadline), first.number})
          .status());
  ASSIGN_OR_RETURN(NumberedRun stored, FindRun(db, id));
  RETURN_IF_ERROR(transaction.Commit());
  return std::move(stored.run);
}

absl::StatusOr<Run> SqliteStore::GetRun(const RunId& id) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(NumberedRun found, FindRun(db, id));
  return std::move(found.run);
}

absl::StatusOr<Page<Run>> SqliteStore::ListRuns(const ProjectId& project, std::string_view change, int page_size,
                                                std::string_view token) {
  RETURN_IF_ERROR(CheckPageSize(page_size));
  int64_t before = std::numeric_limits<int64_t>::max();
  if (!token.empty()) {
    ASSIGN_OR_RETURN(const std::string key, PageKey(kListing, token));
    // A key that another store's token carries.
    if (!absl::SimpleAtoi(key, &before)) return PageKey(kListing, "").status();
  }
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(
      Statement query,
      change.empty()
          ? db.Query(absl::StrCat("SELECT ", std::string(kRunColumns),
                                  " FROM runs WHERE project = ? AND number < ? ORDER BY number DESC LIMIT ?"),
                     {project.value(), before, int64_t{page_size} + 1})
          : db.Query(absl::StrCat("SELECT ", std::string(kRunColumns),
                                  " FROM runs WHERE project = ? AND change_key = ? AND number < ?"
                                  " ORDER BY number DESC LIMIT ?"),
                     {project.value(), change, before, int64_t{page_size} + 1}));
  Page<Run> page;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return page;
    if (page.items.size() == static_cast<size_t>(page_size)) {
      page.next_token = PageToken(kListing, absl::StrCat(before));
      return page;
    }
    page.items.push_back(ReadRun(query));
    before = query.Int(0);
  }
}

}  // namespace mergegate::storage
