#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/compression.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace mergegate::storage {
namespace {

constexpr char kListing = 'v';
constexpr std::string_view kColumns = "number, project, change_key, open, updated, events, author";

struct NumberedReview {
  int64_t number = 0;
  StoredReview review;
};

NumberedReview ReadRow(const Statement& row) {
  return {row.Int(0),
          {.project = ProjectId(row.Text(1)),
           .change = row.Text(2),
           .open = row.Int(3) != 0,
           .author = Handle(row.Text(6)),
           .reviewers = {},
           .updated = TimeOfRow(row.Int(4)),
           .events = row.Int(5)}};
}

absl::Status LoadPeople(Database& db, NumberedReview& of) {
  ASSIGN_OR_RETURN(Statement query,
                   db.Query("SELECT person FROM review_people WHERE review = ? ORDER BY person", {of.number}));
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return absl::OkStatus();
    of.review.reviewers.emplace_back(query.Text(0));
  }
}

absl::StatusOr<std::optional<NumberedReview>> Find(Database& db, const ProjectId& project, std::string_view change) {
  ASSIGN_OR_RETURN(Statement query, db.Query(absl::StrCat("SELECT ", std::string(kColumns),
                                                          " FROM reviews WHERE project = ? AND change_key = ?"),
                                             {project.value(), change}));
  ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return std::nullopt;
  return ReadRow(query);
}

// The row of the review, new or as it was believed to be.
absl::StatusOr<int64_t> FindOrInsert(Database& db, const StoredReview& review) {
  ASSIGN_OR_RETURN(const std::optional<NumberedReview> stored, Find(db, review.project, review.change));
  const int64_t events = stored ? stored->review.events : 0;
  if (events != review.events) {
    return absl::AbortedError(absl::StrCat("the review of ", review.change, " has ", events, " events, not ",
                                           review.events, "; somebody else was faster"));
  }
  if (stored) return stored->number;
  RETURN_IF_ERROR(
      db.Execute("INSERT INTO reviews (project, change_key, open, author, updated, events) VALUES (?, ?, 1, '', 0, 0)",
                 {review.project.value(), review.change})
          .status());
  ASSIGN_OR_RETURN(const std::optional<NumberedReview> inserted, Find(db, review.project, review.change));
  return inserted->number;
}

absl::StatusOr<std::vector<std::pair<Handle, int>>> ReadCounts(Statement& query) {
  std::vector<std::pair<Handle, int>> counts;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return counts;
    counts.emplace_back(Handle(query.Text(0)), static_cast<int>(query.Int(1)));
  }
}

}  // namespace

absl::StatusOr<int64_t> SqliteStore::AppendReviewEvents(const StoredReview& review,
                                                        const std::vector<NewReviewEvent>& events) {
  const auto [lock, db] = Writing();
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  ASSIGN_OR_RETURN(const int64_t row, FindOrInsert(db, review));
  int64_t number = review.events;
  for (const NewReviewEvent& event : events) {
    ASSIGN_OR_RETURN(const std::string compressed, Compress(event.event));
    RETURN_IF_ERROR(db.Execute("INSERT INTO review_events VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                               {row, ++number, int64_t{static_cast<int>(event.kind)}, event.actor.value(),
                                ToRow(event.at), event.source, event.source_id, Blob(compressed)})
                        .status());
  }
  RETURN_IF_ERROR(db.Execute("UPDATE reviews SET open = ?, author = ?, updated = ?, events = ? WHERE number = ?",
                             {int64_t{review.open}, review.author.value(), ToRow(review.updated), number, row})
                      .status());
  RETURN_IF_ERROR(db.Execute("DELETE FROM review_people WHERE review = ?", {row}).status());
  for (const Handle& person : review.reviewers) {
    RETURN_IF_ERROR(db.Execute("INSERT OR IGNORE INTO review_people VALUES (?, ?)", {row, person.value()}).status());
  }
  RETURN_IF_ERROR(transaction.Commit());
  return number;
}

