#include "analyzers/unit.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "analyzers/declarations.h"
#include "analyzers/findings.h"
#include "analyzers/registry.h"
#include "analyzers/source/git_tree_fs.h"
#include "analyzers/source/invocation.h"
#include "analyzers/source/tree_locations.h"
#include "analyzers/text.h"
#include "analyzers/tidy_run.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Frontend/MultiplexConsumer.h"
#include "llvm/Support/raw_ostream.h"

namespace mergegate::analyzers {
namespace {

class UnitRun {
 public:
  UnitRun(const v1::UnitTask& task, source::GitTree& tree, TidyRun& tidy, std::vector<const Analyzer*> analyzers,
          v1::TaskResult& result)
      : task_(task), tree_(tree), tidy_(tidy), analyzers_(std::move(analyzers)), result_(result) {}

  // The parse; everything that needs the syntax tree happens inside.
  void Run(std::shared_ptr<clang::CompilerInvocation> invocation, llvm::IntrusiveRefCntPtr<source::GitTreeFs> fs);
  void WriteFindings(int max_findings);

 private:
  class Action;
  class Consumer;

  void Begin(clang::CompilerInstance& compiler) {
    locations_ = std::make_unique<source::TreeLocations>(compiler.getSourceManager(), tree_);
    declarations_ = std::make_unique<TreeDeclarations>(*locations_);
    declarations_->WatchMacros(compiler.getPreprocessor());
  }
  void Examine(clang::ASTContext& ast) {
    declarations_->Collect(ast);
    for (const Analyzer* analyzer : analyzers_) analyzer->Examine({ast, *locations_}, result_);
  }

  const v1::UnitTask& task_;
  source::GitTree& tree_;
  TidyRun& tidy_;
  std::vector<const Analyzer*> analyzers_;
  v1::TaskResult& result_;
  std::unique_ptr<source::TreeLocations> locations_;
  std::unique_ptr<TreeDeclarations> declarations_;
};

class UnitRun::Consumer final : public clang::ASTConsumer {
 public:
  explicit Consumer(UnitRun& run) : run_(run) {}
  void HandleTranslationUnit(clang::ASTContext& ast) override { run_.Examine(ast); }

 private:
  UnitRun& run_;
};

class UnitRun::Action final : public clang::ASTFrontendAction {
 public:
  explicit Action(UnitRun& run) : run_(run) {}

 protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& compiler,
                                                        llvm::StringRef file) override {
    run_.Begin(compiler);
    std::vector<std::unique_ptr<clang::ASTConsumer>> consumers;
    consumers.push_back(run_.tidy_.Attach(compiler, file));
    consumers.push_back(std::make_unique<Consumer>(run_));
    return std::make_unique<clang::MultiplexConsumer>(std::move(consumers));
  }

 private:
  UnitRun& run_;
};

void UnitRun::Run(std::shared_ptr<clang::CompilerInvocation> invocation,
                  llvm::IntrusiveRefCntPtr<source::GitTreeFs> fs) {
  clang::CompilerInstance compiler(std::move(invocation));
  compiler.setVirtualFileSystem(std::move(fs));
  compiler.setVerboseOutputStream(llvm::nulls());
  compiler.createDiagnostics(&tidy_.diagnostics(), /*ShouldOwnClient=*/false);
  compiler.createFileManager();
  compiler.createSourceManager();
  Action action(*this);
  compiler.ExecuteAction(action);
}

void UnitRun::WriteFindings(int max_findings) {
  FindingWriter writer(tree_, declarations_.get(), task_);
  for (const clang::tidy::ClangTidyError& error : tidy_.Take()) writer.Add(error);
  writer.Write(max_findings, result_);
  if (declarations_) declarations_->Write(result_);
}

void Fail(const v1::UnitTask& task, v1::FailureKind kind, std::string_view message, std::string_view analyzer,
          v1::TaskResult& result) {
  v1::AnalysisFailure& failure = *result.add_failures();
  failure.set_analyzer(std::string(analyzer));
  failure.set_unit(task.main_file());
  failure.set_kind(kind);
  failure.set_message(ValidUtf8(message));
}

std::string Explain(const CompileError& error, const std::string& directory) {
  std::string place = error.file.empty() ? "" : source::TreePath(error.file, directory);
  if (place.empty()) place = error.file;
  std::string text = place.empty() ? "" : place + ":" + std::to_string(error.line) + ": ";
  text += error.message;
  if (!error.missing_include.empty()) {
    text += "; \"" + error.missing_include +
            "\" is neither in the commit nor among the toolchain's headers on this worker: headers that a build "
            "generates and those of third parties must be provided there";
  }
  return text;
}

// Without a header that it was not given, the compiler's errors tell about the environment, not about the code.
void DropErrors(v1::TaskResult& result) {
  auto& findings = *result.mutable_findings();
  findings.erase(std::remove_if(findings.begin(), findings.end(),
                                [](const v1::Finding& finding) { return finding.check() == "clang-diagnostic-error"; }),
                 findings.end());
}

// What is wrong with the task itself; empty when nothing is.
std::string TaskProblem(const v1::UnitTask& task) {
  const std::string& file = task.main_file();
  if (file.empty() || file.starts_with('/') || source::TreePath(std::string(source::kMount) + "/" + file) != file) {
    return "main file \"" + file + "\" is not a plain path relative to the repository root";
  }
  if (task.directory() != source::kMount && source::TreePath(task.directory()).empty()) {
    return "working directory \"" + task.directory() + "\" is not below /src";
  }
  return "";
}

}  // namespace

