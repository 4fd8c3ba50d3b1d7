// The events about one thing (a change, a task, a course that somebody takes...), in order, and what they add up to.
//
//   ChangeLife life = LifeOfChange(events);
//   life.first_answer - life.opened       // how long the author waited
//
// Pure. Values; events are borrowed.
#ifndef MERGEGATE_SERVER_SCORING_LIFE_H_
#define MERGEGATE_SERVER_SCORING_LIFE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "server/domain/review_record.h"
#include "server/domain/signal.h"

namespace mergegate::scoring {

// Hash of a person's id: the same on every machine and in every order of arrival. 0: nobody.
using PersonKey = uint64_t;
PersonKey KeyOf(const Handle& person);

// A signal as scores need it. Ordered by time, then by identity.
struct Event {
  int64_t at = 0;   // seconds since 1970
  uint64_t id = 0;  // hash of source and source id
  SignalKind kind = SignalKind::kUnspecified;
  PersonKey actor = 0;
  PersonKey subject = 0;
  uint64_t part = 0;  // hash of the signal's part; 0: none
  double value = 0;
  auto operator<=>(const Event&) const = default;
};

enum class Family { kChange, kTask, kCourse, kCommunity, kKudos, kSurvey, kFiles };
// Of a kind of signal; nullopt for kinds that no score looks at.
std::optional<Family> FamilyOf(SignalKind kind);

struct ChangeLife {
  PersonKey author = 0;
  std::optional<int64_t> opened, merged, abandoned, reverted;  // seconds since 1970
  double lines = 0;                                            // added + removed; 0: unknown
  std::optional<int64_t> first_answer;                         // of a human who is not the author
  PersonKey first_reviewer = 0;
  std::vector<std::pair<PersonKey, int64_t>> reviewers;  // who answered, and when first; by key
  int rounds = 0;                                        // patch sets pushed after the first answer, up to the merge
  int threads = 0;                                       // opened by others than the author
  int threads_resolved = 0;
  bool commented = false;                             // by others than the author
  bool addressed = false;                             // a comment led to a change
  std::vector<std::pair<uint64_t, double>> findings;  // class, how many; added by the merge
  std::optional<int> quality;                         // Q of the last verdict before the merge, ten-thousandths
  // False for a review that is known by the merge alone (a commit's trailers): it was given, but nobody knows when.
  bool answer_has_time() const;
  bool reviewed() const;  // somebody answered no later than the merge
};

// What a verdict said of a change; ten-thousandths.
struct QualityOf {
  int64_t at = 0;
  int quality = 0;
  auto operator<=>(const QualityOf&) const = default;
};

// Paths of a landed change, as hashes, and who wrote or reviewed it.
struct FilesOf {
  int64_t at = 0;
  uint64_t change = 0;
  std::vector<uint64_t> files = {};
  std::vector<PersonKey> people = {};
  auto operator<=>(const FilesOf&) const = default;
};

struct Life {
  Family family = Family::kChange;
  uint64_t id = 0;
  std::span<const Event> events;       // sorted
  const ChangeLife* change = nullptr;  // of kChange
  const FilesOf* files = nullptr;      // of kFiles
};

// `events` and `verdicts` sorted.
ChangeLife LifeOfChange(std::span<const Event> events, std::span<const QualityOf> verdicts);

}  // namespace mergegate::scoring

#endif  // MERGEGATE_SERVER_SCORING_LIFE_H_
