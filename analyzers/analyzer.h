// What an analyzer of translation units is. A unit is parsed once; every analyzer that the task names works on that
// parse.
//
//   class TodoCount final : public Analyzer {
//    public:
//     std::string_view name() const override { return "todo-count"; }
//     std::string_view summary() const override { return "Counts remarks about unfinished work."; }
//     void Examine(const ParsedUnit& unit, v1::TaskResult& result) const override { ... }
//   };
//
// To add one: such a file, a row in registry.cc, an annotated case in tests/analyzers/cases/.
// Thread safety: analyzers are stateless; all that is theirs goes into the result.
#ifndef MERGEGATE_ANALYZERS_ANALYZER_H_
#define MERGEGATE_ANALYZERS_ANALYZER_H_

#include <string_view>
#include <vector>

#include "mergegate/v1/analysis.pb.h"

namespace clang {
class ASTContext;
class Decl;
}  // namespace clang
namespace mergegate::source {
class TreeLocations;
}

namespace mergegate::analyzers {

struct ParsedUnit {
  clang::ASTContext& ast;
  source::TreeLocations& locations;
  const std::vector<clang::Decl*>& scope;  // top-level declarations to look at
};

class Analyzer {
 public:
  virtual ~Analyzer() = default;
  // As tasks and findings spell it.
  virtual std::string_view name() const = 0;
  // One sentence for the catalogue.
  virtual std::string_view summary() const = 0;
  // True when findings of this clang-tidy check are this analyzer's. Such checks run beside each other inside clang's
  // own driver of checks (tidy_run.h), which is why they are told apart by name here.
  virtual bool OwnsCheck(std::string_view check) const {
    static_cast<void>(check);
    return false;
  }
  // Looks at the parsed unit and adds what it has to say. Called also for a unit that did not parse to the end.
  virtual void Examine(const ParsedUnit& unit, v1::TaskResult& result) const {
    static_cast<void>(unit);
    static_cast<void>(result);
  }
};

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_ANALYZER_H_
