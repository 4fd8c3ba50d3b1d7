// What becomes of each kind of flag. The checkout is /home/me/repo, the build directory lies inside it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/planning/compile_commands.h"

namespace mergegate::planning {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Words = std::vector<std::string>;

CompileCommand Clean(Words flags, const std::string& main_file = "src/a.cc") {
  Words argv = {"/usr/bin/c++"};
  argv.insert(argv.end(), flags.begin(), flags.end());
  return CleanCommand(argv, "/home/me/repo/build", "/home/me/repo", main_file);
}

struct KeptCase {
  Words flags;
  Words kept;
};

class KeptFlagTest : public ::testing::TestWithParam<KeptCase> {};

TEST_P(KeptFlagTest, IsKept) {
  const CompileCommand command = Clean(GetParam().flags);
  EXPECT_EQ(command.arguments, GetParam().kept);
  EXPECT_THAT(command.dropped, IsEmpty());
  EXPECT_EQ(command.confidence, 1);
}

INSTANTIATE_TEST_SUITE_P(
    Flags, KeptFlagTest,
    ::testing::Values(
        KeptCase{{"-std=c++17", "-ansi"}, {"-std=c++17", "-ansi"}},
        KeptCase{{"-DX=1", "-D", "Y=\"a b\"", "-UX"}, {"-DX=1", "-DY=\"a b\"", "-UX"}},
        KeptCase{{"-I../include", "-I", "/home/me/repo/src"}, {"-I/src/include", "-I/src/src"}},
        KeptCase{{"-isystem", "../dep", "-iquote..", "-idirafter/usr/include/x"},
                 {"-isystem/src/dep", "-iquote/src", "-idirafter/usr/include/x"}},
        KeptCase{{"-include", "../config.h", "-imacros", "m.h"}, {"-include/src/config.h", "-imacros/src/build/m.h"}},
        KeptCase{{"-fno-exceptions", "-fno-rtti", "-fPIC", "-fopenmp"},
                 {"-fno-exceptions", "-fno-rtti", "-fPIC", "-fopenmp"}},
        KeptCase{{"-m32", "-march=x86-64-v3", "-mavx2", "-msse4.2"},
                 {"-m32", "-march=x86-64-v3", "-mavx2", "-msse4.2"}},
        KeptCase{{"-target", "aarch64-linux-gnu"}, {"--target=aarch64-linux-gnu"}},
        KeptCase{{"-O2", "-Wall", "-Wno-unused", "-w", "-pedantic", "-pthread"},
                 {"-O2", "-Wall", "-Wno-unused", "-w", "-pedantic", "-pthread"}},
        KeptCase{{"-x", "c++", "-stdlib=libc++", "-nostdinc++"}, {"-xc++", "-stdlib=libc++", "-nostdinc++"}},
        // Outputs, linking, gcc's own flags and the main file vanish in silence.
        KeptCase{{"-c", "../src/a.cc", "-o", "a.o", "-MD", "-MF", "a.d", "-MT", "a.o"}, {}},
        KeptCase{{"-g3", "-ggdb", "-Werror", "-Werror=format", "-Wl,-O1", "-lm", "-flto=auto", "-fsanitize=address"},
                 {}},
        KeptCase{{"-Wlogical-op", "-fconcepts", "-fvar-tracking"}, {}}));

struct RefusedCase {
  Words flags;
  std::string reason;
};

class RefusedFlagTest : public ::testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedFlagTest, LeavesNothingAndSaysWhy) {
  const CompileCommand command = Clean(GetParam().flags);
  EXPECT_THAT(command.arguments, IsEmpty());
  ASSERT_THAT(command.dropped, SizeIs(1));
  EXPECT_THAT(command.dropped[0], HasSubstr(GetParam().flags[0]));
  EXPECT_THAT(command.dropped[0], HasSubstr(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(
    Hostile, RefusedFlagTest,
    ::testing::Values(
        RefusedCase{{"-fplugin=evil.so"}, "loads code"}, RefusedCase{{"-fpass-plugin=evil.so"}, "loads code"},
        RefusedCase{{"-fplugin-arg-x-y"}, "loads code"}, RefusedCase{{"-load", "evil.so"}, "loads code"},
        RefusedCase{{"-Xclang", "-load"}, "past the allow-list"},
        RefusedCase{{"-Xpreprocessor", "-include"}, "past the allow-list"},
        RefusedCase{{"-mllvm", "-x"}, "past the allow-list"}, RefusedCase{{"-Wp,-MD,x"}, "past the allow-list"},
        RefusedCase{{"-Wa,-x"}, "past the allow-list"},
        RefusedCase{{"-analyzer-config", "ctu-dir=/etc"}, "past the allow-list"},
        RefusedCase{{"-analyzer-output=html"}, "past the allow-list"}, RefusedCase{{"@flags.rsp"}, "response files"},
        RefusedCase{{"--config", "x.cfg"}, "from a file"}, RefusedCase{{"--config=x.cfg"}, "from a file"},
        RefusedCase{{"--config-user-dir=/x"}, "from a file"}, RefusedCase{{"-ivfsoverlay", "x.yaml"}, "from a file"},
        RefusedCase{{"-specs=x"}, "from a file"}, RefusedCase{{"-fmodule-map-file=/x"}, "modules"},
        RefusedCase{{"-fmodules"}, "modules"}, RefusedCase{{"-fmodules-cache-path=/x"}, "modules"},
        RefusedCase{{"-fprebuilt-module-path=/x"}, "modules"}, RefusedCase{{"-B/x"}, "toolchain"},
        RefusedCase{{"-B", "/x"}, "toolchain"}, RefusedCase{{"--sysroot=/x"}, "toolchain"},
        RefusedCase{{"--sysroot", "/x"}, "toolchain"}, RefusedCase{{"-isysroot", "/x"}, "toolchain"},
        RefusedCase{{"--gcc-toolchain=/x"}, "toolchain"}, RefusedCase{{"-resource-dir=/x"}, "toolchain"},
        RefusedCase{{"-resource-dir", "/x"}, "toolchain"}, RefusedCase{{"-wrapper", "sh,-c"}, "another program"},
        RefusedCase{{"-MJ", "x.json"}, "writes"},
        RefusedCase{{
                        "-dumpdir",
                    },
                    "writes"},
        RefusedCase{{"-save-temps=obj"}, "writes"}, RefusedCase{{"-ftime-trace=/x"}, "writes"},
        RefusedCase{{"-fprofile-generate=/x"}, "profiles"},
        RefusedCase{{"-fdiagnostics-add-output=sarif:file=/x"}, "output"},
        RefusedCase{{"-serialize-diagnostics", "x"}, "writes"}, RefusedCase{{"--serialize-diagnostics", "x"}, "writes"},
        RefusedCase{{"-fcrash-diagnostics-dir=/x"}, "writes"},
        RefusedCase{{"-fsanitize-ignorelist=/etc/passwd"}, "files"},
        RefusedCase{{"-include", "/etc/passwd"}, "outside"}, RefusedCase{{"-include/etc/passwd"}, "outside"},
        RefusedCase{{"-imacros", "/proc/self/environ"}, "outside"},
        RefusedCase{{"-include", "../../../../etc/passwd"}, "outside"}, RefusedCase{{"-I/"}, "outside"},
        RefusedCase{{"-I/usr/include/../../etc"}, "outside"}, RefusedCase{{"-isystem", "/opt/gcc/include"}, "outside"},
        RefusedCase{{"-I/home/me/repository"}, "outside"}, RefusedCase{{"-I/usr/include-evil"}, "outside"},
        RefusedCase{{"-x", "ast"}, "source text"}, RefusedCase{{"-xir"}, "source text"},
        RefusedCase{{"-march=native"}, "machine"}, RefusedCase{{"-std=../x"}, "unusual"},
        RefusedCase{{"-fno-such-flag"}, "not on the list"}, RefusedCase{{"other.cc"}, "not the main file"},
        RefusedCase{{"/dev/stdin"}, "not the main file"}, RefusedCase{{"-"}, "not the main file"},
        RefusedCase{{"-I"}, "missing"}, RefusedCase{{"-include-pch", "x.pch"}, "precompiled"}));

TEST(CleanCommandTest, AResponseFileIsNoValueEither) {
  const CompileCommand command = Clean({"-D", "@/etc/passwd", "-DA"});
  EXPECT_THAT(command.arguments, ElementsAre("-DA"));
  EXPECT_THAT(command.dropped, ElementsAre(HasSubstr("@/etc/passwd")));
}

TEST(CleanCommandTest, AFlagAsAValueStaysAValue) {
  EXPECT_THAT(Clean({"-I", "-fplugin=x.so"}).arguments, ElementsAre("-I/src/build/-fplugin=x.so"));
}

TEST(CleanCommandTest, ADroppedPathLowersTheConfidence) {
  EXPECT_EQ(Clean({"-I/opt/sdk"}).confidence, 0.9);
  EXPECT_EQ(Clean({"-fplugin=x.so"}).confidence, 1);
}

TEST(CleanCommandTest, LaunchersInFrontAreNotTheCompiler) {
  for (const Words& launcher : {Words{"ccache"}, Words{"/usr/bin/sccache"}, Words{"distcc", "ccache"},
                                Words{"env", "CCACHE_DIR=/x", "ccache"}, Words{"CCACHE_DISABLE=1"}}) {
    Words argv = launcher;
    argv.insert(argv.end(), {"g++", "-DX", "-c", "a.c"});
    EXPECT_THAT(CleanCommand(argv, "/r", "/r", "a.c").arguments, ElementsAre("-DX", "-xc++")) << launcher[0];
  }
  EXPECT_THAT(CleanCommand({"ccache", "-DX"}, "/r", "/r", "a.c").arguments, ElementsAre("-DX"));
}

TEST(CleanCommandTest, LimitsCutAndSaySo) {
  EXPECT_THAT(Clean(Words(5000, "-DX")).arguments, SizeIs(4096));
  EXPECT_THAT(Clean(Words(5000, "-DX")).dropped, ElementsAre(HasSubstr("more than 4096 arguments")));
  EXPECT_THAT(Clean({"-D" + std::string(70'000, 'x'), "-DY"}).arguments, ElementsAre("-DY"));
  EXPECT_LT(Clean(Words(40, "-D" + std::string(60'000, 'x'))).arguments.size(), 20u);
  EXPECT_THAT(Clean({std::string("-DX\0Y", 5)}).dropped, ElementsAre(HasSubstr("NUL")));
  EXPECT_THAT(Clean({"-f\x1b[31mred"}).dropped, ElementsAre(HasSubstr("-f?[31mred")));
}

TEST(CleanCommandTest, DirectoryMovesUnderTheTree) {
  EXPECT_EQ(Clean({}).directory, "/src/build");
  EXPECT_EQ(CleanCommand({"cc"}, "/elsewhere", "/home/me/repo", "a.c").directory, "/src");
  EXPECT_EQ(CleanCommand({}, "", "", "").arguments.size(), 0u);
}

}  // namespace
}  // namespace mergegate::planning
