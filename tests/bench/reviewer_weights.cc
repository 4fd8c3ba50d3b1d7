// Makes general weights (server/reviewers/general_weights.cc) out of histories.
//
//   reviewer_weights REVIEWS.jsonl QUERIES.jsonl [REVIEWS.jsonl QUERIES.jsonl ...] > weights.json
//
// From each history the last 3000 reviewed changes that landed by its first question's cutoff are taken, each as it
// would have been asked then. The weights are pulled to the compact ones; they are fitted twice, because the
// corrections that stand in the examples depend on the weights. Prints what `mergegate recommend --weights` reads.
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "server/reviewers/fit.h"
#include "server/reviewers/jsonl.h"
#include "server/reviewers/offline.h"
#include "server/reviewers/terms.h"
#include "server/reviewers/weights.h"

namespace {

using namespace mergegate;
using namespace mergegate::reviewers;

constexpr size_t kTrained = 3000, kCandidates = 60;
constexpr FitOptions kFit = {.pull = 0.05, .iterations = 150};

struct History {
  std::vector<ReviewRecord> records;
  std::vector<PastQuery> asked;
  std::map<std::string, const ReviewRecord*> by_sha;
};

std::string ReadAll(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

PastQuery QuestionOf(const ReviewRecord& record, absl::Time series_landed) {
  PastQuery question;
  question.sha = record.id;
  question.group = record.group;
  question.cutoff = series_landed - ReviewerModel::kReviewTime;
  question.query.author = record.author;
  question.query.title = record.title;
  question.query.now = record.landed;
  for (const TouchedFile& file : record.files) question.query.paths.push_back(file.path);
  return question;
}

absl::StatusOr<History> Load(const char* reviews, const char* queries) {
  History history;
  auto records = ParseRecords(ReadAll(reviews));
  if (!records.ok()) return records.status();
  const auto questions = ParseQueries(ReadAll(queries), ReviewerModel::kReviewTime, AuthorBy::kId);
  if (!questions.ok()) return questions.status();
  history.records = *std::move(records);
  absl::Time end = absl::InfiniteFuture();
  for (const PastQuery& question : *questions) end = std::min(end, question.cutoff);
  std::map<std::string, absl::Time> series;  // when the first of it landed
  for (const ReviewRecord& record : history.records) {
    series.try_emplace(record.group, record.landed);
    history.by_sha[record.id] = &record;
    if (record.landed > end || record.reviewers.empty()) continue;
    history.asked.push_back(QuestionOf(record, record.group.empty() ? record.landed : series[record.group]));
  }
  if (history.asked.size() > kTrained) history.asked.erase(history.asked.begin(), history.asked.end() - kTrained);
  return history;
}

void AddExamples(const History& history, const Weights& weights, std::vector<Example>& examples) {
  ReviewerModel model(weights);
  Replay(history.records, history.asked, Refit::kNo, model, [&](const PastQuery& question) {
    Candidates candidates = FindCandidates(model.history(), model.corrections(), question.query, kCandidates);
    Example& example = examples.emplace_back();
    example.rows = std::move(candidates.rows);
    std::vector<PersonId> reviewers;
    for (const Identity& reviewer : history.by_sha.at(question.sha)->reviewers) {
      reviewers.push_back(model.history().people().Find(reviewer));
    }
    for (const PersonId person : candidates.people) {
      example.reviewed.push_back(std::ranges::find(reviewers, person) != reviewers.end());
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc % 2 == 0) {
    std::cerr << "usage: reviewer_weights REVIEWS.jsonl QUERIES.jsonl [...] > weights.json\n";
    return 2;
  }
  std::vector<History> histories;
  for (int i = 1; i + 1 < argc; i += 2) {
    auto history = Load(argv[i], argv[i + 1]);
    if (!history.ok()) {
      std::cerr << argv[i] << ": " << history.status().message() << '\n';
      return 2;
    }
    histories.push_back(*std::move(history));
  }
  Weights weights = CompactWeights();
  for (int round = 0; round < 2; ++round) {
    std::vector<Example> examples;
    for (const History& history : histories) AddExamples(history, weights, examples);
    weights = Fit(examples, CompactWeights(), kFit);
  }
  std::cout << WeightsAsJson(weights);
}
