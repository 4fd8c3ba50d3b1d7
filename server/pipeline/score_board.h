// Scores over everything that is stored: signals, verdicts, histories, teams, working hours, versions of weights.
//
//   ScoreBoard board(clock, mirrors, store, "/data/histories/files");
//   ASSIGN_OR_RETURN(CompositeScore score, board.Of({ScopeKind::kProject, "leveldb"}, clock.Now(), {}));
//
// Everything is read at the first question, and from then on only what came (anew when people, teams or calendars
// changed, which is looked at with every question but for calendars: those once a day). Asking for a project's score
// may make its weights adapt.
//
// Thread safety: any thread; questions wait for one another.
#ifndef MERGEGATE_SERVER_PIPELINE_SCORE_BOARD_H_
#define MERGEGATE_SERVER_PIPELINE_SCORE_BOARD_H_

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/domain/policy.h"
#include "server/domain/run.h"
#include "server/domain/score.h"
#include "server/domain/verdict.h"
#include "server/pipeline/mirrors.h"
#include "server/pipeline/run_pipeline.h"
#include "server/reviewers/working_time.h"
#include "server/scoring/score_engine.h"
#include "server/storage/store.h"

namespace mergegate::pipeline {

// A change that is taken to be merged.
struct SupposedMerge {
  ProjectId project = {};
  std::string change = {};
  Handle author = {};
  int lines = 0;
  int quality = 0;                         // ten-thousandths
  std::vector<std::string> findings = {};  // checks that it brings findings of
};
SupposedMerge SupposedMergeOf(const ProjectId& project, const std::string& change, const Facts& facts);

// Other circumstances. Whatever is named replaces what is.
struct WhatIf {
  std::map<MetricKind, int> weights = {};
  std::map<std::string, int, std::less<>> sub_index_weights = {};
  std::map<std::string, int, std::less<>> values = {};
  std::optional<SupposedMerge> merge = {};
};

struct ProjectWeights {
  std::vector<WeightVersion> versions = {};
  MetricWeights policy = kSourceWeights;
  WeightVersion in_force = {};
};

class ScoreBoard {
 public:
  // `folder` (made when absent) keeps what was read of histories; empty: nothing is kept.
  ScoreBoard(const Clock& clock, const Mirrors& mirrors, storage::Store& store, std::string folder)
      : clock_(clock), mirrors_(mirrors), store_(store), folder_(std::move(folder)) {}

  // kNotFound for a project or team that is not stored. Nobody is unknown: a person without signals has no scores.
  absl::StatusOr<CompositeScore> Of(const scoring::Scope& scope, absl::Time as_of, const WhatIf& what_if);
  // At several moments, with the weights that held then.
  absl::StatusOr<std::vector<CompositeScore>> History(const scoring::Scope& scope,
                                                      const std::vector<absl::Time>& moments);
  // What a verdict keeps of its project; nullopt when no metric of it is known.
  absl::StatusOr<std::optional<ScoreFacts>> FactsOf(const ProjectId& project, const std::string& change,
                                                    const ScoresPolicy& policy, const Facts& facts);
  absl::StatusOr<ProjectWeights> WeightsOf(const ProjectId& project);

 private:
  struct ProjectHistory {
    CommitId tip = {};
    std::vector<scoring::LandedFiles> landed = {};
    ScoresPolicy policy = {};  // of the default branch
  };
  absl::Status Check(const scoring::Scope& scope);
  absl::Status Refresh(const scoring::Scope& scope);
  absl::Status Rebuild();
  absl::Status ReadQualities();
  absl::Status ReadHistory(const ProjectId& project);
  double HoursOf(int64_t from, int64_t to, scoring::PersonKey person) const;
  absl::StatusOr<ProjectWeights> ReadWeights(const ProjectId& project, const ScoresPolicy& policy, absl::Time as_of);
  absl::Status Adapt(const ProjectId& project, const ScoresPolicy& policy, const std::vector<MetricScore>& metrics);
  scoring::ScoreSettings SettingsOf(const ScoresPolicy& policy, const WeightVersion& version) const;
  absl::StatusOr<CompositeScore> Compute(const scoring::Scope& scope, absl::Time as_of, const WhatIf& what_if);
  // The score with the change merged.
  CompositeScore With(const SupposedMerge& merge, absl::Time as_of, const scoring::Scope& scope,
                      const scoring::ScoreSettings& settings);

  const Clock& clock_;
  const Mirrors& mirrors_;
  storage::Store& store_;
  const std::string folder_;

  std::mutex mutex_;
  std::unique_ptr<scoring::ScoreEngine> engine_;
  absl::Time built_ = absl::InfinitePast();
  storage::SignalCursor cursor_;
  std::vector<Team> teams_;
  int64_t qualities_ = 0;
  std::map<ProjectId, ProjectHistory> histories_;
  std::map<scoring::PersonKey, reviewers::Calendar> calendars_;
};

// Sets facts.scores of a change that is reviewed here.
absl::Status AddScores(const PipelineParts& parts, const Run& run, const Policy& policy, Facts& facts);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_SCORE_BOARD_H_
