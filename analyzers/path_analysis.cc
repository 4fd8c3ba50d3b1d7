#include "analyzers/path_analysis.h"

#include <algorithm>
#include <utility>

#include "clang/AST/DynamicRecursiveASTVisitor.h"
#include "clang/Analysis/Analyses/LiveVariables.h"
#include "clang/Analysis/CFG.h"
#include "clang/Analysis/CodeInjector.h"
#include "clang/Analysis/PathDiagnostic.h"
#include "clang/CrossTU/CrossTranslationUnit.h"
#include "clang/StaticAnalyzer/Core/BugReporter/BugReporter.h"
#include "clang/StaticAnalyzer/Core/CheckerManager.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/AnalysisManager.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ExprEngine.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/FunctionSummary.h"

namespace mergegate::analyzers {

namespace ento = clang::ento;

// Passes the analyzer's reports on as clang-tidy does, and can be emptied as often as wanted.
class PathAnalysis::Findings final : public ento::PathDiagnosticConsumer {
 public:
  explicit Findings(clang::tidy::ClangTidyContext& context) : context_(context) {}

  void FlushDiagnosticsImpl(std::vector<const ento::PathDiagnostic*>& reports, FilesMade*) override {
    for (const ento::PathDiagnostic* report : reports) {
      const std::string check = ("clang-analyzer-" + report->getCheckerName()).str();
      context_.diag(check, report->getLocation().asLocation(), report->getShortDescription())
          << report->path.back()->getRanges();
      for (const auto& piece : report->path.flatten(/*ShouldFlattenMacros=*/true)) {
        context_.diag(check, piece->getLocation().asLocation(), piece->getString(), clang::DiagnosticIDs::Note)
            << piece->getRanges();
      }
    }
  }
  llvm::StringRef getName() const override { return "mergegate"; }
  bool supportsLogicalOpControlFlow() const override { return true; }
  bool supportsCrossFileDiagnostics() const override { return true; }

  void Flush() {
    FilesMade files;
    FlushDiagnostics(&files);
    flushed = false;
  }

 private:
  clang::tidy::ClangTidyContext& context_;
};

struct PathAnalysis::Engine {
  clang::ASTContext& ast;
  clang::cross_tu::CrossTranslationUnitContext cross_unit;
  std::unique_ptr<ento::CheckerManager> checkers;
  Findings* findings;  // owned by the manager
  std::unique_ptr<ento::AnalysisManager> manager;

  Engine(clang::CompilerInstance& compiler, TidyRun& tidy) : ast(compiler.getASTContext()), cross_unit(compiler) {
    clang::Preprocessor& preprocessor = compiler.getPreprocessor();
    clang::AnalyzerOptions& options = compiler.getAnalyzerOpts();
    checkers = std::make_unique<ento::CheckerManager>(ast, options, preprocessor, llvm::ArrayRef<std::string>(),
                                                      llvm::ArrayRef<std::function<void(ento::CheckerRegistry&)>>());
    ento::PathDiagnosticConsumers consumers;
    auto owned = std::make_unique<Findings>(tidy.context());
    findings = owned.get();
    consumers.push_back(std::move(owned));
    manager =
        std::make_unique<ento::AnalysisManager>(ast, preprocessor, std::move(consumers), ento::CreateRegionStoreManager,
                                                ento::CreateRangeConstraintManager, checkers.get(), options);
  }
};

PathAnalysis::PathAnalysis(clang::CompilerInstance& compiler, TidyRun& tidy, int steps) {
  if (steps > 0) compiler.getAnalyzerOpts().MaxNodesPerTopLevelFunction = static_cast<unsigned>(steps);
  engine_ = std::make_unique<Engine>(compiler, tidy);
}

PathAnalysis::~PathAnalysis() = default;

void PathAnalysis::ExamineUnit() {
  ento::BugReporter reporter(*engine_->manager);
  const clang::TranslationUnitDecl* unit = engine_->ast.getTranslationUnitDecl();
  engine_->checkers->runCheckersOnASTDecl(unit, *engine_->manager, reporter);
  engine_->checkers->runCheckersOnEndOfTranslationUnit(unit, *engine_->manager, reporter);
  reporter.FlushReports();
  engine_->findings->Flush();
}

void PathAnalysis::ExamineDeclarations(const std::vector<clang::Decl*>& decls) {
  struct Visitor : clang::DynamicRecursiveASTVisitor {
    Visitor(Engine& of, ento::BugReporter& to) : engine(of), reporter(to) { ShouldWalkTypesOfTypeLocs = false; }
    bool VisitDecl(clang::Decl* decl) override {
      if (!llvm::isa<clang::TranslationUnitDecl>(decl)) {
        engine.checkers->runCheckersOnASTDecl(decl, *engine.manager, reporter);
      }
      return true;
    }
    Engine& engine;
    ento::BugReporter& reporter;
  };
  ento::BugReporter reporter(*engine_->manager);
  Visitor visitor(*engine_, reporter);
  for (clang::Decl* decl : decls) visitor.TraverseDecl(decl);
  reporter.FlushReports();
  engine_->findings->Flush();
}

void PathAnalysis::ExamineBody(const clang::FunctionDecl& function) {
  engine_->manager->ClearContexts();
  if (engine_->manager->getAnalysisDeclContext(&function)->isBodyAutosynthesized()) return;
  ento::BugReporter reporter(*engine_->manager);
  engine_->checkers->runCheckersOnASTBody(&function, *engine_->manager, reporter);
  reporter.FlushReports();
  engine_->findings->Flush();
}

std::vector<const clang::Decl*> PathAnalysis::Explore(const clang::FunctionDecl& function) {
  ento::AnalysisManager& manager = *engine_->manager;
  const clang::Decl* decl = function.getCanonicalDecl();
  manager.ClearContexts();
  std::vector<const clang::Decl*> inlined;
  if (!engine_->checkers->hasPathSensitiveCheckers() || manager.getAnalysisDeclContext(decl)->isBodyAutosynthesized() ||
      manager.getCFG(decl) == nullptr ||
      manager.getAnalysisDeclContext(decl)->getAnalysis<clang::RelaxedLiveVariables>() == nullptr) {
    return inlined;
  }
  ento::FunctionSummariesTy summaries;
  ento::SetOfConstDecls visited;
  {
    ento::ExprEngine explorer(engine_->cross_unit, manager, &visited, &summaries, ento::ExprEngine::Inline_Regular);
    explorer.ExecuteWorkList(manager.getAnalysisDeclContextManager().getStackFrame(decl),
                             manager.options.MaxNodesPerTopLevelFunction);
    explorer.getBugReporter().FlushReports();
  }
  engine_->findings->Flush();
  for (const clang::Decl* callee : visited) inlined.push_back(callee->getCanonicalDecl());
  return inlined;
}

}  // namespace mergegate::analyzers
