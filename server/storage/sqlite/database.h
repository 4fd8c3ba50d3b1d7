// A thin layer over the sqlite3 C API: connections, statements and transactions that clean up after themselves, and
// errors as absl::Status with the path of the file and what to do about it.
//
//   ASSIGN_OR_RETURN(Database db, Database::Open(path, Database::Access::kReadWrite));
//   ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
//   RETURN_IF_ERROR(db.Execute("UPDATE projects SET remote = ? WHERE id = ?", {remote, id}).status());
//   ASSIGN_OR_RETURN(Statement query, db.Query("SELECT id FROM projects WHERE remote = ?", {remote}));
//   ASSIGN_OR_RETURN(bool row, query.Step());
//   RETURN_IF_ERROR(transaction.Commit());
//
// Thread safety: a connection and its statements are for one thread at a time.
// Ownership: statements and transactions must not outlive their connection.
#ifndef MERGEGATE_SERVER_STORAGE_SQLITE_DATABASE_H_
#define MERGEGATE_SERVER_STORAGE_SQLITE_DATABASE_H_

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace mergegate::storage {

// Bytes to be bound as a BLOB; a bare string is bound as TEXT.
struct Blob {
  explicit Blob(std::string_view value) : bytes(value) {}
  std::string_view bytes;
};

// A value for a '?' of a statement. nullptr is NULL.
using Value = std::variant<std::nullptr_t, int64_t, double, std::string_view, Blob>;
using Values = std::initializer_list<Value>;

class Database;

// A prepared statement with its values bound.
class Statement {
 public:
  // Moves to the next row; false when there is none.
  absl::StatusOr<bool> Step();

  // Columns of the current row, from 0. NULL reads as 0 or "".
  bool IsNull(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }
  int64_t Int(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  double Double(int column) const { return sqlite3_column_double(statement_.get(), column); }
  // TEXT or BLOB; valid until the next Step.
  std::string_view Bytes(int column) const;
  std::string Text(int column) const { return std::string(Bytes(column)); }

  // Starts again with other values, which are copied. For statements that run many times.
  absl::Status Rebind(Values values);

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  Statement(Database* db, sqlite3_stmt* statement) : db_(db), statement_(statement) {}
  absl::Status Bind(Values values, bool copy);

  Database* db_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  enum class Access { kReadWrite, kReadOnly };

  // How long a statement waits for another connection's lock.
  static constexpr absl::Duration kBusyTimeout = absl::Seconds(5);

  // Opens the file, creating it for kReadWrite. Foreign keys are checked; a commit is on the disk when it returns.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path, Access access);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs one statement that yields no rows; returns the number of rows changed.
  absl::StatusOr<int64_t> Execute(std::string_view sql, Values values = {});
  // Runs the statements of a script.
  absl::Status ExecuteScript(const std::string& sql);
  // Prepares one statement; values are copied.
  absl::StatusOr<Statement> Query(std::string_view sql, Values values = {});

  // The last error as a status:
  //   kUnavailable        another process holds the lock too long; reading or writing failed
  //   kResourceExhausted  the disk is full, memory is short, a value is too large
  //   kPermissionDenied, kFailedPrecondition  the file cannot be written or opened
  //   kDataLoss           the file is damaged or no SQLite database
  //   kAlreadyExists, kNotFound  a unique key is taken; a foreign key leads nowhere
  absl::Status Error(int code) const;
  const std::string& path() const { return path_; }
  bool in_transaction() const { return sqlite3_get_autocommit(db_.get()) == 0; }

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  Database(std::string path, sqlite3* db) : path_(std::move(path)), db_(db) {}
  absl::StatusOr<Statement> Prepare(std::string_view sql);

  const std::string path_;
  std::unique_ptr<sqlite3, Close> db_;
};

// Rolls back at the end of its scope unless committed.
class Transaction {
 public:
  enum class Lock {
    kRead,       // a consistent view, no lock
    kWrite,      // one writer at a time
    kExclusive,  // as kWrite; says that everything is about to change
  };
  static absl::StatusOr<Transaction> Begin(Database& db, Lock lock = Lock::kWrite);
  Transaction(Transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  absl::Status Commit();

 private:
  explicit Transaction(Database* db) : db_(db) {}

  Database* db_;
};

}  // namespace mergegate::storage

#endif  // MERGEGATE_SERVER_STORAGE_SQLITE_DATABASE_H_
