// The Clang Static Analyzer over one parsed unit, one entry point at a time.
//
//   PathAnalysis analysis(compiler, tidy, steps);
//   PathAnalysis::Outcome outcome = analysis.Explore(function);      // findings are in tidy.Take()
//   analysis.ExamineBody(function);                                  // checks of the analyzer that need no paths
//
// Each entry point is explored with a memory of its own, so that what is found there follows from the function's
// closure alone (closure/closures.h). clang-tidy carries how often a function was inlined from one entry point to the
// next; that is the one difference to what it finds.
// Thread safety: none. All arguments must outlive it.
#ifndef MERGEGATE_ANALYZERS_PATH_ANALYSIS_H_
#define MERGEGATE_ANALYZERS_PATH_ANALYSIS_H_

#include <memory>
#include <vector>

#include "analyzers/tidy_run.h"
#include "clang/Frontend/CompilerInstance.h"

namespace mergegate::analyzers {

class PathAnalysis {
 public:
  // `tidy` must have configured the analyzer of `compiler`. `steps`: bound per entry point; 0 = the analyzer's own.
  PathAnalysis(clang::CompilerInstance& compiler, TidyRun& tidy, int steps);
  ~PathAnalysis();

  // Checks of the unit as a whole, once.
  void ExamineUnit();
  // Checks of declarations in `decls`.
  void ExamineDeclarations(const std::vector<clang::Decl*>& decls);
  // Checks of a function's text.
  void ExamineBody(const clang::FunctionDecl& function);
  // Follows the paths that start in `function`. Returns the functions that were inlined, canonical declarations.
  std::vector<const clang::Decl*> Explore(const clang::FunctionDecl& function);

 private:
  class Findings;
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_PATH_ANALYSIS_H_
