// What is due in a review: whose turn it is, until when, who could take over. What the inbox shows and reminders tell.
//
//   const reviewers::GateView gate = GateViewOf(verdict, run.finished);
//   ASSIGN_OR_RETURN(const std::vector<DueTurn> turns,
//                    DueTurns(store, log.state(), gate, RespondTime(facts.policy_text), clock.Now()));
//
// Thread safety: as the store's.
#ifndef MERGEGATE_SERVER_PIPELINE_DUE_TURNS_H_
#define MERGEGATE_SERVER_PIPELINE_DUE_TURNS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/verdict.h"
#include "server/reviewers/attention.h"
#include "server/storage/store.h"

namespace mergegate::pipeline {

struct DueTurn {
  reviewers::Turn turn = {};
  reviewers::Deadline deadline = {};
  absl::TimeZone zone = absl::UTCTimeZone();  // of the person
  bool away = false;                          // now
  ChosenReviewer next = {};                   // who could take over; nobody unless a hand-over is proposed
};

// In the order of reviewers::WhoseTurn.
absl::StatusOr<std::vector<DueTurn>> DueTurns(storage::Store& store, const reviewers::ReviewState& state,
                                              const reviewers::GateView& gate, absl::Duration respond, absl::Time now);

// What a verdict means to those who review: of its conditions, those about the code itself. Findings are not looked at.
reviewers::GateView GateViewOf(const Verdict& verdict, absl::Time decided);

// The policy's respond_hours.
absl::Duration RespondTime(const std::string& policy_text);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_DUE_TURNS_H_
