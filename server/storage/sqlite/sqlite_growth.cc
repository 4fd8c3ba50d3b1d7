#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/audit_rows.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {
namespace {

constexpr char kListing = 'k';

std::vector<std::string> Lines(std::string_view text) {
  return absl::StrSplit(std::string(text), '\n', absl::SkipEmpty());
}

// A line each; courses name no globs with line breaks.
std::string Joined(const std::vector<std::string>& lines) { return absl::StrJoin(lines, "\n"); }

ReportGrant ReadGrant(const Statement& row) {
  ReportGrant grant{.number = row.Int(0),
                    .person = Handle(row.Text(1)),
                    .grantee = Handle(row.Text(2)),
                    .role = static_cast<Role>(row.Int(3)),
                    .created = TimeOfRow(row.Int(4)),
                    .expires = TimeOfRow(row.Int(5))};
  if (!row.IsNull(6)) grant.revoked = TimeOfRow(row.Int(6));
  return grant;
}

std::string RightOf(const ReportGrant& grant) {
  const std::string until = absl::FormatTime("%Y-%m-%d", grant.expires, absl::UTCTimeZone());
  return grant.grantee.empty() ? absl::StrCat("the role ", std::string(Name(grant.role)), " until ", until)
                               : absl::StrCat("until ", until);
}

}  // namespace

absl::Status SqliteStore::SaveCourses(std::span<const Course> courses, const Deed& deed) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  for (const Course& course : courses) {
    const std::string topics = Joined(course.topics), checks = Joined(course.checks);
    RETURN_IF_ERROR(
        db.Execute("INSERT OR REPLACE INTO courses VALUES (?, ?, ?, ?, ?, ?, ?)",
                   {course.provider, course.id, course.title, course.url, topics, checks, Value(course.hours)})
            .status());
  }
  RETURN_IF_ERROR(AddAudit(db, {.at = deed.at,
                                .actor = deed.by,
                                .action = "training.imported",
                                .detail = absl::StrCat(courses.size(), courses.size() == 1 ? " course" : " courses")})
                      .status());
  return transaction.Commit();
}

absl::StatusOr<Page<Course>> SqliteStore::ListCourses(int page_size, std::string_view token) {
  RETURN_IF_ERROR(CheckPageSize(page_size));
  // A key is the provider, a line break and the id: neither has one.
  std::vector<std::string> after = {"", ""};
  if (!token.empty()) {
    ASSIGN_OR_RETURN(const std::string key, PageKey(kListing, token));
    after = absl::StrSplit(key, absl::MaxSplits('\n', 1));
    after.resize(2);
  }
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT provider, id, title, url, topics, checks, hours FROM courses"
                                             " WHERE (provider, id) > (?, ?) ORDER BY provider, id LIMIT ?",
                                             {after[0], after[1], int64_t{page_size} + 1}));
  Page<Course> page;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return page;
    if (page.items.size() == static_cast<size_t>(page_size)) {
      const Course& last = page.items.back();
      page.next_token = PageToken(kListing, absl::StrCat(last.provider, "\n", last.id));
      return page;
    }
    page.items.push_back({.provider = query.Text(0),
                          .id = query.Text(1),
                          .title = query.Text(2),
                          .url = query.Text(3),
                          .topics = Lines(query.Bytes(4)),
                          .checks = Lines(query.Bytes(5)),
                          .hours = query.Double(6)});
  }
}

absl::StatusOr<ReportGrant> SqliteStore::AddGrant(const ReportGrant& grant, const Deed& deed) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  RETURN_IF_ERROR(db.Execute("INSERT INTO report_grants (person, grantee, role, created, expires)"
                             " VALUES (?, ?, ?, ?, ?)",
                             {grant.person.value(), grant.grantee.value(), static_cast<int64_t>(grant.role),
                              ToRow(grant.created), ToRow(grant.expires)})
                      .status());
  ReportGrant stored = grant;
  ASSIGN_OR_RETURN(Statement number, db.Query("SELECT last_insert_rowid()"));
  RETURN_IF_ERROR(number.Step().status());
  stored.number = number.Int(0);
  RETURN_IF_ERROR(AddAudit(db, {.at = deed.at,
                                .actor = deed.by,
                                .action = "report.granted",
                                .subject = grant.person,
                                .other = grant.grantee,
                                .object = absl::StrCat(stored.number),
                                .detail = RightOf(grant)})
                      .status());
  RETURN_IF_ERROR(transaction.Commit());
  return stored;
}

absl::StatusOr<std::vector<ReportGrant>> SqliteStore::ListGrants(const Handle& person) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT number, person, grantee, role, created, expires, revoked"
                                             " FROM report_grants WHERE person = ? ORDER BY number",
                                             {person.value()}));
  std::vector<ReportGrant> grants;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return grants;
    grants.push_back(ReadGrant(query));
  }
}

absl::StatusOr<ReportGrant> SqliteStore::RevokeGrant(const Handle& person, int64_t number, const Deed& deed) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT number, person, grantee, role, created, expires, revoked"
                                             " FROM report_grants WHERE number = ? AND person = ?",
                                             {number, person.value()}));
  ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return absl::NotFoundError(absl::StrCat("there is no grant ", number, " of ", person.value()));
  ReportGrant grant = ReadGrant(query);
  if (grant.revoked) return grant;
  grant.revoked = deed.at;
  RETURN_IF_ERROR(
      db.Execute("UPDATE report_grants SET revoked = ? WHERE number = ?", {ToRow(deed.at), number}).status());
  RETURN_IF_ERROR(AddAudit(db, {.at = deed.at,
                                .actor = deed.by,
                                .action = "report.revoked",
                                .subject = person,
                                .other = grant.grantee,
                                .object = absl::StrCat(number)})
                      .status());
  RETURN_IF_ERROR(transaction.Commit());
  return grant;
}

absl::Status SqliteStore::ShowRecognition(const Handle& person, bool show, const Deed& deed) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(const int64_t changed, db.Execute(show ? "INSERT OR IGNORE INTO recognition_shown VALUES (?)"
                                                          : "DELETE FROM recognition_shown WHERE person = ?",
                                                     {person.value()}));
  if (changed == 0) return transaction.Commit();
  RETURN_IF_ERROR(AddAudit(db, {.at = deed.at,
                                .actor = deed.by,
                                .action = show ? "recognition.shown" : "recognition.hidden",
                                .subject = person})
                      .status());
  return transaction.Commit();
}

absl::StatusOr<bool> SqliteStore::ShowsRecognition(const Handle& person) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT 1 FROM recognition_shown WHERE person = ?", {person.value()}));
  return query.Step();
}

}  // namespace mergegate::storage
