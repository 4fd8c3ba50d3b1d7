// From clang-tidy's diagnostics to findings of the contract.
//
//   FindingWriter writer(tree, &declarations, task);
//   writer.Add(error);
//   writer.Write(limits, result);    // ordered, without duplicates, cut at the limits
//
// Only places in the tree become findings. Texts are made valid UTF-8, for messages may quote any byte of the source.
// Thread safety: none. All arguments must outlive it.
#ifndef MERGEGATE_ANALYZERS_FINDINGS_H_
#define MERGEGATE_ANALYZERS_FINDINGS_H_

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "analyzers/declarations.h"
#include "analyzers/source/git_tree.h"
#include "analyzers/text.h"
#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "mergegate/v1/analysis.pb.h"

namespace mergegate::analyzers {

// What orders findings, and what two that are the same agree in.
inline auto FindingKey(const v1::Finding& f) {
  return std::make_tuple(f.path(), f.line(), f.column(), f.check(), f.message());
}

class FindingWriter {
 public:
  FindingWriter(source::GitTree& tree, const TreeDeclarations* declarations, const v1::UnitTask& task)
      : tree_(tree), declarations_(declarations), task_(task) {}

  void Add(const clang::tidy::ClangTidyError& error);
  // `max_findings` > 0; more are cut and reported as a failure with FAILURE_KIND_OUTPUT_LIMIT.
  void Write(int max_findings, v1::TaskResult& result);

 private:
  const source::TreeFile* FileAt(const std::string& name, const std::string& directory);
  const LineIndex& Lines(const source::TreeFile& file);
  void SetEnd(const clang::tidy::ClangTidyError& error, const source::TreeFile& file, v1::Finding& finding);
  void AddFix(const clang::tidy::ClangTidyError& error, v1::Finding& finding);

  source::GitTree& tree_;
  const TreeDeclarations* declarations_;  // null when the unit was not parsed at all
  const v1::UnitTask& task_;
  std::map<const source::TreeFile*, LineIndex> lines_;
  std::vector<v1::Finding> findings_;
};

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_FINDINGS_H_
