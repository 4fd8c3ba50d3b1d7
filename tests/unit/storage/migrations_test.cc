#include "server/storage/sqlite/migrations.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/status_matchers.h"

namespace mergegate::storage {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::HasSubstr;

const Migration kFirst{1, "001_first", "CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (1);"};
const Migration kSecond{2, "002_second", "ALTER TABLE t ADD COLUMN b TEXT; UPDATE t SET b = 'filled';"};

class MigrationsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto db = Database::Open(":memory:", Database::Access::kReadWrite);
    ASSERT_THAT(db, IsOk());
    db_ = *std::move(db);
  }
  Database& db() { return *db_; }
  int64_t Number(std::string_view sql) {
    auto query = db().Query(sql);
    EXPECT_THAT(query, IsOk());
    EXPECT_THAT(query->Step(), testing::IsOkAndHolds(true));
    return query->Int(0);
  }

 private:
  std::unique_ptr<Database> db_;
};

TEST_F(MigrationsTest, BuiltInOnesAreNumberedFromOneWithoutGaps) {
  const std::vector<Migration> migrations = BuiltInMigrations();
  ASSERT_FALSE(migrations.empty());
  for (size_t i = 0; i < migrations.size(); ++i) EXPECT_EQ(migrations[i].version, static_cast<int>(i) + 1);
  EXPECT_EQ(migrations[0].name, "001_initial");
}

TEST_F(MigrationsTest, EmptyDatabaseGetsAll) {
  ASSERT_THAT(Migrate(db(), {kFirst, kSecond}), IsOk());
  EXPECT_EQ(Number("SELECT count(*) FROM t WHERE a = 1 AND b = 'filled'"), 1);
  EXPECT_EQ(Number("SELECT count(*) FROM schema_migrations WHERE applied_at > 1600000000000000"), 2);
}

TEST_F(MigrationsTest, OlderDatabaseGetsWhatIsMissingOnce) {
  ASSERT_THAT(Migrate(db(), {kFirst}), IsOk());
  ASSERT_THAT(Migrate(db(), {kFirst, kSecond}), IsOk());
  ASSERT_THAT(Migrate(db(), {kFirst, kSecond}), IsOk());
  EXPECT_EQ(Number("SELECT count(*) FROM t"), 1);
  EXPECT_EQ(Number("SELECT max(version) FROM schema_migrations"), 2);
}

TEST_F(MigrationsTest, NewerDatabaseIsRefused) {
  ASSERT_THAT(Migrate(db(), {kFirst, kSecond}), IsOk());
  EXPECT_THAT(Migrate(db(), {kFirst}), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("newer version")));
}

TEST_F(MigrationsTest, EditedMigrationIsRefused) {
  ASSERT_THAT(Migrate(db(), {kFirst}), IsOk());
  Migration edited = kFirst;
  edited.sql += "-- harmless?";
  EXPECT_THAT(Migrate(db(), {edited, kSecond}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("001_first")));
  EXPECT_EQ(Number("SELECT max(version) FROM schema_migrations"), 1);
}

TEST_F(MigrationsTest, FailingMigrationLeavesTheDatabaseAsItWas) {
  ASSERT_THAT(Migrate(db(), {kFirst}), IsOk());
  const Migration broken{3, "003_broken", "CREATE TABLE u (a INTEGER); INSERT INTO missing VALUES (1);"};
  EXPECT_FALSE(Migrate(db(), {kFirst, kSecond, broken}).ok());
  EXPECT_EQ(Number("SELECT count(*) FROM sqlite_schema WHERE name = 'u'"), 0);
  EXPECT_EQ(Number("SELECT count(*) FROM pragma_table_info('t')"), 1);
  EXPECT_EQ(Number("SELECT max(version) FROM schema_migrations"), 1);
  EXPECT_FALSE(db().in_transaction());
}

}  // namespace
}  // namespace mergegate::storage