v1::TaskResult AnalyzeUnit(const v1::AnalysisTask& task, source::GitTree& tree, source::GitTree& config,
                           const Environment& environment) {
  const v1::UnitTask& unit = task.unit();
  v1::TaskResult result;
  if (const std::string problem = TaskProblem(unit); !problem.empty()) {
    Fail(unit, v1::FAILURE_KIND_INTERNAL, problem, "", result);
    return result;
  }
  std::vector<const Analyzer*> analyzers;
  for (const std::string& name : unit.analyzers()) {
    if (const Analyzer* analyzer = FindAnalyzer(name)) {
      analyzers.push_back(analyzer);
    } else {
      Fail(unit, v1::FAILURE_KIND_INTERNAL, "there is no analyzer of this name: see mergegate-analyze --describe", name,
           result);
    }
  }

  const auto wants = [&](std::string_view check) {
    return std::any_of(analyzers.begin(), analyzers.end(), [&](const Analyzer* a) { return a->OwnsCheck(check); });
  };
  const auto config_fs = llvm::makeIntrusiveRefCnt<source::GitTreeFs>(config, std::vector<std::string>());
  TidyRun tidy({unit.checks(), wants}, config_fs);
  const auto fs = llvm::makeIntrusiveRefCnt<source::GitTreeFs>(tree, environment.roots);
  fs->setCurrentWorkingDirectory(unit.directory());
  const std::string main_file = std::string(source::kMount) + "/" + unit.main_file();
  if (tree.Find(unit.main_file()).kind != source::Lookup::Kind::kFile) {
    Fail(unit, v1::FAILURE_KIND_PARSE_ERROR, "there is no file " + unit.main_file() + " in commit " + task.commit(), "",
         result);
    return result;
  }
  source::Invocation made =
      source::MakeInvocation(tidy.AdjustArguments({unit.arguments().begin(), unit.arguments().end()}, main_file),
                             main_file, fs, environment.resource_dir, tidy.diagnostics());
  if (made.invocation == nullptr) {
    Fail(unit, v1::FAILURE_KIND_NO_COMMAND, made.problem, "", result);
  } else {
    UnitRun run(unit, tree, tidy, analyzers, result);
    run.Run(std::move(made.invocation), fs);
    run.WriteFindings(task.limits().max_findings());
    if (const CompileError* error = tidy.compile_error()) {
      Fail(unit, v1::FAILURE_KIND_PARSE_ERROR, Explain(*error, unit.directory()), "", result);
      if (!error->missing_include.empty()) DropErrors(result);
    }
    result.set_suppressed(static_cast<int>(tidy.suppressed()));
  }
  for (const std::string& problem : tidy.configuration_problems()) {
    Fail(unit, v1::FAILURE_KIND_INTERNAL, "the configuration cannot be read and has no effect: " + problem,
         "clang-tidy", result);
  }
  for (const absl::Status& damage : {tree.damage(), config.damage()}) {
    if (!damage.ok()) {
      Fail(unit, v1::FAILURE_KIND_INTERNAL, std::string(damage.message()), "", result);
    }
  }
  return result;
}

}  // namespace mergegate::analyzers
