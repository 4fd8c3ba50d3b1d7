#include "analyzers/unit_side.h"

#include <algorithm>

#include "analyzers/analyze.h"
#include "analyzers/registry.h"

namespace mergegate::analyzers {
namespace {

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

UnitSide::UnitSide(const v1::AnalysisTask& task, source::GitTree& tree, source::GitTree& config,
                   const Environment& environment)
    : task_(task), tree_(tree), config_(config), environment_(environment), problem_(TaskProblem(task.unit())) {
  for (const std::string& name : unit().analyzers()) {
    if (const Analyzer* analyzer = FindAnalyzer(name)) analyzers_.push_back(analyzer);
  }
  if (!problem_.empty()) return;
  main_file_ = std::string(source::kMount) + "/" + unit().main_file();
  const source::Lookup main = tree_.Find(unit().main_file());
  if (main.kind != source::Lookup::Kind::kFile) {
    problem_ = "there is no file " + unit().main_file() + " in commit " + task_.commit();
    problem_kind_ = v1::FAILURE_KIND_PARSE_ERROR;
    return;
  }
  text_ = main.file->text;
  fs_ = llvm::makeIntrusiveRefCnt<source::GitTreeFs>(tree_, environment_.roots);
  fs_->setCurrentWorkingDirectory(unit().directory());
}

static UnitSide::Tier TierOf(const Analyzer* analyzer) {
  return analyzer == &StaticAnalyzer() ? UnitSide::Tier::kPaths : UnitSide::Tier::kMatching;
}

bool UnitSide::Has(Tier tier) const {
  return std::any_of(analyzers_.begin(), analyzers_.end(), [&](const Analyzer* a) { return TierOf(a) == tier; });
}

std::unique_ptr<TidyRun> UnitSide::MakeTidyRun(Tier tier) const {
  const auto config_fs = llvm::makeIntrusiveRefCnt<source::GitTreeFs>(config_, std::vector<std::string>());
  const auto wants = [this, tier](std::string_view check) {
    return std::any_of(analyzers_.begin(), analyzers_.end(),
                       [&](const Analyzer* a) { return TierOf(a) == tier && a->OwnsCheck(check); });
  };
  return std::make_unique<TidyRun>(TidyRequest{unit().checks(), wants}, config_fs);
}

source::Invocation UnitSide::MakeInvocation(TidyRun& tidy) {
  return source::MakeInvocation(
      tidy.AdjustArguments({unit().arguments().begin(), unit().arguments().end()}, main_file_), main_file_, fs_,
      environment_.resource_dir, tidy.diagnostics());
}

bool UnitSide::MustBeWhole() const {
  for (const std::string& argument : unit().arguments()) {
    if (argument == "-Wunused-macros" || argument == "-Weverything") return true;
  }
  const std::unique_ptr<TidyRun> tidy = MakeTidyRun(Tier::kMatching);
  tidy->context().setCurrentFile(main_file_);
  for (const char* check : {"misc-include-cleaner", "modernize-macro-to-enum", "cppcoreguidelines-macro-to-enum"}) {
    if (tidy->context().isCheckEnabled(check)) return true;
  }
  return false;
}

bool UnitSide::IsSameCommand(const UnitSide& other) const {
  return unit().main_file() == other.unit().main_file() && unit().directory() == other.unit().directory() &&
         std::equal(unit().arguments().begin(), unit().arguments().end(), other.unit().arguments().begin(),
                    other.unit().arguments().end());
}

Digest UnitSide::CommandKey() const {
  DigestBuilder builder;
  builder.Text(BuildId()).Text(environment_.toolchain).Text(unit().main_file()).Text(unit().directory());
  for (const std::string& root : environment_.roots) builder.Text(root);
  builder.Number(static_cast<uint64_t>(unit().arguments_size()));
  for (const std::string& argument : unit().arguments()) builder.Text(argument);
  // .clang-tidy may add arguments.
  builder.Text(config_.ListFilesNamed(".clang-tidy"));
  return builder.Finish();
}

Digest UnitSide::ChecksKey() const {
  DigestBuilder builder;
  builder.Add(CommandKey()).Text(unit().checks()).Number(static_cast<uint64_t>(unit().source()));
  for (const std::string& analyzer : unit().analyzers()) builder.Text(analyzer);
  for (const v1::LineSet& lines : unit().ignored_suppressions()) {
    builder.Text(lines.path());
    for (const int line : lines.first()) builder.Number(static_cast<uint64_t>(line));
    for (const int line : lines.last()) builder.Number(static_cast<uint64_t>(line));
  }
  return builder.Finish();
}

}  // namespace mergegate::analyzers
