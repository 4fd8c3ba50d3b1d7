#include "analyzers/tidy_run.h"

#include <algorithm>
#include <utility>

#include "analyzers/source/git_tree_fs.h"
#include "analyzers/source/invocation.h"
#include "analyzers/tidy_modules.h"
#include "clang-tidy/ClangTidyModule.h"
#include "clang-tidy/ClangTidyOptions.h"
#include "clang/Basic/DiagnosticLex.h"
#include "clang/StaticAnalyzer/Core/AnalyzerOptions.h"

namespace mergegate::analyzers {

namespace tidy = clang::tidy;

// The tree's configuration with the request's on top.
class TidyRun::Options final : public tidy::FileOptionsProvider {
 public:
  Options(TidyRequest request, llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> config_fs,
          std::vector<std::string>& problems)
      : FileOptionsProvider(tidy::ClangTidyGlobalOptions(), Defaults(), tidy::ClangTidyOptions(), std::move(config_fs)),
        request_(std::move(request)),
        problems_(problems) {
    ConfigHandlers.clear();
    ConfigHandlers.emplace_back(".clang-tidy", [this](llvm::MemoryBufferRef text) { return Parse(text); });
  }

  std::vector<OptionsSource> getRawOptions(llvm::StringRef file) override {
    // Checks ask for the options of headers, too; those of the toolchain have none.
    std::vector<OptionsSource> sources = source::TreePath(file).empty() ? DefaultOptionsProvider::getRawOptions(file)
                                                                        : FileOptionsProvider::getRawOptions(file);
    const bool configured = sources.size() > 2;  // more than the defaults and the (empty) command line
    tidy::ClangTidyOptions last;
    // Lists of checks are joined, so "-*" takes back what earlier ones enabled.
    if (!request_.checks.empty()) {
      last.Checks = "-*," + request_.checks;
    } else if (!configured) {
      last.Checks = kDefaultChecks;
    }
    last.HeaderFilterRegex = ".*";
    last.SystemHeaders = false;
    sources.emplace_back(last, "task");

    tidy::ClangTidyOptions all = tidy::ClangTidyOptions::getDefaults();
    unsigned order = 0;
    for (const OptionsSource& source : sources) all.mergeWith(source.first, ++order);
    tidy::ClangTidyOptions wanted;
    wanted.Checks = OnlyWanted(all);
    sources.emplace_back(wanted, "analyzers");
    return sources;
  }

 private:
  static tidy::ClangTidyOptions Defaults() {
    tidy::ClangTidyOptions defaults;
    defaults.Checks = "clang-diagnostic-*,clang-analyzer-*";  // clang-tidy's own
    defaults.WarningsAsErrors = "";
    defaults.ExcludeHeaderFilterRegex = "";
    defaults.FormatStyle = "none";
    return defaults;
  }

  // Switches off what belongs to analyzers that were not asked for.
  std::string OnlyWanted(const tidy::ClangTidyOptions& options) const {
    std::string checks = ",";
    const bool warnings = request_.wants("clang-diagnostic-");
    if (!warnings) checks += "-clang-diagnostic-*,";
    if (!request_.wants("clang-analyzer-")) checks += "-clang-analyzer-*,";
    if (!warnings) {
      for (const std::string& check : tidy::getCheckNames(options, false, false)) {
        if (!request_.wants(check)) checks += "-" + check + ",";
      }
    }
    return checks;
  }

  llvm::ErrorOr<tidy::ClangTidyOptions> Parse(llvm::MemoryBufferRef text) {
    return tidy::parseConfigurationWithDiags(text, [&](const llvm::SMDiagnostic& problem) {
      std::string text_of_problem = source::TreePath(text.getBufferIdentifier()) + ":" +
                                    std::to_string(problem.getLineNo()) + ":" +
                                    std::to_string(problem.getColumnNo() + 1) + ": " + problem.getMessage().str();
      // A broken file is read again for every directory below it.
      if (std::find(problems_.begin(), problems_.end(), text_of_problem) == problems_.end()) {
        problems_.push_back(std::move(text_of_problem));
      }
    });
  }

  const TidyRequest request_;
  std::vector<std::string>& problems_;
};

// Remembers the first error on its way to clang-tidy's collection, and counts what NOLINT hides there.
class TidyRun::Diagnostics final : public tidy::ClangTidyDiagnosticConsumer {
 public:
  explicit Diagnostics(tidy::ClangTidyContext& context)
      : ClangTidyDiagnosticConsumer(context, nullptr, /*RemoveIncompatibleErrors=*/true, /*GetFixesFromNotes=*/false),
        context_(context) {}

  void HandleDiagnostic(clang::DiagnosticsEngine::Level level, const clang::Diagnostic& info) override {
    const bool is_error = level >= clang::DiagnosticsEngine::Error &&
                          info.getDiags()->getDiagnosticIDs()->isDefaultMappingAsError(info.getID());
    if (is_error && first_ == nullptr) {
      first_ = std::make_unique<CompileError>();
      llvm::SmallString<256> text;
      info.FormatDiagnostic(text);
      first_->message = text.str().str();
      if (info.hasSourceManager() && info.getLocation().isValid()) {
        const clang::PresumedLoc place = info.getSourceManager().getPresumedLoc(info.getLocation(), false);
        if (place.isValid()) {
          first_->file = place.getFilename();
          first_->line = place.getLine();
        }
      }
      if (info.getID() == clang::diag::err_pp_file_not_found && info.getNumArgs() > 0 &&
          info.getArgKind(0) == clang::DiagnosticsEngine::ak_std_string) {
        first_->missing_include = info.getArgStdStr(0);
      }
    }
    const unsigned ignored = context_.getStats().ErrorsIgnoredNOLINT;
    ClangTidyDiagnosticConsumer::HandleDiagnostic(level, info);
    // clang-tidy counts what it would not have reported anyhow, too.
    if (context_.getStats().ErrorsIgnoredNOLINT == ignored || !context_.isCheckEnabled(CheckOf(info))) return;
    Hidden& hidden = hidden_.emplace_back();
    hidden.check = CheckOf(info);
    if (!info.hasSourceManager()) return;
    const clang::SourceManager& sources = info.getSourceManager();
    const clang::SourceLocation place = sources.getExpansionLoc(info.getLocation());
    if (place.isValid() && sources.isInMainFile(place)) hidden.line = sources.getExpansionLineNumber(place);
  }

