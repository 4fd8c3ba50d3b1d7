#include "server/reviewers/weights.h"

namespace mergegate::reviewers {

const Weights& CompactWeights() {
  static const Weights weights = [] {
    Weights w;
    w.log[kFileReviewsShort] = 0.605f;
    w.log[kFileChangesLong] = 0.841f;
    w.log[kFolderReviewsShort] = 0.921f;
    w.log[kFolderChangesShort] = 0.916f;
    w.log[kAreaReviewsShort] = 0.953f;
    w.log[kAuthorShort] = 1.254f;
    w.log[kBackLong] = 0.986f;
    w.log[kProject14] = 0.907f;
    w.log[kProject90] = -0.193f;
    w.plain[kDaysSinceAnything] = -5.810f;
    w.plain[kNeverReviewed] = -2.054f;
    return w;
  }();
  return weights;
}

}  // namespace mergegate::reviewers
