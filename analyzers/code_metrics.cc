#include "analyzers/registry.h"

namespace mergegate::analyzers {
namespace {
class CodeMetrics final : public Analyzer {
 public:
  std::string_view name() const override { return "code-metrics"; }
  std::string_view summary() const override { return "Complexity, nesting, length and parameters of every function."; }
};
}  // namespace

const Analyzer& CodeMetricsAnalyzer() {
  static const CodeMetrics analyzer;
  return analyzer;
}

}  // namespace mergegate::analyzers
