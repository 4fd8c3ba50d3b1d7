#include "analyzers/registry.h"

namespace mergegate::analyzers {
namespace {

// The Clang Static Analyzer, as clang-tidy drives it: same checkers, same budgets, same findings.
class ClangStaticAnalyzer final : public Analyzer {
 public:
  std::string_view name() const override { return "static-analyzer"; }
  std::string_view summary() const override { return "Path-sensitive checks of the Clang Static Analyzer."; }
  bool OwnsCheck(std::string_view check) const override { return check.starts_with("clang-analyzer-"); }
};

}  // namespace

const Analyzer& StaticAnalyzer() {
  static const ClangStaticAnalyzer analyzer;
  return analyzer;
}

}  // namespace mergegate::analyzers
