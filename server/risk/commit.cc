#include "server/risk/commit.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace mergegate::risk {
namespace {

std::string_view BaseName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view Extension(std::string_view path) {
  const std::string_view name = BaseName(path);
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : name.substr(dot + 1);
}

template <size_t N>
bool IsOneOf(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, word) != words.end();
}

constexpr std::array<std::string_view, 18> kCode = {"c", "cc",  "cpp", "cxx", "h",   "hh",  "hpp", "hxx", "C",
                                                    "H", "inl", "ipp", "tcc", "inc", "c++", "h++", "m",   "mm"};
constexpr std::array<std::string_view, 7> kBuildNames = {"CMakeLists.txt", "meson.build",  "BUILD", "BUILD.bazel",
                                                         "configure.ac",   "configure.in", "Kbuild"};
constexpr std::array<std::string_view, 10> kBuildExtensions = {"cmake", "mk", "pro", "pri", "qbs",
                                                               "am",    "gn", "gni", "bzl", "bazel"};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

// "test", "tests", "test-pmd", "test_x"; not "testlib".
bool IsTestFolder(std::string_view folder) {
  for (const std::string_view name : {"test", "tests", "unittest", "unittests", "testing", "autotest", "autotests"}) {
    if (folder == name) return true;
  }
  return folder.starts_with("test-") || folder.starts_with("test_") || folder.starts_with("tests-");
}

}  // namespace

bool IsCode(const std::string& path) { return IsOneOf(Extension(path), kCode); }

bool IsTest(const std::string& path) {
  const std::string lower = Lower(path);
  for (size_t begin = 0, end; (end = lower.find('/', begin)) != std::string::npos; begin = end + 1) {
    if (IsTestFolder(std::string_view(lower).substr(begin, end - begin))) return true;
  }
  const std::string_view name = BaseName(lower);
  const std::string_view stem = name.substr(0, name.rfind('.'));
  return name.starts_with("test_") || name.starts_with("test-") || name.starts_with("tst_") ||
         stem.ends_with("_test") || stem.ends_with("-test") || stem.ends_with("_unittest");
}

bool IsBuildFile(const std::string& path) {
  const std::string_view name = BaseName(path);
  return name.starts_with("Makefile") || IsOneOf(name, kBuildNames) || IsOneOf(Extension(path), kBuildExtensions);
}

bool IsInstance(const Commit& commit) {
  const int64_t changed = commit.content.lines_added + commit.content.lines_deleted;
  return !commit.message.undoes && changed > 0 && changed <= kMostChangedLines &&
         std::ranges::any_of(commit.files, [](const File& file) { return IsCode(file.path); });
}

}  // namespace mergegate::risk
