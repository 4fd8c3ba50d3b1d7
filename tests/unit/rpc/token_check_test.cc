// Tokens: shown once, hashed rarely, refused when they are wrong, revoked or lapsed.
#include "server/rpc/token_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace mergegate::rpc {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class TokenCheckTest : public ::testing::Test {
 protected:
  NewToken Make(absl::Duration life = absl::Hours(24)) {
    const auto made = check_.Create({.person = Handle("ann"), .role = Role::kReviewer, .expires = clock_.Now() + life},
                                    {Handle("root"), clock_.Now()});
    EXPECT_THAT(made, IsOk());
    return made.value_or(NewToken());
  }

  FakeClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  std::unique_ptr<storage::Store> store_ = *storage::OpenSqliteStore(":memory:");
  TokenCheck check_{*store_, clock_};
};

TEST_F(TokenCheckTest, ATokenIsItsPerson) {
  const NewToken made = Make();
  EXPECT_THAT(made.shown, StartsWith("mg_" + made.token.id + "_"));
  const auto token = check_.Check(made.shown);
  ASSERT_THAT(token, IsOk());
  EXPECT_EQ(token->person, Handle("ann"));
  EXPECT_EQ(token->role, Role::kReviewer);
}

TEST_F(TokenCheckTest, TheSecretIsNotKept) {
  const NewToken made = Make();
  const auto stored = store_->FindToken(made.token.id);
  EXPECT_THAT(stored->secret_hash, StartsWith("$argon2id$"));
  EXPECT_THAT(stored->secret_hash, Not(HasSubstr(made.shown.substr(20))));
}

TEST_F(TokenCheckTest, HashingIsDoneOnceAMinute) {
  const NewToken made = Make();
  for (int i = 0; i < 100; ++i) EXPECT_THAT(check_.Check(made.shown), IsOk());
  EXPECT_EQ(check_.hashed(), 1);
  EXPECT_EQ(store_->FindToken(made.token.id)->token.last_used, clock_.Now());
  clock_.Advance(absl::Seconds(61));
  EXPECT_THAT(check_.Check(made.shown), IsOk());
  EXPECT_EQ(check_.hashed(), 2);
  EXPECT_EQ(store_->FindToken(made.token.id)->token.last_used, clock_.Now());
}

TEST_F(TokenCheckTest, WhatIsWrongIsRefused) {
  const NewToken made = Make();
  std::string guess = made.shown;
  guess.back() = guess.back() == '0' ? '1' : '0';
  for (int i = 0; i < 10; ++i) EXPECT_THAT(check_.Check(guess), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_EQ(check_.hashed(), 1) << "the same wrong guess costs once";
  const std::string other_id = "mg_" + std::string(16, '0') + made.shown.substr(19);
  for (const std::string& wrong : {std::string(), std::string("mg_"), made.shown + "0", other_id,
                                   std::string("mg_") + std::string(81, '_'), std::string(1000, 'a')}) {
    EXPECT_THAT(check_.Check(wrong), StatusIs(absl::StatusCode::kUnauthenticated)) << wrong;
  }
  EXPECT_EQ(check_.hashed(), 1);
  EXPECT_THAT(check_.Check(made.shown), IsOk()) << "guesses do not lock its owner out";
}

TEST_F(TokenCheckTest, ARevokedTokenEndsAtOnce) {
  const NewToken made = Make();
  ASSERT_THAT(check_.Check(made.shown), IsOk());
  ASSERT_THAT(store_->RevokeToken(made.token.id, {Handle("root"), clock_.Now()}), IsOk());
  EXPECT_THAT(check_.Check(made.shown), StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("revoked")));
}

TEST_F(TokenCheckTest, ATokenLapses) {
  const NewToken made = Make(absl::Hours(1));
  ASSERT_THAT(check_.Check(made.shown), IsOk());
  clock_.Advance(absl::Hours(1) - absl::Seconds(1));
  EXPECT_THAT(check_.Check(made.shown), IsOk());
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(check_.Check(made.shown),
              StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("lapsed on 2023-11-14")));
}

}  // namespace
}  // namespace mergegate::rpc
