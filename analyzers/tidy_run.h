// clang-tidy's driver of checks for one unit, in this process: configuration, suppressions, compiler warnings and the
// static analyzer, with the same outcome as the program clang-tidy of the same version.
//
//   TidyRun run({.checks = "", .owns = ...}, config_fs);
//   run.Attach(compiler, "/src/a.cc");        // the consumer to put into the frontend action
//   for (const clang::tidy::ClangTidyError& error : run.Take()) ...
//
// Configuration: the .clang-tidy files of `config_fs` (a commit's tree), by directory as clang-tidy reads them;
// `checks` replaces their Checks. Without any of both: kDefaultChecks. Findings of every file are kept except system
// headers, whatever HeaderFilterRegex the tree sets: which of them matter is decided elsewhere.
// Thread safety: none. Ownership: one run is for one parse; the compiler must be gone before it.
#ifndef MERGEGATE_ANALYZERS_TIDY_RUN_H_
#define MERGEGATE_ANALYZERS_TIDY_RUN_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "clang-tidy/ClangTidy.h"
#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "clang/Frontend/CompilerInstance.h"

namespace mergegate::analyzers {

// Checks of a tree that configures none: those that find faults, without those that mostly voice taste.
inline constexpr char kDefaultChecks[] =
    "-*,bugprone-*,-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions,performance-*,concurrency-*,"
    "-concurrency-mt-unsafe,clang-analyzer-*,clang-diagnostic-*";

struct TidyRequest {
  std::string checks;                           // replaces the tree's Checks; empty = those of the tree
  std::function<bool(std::string_view)> wants;  // checks of the analyzers asked for
};

// The first error that kept a unit from compiling.
struct CompileError {
  std::string file;  // as clang names it; empty for none in particular
  unsigned line = 0;
  std::string message;
  std::string missing_include;  // as written between the quotes; empty for other errors
};

class TidyRun {
 public:
  TidyRun(TidyRequest request, llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> config_fs);
  ~TidyRun();
  TidyRun(const TidyRun&) = delete;
  TidyRun& operator=(const TidyRun&) = delete;

  // Arguments of the compile command after what the configuration adds and removes for this main file.
  std::vector<std::string> AdjustArguments(std::vector<std::string> arguments, const std::string& main_file) const;

  // Where the compiler (and the driver) must send its diagnostics.
  clang::DiagnosticConsumer& diagnostics();
  std::unique_ptr<clang::ASTConsumer> Attach(clang::CompilerInstance& compiler, llvm::StringRef main_file);

  // The alternative to Attach for who drives the static analyzer without the checks of clang-tidy (path_analysis.h):
  // sets the analyzer's options in `compiler` as clang-tidy does. False when no check of the analyzer is enabled.
  bool ConfigureAnalyzer(clang::CompilerInstance& compiler, llvm::StringRef main_file);
  // Where findings of the analyzer go.
  clang::tidy::ClangTidyContext& context() { return *context_; }

  // What was found since the last call, in clang-tidy's order.
  std::vector<clang::tidy::ClangTidyError> Take();
  // Findings that NOLINT hid.
  unsigned suppressed() const;
  struct Hidden {
    std::string check;
    unsigned line = 0;  // in the main file; 0 elsewhere
  };
  const std::vector<Hidden>& hidden() const;
  // Null when everything compiled.
  const CompileError* compile_error() const;
  // "lib/.clang-tidy:3:1: unknown key 'Cheks'", ...; such a file has no effect.
  const std::vector<std::string>& configuration_problems() const { return configuration_problems_; }

 private:
  class Options;
  class Diagnostics;

  std::vector<std::string> configuration_problems_;
  std::unique_ptr<clang::tidy::ClangTidyContext> context_;
  std::unique_ptr<Diagnostics> diagnostics_;
  std::unique_ptr<clang::DiagnosticOptions> engine_options_;
  std::unique_ptr<clang::DiagnosticsEngine> engine_;
  std::unique_ptr<clang::tidy::ClangTidyASTConsumerFactory> factory_;
};

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_TIDY_RUN_H_
