// What may be wrong with the file of a SQLite store: newer, tampered with, cut off, damaged, locked, on a full disk.
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>

#include "server/storage/sqlite/database.h"
#include "tests/contract/store_fixture.h"

namespace mergegate::storage {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SqliteFileTest : public ::testing::Test {
 protected:
  std::unique_ptr<Store> OpenStore() {
    auto store = OpenSqliteStore(path());
    EXPECT_THAT(store, IsOk());
    return store.ok() ? *std::move(store) : nullptr;
  }
  absl::Status OpenError() { return OpenSqliteStore(path()).status(); }
  // Changes the closed file behind the store's back.
  void Sql(const std::string& sql) {
    const auto db = Database::Open(path(), Database::Access::kReadWrite);
    ASSERT_THAT(db, IsOk());
    ASSERT_THAT((*db)->ExecuteScript(sql), IsOk());
  }
  void FillStore() {
    const std::unique_ptr<Store> store = OpenStore();
    ASSERT_THAT(store->CreateProject({ProjectId("db"), "", At(0)}), IsOk());
    for (int i = 0; i < 50; ++i) {
      ASSERT_THAT(store->SubmitRun(SubmissionTo("db"), RunId("r" + std::to_string(i)), At(i)), IsOk());
    }
  }
  const std::string& path() const { return path_; }

 private:
  const TempFolder folder_;
  const std::string path_ = folder_.File("store.db");
};

TEST_F(SqliteFileTest, CommitsAreSyncedAndLogged) {
  FillStore();
  const auto db = Database::Open(path(), Database::Access::kReadWrite);
  ASSERT_THAT(db, IsOk());
  auto journal = (*db)->Query("PRAGMA journal_mode");
  ASSERT_THAT(journal->Step(), IsOk());
  EXPECT_EQ(journal->Text(0), "wal");
  auto synchronous = (*db)->Query("PRAGMA synchronous");
  ASSERT_THAT(synchronous->Step(), IsOk());
  EXPECT_EQ(synchronous->Int(0), 2);  // FULL
}

TEST_F(SqliteFileTest, NewerDatabaseIsRefused) {
  OpenStore();
  Sql("INSERT INTO schema_migrations VALUES (1000, 'x', 0)");
  EXPECT_THAT(OpenError(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                    AllOf(HasSubstr(path()), HasSubstr("newer version"), HasSubstr("1000"))));
}

TEST_F(SqliteFileTest, TamperedMigrationIsRefused) {
  OpenStore();
  Sql("UPDATE schema_migrations SET checksum = 'tampered' WHERE version = 1");
  EXPECT_THAT(OpenError(),
              StatusIs(absl::StatusCode::kFailedPrecondition, AllOf(HasSubstr(path()), HasSubstr("001_initial"))));
}

TEST_F(SqliteFileTest, DatabaseOfAnotherProgramIsLeftAlone) {
  Sql("CREATE TABLE bookmarks (url TEXT)");
  EXPECT_THAT(OpenError(),
              StatusIs(absl::StatusCode::kFailedPrecondition, AllOf(HasSubstr(path()), HasSubstr("another program"))));
  Sql("INSERT INTO bookmarks VALUES ('still here')");
}

TEST_F(SqliteFileTest, TextFileIsNoDatabase) {
  std::ofstream(path()) << std::string(5000, 'x');
  EXPECT_THAT(OpenError(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path())));
}

TEST_F(SqliteFileTest, TruncatedFileIsDamaged) {
  FillStore();
  const auto size = std::filesystem::file_size(path());
  std::filesystem::resize_file(path(), size / 2 / 4096 * 4096 + 100);
  const auto store = OpenSqliteStore(path());
  const absl::Status status = store.ok() ? (*store)->ListRuns(ProjectId("db"), "", 1000, "").status() : store.status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kDataLoss, AllOf(HasSubstr(path()), HasSubstr("restore"))));
}

TEST_F(SqliteFileTest, OverwrittenPagesAreDamaged) {
  FillStore();
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    const std::string garbage(std::filesystem::file_size(path()) - 4096, '\xa5');
    file << garbage;
  }
  const auto store = OpenSqliteStore(path());
  const absl::Status status = store.ok() ? (*store)->ListRuns(ProjectId("db"), "", 1000, "").status() : store.status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path())));
}

