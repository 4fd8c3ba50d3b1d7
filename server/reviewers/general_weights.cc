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
    {kFileReviewsShort,        0.616f,  0.000f},
    {kFileReviewsLong,         0.055f,  0.034f},
    {kFileReviewsEvents,       0.079f,  0.060f},
    {kFileChangesShort,        0.192f,  0.104f},
    {kFileChangesLong,         0.917f,  0.072f},
    {kFolderReviewsShort,      0.929f,  0.042f},
    {kFolderChangesShort,      1.019f,  0.062f},
    {kAreaReviewsShort,        0.971f,  0.065f},
    {kAreaChangesShort,        0.061f,  0.033f},
    {kAuthorShort,             1.223f,  0.005f},
    {kAuthorLong,              0.097f,  0.095f},
    {kAuthorEvents,            0.055f,  0.054f},
    {kAuthorAreaShort,         0.041f,  0.029f},
    {kAuthorAreaLong,          0.081f,  0.066f},
    {kAuthorAreaEvents,        0.080f,  0.065f},
    {kBackLong,                0.993f,  0.035f},
    {kProject14,               0.891f,  0.049f},
    {kProject90,              -0.119f,  0.110f},
    {kProject365,              0.069f,  0.126f},
    {kProjectEvents,           0.040f,  0.067f},
    {kProjectChanges90,        0.083f,  0.050f},
    {kProjectChanges14,        0.158f,  0.061f},
    {kNewcomer,                0.105f,  0.064f},
    {kTitle,                   0.162f,  0.111f},
    {kTitleShort,              0.215f,  0.131f},
    {kPathWords,               0.085f,  0.063f},
    {kPathWordsShort,          0.121f,  0.085f},
    {kHyperbolicChanges,       0.126f,  0.115f},
    {kHyperbolicReviews,       0.035f,  0.026f},
    {kAlike,                   0.122f,  0.312f},
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
    w.plain[kDaysSinceReview] = 0.033f;
    w.plain[kDaysSinceAnything] = -5.803f;
    w.plain[kNeverReviewed] = -2.057f;
    w.plain[kCorrection] = 0.725f;
    return w;
  }();
  return weights;
}

}  // namespace mergegate::reviewers
