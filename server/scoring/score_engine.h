// All scores of projects, teams and people, kept up to date signal by signal.
//
//   ScoreEngine engine(persons, teams, hours);
//   engine.Load(signals);                                    // a million: seconds
//   engine.Add(signal);  engine.Remove(corrected);           // one: well below a millisecond
//   CompositeScore score = engine.Of({ScopeKind::kProject, "leveldb"}, now, settings);
//
// Signals are effective ones (what was corrected or retracted is removed), of people's ids. They are sorted into lives;
// each sub-index observes a life and drops its observations into the buckets of the scopes that it is about. A signal
// that came, late or not, makes one life be observed again, and only what differs is taken out and put in. So the state
// is a function of the set of signals: no order of arrival can show.
//
// Thread safety: const members from many threads while nobody writes. Owns all it keeps.
#ifndef MERGEGATE_SERVER_SCORING_SCORE_ENGINE_H_
#define MERGEGATE_SERVER_SCORING_SCORE_ENGINE_H_

#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "server/domain/score.h"
#include "server/domain/signal.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {

// Whose score: a project, a team or a person by id; everybody has no id.
struct Scope {
  ScopeKind kind = ScopeKind::kProject;
  std::string id = {};
};

struct ScoreSettings {
  MetricWeights weights = kSourceWeights;
  int weights_version = 0;
  std::map<std::string, int, std::less<>> sub_index_weights = {};  // by name; what is not named has its default
  std::map<std::string, int, std::less<>> what_if = {};            // values taken for granted, ten-thousandths
};

// A landed change's files and the people who wrote or reviewed it.
struct LandedFiles {
  std::string change = {};
  absl::Time at = {};
  std::vector<std::string> files = {};
  std::vector<Handle> people = {};
};

class ScoreEngine {
 public:
  // Handles that no person has are people of their own. `hours` is called with KeyOf(id).
  ScoreEngine(std::span<const Person> persons, std::span<const Team> teams, WorkingHours hours);
  ScoreEngine(const ScoreEngine&) = delete;
  ScoreEngine& operator=(const ScoreEngine&) = delete;

  // Many at once; what is there stays. Costs a walk through everything that is there.
  void Load(std::span<const Signal> signals);
  void Load(const ProjectId& project, std::span<const LandedFiles> landed);
  // One. The same again changes nothing, nor does removing what is not there.
  void Add(const Signal& signal);
  void Remove(const Signal& signal);
  void Add(const ProjectId& project, const LandedFiles& landed);
  // What a verdict said of a change, ten-thousandths of Q.
  void AddVerdict(const ProjectId& project, const std::string& change, absl::Time at, int quality);
  void RemoveVerdict(const ProjectId& project, const std::string& change, absl::Time at, int quality);

  // As of a moment: what was known then counts, what came later does not. A person's sub-indices are pulled to their
  // first team's, without one to everybody's.
  CompositeScore Of(const Scope& scope, absl::Time as_of, const ScoreSettings& settings) const;
  bool Knows(const Scope& scope) const;

 private:
  struct Story {
    Family family = Family::kChange;
    ProjectId project = {};
    std::string name = {};
    std::vector<Event> events = {};
    std::vector<QualityOf> verdicts = {};
    FilesOf files = {};
  };
  using Buckets = std::vector<std::vector<Observation>>;  // by row of the table, sorted
  struct Placed {
    Buckets* buckets = nullptr;
    size_t row = 0;
    Observation seen = {};
    auto operator<=>(const Placed&) const = default;
  };

  struct Known {
    PersonKey key = 0;
    bool bot = false;
  };
  Known Resolve(const Handle& handle) const;
  uint64_t StoryOf(Family family, const ProjectId& project, const std::string& name);
  // The life that a signal belongs to and its event; 0 for what does not count (bots, kinds without scores).
  std::pair<uint64_t, Event> Place(const Signal& signal);
  uint64_t PlaceFiles(const ProjectId& project, const LandedFiles& landed, FilesOf& files);
  Buckets& BucketsOf(ScopeKind kind, uint64_t id);
  void Observe(uint64_t id, const Story& story, std::vector<Placed>& placed);
  void ObserveAll();
  template <typename Change>
  void Update(uint64_t id, const Change& change);

  uint64_t BucketId(const Scope& scope) const;
  std::span<const PersonKey> MembersOf(const Scope& team) const;
  Estimate EstimateOf(const Scope& scope, size_t row, int64_t as_of) const;
  SubIndexScore ScoreOf(const Scope& scope, size_t row, int64_t as_of, const ScoreSettings& settings) const;
  std::string NameOf(uint64_t id) const;

  const WorkingHours hours_;
  absl::flat_hash_map<std::string, Known> handles_;
  absl::flat_hash_map<PersonKey, std::vector<uint32_t>> teams_of_;  // sorted indices into teams_
  std::vector<std::string> teams_;                                  // ids, sorted
  std::vector<std::vector<PersonKey>> members_;                     // of teams_, sorted
  absl::btree_map<uint64_t, std::unique_ptr<Story>> stories_;       // no one insertion moves them all
  absl::flat_hash_map<uint64_t, std::string> paths_;
  absl::flat_hash_map<std::pair<int, uint64_t>, std::unique_ptr<Buckets>> buckets_;
  std::function<bool(PersonKey, PersonKey)> crosses_teams_;
  std::function<bool(PersonKey)> has_team_;
};

}  // namespace mergegate::scoring

#endif  // MERGEGATE_SERVER_SCORING_SCORE_ENGINE_H_
