// The audit log of a SQLite store when somebody reached into the file.
#include <string>

#include "server/storage/sqlite/database.h"
#include "tests/contract/store_fixture.h"

namespace mergegate::storage {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::HasSubstr;

class AuditChain : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = OpenSqliteStore(file_);
    ASSERT_THAT(store, IsOk());
    for (int i = 1; i <= 4; ++i) {
      const AuditEntry entry{.at = At(i), .actor = Handle("root"), .action = "token.created", .subject = Handle("ann")};
      ASSERT_THAT((*store)->AppendAudit(entry), IsOk());
    }
    ASSERT_EQ((*store)->VerifyAudit()->broken_at, 0);
  }

  // What is found after somebody ran this in the file, having removed what forbids it.
  AuditCheck After(const std::string& sql) {
    {
      const auto db = Database::Open(file_, Database::Access::kReadWrite);
      EXPECT_THAT((*db)->ExecuteScript("DROP TRIGGER audit_stays; DROP TRIGGER audit_holds; " + sql), IsOk());
    }
    auto store = OpenSqliteStore(file_);
    EXPECT_THAT(store, IsOk());
    return *(*store)->VerifyAudit();
  }

  const TempFolder folder_;
  const std::string file_ = folder_.File("store.db");
};

TEST_F(AuditChain, TheLogCannotBeChangedByTheStoreItself) {
  const auto db = Database::Open(file_, Database::Access::kReadWrite);
  EXPECT_THAT((*db)->ExecuteScript("UPDATE audit SET detail = 'x'"), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT((*db)->ExecuteScript("DELETE FROM audit"), StatusIs(absl::StatusCode::kInternal));
}

TEST_F(AuditChain, AChangedEntryShows) {
  const AuditCheck check = After("UPDATE audit SET detail = 'nothing happened' WHERE number = 2");
  EXPECT_EQ(check.broken_at, 2);
  EXPECT_THAT(check.problem, HasSubstr("entry 2 was changed"));
}

TEST_F(AuditChain, AnEntryOutOfTheMiddleShows) { EXPECT_EQ(After("DELETE FROM audit WHERE number = 3").broken_at, 3); }

TEST_F(AuditChain, AnEntryInTheMiddleShows) {
  EXPECT_EQ(After("DELETE FROM audit WHERE number = 2;"
                  "INSERT INTO audit SELECT 2, happened, actor, 'token.revoked', subject, other, object, detail, hash"
                  " FROM audit WHERE number = 1")
                .broken_at,
            2);
}

TEST_F(AuditChain, AnotherPersonInAnEntryShows) {
  const AuditCheck check = After("UPDATE audit_people SET handle = 'eve' WHERE handle = 'root'");
  EXPECT_EQ(check.broken_at, 1);
  EXPECT_THAT(check.problem, HasSubstr("another person"));
}

TEST_F(AuditChain, AMissingEndShowsInTheHead) {
  const std::string head = (*OpenSqliteStore(file_))->VerifyAudit()->head;
  const AuditCheck check = After("DELETE FROM audit WHERE number = 4");
  EXPECT_EQ(check.broken_at, 0) << "the chain alone cannot tell";
  EXPECT_NE(check.head, head);
  EXPECT_EQ(check.entries, 3);
}

}  // namespace
}  // namespace mergegate::storage
