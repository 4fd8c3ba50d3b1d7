#include "server/risk/learner.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace mergegate::risk {

bool Learner::IsInducing(const Instance& instance) const {
  const int64_t fixed = history_.FirstFix(instance.commit);
  return fixed != 0 && fixed <= history_.TimeOf(instance.commit) + kLabelTime;
}

const Model& Learner::ModelAt(int64_t time) {
  const int64_t due = time - time % kRefitTime;
  if (due == refit_) return model_;
  std::vector<Example> examples;
  for (const Instance& instance : instances_) {
    const int64_t landed = history_.TimeOf(instance.commit);
    if (landed >= due - kLabelTime) continue;
    examples.push_back({.time = landed, .inputs = instance.inputs, .inducing = IsInducing(instance)});
  }
  examples_ = examples.size();
  model_ = Refit(examples);
  refit_ = due;
  return model_;
}

void Learner::LearnWords() {
  for (; words_learned_ < instances_.size(); ++words_learned_) {
    Instance& instance = instances_[words_learned_];
    const int64_t landed = history_.TimeOf(instance.commit);
    if (landed >= newest_ - kLabelTime) return;
    word_rates_.Add(instance.words, landed, instance.expected, IsInducing(instance));
    instance.words = {};
  }
}

Measures Learner::MeasuresOf(const Commit& commit) {
  Measures measures = history_.MeasuresOf(commit);
  measures.words = word_rates_.EvidenceOf(commit.words, commit.time);
  return measures;
}

std::vector<ToldWord> Learner::Tell(const std::vector<std::string>& words, int64_t time) const {
  std::vector<ToldWord> told;
  for (const std::string& word : words) told.push_back({word, word_rates_.EvidenceOf(NumberOf(word), time)});
  std::erase_if(told, [](const ToldWord& word) { return word.evidence == 0; });
  std::ranges::sort(told, {}, [](const ToldWord& word) { return std::pair(-word.evidence, word.word); });
  return told;
}

Judged Learner::Judge(const Commit& commit) {
  Judged judged{.measures = MeasuresOf(commit)};
  judged.probability = ProbabilityOf(ModelAt(std::max(commit.time, newest_)), InputsOf(judged.measures));
  return judged;
}

void Learner::Add(const Commit& commit) {
  // A question may have asked for the model of a day that this commit is older than: it knows something of that day.
  if (refit_ > newest_) refit_ = std::numeric_limits<int64_t>::min();
  if (IsInstance(commit)) {
    Measures measures = MeasuresOf(commit);
    const Inputs inputs = InputsOf(measures);
    // Words shall tell what the others do not.
    measures.words = 0;
    instances_.push_back({.commit = history_.size(),
                          .inputs = inputs,
                          .words = commit.words,
                          .expected = ProbabilityOf(ModelAt(std::max(commit.time, newest_)), InputsOf(measures))});
  }
  history_.Add(commit);
  known_.insert(commit.id);
  newest_ = std::max(newest_, commit.time);
  LearnWords();
}

}  // namespace mergegate::risk
