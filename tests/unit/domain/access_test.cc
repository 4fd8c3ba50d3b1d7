// Roles: their names, their order, and who fits.
#include "server/domain/access.h"

#include <gtest/gtest.h>

namespace mergegate {
namespace {

TEST(Roles, NamesThereAndBack) {
  for (const Role role : kRoles) EXPECT_EQ(RoleNamed(Name(role)), role);
  EXPECT_EQ(RoleNamed("king"), std::nullopt);
  EXPECT_EQ(RoleNamed("unspecified"), std::nullopt);
}

TEST(Roles, HigherOnesFitBotsDoNot) {
  EXPECT_TRUE(FitsOneOf("lead", {"lead"}));
  EXPECT_TRUE(FitsOneOf("admin", {"reviewer", "lead"}));
  EXPECT_FALSE(FitsOneOf("reviewer", {"lead"}));
  EXPECT_FALSE(FitsOneOf("bot", {"viewer"}));
  EXPECT_FALSE(FitsOneOf("admin", {"bot"}));
  EXPECT_FALSE(FitsOneOf("admin", {}));
  EXPECT_TRUE(FitsOneOf("release-captain", {"release-captain"})) << "names of others' making match as they are";
  EXPECT_FALSE(FitsOneOf("admin", {"release-captain"}));
}

}  // namespace
}  // namespace mergegate
