// THE table of sub-indices, by metric. Those of a change's Q are in quality.cc.
#include <vector>

#include "server/scoring/sub_index.h"

namespace mergegate::scoring {

std::span<const SubIndexRow> SubIndices() {
  static const std::vector<SubIndexRow> kRows = {
      // E
      FirstReview(),
      MergeTime(),
      Reviewed(),
      Rounds(),
      Threads(),
      ChangeSize(),
      Balance(),
      TaskTime(),
      // Q of a project
      MergedQuality(),
      CleanMerges(),
      // T
      Survival(),
      Training(),
      Recurrence(),
      // K
      Knowers(),
      Addressed(),
      Exchange(),
      // C
      Breadth(),
      Reciprocity(),
      CrossTeam(),
      Events(),
      Kudos(),
      Pulse(),
  };
  return kRows;
}

}  // namespace mergegate::scoring
