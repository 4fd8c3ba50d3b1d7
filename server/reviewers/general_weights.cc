// THE general weights. Fitted to the years before the test windows of three histories (openssl, impala, libcamera) at
// once, pulled hard to the eleven terms of CompactWeights(), so that they hold for histories they have not seen; what
// leaving one of the three out costs is printed by tests/bench/reviewers_bench.py.
#include "server/reviewers/weights.h"

namespace mergegate::reviewers {
namespace {

struct ShareWeight {
  Term term;
  float log, share;  // of Phi(x), of x
};

// clang-format off
constexpr ShareWeight kShares[] = {
    {kFileReviewsShort,        0.643f,  0.020f},
    {kFileReviewsLong,         0.034f,  0.026f},
    {kFileReviewsEvents,       0.063f,  0.055f},
    {kFileChangesShort,        0.179f,  0.098f},
    {kFileChangesLong,         0.924f,  0.076f},
    {kFolderReviewsShort,      0.925f,  0.041f},
    {kFolderChangesShort,      1.033f,  0.067f},
    {kAreaReviewsShort,        0.967f,  0.063f},
    {kAreaChangesShort,        0.082f,  0.038f},
    {kAuthorShort,             1.227f,  0.008f},
    {kAuthorLong,              0.097f,  0.105f},
    {kAuthorEvents,            0.054f,  0.054f},
    {kAuthorAreaShort,         0.040f,  0.028f},
    {kAuthorAreaLong,          0.077f,  0.063f},
    {kAuthorAreaEvents,        0.080f,  0.064f},
    {kBackLong,                1.012f,  0.039f},
    {kProject14,               0.910f,  0.054f},
    {kProject90,              -0.125f,  0.107f},
    {kProject365,              0.067f,  0.123f},
    {kProjectEvents,           0.039f,  0.066f},
    {kProjectChanges90,        0.071f,  0.045f},
    {kProjectChanges14,        0.134f,  0.055f},
    {kNewcomer,                0.105f,  0.063f},
    {kTitle,                   0.165f,  0.112f},
    {kTitleShort,              0.213f,  0.131f},
    {kPathWords,               0.081f,  0.061f},
    {kPathWordsShort,          0.116f,  0.084f},
    {kHyperbolicChanges,       0.117f,  0.108f},
    {kHyperbolicReviews,       0.039f,  0.039f},
    {kAlike,                   0.119f,  0.310f},
};
// clang-format on

}  // namespace

const Weights& GeneralWeights() {
  static const Weights weights = [] {
    Weights w;
    for (const ShareWeight& share : kShares) {
      w.log[share.term] = share.log;
      w.share[share.term] = share.share;
    }
    w.plain[kDaysSinceReview] = 0.026f;
    w.plain[kDaysSinceAnything] = -5.808f;
    w.plain[kNeverReviewed] = -2.057f;
    w.plain[kCorrection] = 0.700f;
    return w;
  }();
  return weights;
}

}  // namespace mergegate::reviewers