  const CompileError* first() const { return first_.get(); }
  const std::vector<Hidden>& hidden() const { return hidden_; }

 private:
  std::string CheckOf(const clang::Diagnostic& info) const {
    std::string check = context_.getCheckName(info.getID());
    if (!check.empty()) return check;
    return "clang-diagnostic-" + info.getDiags()->getDiagnosticIDs()->getWarningOptionForDiag(info.getID()).str();
  }

  tidy::ClangTidyContext& context_;
  std::vector<Hidden> hidden_;
  std::unique_ptr<CompileError> first_;
};

TidyRun::TidyRun(TidyRequest request, llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> config_fs) {
  LinkTidyModules();
  context_ = std::make_unique<tidy::ClangTidyContext>(
      std::make_unique<Options>(std::move(request), std::move(config_fs), configuration_problems_));
  diagnostics_ = std::make_unique<Diagnostics>(*context_);
  engine_options_ = std::make_unique<clang::DiagnosticOptions>();
  engine_ = std::make_unique<clang::DiagnosticsEngine>(clang::DiagnosticIDs::create(), *engine_options_,
                                                       diagnostics_.get(), /*ShouldOwnClient=*/false);
  context_->setDiagnosticsEngine(std::make_unique<clang::DiagnosticOptions>(), engine_.get());
  factory_ = std::make_unique<tidy::ClangTidyASTConsumerFactory>(*context_);
}

TidyRun::~TidyRun() = default;

std::vector<std::string> TidyRun::AdjustArguments(std::vector<std::string> arguments,
                                                  const std::string& main_file) const {
  const tidy::ClangTidyOptions options = context_->getOptionsForFile(main_file);
  if (options.RemovedArgs) {
    std::erase_if(arguments, [&](const std::string& argument) {
      return std::find(options.RemovedArgs->begin(), options.RemovedArgs->end(), argument) !=
             options.RemovedArgs->end();
    });
  }
  // The allow-list of compile commands has not seen these, so only what defines macros or sets warnings gets through.
  const auto allowed = [](const std::string& argument) {
    const llvm::StringRef text = argument;
    return text.starts_with("-D") || text.starts_with("-U") || text.starts_with("-std=") ||
           (text.starts_with("-W") && !text.contains(','));
  };
  std::vector<std::string> adjusted;
  if (options.ExtraArgsBefore) {
    std::copy_if(options.ExtraArgsBefore->begin(), options.ExtraArgsBefore->end(), std::back_inserter(adjusted),
                 allowed);
  }
  adjusted.insert(adjusted.end(), arguments.begin(), arguments.end());
  if (options.ExtraArgs) {
    std::copy_if(options.ExtraArgs->begin(), options.ExtraArgs->end(), std::back_inserter(adjusted), allowed);
  }
  return adjusted;
}

clang::DiagnosticConsumer& TidyRun::diagnostics() { return *diagnostics_; }

std::unique_ptr<clang::ASTConsumer> TidyRun::Attach(clang::CompilerInstance& compiler, llvm::StringRef main_file) {
  return factory_->createASTConsumer(compiler, main_file);
}

bool TidyRun::ConfigureAnalyzer(clang::CompilerInstance& compiler, llvm::StringRef main_file) {
  context_->setSourceManager(&compiler.getSourceManager());
  context_->setCurrentFile(main_file);
  context_->setASTContext(&compiler.getASTContext());
  const auto directory = compiler.getFileManager().getVirtualFileSystem().getCurrentWorkingDirectory();
  if (directory) context_->setCurrentBuildDirectory(*directory);

  constexpr llvm::StringLiteral kPrefix = "clang-analyzer-";
  clang::AnalyzerOptions& options = compiler.getAnalyzerOpts();
  bool any = false;
  for (const llvm::StringRef checker : clang::AnalyzerOptions::getRegisteredCheckers(/*IncludeExperimental=*/false)) {
    const bool enabled = context_->isCheckEnabled((kPrefix + checker).str());
    any |= enabled;
    // The others rely on the core.
    if (enabled || checker.starts_with("core")) options.CheckersAndPackages.emplace_back(checker.str(), true);
  }
  for (const auto& option : context_->getOptions().CheckOptions) {
    llvm::StringRef name = option.getKey();
    if (name.consume_front(kPrefix)) options.Config[name] = option.getValue().Value;
  }
  options.AnalysisDiagOpt = clang::PD_NONE;
  compiler.getDiagnostics().setWarningsAsErrors(false);
  return any;
}

std::vector<tidy::ClangTidyError> TidyRun::Take() { return diagnostics_->take(); }

unsigned TidyRun::suppressed() const { return static_cast<unsigned>(diagnostics_->hidden().size()); }

const std::vector<TidyRun::Hidden>& TidyRun::hidden() const { return diagnostics_->hidden(); }

const CompileError* TidyRun::compile_error() const { return diagnostics_->first(); }

}  // namespace mergegate::analyzers
