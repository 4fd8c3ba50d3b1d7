#include "server/base/secret_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "tests/support/status_matchers.h"

namespace mergegate {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::StatusIs;

TEST(ReadSecretTest, OutOfAFileOrAVariableWithoutTheLineEnd) {
  const std::string path = ::testing::TempDir() + "/secret";
  std::ofstream(path) << "hush\n";
  EXPECT_EQ(*ReadSecret("file:" + path), "hush");
  setenv("MERGEGATE_TEST_SECRET", "hush", 1);
  EXPECT_EQ(*ReadSecret("env:MERGEGATE_TEST_SECRET"), "hush");
}

TEST(ReadSecretTest, SaysWhatIsMissingAndNeverRepeatsASecret) {
  EXPECT_THAT(ReadSecret("file:/nowhere"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nowhere")));
  EXPECT_THAT(ReadSecret("env:MERGEGATE_NO_SUCH"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("MERGEGATE_NO_SUCH is not set")));
  EXPECT_THAT(ReadSecret("hunter2"), StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("hunter2"))));
}

TEST(SecretSourceTest, IsAPlaceAndNotTheSecret) {
  EXPECT_TRUE(IsSecretSource("file:/etc/mergegate/token"));
  EXPECT_TRUE(IsSecretSource("env:TOKEN"));
  EXPECT_FALSE(IsSecretSource("file:token"));
  EXPECT_FALSE(IsSecretSource("env:"));
  EXPECT_FALSE(IsSecretSource("hunter2"));
}

TEST(SecretSourceTest, AFileForEverybodyIsWarnedOf) {
  const std::string path = ::testing::TempDir() + "/open-secret";
  std::ofstream(path) << "hush\n";
  chmod(path.c_str(), 0644);
  EXPECT_THAT(SecretWarning("file:" + path), HasSubstr("chmod 600"));
  chmod(path.c_str(), 0640);
  EXPECT_EQ(SecretWarning("file:" + path), "");
  EXPECT_EQ(SecretWarning("env:TOKEN"), "");
}

}  // namespace
}  // namespace mergegate
