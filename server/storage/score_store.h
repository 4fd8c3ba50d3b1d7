// What scores need beside signals: Q of verdicts, and the versions of the weights of M.
//
//   ASSIGN_OR_RETURN(std::vector<ChangeQuality> come, store.ListQualities(last_number, 1000));
//   RETURN_IF_ERROR(store.AddWeights(project, version));
#ifndef MERGEGATE_SERVER_STORAGE_SCORE_STORE_H_
#define MERGEGATE_SERVER_STORAGE_SCORE_STORE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/ids.h"
#include "server/domain/score.h"

namespace mergegate::storage {

// Q of a finished run of a change; ten-thousandths.
struct ChangeQuality {
  int64_t number = 0;
  ProjectId project = {};
  std::string change = {};
  absl::Time decided = {};
  int quality = 0;
  bool operator==(const ChangeQuality&) const = default;
};

class ScoreStore {
 public:
  virtual ~ScoreStore() = default;

  // Those after number `after`, oldest first, at most `limit`. FinishRun adds them (VerdictRecord::quality).
  virtual absl::StatusOr<std::vector<ChangeQuality>> ListQualities(int64_t after, int limit) = 0;

  // Oldest first, by number.
  virtual absl::StatusOr<std::vector<WeightVersion>> ListWeights(const ProjectId& project) = 0;
  // kAborted unless its number is the next one; kNotFound for an unknown project.
  virtual absl::Status AddWeights(const ProjectId& project, const WeightVersion& version) = 0;
  // The newest version, which waits, holds from now on. kNotFound; kFailedPrecondition when it is not the newest, or
  // does not wait.
  virtual absl::StatusOr<WeightVersion> ApproveWeights(const ProjectId& project, int number, const Handle& by) = 0;
};

}  // namespace mergegate::storage

#endif  // MERGEGATE_SERVER_STORAGE_SCORE_STORE_H_