TEST_F(SqliteFileTest, PlacesWhereNoFileCanBe) {
  EXPECT_THAT(OpenSqliteStore(path() + "/no/such/store.db"),
              StatusIs(absl::StatusCode::kFailedPrecondition, AllOf(HasSubstr(path()), HasSubstr("folder"))));
  std::filesystem::create_directory(path());
  EXPECT_THAT(OpenError(),
              StatusIs(absl::StatusCode::kFailedPrecondition, AllOf(HasSubstr(path()), HasSubstr("folder"))));
  EXPECT_THAT(OpenSqliteStore(""), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(SqliteFileTest, DatabaseThatAnotherProcessMigratesIsUnavailable) {
  OpenStore();
  const auto other = Database::Open(path(), Database::Access::kReadWrite);
  ASSERT_THAT(other, IsOk());
  const auto migrating = Transaction::Begin(**other, Transaction::Lock::kExclusive);
  ASSERT_THAT(migrating, IsOk());
  EXPECT_THAT(OpenError(),
              StatusIs(absl::StatusCode::kUnavailable, AllOf(HasSubstr(path()), HasSubstr("another process"))));
}

TEST_F(SqliteFileTest, TwoStoresShareOneFile) {
  const std::unique_ptr<Store> one = OpenStore();
  const std::unique_ptr<Store> two = OpenStore();
  ASSERT_THAT(one->CreateProject({ProjectId("db"), "", At(0)}), IsOk());
  ASSERT_THAT(two->SubmitRun(SubmissionTo("db"), RunId("r1"), At(0)), IsOk());
  EXPECT_TRUE(one->LeaseRun("one", At(0), absl::Minutes(1)).value().has_value());
  EXPECT_FALSE(two->LeaseRun("two", At(0), absl::Minutes(1)).value().has_value());
}

TEST_F(SqliteFileTest, DamagedResultIsAMissAndGoesAway) {
  {
    const std::unique_ptr<Store> store = OpenStore();
    for (const char* manifest : {"m1", "m2", "m3", "m4"}) {
      ASSERT_THAT(store->SaveResult("key", {manifest, std::string("result of ") + manifest}, At(0)), IsOk());
    }
  }
  // Not zstd at all; a flipped bit, which only the checksum shows; cut off.
  Sql("UPDATE results SET result_zstd = x'00' WHERE number = 1;"
      "UPDATE results SET result_zstd = (SELECT CAST(substr(result_zstd, 1, length(result_zstd) - 1) || "
      "  CASE substr(result_zstd, -1) WHEN x'00' THEN x'01' ELSE x'00' END AS BLOB)) WHERE number = 2;"
      "UPDATE results SET manifest_zstd = substr(manifest_zstd, 1, length(manifest_zstd) - 5) WHERE number = 3;");
  const std::unique_ptr<Store> store = OpenStore();
  for (const std::string wanted : {"m1", "m2", "m3"}) {
    EXPECT_EQ(*store->FindResult("key", [&](std::string_view manifest) { return manifest == wanted; }), std::nullopt);
  }
  EXPECT_EQ(*store->FindResult("key", [](std::string_view) { return true; }), "result of m4");
  const auto db = Database::Open(path(), Database::Access::kReadOnly);
  auto count = (*db)->Query("SELECT count(*) FROM results");
  ASSERT_THAT(count->Step(), IsOk());
  EXPECT_EQ(count->Int(0), 1);
}

TEST_F(SqliteFileTest, AResultWithAnyByteFlippedOrCutOffIsAMiss) {
  const std::unique_ptr<Store> store = OpenStore();
  const auto db = *Database::Open(path(), Database::Access::kReadWrite);
  ASSERT_THAT(db->ExecuteScript("PRAGMA synchronous = OFF"), IsOk());
  for (const std::string column : {"manifest_zstd", "result_zstd"}) {
    for (const bool cut : {false, true}) {
      for (size_t at = 0;; at += 3) {
        ASSERT_THAT(store->SaveResult("key", {"the manifest", "the result"}, At(0)), IsOk());
        auto stored = *db->Query("SELECT " + column + " FROM results");
        ASSERT_THAT(stored.Step(), IsOk());
        std::string bytes(stored.Bytes(0));
        if (at >= bytes.size()) break;
        if (cut) {
          bytes.resize(at);
        } else {
          bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
        }
        stored = *db->Query("SELECT 1");  // lets go of the row
        ASSERT_THAT(db->Execute("UPDATE results SET " + column + " = ?", {Blob(bytes)}), IsOk());
        const auto found = store->FindResult("key", [](std::string_view m) { return m == "the manifest"; });
        ASSERT_THAT(found, IsOk());
        EXPECT_TRUE(*found == std::nullopt || **found == "the result") << column << " at " << at;
        EXPECT_TRUE(!cut || *found == std::nullopt) << column << " cut to " << at;
        ASSERT_THAT(store->DropResults("key"), IsOk());
      }
    }
  }
}

TEST_F(SqliteFileTest, DamagedVerdictIsAnError) {
  {
    const std::unique_ptr<Store> store = OpenStore();
    ASSERT_THAT(store->CreateProject({ProjectId("db"), "", At(0)}), IsOk());
    ASSERT_THAT(store->SubmitRun(SubmissionTo("db"), RunId("r1"), At(0)), IsOk());
    ASSERT_THAT(store->LeaseRun("me", At(0), absl::Minutes(1)), IsOk());
    ASSERT_THAT(store->FinishRun(RunId("r1"), 1, PassRecord(), At(0)), IsOk());
  }
  Sql("UPDATE verdicts SET facts_zstd = x'1234'");
  EXPECT_THAT(OpenStore()->GetVerdict(RunId("r1")),
              StatusIs(absl::StatusCode::kDataLoss, AllOf(HasSubstr(path()), HasSubstr("r1"))));
}

// A limit on the size of files stands for the full disk.
TEST_F(SqliteFileTest, WriteThatFailsChangesNothingAndLaterOnesWork) {
  const std::unique_ptr<Store> store = OpenStore();
  ASSERT_THAT(store->CreateProject({ProjectId("db"), "", At(0)}), IsOk());
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto ignore = signal(SIGXFSZ, SIG_IGN);
  const rlimit full{.rlim_cur = 200'000, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
  absl::Status status;
  int stored = 0;
  while (status.ok() && stored < 1000) {
    status = store->SubmitRun(SubmissionTo("db"), RunId("r" + std::to_string(stored)), At(0)).status();
    if (status.ok()) ++stored;
  }
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  signal(SIGXFSZ, ignore);

  EXPECT_THAT(status, AnyOf(StatusIs(absl::StatusCode::kUnavailable, HasSubstr(path())),
                            StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr(path()))));
  EXPECT_EQ(store->ListRuns(ProjectId("db"), "", 1000, "")->items.size(), static_cast<size_t>(stored));
  EXPECT_THAT(store->SubmitRun(SubmissionTo("db"), RunId("later"), At(0)), IsOk());
  EXPECT_THAT(OpenStore()->GetRun(RunId("later")), IsOk());
}

}  // namespace
}  // namespace mergegate::storage
