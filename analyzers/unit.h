// Analyzes one translation unit of a commit: one parse, all analyzers that the task names.
//
//   v1::TaskResult result = AnalyzeUnit(task, *tree, *config_tree, environment);
//
// Never fails as a whole: what could not be done is in the result's failures.
// Thread safety: one call at a time in a process (clang's registries and libgit2's error state are shared).
#ifndef MERGEGATE_ANALYZERS_UNIT_H_
#define MERGEGATE_ANALYZERS_UNIT_H_

#include <string>
#include <vector>

#include "analyzers/source/git_tree.h"
#include "mergegate/v1/analysis.pb.h"

namespace mergegate::analyzers {

struct Environment {
  std::string repository;          // bare git directory
  std::vector<std::string> roots;  // directories of the real file system that units may read
  std::string resource_dir;        // directory of clang's own headers; empty = that of this program's LLVM
  std::string cache = {};          // folder of the engine's cache for this project, read-only; empty = none
  std::string toolchain = {};      // fingerprint of the headers below `roots`: part of every key of the cache
  int jobs = 1;                    // processes that may work at once, this one included; 1 = fork none
};

// `tree`: the commit to analyze; `config`: the one whose .clang-tidy files count.
v1::TaskResult AnalyzeUnit(const v1::AnalysisTask& task, source::GitTree& tree, source::GitTree& config,
                           const Environment& environment);

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_UNIT_H_
