#include "server/reviewers/reviewer_model.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "server/reviewers/terms.h"

namespace mergegate::reviewers {
namespace {

constexpr size_t kAskedCandidates = 100;
// Rows of an example: the likeliest, and whoever did review.
constexpr size_t kExampleRows = 40;
// Of a fit's pull to the general weights; see FitOptions.
constexpr double kPull = 0.3;

RankQuery QueryOf(const ReviewRecord& record) {
  RankQuery query;
  query.author = record.author;
  query.title = record.title;
  query.now = record.landed;
  for (size_t i = 0; i < std::min(record.files.size(), kMostFiles); ++i) query.paths.push_back(record.files[i].path);
  return query;
}

}  // namespace

void ReviewerModel::Feed(std::span<const ReviewRecord> records) {
  // The first record that is asked about.
  size_t first = records.size();
  for (size_t reviewed = 0; first > 0 && reviewed < kAsked; --first) reviewed += !records[first - 1].reviewers.empty();
  size_t next = first;
  for (const ReviewRecord& record : records) {
    for (; next < records.size() && records[next].landed - kReviewTime < record.landed; ++next) {
      if (!records[next].reviewers.empty()) Ask(records[next]);
    }
    Learn(record);
  }
}

void ReviewerModel::Ask(const ReviewRecord& record) {
  const RankQuery query = QueryOf(record);
  asked_[record.id] = {.candidates = FindCandidates(history_, corrections_, query, kAskedCandidates),
                       .folders = FolderSharesOf(query.paths)};
}

void ReviewerModel::Learn(const ReviewRecord& record) {
  const auto found = asked_.find(record.id);
  history_.Learn(record);
  if (found == asked_.end()) return;
  Asked asked = std::move(found->second);
  asked_.erase(found);
  Candidates& candidates = asked.candidates;
  const size_t count = candidates.people.size();
  const std::span<const PersonId> reviewers = history_.ReviewersOf(history_.records() - 1);
  std::vector<double> expected(count), happened(count);
  std::vector<bool> reviewed(count);
  const auto hits = static_cast<double>(std::ranges::count_if(candidates.people, [&](PersonId person) {
    return std::ranges::find(reviewers, history_.people().Now(person)) != reviewers.end();
  }));
  if (hits == 0) return;
  double top = -1e9;
  for (size_t i = 0; i < count; ++i) {
    Row& row = candidates.rows[i];
    row.plain[kCorrection] = static_cast<float>(corrections_.Of(candidates.people[i], asked.folders));
    expected[i] = weights_.Utility(row);
    top = std::max(top, expected[i]);
    reviewed[i] = std::ranges::find(reviewers, history_.people().Now(candidates.people[i])) != reviewers.end();
    happened[i] = reviewed[i] ? 1 / hits : 0;
  }
  double total = 0;
  for (double& value : expected) total += value = std::exp(value - top);
  for (double& value : expected) value /= total;
  corrections_.Learn(asked.folders, candidates.people, expected, happened);

  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order,
                    [&](size_t a, size_t b) { return expected[a] != expected[b] ? expected[a] > expected[b] : a < b; });
  Example example;
  for (size_t place = 0; place < count; ++place) {
    if (place >= kExampleRows && !reviewed[order[place]]) continue;
    example.rows.push_back(candidates.rows[order[place]]);
    example.reviewed.push_back(reviewed[order[place]]);
  }
  // Half is dropped at a time, so that dropping costs nothing per record.
  if (examples_.size() >= 2 * kFitted) examples_.erase(examples_.begin(), examples_.begin() + kFitted);
  examples_.push_back(std::move(example));
  ++since_fit_;
}

bool ReviewerModel::Refit() {
  if (since_fit_ < kRefitEvery) return false;
  since_fit_ = 0;
  const size_t count = std::min(examples_.size(), kFitted);
  weights_ = Fit(std::span(examples_).last(count), general_, {.pull = kPull});
  return true;
}

}  // namespace mergegate::reviewers
