// Reviews in a few words: events that number their hours.
//
//   const std::vector<ReviewEvent> events = {Pushed(0, "h1", {Piece("f", "1")}), Asked(0, "ann"), Approved(2, "ann",
//   "h1")}; reviewers::StateOf(events);
#ifndef MERGEGATE_TESTS_SUPPORT_REVIEW_BUILDER_H_
#define MERGEGATE_TESTS_SUPPORT_REVIEW_BUILDER_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "server/domain/review.h"

namespace mergegate::testing {

// Hours after Monday 2026-11-23, 9:00 UTC.
inline absl::Time Hour(double hours) {
  return absl::FromCivil(absl::CivilHour(2026, 11, 23, 9), absl::UTCTimeZone()) + absl::Seconds(hours * 3600);
}

inline CommitId Commit(const std::string& digit) { return CommitId(std::string(40 - digit.size(), '0') + digit); }

// A changed function of a.cc whose body and signature are told apart by their texts.
inline Piece Function(const std::string& name, const std::string& body, const std::string& signature = "s") {
  return {.path = "a.cc", .declaration = name, .usr = "c:@F@" + name, .signature = signature, .body = body};
}

inline ReviewEvent Event(double hour, ReviewEventKind kind, const std::string& actor, const std::string& subject = "") {
  return {.kind = kind, .actor = Handle(actor), .subject = Handle(subject), .at = Hour(hour)};
}

inline ReviewEvent Pushed(double hour, const std::string& head, std::vector<Piece> pieces = {}) {
  ReviewEvent event = Event(hour, ReviewEventKind::kPushed, "");
  event.head = Commit(head);
  event.push = Push{.head = Commit(head), .title = "Change", .author = Handle("author"), .pieces = std::move(pieces)};
  return event;
}

inline ReviewEvent Assigned(double hour, const std::vector<std::string>& people,
                            const std::vector<std::string>& stand_ins = {}) {
  ReviewEvent event = Event(hour, ReviewEventKind::kAssigned, "");
  event.assignment.emplace();
  for (const std::string& person : people) {
    event.assignment->reviewers.push_back({.person = Handle(person),
                                           .role = ReviewerRole::kExpert,
                                           .responsible = person == people.front(),
                                           .reasons = {}});
  }
  for (const std::string& person : stand_ins) {
    event.assignment->stand_ins.push_back({.person = Handle(person), .role = ReviewerRole::kExpert, .reasons = {}});
  }
  return event;
}

inline ReviewEvent Approved(double hour, const std::string& person, const std::string& head) {
  ReviewEvent event = Event(hour, ReviewEventKind::kApproved, person);
  event.head = Commit(head);
  return event;
}

inline ReviewEvent WantsChanges(double hour, const std::string& person, const std::string& head) {
  ReviewEvent event = Event(hour, ReviewEventKind::kChangesRequested, person);
  event.head = Commit(head);
  return event;
}

}  // namespace mergegate::testing

#endif  // MERGEGATE_TESTS_SUPPORT_REVIEW_BUILDER_H_
