#include "server/scoring/growth/finding_classes.h"

#include <algorithm>
#include <cctype>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/domain/glob.h"

namespace mergegate::scoring {
namespace {

struct Row {
  std::string_view glob;
  std::string_view id;
};

// THE table of checks, the first that matches counts. The grouping is ours: by what a course would be about.
constexpr Row kRows[] = {
    // Who owns an object, and how long it lives.
    {"bugprone-use-after-move", "memory"},
    {"bugprone-dangling-*", "memory"},
    {"bugprone-*-lifetime*", "memory"},
    {"bugprone-return-const-ref-from-parameter", "memory"},
    {"bugprone-stringview-*", "memory"},
    {"bugprone-multiple-new-in-one-expression", "memory"},
    {"bugprone-shared-ptr-array-mismatch", "memory"},
    {"bugprone-unused-raii", "memory"},
    {"cppcoreguidelines-owning-memory", "memory"},
    {"cppcoreguidelines-no-malloc", "memory"},
    {"cppcoreguidelines-rvalue-reference-param-not-moved", "memory"},
    {"clang-analyzer-cplusplus.*", "memory"},
    {"clang-analyzer-unix.Malloc*", "memory"},
    {"clang-analyzer-unix.MismatchedDeallocator", "memory"},
    {"clang-analyzer-*.StackAddressEscape", "memory"},
    {"clang-diagnostic-dangling*", "memory"},
    {"clang-diagnostic-return-stack-address", "memory"},
    // Values that are not there.
    {"clang-analyzer-core.NullDereference", "initialization"},
    {"clang-analyzer-core.NonNull*", "initialization"},
    {"clang-analyzer-core.uninitialized.*", "initialization"},
    {"clang-analyzer-core.UndefinedBinaryOperatorResult", "initialization"},
    {"clang-analyzer-nullability.*", "initialization"},
    {"bugprone-unchecked-optional-access", "initialization"},
    {"cppcoreguidelines-init-variables", "initialization"},
    {"cppcoreguidelines-*-member-init", "initialization"},
    {"clang-diagnostic-*uninitialized*", "initialization"},
    // Threads.
    {"concurrency-*", "concurrency"},
    {"bugprone-spuriously-wake-up-functions", "concurrency"},
    {"bugprone-signal-handler", "concurrency"},
    {"*thread*", "concurrency"},
    {"*mutex*", "concurrency"},
    {"*coroutine*", "concurrency"},
    // Numbers.
    {"*narrowing-conversion*", "arithmetic"},
    {"bugprone-integer-division", "arithmetic"},
    {"bugprone-implicit-widening-of-multiplication-result", "arithmetic"},
    {"bugprone-misplaced-widening-cast", "arithmetic"},
    {"bugprone-signed-char-misuse", "arithmetic"},
    {"bugprone-too-small-loop-variable", "arithmetic"},
    {"bugprone-incorrect-roundings", "arithmetic"},
    {"bugprone-sizeof-*", "arithmetic"},
    {"clang-analyzer-core.DivideZero", "arithmetic"},
    {"clang-analyzer-core.BitwiseShift", "arithmetic"},
    {"clang-diagnostic-*conversion*", "arithmetic"},
    {"clang-diagnostic-sign-*", "arithmetic"},
    // Errors and exceptions.
    {"bugprone-exception-escape", "errors"},
    {"bugprone-empty-catch", "errors"},
    {"bugprone-throw-*", "errors"},
    {"bugprone-unhandled-*", "errors"},
    {"bugprone-unused-return-value", "errors"},
    {"misc-throw-by-value-catch-by-reference", "errors"},
    {"*noexcept*", "errors"},
    {"cert-err*", "errors"},
    // What an attacker can use.
    {"cert-*", "security"},
    {"clang-analyzer-security.*", "security"},
    {"clang-analyzer-*.ArrayBound*", "security"},
    {"clang-analyzer-unix.cstring.*", "security"},
    {"bugprone-not-null-terminated-result", "security"},
    {"cppcoreguidelines-pro-bounds-*", "security"},
    // Speed.
    {"performance-*", "performance"},
    {"*-unnecessary-copy*", "performance"},
    // Shape.
    {"readability-function-cognitive-complexity", "complexity"},
    {"readability-function-size", "complexity"},
    {"*complexity*", "complexity"},
    {"*duplicat*", "duplication"},
    {"modernize-*", "modern"},
    {"cppcoreguidelines-*", "guidelines"},
    {"readability-*", "readability"},
    {"google-*", "readability"},
    {"llvm-*", "readability"},
    {"misc-*", "readability"},
    {"clang-diagnostic-*", "warnings"},
    {"clang-analyzer-*", "paths"},
    {"bugprone-*", "bugprone"},
};

struct Words {
  std::string_view id, title, advice;
};
constexpr Words kWords[] = {
    {"memory", "ownership and lifetime", "say who owns each object, and for how long"},
    {"initialization", "null and uninitialized values", "initialize where you declare, check before you use"},
    {"concurrency", "threads and concurrency", "write down which lock guards what"},
    {"arithmetic", "arithmetic and conversions", "name the type of every number, and convert on purpose"},
    {"errors", "errors and exceptions", "decide for each call what happens when it fails"},
    {"security", "bounds and security", "treat every length from outside as hostile"},
    {"performance", "needless copies and work", "look at what a loop copies and allocates"},
    {"complexity", "complex functions", "split a function before it needs a comment per branch"},
    {"duplication", "duplicated code", "look for the same lines before you write them"},
    {"modern", "modern C++", "let the compiler's newer words say what you mean"},
    {"guidelines", "C++ Core Guidelines", "read the rule that each finding names"},
    {"readability", "readability", "write for the next reader"},
    {"warnings", "compiler warnings", "build with the project's warnings before you push"},
    {"paths", "paths that the static analyzer found", "follow the path that the finding tells, step by step"},
    {"bugprone", "bug-prone constructs", "read why the check fears the construct"},
};

}  // namespace

FindingClass ClassOf(std::string_view check) {
  for (const Row& row : kRows) {
    if (!GlobMatches(row.glob, check)) continue;
    const auto* const words = std::ranges::find(kWords, row.id, &Words::id);
    return {std::string(words->id), std::string(words->title), std::string(words->advice)};
  }
  const std::string module = absl::AsciiStrToLower(std::string(check.substr(0, check.find_first_of("-./"))));
  return {module, absl::StrCat("findings of ", module), absl::StrCat("read what ", module, " says about the rule")};
}

bool MeansClass(std::string_view topic, const FindingClass& of) {
  const std::string wanted = absl::AsciiStrToLower(std::string(topic));
  if (wanted == of.id) return true;
  constexpr size_t kShortest = 4;
  std::string word;
  for (const char c : of.title + " ") {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else {
      if (word.size() >= kShortest && word == wanted) return true;
      word.clear();
    }
  }
  return false;
}

}  // namespace mergegate::scoring
