#include "server/pipeline/public_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace mergegate::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PublicNameTest : public ::testing::Test {
 protected:
  PublicNameTest() {
    const storage::Deed deed{.by = Handle("root"), .at = absl::FromUnixSeconds(1'800'000'000)};
    EXPECT_THAT(store_->LinkIdentity(Handle("ann@example.org"), Handle("ann-gh"), deed), mergegate::testing::IsOk());
  }
  std::unique_ptr<storage::Store> store_ = *storage::OpenSqliteStore(":memory:");
};

TEST_F(PublicNameTest, IsALoginAndNeverAMailAddress) {
  EXPECT_EQ(PublicName(*store_, Handle("ann@example.org")), "ann-gh");
  EXPECT_EQ(PublicName(*store_, Handle("ben@example.org")), "ben");
  EXPECT_THAT(LoginsOf(*store_, Handle("123+cleo@users.noreply.github.com")), ElementsAre("cleo"));
  EXPECT_EQ(PublicName(*store_, Handle("hub:dan")), "dan");
  EXPECT_THAT(LoginsOf(*store_, Handle("hub:dan"), "Hub"), ElementsAre("dan"));
  EXPECT_THAT(LoginsOf(*store_, Handle("hub:dan"), "lab"), IsEmpty());
}

TEST_F(PublicNameTest, MailAddressesInATextBecomeNames) {
  EXPECT_EQ(WithoutMails(*store_, "get the approval of ann@example.org"), "get the approval of ann-gh");
  EXPECT_EQ(WithoutMails(*store_, "ann@example.org, ben.x@mail.example.org: both"), "ann-gh, ben.x: both");
  EXPECT_EQ(WithoutMails(*store_, "a @ b, @ann"), "a @ b, @ann");
}

TEST_F(PublicNameTest, OfAVerdictWhatItSaysOfPeople) {
  Verdict verdict;
  verdict.summary = "fail: ann@example.org wants changes";
  verdict.conditions = {{.name = "approved", .actual = "1 approval: ann@example.org", .reason = "ask ben@example.org"}};
  verdict.counterfactual.actions = {{"get-approval", "ann@example.org", "get the approval of ann@example.org"},
                                    {"get-approval", "hub:dan", "get the approval of hub:dan"}};
  HideMails(*store_, verdict);
  EXPECT_EQ(verdict.summary, "fail: ann-gh wants changes");
  EXPECT_EQ(verdict.conditions[0].actual, "1 approval: ann-gh");
  EXPECT_EQ(verdict.conditions[0].reason, "ask ben");
  EXPECT_EQ(verdict.counterfactual.actions[0].description, "get the approval of ann-gh");
  EXPECT_EQ(verdict.counterfactual.actions[1].description, "get the approval of dan");
}

}  // namespace
}  // namespace mergegate::pipeline
