// A project's past told as it went: for every change its measures and the probability that a model would have given
// that knew no more than was known then.
//
//   risk::Learner learner;
//   for (const Commit& commit : commits) {
//     const Judged judged = learner.Judge(commit);   // before it is added
//     learner.Add(commit);
//   }
//
// The model is refitted every 90 days, at the same times whoever asks, on changes that landed more than a year before;
// what came of words is known a year later, too. What is answered depends on the commits, their order and the time
// alone. Pure; one thread at a time.
#ifndef MERGEGATE_SERVER_RISK_LEARNER_H_
#define MERGEGATE_SERVER_RISK_LEARNER_H_

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "server/risk/history.h"
#include "server/risk/model.h"
#include "server/risk/words.h"

namespace mergegate::risk {

inline constexpr int64_t kLabelTime = 365 * kDay;  // a defect counts when it is fixed within
inline constexpr int64_t kRefitTime = 90 * kDay;

struct Judged {
  Measures measures;
  double probability = 0;
};

class Learner {
 public:
  // Of a commit that comes next, or of a change that is under review.
  Judged Judge(const Commit& commit);
  void Add(const Commit& commit);

  // The model that Judge would use at `time`; refits when one is due.
  const Model& ModelAt(int64_t time);
  // The words that the past tells something of, with what WordRates knows of each; most defects first.
  std::vector<ToldWord> Tell(const std::vector<std::string>& words, int64_t time) const;

  const History& history() const { return history_; }
  // True when the commit was added.
  bool Knows(const std::string& id) const { return known_.contains(id); }
  int64_t newest() const { return newest_; }  // time of the newest commit; 0: none
  // How many past changes the model was fitted on; 0: it is the general one.
  size_t examples() const { return examples_; }

 private:
  struct Instance {
    size_t commit = 0;
    Inputs inputs = {};
    std::vector<uint32_t> words = {};
    double expected = 0;  // by all but the words
  };
  Measures MeasuresOf(const Commit& commit);
  bool IsInducing(const Instance& instance) const;
  void LearnWords();  // of those whose year is over

  History history_;
  WordRates word_rates_;
  size_t words_learned_ = 0;  // of how many instances, the oldest first
  std::vector<Instance> instances_;
  Model model_ = GeneralModel(0.05);
  int64_t refit_ = std::numeric_limits<int64_t>::min();  // the time that the model is of
  size_t examples_ = 0;
  absl::flat_hash_set<std::string> known_;
  int64_t newest_ = 0;
};

}  // namespace mergegate::risk

#endif  // MERGEGATE_SERVER_RISK_LEARNER_H_
