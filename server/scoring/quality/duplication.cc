// loss = added C and C++ lines that are copies; full_loss = half of ReferenceLines(C and C++ lines added): a change
// half of which is copied loses the whole part. The share of duplicated new lines is SonarQube's measure; the scale is
// ours.
#include "server/domain/duplication.h"

#include "absl/strings/str_cat.h"
#include "server/scoring/quality/sub_index.h"

namespace mergegate::scoring {

SubIndex DuplicationAdded(const Facts& facts) {
  SubIndex duplication{.full_loss = ReferenceLines(facts.cpp_lines_added) / 2, .charges = {}, .missing = {}};
  if (facts.duplicates.empty() &&
      std::ranges::any_of(facts.failures, [](const AnalysisFailure& f) { return IsDuplicationFailure(f); })) {
    duplication.missing = "duplication: its analyzer failed";
    return duplication;
  }
  duplication.loss = DuplicatedLines(facts);
  if (duplication.loss == 0) return duplication;
  for (const DuplicateBlock& block : facts.duplicates) {
    const int64_t lines = int64_t{block.end_line} - block.start_line + 1;
    if (lines <= 0) continue;
    const std::string place = absl::StrCat(block.path, ":", block.start_line, "-", block.end_line);
    duplication.charges.push_back(
        {.cost = lines,
         .reason = absl::StrCat(place, " copies ", block.other_path, ":", block.other_start_line, "-",
                                block.other_end_line, ": ", lines, " lines"),
         .evidence = {place}});
  }
  return duplication;
}

}  // namespace mergegate::scoring
