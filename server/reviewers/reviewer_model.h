// A project's history, the weights fitted to it, and the corrections: all that a ranking reads.
//
//   ReviewerModel model(GeneralWeights());
//   model.Feed(records);      // oldest first; again with what is new
//   model.Refit();            // nightly
//   Rank(model, query);
//
// Where the records come from: git::ReadReviewHistory or git::HistoryFile, then JoinChanges. When a reading is `whole`,
// start a new model; else feed the same one.
//
// Feed asks itself about each change as it would have been asked three days before it landed, and learns from the
// answer. Pure: the same records in the same batches give the same model. Value, copyable; const members from many
// threads.
#ifndef MERGEGATE_SERVER_REVIEWERS_REVIEWER_MODEL_H_
#define MERGEGATE_SERVER_REVIEWERS_REVIEWER_MODEL_H_

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "server/domain/review_record.h"
#include "server/reviewers/corrections.h"
#include "server/reviewers/fit.h"
#include "server/reviewers/review_history.h"
#include "server/reviewers/weights.h"

namespace mergegate::reviewers {

class ReviewerModel {
 public:
  // How long before it lands a change is asked about.
  static constexpr absl::Duration kReviewTime = absl::Hours(72);
  // Only so many of the newest reviewed changes of a batch are asked about: older ones tell nothing of today.
  static constexpr size_t kAsked = 3000;
  // Changes that a fit looks at, and new ones that make another worth while.
  static constexpr size_t kFitted = 2000, kRefitEvery = 100;

  explicit ReviewerModel(Weights general) : general_(general), weights_(general) {}

  // Records in landing order.
  void Feed(std::span<const ReviewRecord> records);

  // The two steps of Feed. Ask keeps what would be answered now about a change (whose reviewers it does not read);
  // Learn takes the change into the history and, if it was asked about, learns from the difference.
  void Ask(const ReviewRecord& record);
  void Learn(const ReviewRecord& record);

  // Fits the weights to the changes asked about, pulled to the general ones. False, and nothing done, until kRefitEvery
  // new ones are there. About half a second.
  bool Refit();

  const ReviewHistory& history() const { return history_; }
  const Weights& weights() const { return weights_; }
  const Corrections& corrections() const { return corrections_; }

 private:
  struct Asked {
    Candidates candidates;
    FolderShares folders;
  };

  ReviewHistory history_;
  Weights general_, weights_;
  Corrections corrections_;
  absl::flat_hash_map<std::string, Asked> asked_;  // by record id
  std::vector<Example> examples_;                  // the newest, oldest first
  size_t since_fit_ = 0;
};

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_REVIEWER_MODEL_H_
