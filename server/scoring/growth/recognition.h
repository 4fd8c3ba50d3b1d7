// Help that is verified by what came of it, with caps and limits against trading.
//
//   HelpRecord record = HelpBy(ann, HelpIn(signals), now);
//   record.credit, record.recognized, record.help[0].capped
//
// Verified are: a comment after which that declaration changed (once per change), an accepted answer, and having
// reviewed beside a learner who later approved alone a change in that folder (once per learner and folder). Kudos count
// little. Unless the server's configuration says otherwise (RecognitionRules), all is by the window of 180 days:
//   each occasion           1; kudos 0.25
//   per helper and day      the first 2 count (UTC)
//   per pair and 90 days    the first 3 count; of kudos the first 1
//   between the same two    of x and y occasions in both directions, min(x, y) are traded, the earliest ones: each
//                           traded help counts half, traded kudos nothing
// Recognized from a credit of 1 on. The numbers are ours. Pure; the order of the signals does not matter.
#ifndef MERGEGATE_SERVER_SCORING_GROWTH_RECOGNITION_H_
#define MERGEGATE_SERVER_SCORING_GROWTH_RECOGNITION_H_

#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/signal.h"

namespace mergegate::scoring {

// Values equal those of the proto enum.
enum class HelpKind { kUnspecified = 0, kComment = 1, kAnswer = 2, kTeaching = 3, kKudos = 4 };

struct HelpOccasion {
  absl::Time at = {};
  HelpKind kind = HelpKind::kUnspecified;
  Handle helper = {};
  Handle whom = {};
  std::string about = {};  // the change, the question, the folder
  bool operator==(const HelpOccasion&) const = default;
  bool operator<(const HelpOccasion& other) const {
    return std::tie(at, kind, helper, whom, about) <
           std::tie(other.at, other.kind, other.helper, other.whom, other.about);
  }
};
// Everybody's, oldest first, each once; of nobody to themselves. Signals of people's ids without bots.
std::vector<HelpOccasion> HelpIn(std::span<const Signal> signals);

struct RecognitionRules {
  absl::Duration window = absl::Hours(24 * 180);      // whole days, as is the next
  absl::Duration pair_period = absl::Hours(24 * 90);  // at most `window`
  int per_pair = 3;
  int kudos_per_pair = 1;
  int per_day = 2;
  double kudos = 0.25;       // [0, 1], as are the next two: what counts of 1
  double traded_help = 0.5;  // 1: trading is not looked at
  double traded_kudos = 0;
  double wanted = 1;
  bool operator==(const RecognitionRules&) const = default;
};
// The caps in a sentence for people.
std::string TextOf(const RecognitionRules& rules);

struct CountedHelp {
  HelpOccasion help = {};
  double credit = 0;
  std::string capped = {};  // why less than it would count; empty when it counts whole
};
struct HelpRecord {
  std::vector<CountedHelp> help = {};  // latest first
  double credit = 0;
  bool recognized = false;
};
HelpRecord HelpBy(const Handle& helper, std::span<const HelpOccasion> help, absl::Time now,
                  const RecognitionRules& rules = {});

}  // namespace mergegate::scoring

#endif  // MERGEGATE_SERVER_SCORING_GROWTH_RECOGNITION_H_
