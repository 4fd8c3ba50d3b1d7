// Appraisals, training plans and recognition over what is stored: reads signals, teams, calendars and the catalogue,
// and leaves the thinking to server/scoring/growth/.
//
//   ASSIGN_OR_RETURN(Appraisal appraisal, AppraisalOf(parts, ann, {since, until}));
//
// Reads all signals of the changes that the person or their team touched in the two periods. Thread safety: any thread.
// Who may ask is for the caller to know.
#ifndef MERGEGATE_SERVER_PIPELINE_APPRAISALS_H_
#define MERGEGATE_SERVER_PIPELINE_APPRAISALS_H_

#include <optional>
#include <set>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/growth.h"
#include "server/domain/score.h"
#include "server/domain/signal.h"
#include "server/pipeline/run_pipeline.h"
#include "server/scoring/growth/appraisal.h"
#include "server/scoring/growth/recognition.h"
#include "server/scoring/growth/training_plan.h"
#include "server/storage/store.h"

namespace mergegate::pipeline {

struct TrainingPlan {
  scoring::Period period = {};
  int judged = 0;
  int catalogue = 0;  // courses in it
  std::vector<scoring::PlanItem> items = {};
  std::vector<scoring::CourseOutcome> learnt = {};
};

struct Appraisal {
  Handle person = {};
  scoring::Period period = {};
  TeamId team = {};  // the first of the person's with five members, by id; empty: none
  int team_size = 0;
  std::vector<scoring::Figure> figures = {};
  scoring::Advice advice = {};
  std::optional<CompositeScore> score = {};   // as of the end; nullopt on a server without scores
  std::optional<CompositeScore> before = {};  // as of the beginning
  TrainingPlan plan = {};                     // of the period
  std::vector<scoring::CourseOutcome> outcomes = {};
  std::vector<Signal> feedback = {};  // received in the period, latest first; as are the next
  std::vector<Signal> kudos = {};
  int unanswered = 0;  // questions of the period
};

// `person` is an id.
absl::StatusOr<Appraisal> AppraisalOf(const PipelineParts& parts, const Handle& person, const scoring::Period& period);
absl::StatusOr<TrainingPlan> TrainingPlanOf(const PipelineParts& parts, const Handle& person,
                                            const scoring::Period& period);
// Everybody's help that recognition looks at.
absl::StatusOr<std::vector<scoring::HelpOccasion>> HelpOf(storage::Store& store, absl::Time now,
                                                          const scoring::RecognitionRules& rules);

absl::StatusOr<std::vector<Course>> CatalogueOf(storage::Store& store);

// Effective signals of these kinds without bots; actor and subject are ids.
absl::StatusOr<std::vector<Signal>> HumanSignals(storage::Store& store, storage::SignalQuery query);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_APPRAISALS_H_
