#include "server/storage/sqlite/database.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace mergegate::storage {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::IsOkAndHolds;
using mergegate::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

class DatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto db = Database::Open(":memory:", Database::Access::kReadWrite);
    ASSERT_THAT(db, IsOk());
    db_ = *std::move(db);
    ASSERT_THAT(db_->ExecuteScript("CREATE TABLE owner (id INTEGER PRIMARY KEY) STRICT;"
                                   "CREATE TABLE t (n INTEGER, s TEXT UNIQUE, b BLOB, o INTEGER REFERENCES owner (id)) "
                                   "STRICT;"),
                IsOk());
  }
  Database& db() { return *db_; }

 private:
  std::unique_ptr<Database> db_;
};

TEST_F(DatabaseTest, ValuesComeBackAsBound) {
  const std::string bytes("a\0\xff", 3);
  ASSERT_THAT(db().Execute("INSERT INTO t VALUES (?, ?, ?, ?)", {int64_t{-5}, "", Blob(bytes), nullptr}),
              IsOkAndHolds(1));
  auto query = db().Query("SELECT n, s, b, o FROM t WHERE s = ?", {std::string()});
  ASSERT_THAT(query, IsOk());
  ASSERT_THAT(query->Step(), IsOkAndHolds(true));
  EXPECT_EQ(query->Int(0), -5);
  EXPECT_FALSE(query->IsNull(1));
  EXPECT_EQ(query->Text(1), "");
  EXPECT_EQ(query->Bytes(2), bytes);
  EXPECT_TRUE(query->IsNull(3));
  EXPECT_THAT(query->Step(), IsOkAndHolds(false));
}

TEST_F(DatabaseTest, EmptyBlobsAreNotNull) {
  ASSERT_THAT(db().Execute("INSERT INTO t (b) VALUES (?)", {Blob(std::string_view())}), IsOk());
  auto query = db().Query("SELECT b IS NULL FROM t");
  ASSERT_THAT(query->Step(), IsOkAndHolds(true));
  EXPECT_EQ(query->Int(0), 0);
}

TEST_F(DatabaseTest, TransactionRollsBackUnlessCommitted) {
  {
    auto transaction = Transaction::Begin(db());
    ASSERT_THAT(transaction, IsOk());
    ASSERT_THAT(db().Execute("INSERT INTO t (n) VALUES (1)"), IsOk());
  }
  {
    auto transaction = Transaction::Begin(db());
    ASSERT_THAT(transaction, IsOk());
    ASSERT_THAT(db().Execute("INSERT INTO t (n) VALUES (2)"), IsOk());
    ASSERT_THAT(transaction->Commit(), IsOk());
  }
  auto query = db().Query("SELECT group_concat(n) FROM t");
  ASSERT_THAT(query->Step(), IsOkAndHolds(true));
  EXPECT_EQ(query->Text(0), "2");
}

TEST_F(DatabaseTest, ConstraintsHaveTheirCodes) {
  ASSERT_THAT(db().Execute("INSERT INTO t (s) VALUES ('taken')"), IsOk());
  EXPECT_THAT(db().Execute("INSERT INTO t (s) VALUES ('taken')"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(db().Execute("INSERT INTO t (o) VALUES (7)"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(db().Execute("INSERT INTO t (n) VALUES ('text')"), StatusIs(absl::StatusCode::kInternal));
}

struct ErrorCase {
  int code;
  absl::StatusCode status;
  const char* advice;
};

class DatabaseErrorTest : public ::testing::TestWithParam<ErrorCase> {};

TEST_P(DatabaseErrorTest, SaysWhichFileAndWhatToDo) {
  auto db = Database::Open(":memory:", Database::Access::kReadWrite);
  ASSERT_THAT(db, IsOk());
  EXPECT_THAT((*db)->Error(GetParam().code),
              StatusIs(GetParam().status, AllOf(HasSubstr("database :memory:"), HasSubstr(GetParam().advice))));
}

INSTANTIATE_TEST_SUITE_P(
    Codes, DatabaseErrorTest,
    ::testing::Values(ErrorCase{SQLITE_FULL, absl::StatusCode::kResourceExhausted, "free space"},
                      ErrorCase{SQLITE_IOERR_FSYNC, absl::StatusCode::kUnavailable, "check the disk"},
                      ErrorCase{SQLITE_BUSY_SNAPSHOT, absl::StatusCode::kUnavailable, "try again"},
                      ErrorCase{SQLITE_READONLY_DIRECTORY, absl::StatusCode::kPermissionDenied, "write access"},
                      ErrorCase{SQLITE_CANTOPEN, absl::StatusCode::kFailedPrecondition, "folder must exist"},
                      ErrorCase{SQLITE_CORRUPT_INDEX, absl::StatusCode::kDataLoss, "restore a copy"},
                      ErrorCase{SQLITE_TOOBIG, absl::StatusCode::kResourceExhausted, "too large"}));

}  // namespace
}  // namespace mergegate::storage
