// What a sub-index of E, T, K, C and of a project's Q is: it observes lives (of changes, tasks, courses...) and
// estimates a value in [0, 1] from the observations of a window.
//
// To add one: <metric>/<name>.cc with a function that returns its row, declared below, a line in sub_indices.cc, a test
// with a case worked out by hand.
//
// Order never matters: a life's events are sorted, observations are sorted, people are hashes of their ids. So what
// came late, twice or corrected gives the same bytes as what came in time. Pure; no clock is read.
#ifndef MERGEGATE_SERVER_SCORING_SUB_INDEX_H_
#define MERGEGATE_SERVER_SCORING_SUB_INDEX_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/domain/score.h"
#include "server/scoring/life.h"

namespace mergegate::scoring {

// One thing seen, at the moment when it became known.
struct Observation {
  int64_t at = 0;     // seconds since 1970
  uint64_t id = 0;    // of the life that it comes from
  PersonKey who = 0;  // 0: nobody
  PersonKey whom = 0;
  uint32_t tag = 0;  // the sub-index's own
  double value = 0;
  auto operator<=>(const Observation&) const = default;
};

enum class ScopeKind { kProject = 1, kTeam = 2, kPerson = 4, kEverybody = 8 };
inline constexpr unsigned kProjectsAndTeams = 1 | 2;
inline constexpr unsigned kAllScopes = 1 | 2 | 4 | 8;

// Working hours between two moments (seconds since 1970) in the calendar of a person; 0: the usual one.
using WorkingHours = std::function<double(int64_t from, int64_t to, PersonKey person)>;

// What observing needs to know of the world.
struct Surroundings {
  const WorkingHours& hours;
  // Whether both have teams, and share none.
  const std::function<bool(PersonKey, PersonKey)>& crosses_teams;
  const std::function<bool(PersonKey)>& has_team;
};

// Takes an observation about some people (0 is skipped): it counts for each of them, for each of their teams once, and
// for the project of its life.
using Emit = std::function<void(std::initializer_list<PersonKey> about, const Observation&)>;

// The observations of a scope in the sub-index's window, sorted.
struct Sample {
  std::span<const Observation> seen;
  ScopeKind scope = ScopeKind::kProject;
  std::span<const PersonKey> members;  // of a team, sorted; empty elsewhere
  int64_t as_of = 0;
  const WorkingHours& hours;
};

struct Estimate {
  double value = 0;  // [0, 1], as are the next two
  double low = 0;    // 90 % interval
  double high = 0;
  int n = 0;
  std::string reason = {};
  std::vector<uint64_t> evidence = {};  // lives, worst first, a few
  std::string missing = {};             // why there is none; empty when there is one
};

struct SubIndexRow {
  MetricKind metric = MetricKind::kUnspecified;
  std::string_view name;      // unique among all
  std::string_view question;  // for people
  int weight = 0;             // default, relative to the metric's others
  int window_days = 90;
  int min_sample = 5;  // below it the sub-index is missing
  unsigned scopes = kProjectsAndTeams;
  bool shrinks = true;  // a person's is pulled to their team's
  void (*observe)(const Life&, const Surroundings&, const Emit&) = nullptr;
  Estimate (*estimate)(const Sample&) = nullptr;
};

// All, by metric. THE table.
std::span<const SubIndexRow> SubIndices();

// E
SubIndexRow FirstReview();
SubIndexRow MergeTime();
SubIndexRow Reviewed();
SubIndexRow Rounds();
SubIndexRow Threads();
SubIndexRow ChangeSize();
SubIndexRow Balance();
SubIndexRow TaskTime();
// Q of a project
SubIndexRow MergedQuality();
SubIndexRow CleanMerges();
// T
SubIndexRow Survival();
SubIndexRow Training();
SubIndexRow Recurrence();
// K
SubIndexRow Knowers();
SubIndexRow Addressed();
SubIndexRow Exchange();
// C
SubIndexRow Breadth();
SubIndexRow Reciprocity();
SubIndexRow CrossTeam();
SubIndexRow Events();
SubIndexRow Kudos();
SubIndexRow Pulse();

inline constexpr int64_t kDaySeconds = 86400;

}  // namespace mergegate::scoring

#endif  // MERGEGATE_SERVER_SCORING_SUB_INDEX_H_
