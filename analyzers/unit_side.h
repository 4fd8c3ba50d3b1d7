// One unit at one commit, ready to be parsed: its tree, the configuration of its checks, its command.
//
//   UnitSide side(task, tree, config, environment);
//   if (!side.problem().empty()) ...
//   TidyRun tidy = side.MakeTidyRun();
//   source::Invocation made = side.MakeInvocation(tidy);
//
// Thread safety: none. All arguments must outlive it.
#ifndef MERGEGATE_ANALYZERS_UNIT_SIDE_H_
#define MERGEGATE_ANALYZERS_UNIT_SIDE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/analyzer.h"
#include "analyzers/closure/digest.h"
#include "analyzers/source/git_tree.h"
#include "analyzers/source/git_tree_fs.h"
#include "analyzers/source/invocation.h"
#include "analyzers/tidy_run.h"
#include "mergegate/v1/analysis.pb.h"

namespace mergegate::analyzers {

struct Environment {
  std::string repository;          // bare git directory
  std::vector<std::string> roots;  // directories of the real file system that units may read
  std::string resource_dir;        // directory of clang's own headers; empty = that of this program's LLVM
  std::string cache = {};          // folder of the engine's cache for this project, read-only; empty = none
  std::string toolchain = {};      // fingerprint of the headers below `roots`: part of every artifact's name
  int jobs = 1;                    // processes that may work at once, this one included; 1 = fork none
};

class UnitSide {
 public:
  // `task` names this side alone: it has no `base`.
  UnitSide(const v1::AnalysisTask& task, source::GitTree& tree, source::GitTree& config,
           const Environment& environment);

  // What is wrong with the task, with its kind; empty when nothing is.
  const std::string& problem() const { return problem_; }
  v1::FailureKind problem_kind() const { return problem_kind_; }

  const v1::AnalysisTask& task() const { return task_; }
  const v1::UnitTask& unit() const { return task_.unit(); }
  source::GitTree& tree() { return tree_; }
  // Processes that may work at once.
  int jobs() const { return environment_.jobs; }
  const std::vector<const Analyzer*>& analyzers() const { return analyzers_; }
  // As the compiler names it.
  const std::string& main_file() const { return main_file_; }
  // As analyzers see it.
  const std::string& text() const { return text_; }
  llvm::IntrusiveRefCntPtr<source::GitTreeFs> fs() { return fs_; }

  // Two tiers: the static analyzer follows paths; all others match what is written.
  enum class Tier { kMatching, kPaths };
  bool Has(Tier tier) const;
  // Checks of the tier's analyzers that the task names.
  std::unique_ptr<TidyRun> MakeTidyRun(Tier tier) const;
  // A fresh invocation of the compiler for the whole main file.
  source::Invocation MakeInvocation(TidyRun& tidy);

  // True when some check or warning joins what stands among the headers with what comes below: the unit cannot be
  // split.
  bool MustBeWhole() const;
  // True when both would be parsed in the same way, were their files the same.
  bool IsSameCommand(const UnitSide& other) const;
  // Of everything besides files that a parse depends on.
  Digest CommandKey() const;
  // The same, and all that findings of the matching tier depend on besides files.
  Digest ChecksKey() const;

 private:
  const v1::AnalysisTask& task_;
  source::GitTree& tree_;
  source::GitTree& config_;
  const Environment& environment_;
  std::vector<const Analyzer*> analyzers_;
  std::string problem_;
  v1::FailureKind problem_kind_ = v1::FAILURE_KIND_INTERNAL;
  std::string main_file_;
  std::string text_;
  llvm::IntrusiveRefCntPtr<source::GitTreeFs> fs_;
};

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_UNIT_SIDE_H_
