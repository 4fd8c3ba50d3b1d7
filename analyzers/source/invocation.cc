#include "analyzers/source/invocation.h"

#include <string_view>

#include "clang/Driver/CreateInvocationFromArgs.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Lex/PreprocessorOptions.h"

namespace mergegate::source {
namespace {

struct Refusal {
  std::string_view prefix;
  std::string_view why;
};

constexpr std::string_view kLoads = "it can load code into the compiler";
constexpr std::string_view kReads = "it reads arguments or files from places that the gate does not control";
constexpr std::string_view kWrites = "it makes the compiler write files";
constexpr std::string_view kRuns = "it makes the compiler start programs";

// Matched as prefixes, with one or two leading dashes.
constexpr Refusal kRefusals[] = {
    {"-Xclang", kLoads},
    {"-Xanalyzer", kLoads},
    {"-Xpreprocessor", kLoads},
    {"-Xassembler", kLoads},
    {"-Xlinker", kLoads},
    {"-Xarch", kLoads},
    {"-Xcuda", kLoads},
    {"-Xopenmp", kLoads},
    {"-Wa,", kLoads},
    {"-Wl,", kLoads},
    {"-Wp,", kLoads},
    {"-mllvm", kLoads},
    {"-load", kLoads},
    {"-add-plugin", kLoads},
    {"-plugin", kLoads},
    {"-fplugin", kLoads},
    {"-fpass-plugin", kLoads},
    {"-cc1", kLoads},
    {"-fuse-", kRuns},
    {"-fno-integrated", kRuns},
    {"-wrapper", kRuns},
    {"-specs", kReads},
    {"@", kReads},
    {"-config", kReads},
    {"-ivfsoverlay", kReads},
    {"-vfsoverlay", kReads},
    {"-resource-dir", kReads},
    {"-fprofile-use", kReads},
    {"-fprofile-instr-use", kReads},
    {"-include-pch", kReads},
    {"-fmodule-file", kReads},
    {"-fprebuilt-module-path", kReads},
    {"-fmodules-cache-path", kWrites},
    {"-fmodules", kWrites},
    {"-fcrash-diagnostics-dir", kWrites},
    {"-gen-reproducer", kWrites},
    {"-serialize-diagnostics", kWrites},
    {"-dependency-", kWrites},
    {"-save-", kWrites},
    {"-ftime-trace", kWrites},
    {"-foptimization-record", kWrites},
    {"-fsave-optimization-record", kWrites},
    {"-fdiagnostics-log", kWrites},
    {"-analyzer-output", kWrites},
    {"-o", kWrites},
    {"-MF", kWrites},
    {"-MJ", kWrites},
    {"-MD", kWrites},
    {"-MMD", kWrites},
};

class FirstError final : public clang::DiagnosticConsumer {
 public:
  explicit FirstError(clang::DiagnosticConsumer& next) : next_(next) {}
  void HandleDiagnostic(clang::DiagnosticsEngine::Level level, const clang::Diagnostic& info) override {
    if (level >= clang::DiagnosticsEngine::Error && text_.empty()) {
      llvm::SmallString<128> text;
      info.FormatDiagnostic(text);
      text_ = text.str().str();
    }
    next_.HandleDiagnostic(level, info);
  }
  const std::string& text() const { return text_; }

 private:
  clang::DiagnosticConsumer& next_;
  std::string text_;
};

}  // namespace

std::string RefusedArgument(const std::string& argument) {
  std::string_view dashed = argument;
  if (dashed.starts_with("--")) dashed.remove_prefix(1);
  for (const Refusal& refusal : kRefusals) {
    if (dashed.starts_with(refusal.prefix)) return std::string(refusal.why);
  }
  return argument.find('\0') == std::string::npos ? "" : "it holds a NUL byte";
}

Invocation MakeInvocation(const std::vector<std::string>& arguments, const std::string& main_file,
                          llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> fs, const std::string& resource_dir,
                          clang::DiagnosticConsumer& diagnostics) {
  for (const std::string& argument : arguments) {
    if (std::string why = RefusedArgument(argument); !why.empty()) {
      return {nullptr, "argument \"" + argument + "\" is refused: " + why + "; remove it from the compile command"};
    }
  }
  // The resource directory is <prefix>/lib/clang/<version>: the driver looks for its neighbours from <prefix>/bin.
  const std::string program = resource_dir + "/../../../bin/clang";
  std::vector<const char*> argv = {program.c_str(), "-resource-dir", resource_dir.c_str(), "--no-default-config"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  argv.insert(argv.end(), {"-fsyntax-only", "--", main_file.c_str()});

  FirstError consumer(diagnostics);
  clang::DiagnosticOptions options;
  clang::CreateInvocationOptions create;
  create.Diags = clang::CompilerInstance::createDiagnostics(*fs, options, &consumer, /*ShouldOwnClient=*/false);
  create.VFS = fs;
  std::shared_ptr<clang::CompilerInvocation> made = clang::createInvocation(argv, create);
  if (made == nullptr) {
    return {nullptr, "clang does not understand the compile command: " +
                         (consumer.text().empty() ? "no compilation in it" : consumer.text())};
  }
  made->getFrontendOpts().DisableFree = false;
  made->getCodeGenOpts().DisableFree = false;
  // As clang-tidy does: defines __clang_analyzer__.
  made->getPreprocessorOpts().SetUpStaticAnalyzer = true;
  // Same inputs, same findings: __DATE__ and __TIME__ stand still.
  made->getPreprocessorOpts().SourceDateEpoch = 0;
  return {std::move(made), ""};
}

}  // namespace mergegate::source
