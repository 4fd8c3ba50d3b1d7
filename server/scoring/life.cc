#include "server/scoring/life.h"

#include <algorithm>
#include <set>

#include "server/domain/hash.h"

namespace mergegate::scoring {
namespace {

// What a reviewer says to a change. Declining is no review.
bool IsAnswer(SignalKind kind) {
  return kind == SignalKind::kReviewCommented || kind == SignalKind::kApproved ||
         kind == SignalKind::kChangesRequested || kind == SignalKind::kThreadOpened;
}

bool NamesAuthorAsActor(SignalKind kind) {
  return kind == SignalKind::kChangeOpened || kind == SignalKind::kChangePushed || kind == SignalKind::kChangeMerged ||
         kind == SignalKind::kChangeAbandoned || kind == SignalKind::kChangeReverted ||
         kind == SignalKind::kFindingAdded || kind == SignalKind::kFindingAvoided;
}

PersonKey AuthorOf(std::span<const Event> events) {
  for (const Event& event : events) {
    if (NamesAuthorAsActor(event.kind) && event.actor != 0) return event.actor;
  }
  for (const Event& event : events) {
    if (event.subject != 0) return event.subject;
  }
  return 0;
}

void SetFirst(std::optional<int64_t>& moment, int64_t at) {
  if (!moment) moment = at;
}

}  // namespace

PersonKey KeyOf(const Handle& person) { return person.empty() ? 0 : std::max<PersonKey>(1, Hash64(person.value(), 7)); }

std::optional<Family> FamilyOf(SignalKind kind) {
  const int value = static_cast<int>(kind);
  if (value >= static_cast<int>(SignalKind::kChangeOpened) && value <= static_cast<int>(SignalKind::kFindingAvoided)) {
    return Family::kChange;
  }
  switch (kind) {
    case SignalKind::kTaskTaken:
    case SignalKind::kTaskDone:
      return Family::kTask;
    case SignalKind::kCourseEnrolled:
    case SignalKind::kCourseCompleted:
      return Family::kCourse;
    case SignalKind::kPosted:
    case SignalKind::kAnswered:
    case SignalKind::kAnswerAccepted:
    case SignalKind::kTalkGiven:
    case SignalKind::kEventAttended:
      return Family::kCommunity;
    case SignalKind::kKudos:
      return Family::kKudos;
    case SignalKind::kSurveyAnswer:
      return Family::kSurvey;
    default:
      return std::nullopt;
  }
}

bool ChangeLife::answer_has_time() const { return first_answer && first_answer != merged; }

bool ChangeLife::reviewed() const { return first_answer && (!merged || *first_answer <= *merged); }

ChangeLife LifeOfChange(std::span<const Event> events, std::span<const QualityOf> verdicts) {
  ChangeLife life;
  life.author = AuthorOf(events);
  double opened_lines = 0;
  std::set<uint64_t> threads, resolved;
  for (const Event& event : events) {
    const bool by_other = event.actor != 0 && event.actor != life.author;
    if (IsAnswer(event.kind) && by_other) {
      if (!life.first_answer) {
        life.first_answer = event.at;
        life.first_reviewer = event.actor;
      }
      const auto known = std::ranges::find(life.reviewers, event.actor, &std::pair<PersonKey, int64_t>::first);
      if (known == life.reviewers.end()) life.reviewers.emplace_back(event.actor, event.at);
    }
    switch (event.kind) {
      case SignalKind::kChangeOpened:
        SetFirst(life.opened, event.at);
        opened_lines = std::max(opened_lines, event.value);
        break;
      case SignalKind::kChangePushed:
        if (life.first_answer && !life.merged) ++life.rounds;
        break;
      case SignalKind::kChangeMerged:
        SetFirst(life.merged, event.at);
        life.lines = std::max(life.lines, event.value);
        break;
      case SignalKind::kChangeAbandoned:
        SetFirst(life.abandoned, event.at);
        break;
      case SignalKind::kChangeReverted:
        SetFirst(life.reverted, event.at);
        break;
      case SignalKind::kReviewCommented:
        life.commented |= by_other;
        break;
      case SignalKind::kThreadOpened:
        life.commented |= by_other;
        if (by_other) threads.insert(event.part);
        break;
      case SignalKind::kThreadResolved:
        resolved.insert(event.part);
        break;
      case SignalKind::kCommentAddressed:
        life.addressed |= by_other;
        break;
      case SignalKind::kFindingAdded:
        life.findings.emplace_back(event.part, event.value);
        break;
      default:
        break;
    }
  }
  if (!(life.lines > 0)) life.lines = opened_lines;
  std::ranges::sort(life.reviewers);
  std::ranges::sort(life.findings);
  life.threads = static_cast<int>(threads.size());
  life.threads_resolved =
      static_cast<int>(std::ranges::count_if(threads, [&](uint64_t thread) { return resolved.contains(thread); }));
  for (const QualityOf& verdict : verdicts) {
    // A verdict is decided a little before the merge; one that came after it judged something else.
    if (!life.merged || verdict.at <= *life.merged) life.quality = verdict.quality;
  }
  return life;
}

}  // namespace mergegate::scoring