absl::StatusOr<std::vector<std::string>> SqliteStore::ListReviewEvents(const ProjectId& project,
                                                                       std::string_view change, int64_t after,
                                                                       int limit) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query, db.Query("SELECT event_zstd FROM review_events WHERE review ="
                                             " (SELECT number FROM reviews WHERE project = ? AND change_key = ?)"
                                             " AND number > ? ORDER BY number LIMIT ?",
                                             {project.value(), change, after, int64_t{limit}}));
  std::vector<std::string> events;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return events;
    ASSIGN_OR_RETURN(events.emplace_back(), DecompressStored(db, query.Bytes(0), "a review event"));
  }
}

absl::StatusOr<StoredReview> SqliteStore::GetReview(const ProjectId& project, std::string_view change) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(const Transaction view, Transaction::Begin(db, Transaction::Lock::kRead));
  ASSIGN_OR_RETURN(std::optional<NumberedReview> found, Find(db, project, change));
  if (!found) {
    return absl::NotFoundError(
        absl::StrCat("change ", std::string(change), " of project ", project.value(), " has no review"));
  }
  RETURN_IF_ERROR(LoadPeople(db, *found));
  return std::move(found->review);
}

absl::StatusOr<Page<StoredReview>> SqliteStore::ListReviews(const ReviewQuery& query, int page_size,
                                                            std::string_view token) {
  RETURN_IF_ERROR(CheckPageSize(page_size));
  int64_t updated = std::numeric_limits<int64_t>::max(), number = updated;  // before all
  if (!token.empty()) {
    ASSIGN_OR_RETURN(const std::string key, PageKey(kListing, token));
    const std::pair<std::string, std::string> parts = absl::StrSplit(key, absl::MaxSplits(' ', 1));
    if (!absl::SimpleAtoi(parts.first, &updated) || !absl::SimpleAtoi(parts.second, &number)) {
      return PageKey(kListing, "").status();
    }
  }
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(const Transaction view, Transaction::Begin(db, Transaction::Lock::kRead));
  ASSIGN_OR_RETURN(
      Statement rows,
      db.Query(
          absl::StrCat("SELECT ", std::string(kColumns),
                       " FROM reviews WHERE (?1 = '' OR project = ?1) AND (open OR ?2)"
                       " AND (?3 = '' OR author = ?3 OR number IN (SELECT review FROM review_people WHERE person = ?3))"
                       " AND (updated, number) < (?4, ?5) ORDER BY updated DESC, number DESC LIMIT ?6"),
          {query.project.value(), int64_t{query.closed_too}, query.person.value(), updated, number,
           int64_t{page_size} + 1}));
  Page<StoredReview> page;
  int64_t last = 0;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return page;
    if (page.items.size() == static_cast<size_t>(page_size)) {
      page.next_token = PageToken(kListing, absl::StrCat(ToRow(page.items.back().updated), " ", last));
      return page;
    }
    NumberedReview found = ReadRow(rows);
    RETURN_IF_ERROR(LoadPeople(db, found));
    last = found.number;
    page.items.push_back(std::move(found.review));
  }
}

absl::StatusOr<std::vector<std::pair<Handle, int>>> SqliteStore::CountOpenReviews(const ProjectId& project) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query,
                   db.Query("SELECT person, count(*) FROM review_people JOIN reviews ON number = review"
                            " WHERE open AND (?1 = '' OR project = ?1) GROUP BY person ORDER BY count(*) DESC, person",
                            {project.value()}));
  return ReadCounts(query);
}

absl::StatusOr<std::vector<std::pair<Handle, int>>> SqliteStore::CountAnswers(const ProjectId& project,
                                                                              absl::Time since) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query,
                   db.Query("SELECT actor, count(*) FROM review_events AS e JOIN reviews AS r ON r.number = e.review"
                            " WHERE kind IN (?3, ?4) AND happened >= ?2 AND (?1 = '' OR project = ?1)"
                            " GROUP BY actor ORDER BY count(*) DESC, actor",
                            {project.value(), ToRow(since), int64_t{static_cast<int>(ReviewEventKind::kApproved)},
                             int64_t{static_cast<int>(ReviewEventKind::kChangesRequested)}}));
  return ReadCounts(query);
}

absl::StatusOr<bool> SqliteStore::HasReviewEvent(std::string_view source, std::string_view source_id) {
  const auto [lock, db] = Reading();
  ASSIGN_OR_RETURN(Statement query,
                   db.Query("SELECT 1 FROM review_events WHERE source = ? AND source_id = ?", {source, source_id}));
  return query.Step();
}

}  // namespace mergegate::storage
