#include "server/risk/learner.h"

#include <algorithm>

namespace mergegate::risk {

const Model& Learner::ModelAt(int64_t time) {
  if (time < next_refit_) return model_;
  std::vector<Example> examples;
  for (const Instance& instance : instances_) {
    const int64_t landed = history_.TimeOf(instance.commit);
    if (landed >= time - kLabelTime) continue;
    const int64_t fixed = history_.FirstFix(instance.commit);
    examples.push_back(
        {.time = landed, .inputs = instance.inputs, .inducing = fixed != 0 && fixed <= landed + kLabelTime});
  }
  examples_ = examples.size();
  model_ = Refit(examples);
  next_refit_ = time + kRefitTime;
  return model_;
}

Judged Learner::Judge(const Commit& commit) {
  Judged judged{.measures = history_.MeasuresOf(commit)};
  judged.probability = ProbabilityOf(ModelAt(commit.time), InputsOf(judged.measures));
  return judged;
}

void Learner::Add(const Commit& commit) {
  if (IsInstance(commit)) {
    instances_.push_back({.commit = history_.size(), .inputs = InputsOf(history_.MeasuresOf(commit))});
  }
  history_.Add(commit);
  known_.insert(commit.id);
  newest_ = std::max(newest_, commit.time);
}

}  // namespace mergegate::risk
