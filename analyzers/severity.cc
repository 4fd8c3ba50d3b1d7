#include "analyzers/severity.h"

namespace mergegate::analyzers {
namespace {

struct Row {
  std::string_view check;  // a trailing '*' matches the rest
  v1::Severity severity;
};

// Critical: memory that is read or written wrongly, or an opening for attackers. Major: probably not what was meant.
constexpr Row kTable[] = {
    {"clang-diagnostic-error", v1::SEVERITY_BLOCKER},
    {"clang-diagnostic-*", v1::SEVERITY_MINOR},
    {"clang-diagnostic-array-bounds*", v1::SEVERITY_CRITICAL},
    {"clang-diagnostic-dangling*", v1::SEVERITY_CRITICAL},
    {"clang-diagnostic-delete-abstract-non-virtual-dtor", v1::SEVERITY_CRITICAL},
    {"clang-diagnostic-format*", v1::SEVERITY_MAJOR},
    {"clang-diagnostic-fortify-source", v1::SEVERITY_CRITICAL},
    {"clang-diagnostic-infinite-recursion", v1::SEVERITY_MAJOR},
    {"clang-diagnostic-mismatched-new-delete", v1::SEVERITY_CRITICAL},
    {"clang-diagnostic-null-dereference", v1::SEVERITY_CRITICAL},
    {"clang-diagnostic-return-stack-address", v1::SEVERITY_CRITICAL},
    {"clang-diagnostic-return-type", v1::SEVERITY_CRITICAL},
    {"clang-diagnostic-sizeof-*", v1::SEVERITY_MAJOR},
    {"clang-diagnostic-thread-safety*", v1::SEVERITY_MAJOR},
    {"clang-diagnostic-uninitialized*", v1::SEVERITY_CRITICAL},
    {"clang-diagnostic-varargs", v1::SEVERITY_MAJOR},
    {"clang-diagnostic-vla*", v1::SEVERITY_MINOR},

    {"clang-analyzer-*", v1::SEVERITY_MAJOR},
    {"clang-analyzer-core.*", v1::SEVERITY_CRITICAL},
    {"clang-analyzer-cplusplus.*", v1::SEVERITY_CRITICAL},
    {"clang-analyzer-cplusplus.PureVirtualCall", v1::SEVERITY_MAJOR},
    {"clang-analyzer-deadcode.*", v1::SEVERITY_MINOR},
    {"clang-analyzer-nullability.*", v1::SEVERITY_MAJOR},
    {"clang-analyzer-optin.*", v1::SEVERITY_MAJOR},
    {"clang-analyzer-optin.performance.*", v1::SEVERITY_MINOR},
    {"clang-analyzer-optin.taint.*", v1::SEVERITY_CRITICAL},
    {"clang-analyzer-security.*", v1::SEVERITY_CRITICAL},
    {"clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling", v1::SEVERITY_MINOR},
    {"clang-analyzer-unix.*", v1::SEVERITY_MAJOR},
    {"clang-analyzer-unix.Malloc", v1::SEVERITY_CRITICAL},
    {"clang-analyzer-unix.MismatchedDeallocator", v1::SEVERITY_CRITICAL},
    {"clang-analyzer-unix.cstring.*", v1::SEVERITY_CRITICAL},

    {"bugprone-*", v1::SEVERITY_MAJOR},
    {"bugprone-branch-clone", v1::SEVERITY_MINOR},
    {"bugprone-dangling-handle", v1::SEVERITY_CRITICAL},
    {"bugprone-easily-swappable-parameters", v1::SEVERITY_INFO},
    {"bugprone-implicit-widening-of-multiplication-result", v1::SEVERITY_MINOR},
    {"bugprone-macro-parentheses", v1::SEVERITY_MINOR},
    {"bugprone-multiple-new-in-one-expression", v1::SEVERITY_CRITICAL},
    {"bugprone-narrowing-conversions", v1::SEVERITY_MINOR},
    {"bugprone-not-null-terminated-result", v1::SEVERITY_CRITICAL},
    {"bugprone-reserved-identifier", v1::SEVERITY_MINOR},
    {"bugprone-return-const-ref-from-parameter", v1::SEVERITY_CRITICAL},
    {"bugprone-shared-ptr-array-mismatch", v1::SEVERITY_CRITICAL},
    {"bugprone-stringview-nullptr", v1::SEVERITY_CRITICAL},
    {"bugprone-suspicious-memory-comparison", v1::SEVERITY_MAJOR},
    {"bugprone-suspicious-realloc-usage", v1::SEVERITY_CRITICAL},
    {"bugprone-unchecked-optional-access", v1::SEVERITY_MAJOR},
    {"bugprone-throwing-static-initialization", v1::SEVERITY_MINOR},  // every gtest case is one
    {"bugprone-undefined-memory-manipulation", v1::SEVERITY_CRITICAL},
    {"bugprone-unique-ptr-array-mismatch", v1::SEVERITY_CRITICAL},
    {"bugprone-use-after-move", v1::SEVERITY_CRITICAL},

    {"cert-*", v1::SEVERITY_MAJOR},
    {"concurrency-*", v1::SEVERITY_MAJOR},
    {"cppcoreguidelines-*", v1::SEVERITY_MINOR},
    {"cppcoreguidelines-slicing", v1::SEVERITY_MAJOR},
    {"google-explicit-constructor", v1::SEVERITY_MINOR},
    {"hicpp-*", v1::SEVERITY_MINOR},
    {"misc-*", v1::SEVERITY_MINOR},
    {"performance-*", v1::SEVERITY_MINOR},
    {"portability-*", v1::SEVERITY_MINOR},
};

bool Matches(const Row& row, std::string_view check) {
  if (!row.check.ends_with('*')) return row.check == check;
  return check.starts_with(row.check.substr(0, row.check.size() - 1));
}

}  // namespace

v1::Severity SeverityOf(std::string_view check) {
  v1::Severity severity = v1::SEVERITY_INFO;
  size_t longest = 0;
  for (const Row& row : kTable) {
    if (row.check.size() > longest && Matches(row, check)) {
      longest = row.check.size();
      severity = row.severity;
    }
  }
  return severity;
}

std::string DocumentationOf(std::string_view check) {
  constexpr std::string_view kWarning = "clang-diagnostic-";
  if (check == "clang-diagnostic-error") return "";
  if (check.starts_with(kWarning)) {
    return "https://clang.llvm.org/docs/DiagnosticsReference.html#w" + std::string(check.substr(kWarning.size()));
  }
  constexpr std::string_view kAnalyzer = "clang-analyzer-";
  const size_t split = check.starts_with(kAnalyzer) ? kAnalyzer.size() - 1 : check.find('-');
  if (split == std::string_view::npos) return "";
  return "https://clang.llvm.org/extra/clang-tidy/checks/" + std::string(check.substr(0, split)) + "/" +
         std::string(check.substr(split + 1)) + ".html";
}

}  // namespace mergegate::analyzers
