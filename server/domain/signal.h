// One event about people's work, whatever it came from: our reviews, git history, webhooks, imports.
//
// Append-only. The same (source, source_id) counts once; a later signal that `corrects` an id of its source stands in
// its place, and one that is `retracted` takes it away. Order of arrival never matters: what counts is `at`.
#ifndef MERGEGATE_SERVER_DOMAIN_SIGNAL_H_
#define MERGEGATE_SERVER_DOMAIN_SIGNAL_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/ids.h"
#include "server/domain/review.h"

namespace mergegate {

using TeamId = StrongId<struct TeamTag>;

// Values equal those of the proto enum. Of each: who `actor` and `subject` are, what `object` and `value` say.
// The object of everything about a review is the change's key in its project.
enum class SignalKind {
  kUnspecified = 0,
  kChangeOpened = 1,       // actor: author; value: lines added + removed
  kChangePushed = 2,       // actor: author; every patch set after the first
  kChangeMerged = 3,       // actor: author; subject: who merged, if known; value: lines added + removed
  kChangeAbandoned = 4,    // actor: author
  kChangeReverted = 5,     // actor: author of the reverted change; subject: who reverted; object: the reverted change
  kReviewRequested = 6,    // actor: who is asked; subject: author; part: "learner" for one who is to learn by it
  kReviewCommented = 7,    // actor: reviewer; subject: author; part: declaration or path commented on
  kApproved = 8,           // actor: reviewer; subject: author; part: the folder that holds all that changed, if any
  kChangesRequested = 9,   // actor: reviewer; subject: author
  kReviewDeclined = 10,    // actor: reviewer; subject: author
  kThreadOpened = 11,      // actor: reviewer; subject: author; part: id of the thread
  kThreadResolved = 12,    // actor: who resolved; part: id of the thread
  kCommentAddressed = 13,  // actor: reviewer; subject: author; part: the declaration that then changed

  kFindingAdded = 20,  // actor: author of the merged change; part: check; value: how many
  kFindingAvoided =
      21,  // actor: author; part: check; value: how many were there in an earlier patch set, gone when merged
  kChangeJudged =
      22,  // actor: author of the merged change, which was analyzed; value: findings it brought, of all checks

  kTaskTaken = 30,  // actor: who; object: the task
  kTaskDone = 31,

  kCourseEnrolled = 40,   // actor: who; object: the course
  kCourseCompleted = 41,  // value: grade in [0, 1]; NaN: passed without one

  kPosted = 50,          // actor: author; object: the post
  kAnswered = 51,        // actor: who answers; subject: who asked; object: the question
  kAnswerAccepted = 52,  // actor: who answered; subject: who asked; object: the question
  kTalkGiven = 53,       // actor: speaker; object: the talk
  kEventAttended = 54,   // actor: who; object: the event

  kKudos = 60,          // actor: who thanks; subject: who is thanked
  kSurveyAnswer = 61,   // actor: who; object: the question; value: in [0, 1]
  kFeedbackAsked = 62,  // actor: who wants feedback; subject: from whom
  kFeedbackGiven = 63,  // actor: who gives; subject: about whom; text
};

struct Signal {
  SignalKind kind = SignalKind::kUnspecified;
  Handle actor = {};
  Handle subject = {};     // empty: nobody
  ProjectId project = {};  // empty: of no project
  std::string object = {};
  std::string part = {};
  double value = 0;  // 0 where the kind has none; NaN: unknown
  std::string text = {};
  absl::Time at = {};
  std::string source = {};     // "mergegate", "git", "github", "import:FILE"...
  std::string source_id = {};  // unique with `source`
  std::string corrects = {};   // a source_id of the same source; empty: nothing
  bool retracted = false;
};

// One human, under every mail and login that was verified to be theirs. `id` is the first that was known and stays.
struct Person {
  Handle id = {};
  std::string name = {};
  std::vector<Handle> identities = {};  // `id` among them; ordered
  bool bot = false;                     // kept out of everything about people
  bool operator==(const Person&) const = default;
};

struct Team {
  TeamId id = {};
  std::vector<Handle> members = {};  // ids of people; ordered
  bool operator==(const Team&) const = default;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_SIGNAL_H_
