// Finds blocks of tokens that a change repeats: text that the change adds and that stands elsewhere in the commit too.
//
//   v1::TaskResult result = FindDuplicates(task, *tree);   // result.duplicates()
//
// Tokens are compared as they are spelled; blanks, comments and preprocessor lines play no part. A block counts from
// `min_tokens` equal tokens on, when its first copy overlaps added lines; each pair of places is reported once, at its
// greatest length. Only the commit's own files are looked at, so a block that was moved is no duplicate.
// Linear in the number of tokens but for the places that are truly alike.
// Thread safety: as GitTree.
#ifndef MERGEGATE_ANALYZERS_DUPLICATION_H_
#define MERGEGATE_ANALYZERS_DUPLICATION_H_

#include "analyzers/source/git_tree.h"
#include "mergegate/v1/analysis.pb.h"

namespace mergegate::analyzers {

v1::TaskResult FindDuplicates(const v1::AnalysisTask& task, source::GitTree& tree);

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_DUPLICATION_H_
