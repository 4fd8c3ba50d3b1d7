#include "analyzers/source/invocation.h"

#include <gtest/gtest.h>

namespace mergegate::source {
namespace {

TEST(RefusedArgument, StopsWhatLoadsCodeReadsArgumentsOrWrites) {
  for (const char* argument : {"-Xclang",
                               "-Xclang=-load",
                               "-fplugin=/tmp/a.so",
                               "--plugin",
                               "-fpass-plugin=x",
                               "-load",
                               "-mllvm",
                               "@flags",
                               "-ivfsoverlay",
                               "--config=x",
                               "-o",
                               "-oout",
                               "-MF",
                               "-MD",
                               "-save-temps",
                               "-fmodules-cache-path=/tmp",
                               "-resource-dir=/tmp",
                               "-specs=x",
                               "-wrapper",
                               "-fuse-ld=/tmp/x",
                               "-cc1",
                               "-Wp,-MD,x",
                               "-fmodule-file=x",
                               "-serialize-diagnostics",
                               "-include-pch"}) {
    EXPECT_NE(RefusedArgument(argument), "") << argument;
  }
  EXPECT_NE(RefusedArgument(std::string("-DA\0B", 5)), "");
}

TEST(RefusedArgument, LetsOrdinaryArgumentsPass) {
  for (const char* argument : {"-std=c++20", "-I/src/include", "-DNAME=\"x\"", "-Wall", "-Wno-load", "-isystem",
                               "/src/a.cc", "-x", "c++", "-fopenmp=libomp", "-march=x86-64-v3", "-O2", "-include"}) {
    EXPECT_EQ(RefusedArgument(argument), "") << argument;
  }
}

}  // namespace
}  // namespace mergegate::source
