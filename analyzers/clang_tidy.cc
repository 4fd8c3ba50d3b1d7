#include "analyzers/registry.h"

namespace mergegate::analyzers {
namespace {

// clang-tidy's own checks and the compiler's warnings; tidy_run.h runs them.
class ClangTidy final : public Analyzer {
 public:
  std::string_view name() const override { return "clang-tidy"; }
  std::string_view summary() const override { return "Checks of clang-tidy and warnings of the compiler."; }
  bool OwnsCheck(std::string_view check) const override { return !check.starts_with("clang-analyzer-"); }
};

}  // namespace

const Analyzer& ClangTidyAnalyzer() {
  static const ClangTidy analyzer;
  return analyzer;
}

}  // namespace mergegate::analyzers
