#include "analyzers/severity.h"

#include <gtest/gtest.h>

namespace mergegate::analyzers {
namespace {

TEST(SeverityOf, TakesTheLongestMatch) {
  EXPECT_EQ(SeverityOf("clang-diagnostic-error"), v1::SEVERITY_BLOCKER);
  EXPECT_EQ(SeverityOf("clang-diagnostic-unused-variable"), v1::SEVERITY_MINOR);
  EXPECT_EQ(SeverityOf("clang-analyzer-core.NullDereference"), v1::SEVERITY_CRITICAL);
  EXPECT_EQ(SeverityOf("clang-analyzer-deadcode.DeadStores"), v1::SEVERITY_MINOR);
  EXPECT_EQ(SeverityOf("clang-analyzer-unix.Malloc"), v1::SEVERITY_CRITICAL);
  EXPECT_EQ(SeverityOf("clang-analyzer-unix.API"), v1::SEVERITY_MAJOR);
  EXPECT_EQ(SeverityOf("bugprone-use-after-move"), v1::SEVERITY_CRITICAL);
  EXPECT_EQ(SeverityOf("bugprone-suspicious-semicolon"), v1::SEVERITY_MAJOR);
  EXPECT_EQ(SeverityOf("performance-for-range-copy"), v1::SEVERITY_MINOR);
  EXPECT_EQ(SeverityOf("readability-magic-numbers"), v1::SEVERITY_INFO);
}

TEST(DocumentationOf, FollowsTheLayoutOfClangsPages) {
  EXPECT_EQ(DocumentationOf("google-readability-casting"),
            "https://clang.llvm.org/extra/clang-tidy/checks/google/readability-casting.html");
  EXPECT_EQ(DocumentationOf("clang-analyzer-unix.Malloc"),
            "https://clang.llvm.org/extra/clang-tidy/checks/clang-analyzer/unix.Malloc.html");
  EXPECT_EQ(DocumentationOf("clang-diagnostic-unused-variable"),
            "https://clang.llvm.org/docs/DiagnosticsReference.html#wunused-variable");
  EXPECT_EQ(DocumentationOf("clang-diagnostic-error"), "");
}

}  // namespace
}  // namespace mergegate::analyzers
