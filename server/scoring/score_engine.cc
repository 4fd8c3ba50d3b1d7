#include "server/scoring/score_engine.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/domain/hash.h"
#include "server/scoring/compose.h"
#include "server/scoring/estimate.h"

namespace mergegate::scoring {
namespace {

constexpr uint64_t kSeed = 11;
constexpr size_t kSmallestTeam = 5;

uint64_t HashOf(std::string_view text) { return std::max<uint64_t>(1, Hash64(text, kSeed)); }
uint64_t IdOf(const Signal& signal) {
  return HashOf(absl::StrCat(signal.source, std::string(1, '\0'), signal.source_id));
}

// What the events of a life have in common, beside the project.
std::string LifeName(Family family, const Signal& signal) {
  switch (family) {
    case Family::kCourse:
      return absl::StrCat(signal.object, " ", signal.actor.value());
    case Family::kSurvey:
    case Family::kKudos:
      return absl::StrCat(signal.actor.value(), " ", signal.object);
    default:
      return signal.object;
  }
}

template <typename T>
void InsertSorted(std::vector<T>& sorted, const T& value) {
  sorted.insert(std::ranges::lower_bound(sorted, value), value);
}

template <typename T>
bool EraseSorted(std::vector<T>& sorted, const T& value) {
  const auto found = std::ranges::lower_bound(sorted, value);
  if (found == sorted.end() || *found != value) return false;
  sorted.erase(found);
  return true;
}

template <typename T>
void SortUnique(std::vector<T>& values) {
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

ScoreEngine::ScoreEngine(std::span<const Person> persons, std::span<const Team> teams, WorkingHours hours)
    : hours_(std::move(hours)) {
  for (const Person& person : persons) {
    const Known known{KeyOf(person.id), person.bot};
    handles_[person.id.value()] = known;
    for (const Handle& identity : person.identities) handles_[identity.value()] = known;
  }
  std::map<std::string, std::vector<PersonKey>> sorted;
  for (const Team& team : teams) {
    std::vector<PersonKey>& members = sorted[team.id.value()];
    for (const Handle& member : team.members) {
      if (const Known known = Resolve(member); !known.bot) members.push_back(known.key);
    }
    SortUnique(members);
  }
  for (auto& [id, members] : sorted) {
    for (const PersonKey member : members) teams_of_[member].push_back(static_cast<uint32_t>(teams_.size()));
    teams_.push_back(id);
    members_.push_back(std::move(members));
  }
  has_team_ = [this](PersonKey person) { return teams_of_.contains(person); };
  crosses_teams_ = [this](PersonKey one, PersonKey other) {
    const auto first = teams_of_.find(one), second = teams_of_.find(other);
    if (first == teams_of_.end() || second == teams_of_.end()) return false;
    std::vector<uint32_t> common;
    std::ranges::set_intersection(first->second, second->second, std::back_inserter(common));
    return common.empty();
  };
}

ScoreEngine::Known ScoreEngine::Resolve(const Handle& handle) const {
  if (handle.empty()) return {};
  const auto found = handles_.find(handle.value());
  if (found != handles_.end()) return found->second;
  return {KeyOf(handle), absl::EndsWith(handle.value(), "[bot]") || absl::StrContains(handle.value(), "[bot]@")};
}

uint64_t ScoreEngine::StoryOf(Family family, const ProjectId& project, const std::string& name) {
  const std::string key =
      absl::StrCat(static_cast<int>(family), std::string(1, '\0'), project.value(), std::string(1, '\0'), name);
  const uint64_t id = HashOf(key);
  std::unique_ptr<Story>& story = stories_[id];
  if (story == nullptr) story = std::make_unique<Story>(Story{.family = family, .project = project, .name = name});
  return id;
}

std::pair<uint64_t, Event> ScoreEngine::Place(const Signal& signal) {
  const std::optional<Family> family = FamilyOf(signal.kind);
  const Known actor = Resolve(signal.actor), subject = Resolve(signal.subject);
  if (!family || actor.bot || subject.bot) return {};
  const Event event{.at = absl::ToUnixSeconds(signal.at),
                    .id = IdOf(signal),
                    .kind = signal.kind,
                    .actor = actor.key,
                    .subject = subject.key,
                    .part = signal.part.empty() ? 0 : HashOf(signal.part),
                    .value = signal.value};
  return {StoryOf(*family, signal.project, LifeName(*family, signal)), event};
}

ScoreEngine::Buckets& ScoreEngine::BucketsOf(ScopeKind kind, uint64_t id) {
  std::unique_ptr<Buckets>& buckets = buckets_[{static_cast<int>(kind), id}];
  if (buckets == nullptr) buckets = std::make_unique<Buckets>(SubIndices().size());
  return *buckets;
}

void ScoreEngine::Observe(uint64_t id, const Story& story, std::vector<Placed>& placed) {
  if (story.events.empty() && story.family != Family::kFiles) return;
  if (story.family == Family::kFiles && story.files.files.empty()) return;
  ChangeLife change;
  if (story.family == Family::kChange) change = LifeOfChange(story.events, story.verdicts);
  const Life life{.family = story.family, .id = id, .events = story.events, .change = &change, .files = &story.files};
  const Surroundings world{.hours = hours_, .crosses_teams = crosses_teams_, .has_team = has_team_};
  Buckets* project = story.project.empty() ? nullptr : &BucketsOf(ScopeKind::kProject, HashOf(story.project.value()));
  Buckets* everybody = &BucketsOf(ScopeKind::kEverybody, 0);
  for (size_t row = 0; row < SubIndices().size(); ++row) {
    const unsigned scopes = SubIndices()[row].scopes;
    const auto wanted = [&](ScopeKind kind) { return (scopes & static_cast<unsigned>(kind)) != 0; };
    SubIndices()[row].observe(life, world, [&](std::initializer_list<PersonKey> about, const Observation& seen) {
      if (project != nullptr && wanted(ScopeKind::kProject)) placed.push_back({project, row, seen});
      if (wanted(ScopeKind::kEverybody)) placed.push_back({everybody, row, seen});
      std::vector<uint32_t> teams;
      for (const PersonKey person : about) {
        if (person == 0) continue;
        if (wanted(ScopeKind::kPerson)) placed.push_back({&BucketsOf(ScopeKind::kPerson, person), row, seen});
        const auto found = teams_of_.find(person);
        if (found != teams_of_.end()) teams.insert(teams.end(), found->second.begin(), found->second.end());
      }
      if (!wanted(ScopeKind::kTeam)) return;
      SortUnique(teams);
      for (const uint32_t team : teams)
        placed.push_back({&BucketsOf(ScopeKind::kTeam, HashOf(teams_[team])), row, seen});
    });
  }
}

void ScoreEngine::ObserveAll() {
  for (auto& [scope, buckets] : buckets_) {
    for (std::vector<Observation>& bucket : *buckets) bucket.clear();
  }
  std::vector<Placed> placed;
  for (const auto& [id, story] : stories_) {
    placed.clear();
    Observe(id, *story, placed);
    for (const Placed& one : placed) (*one.buckets)[one.row].push_back(one.seen);
  }
  for (auto& [scope, buckets] : buckets_) {
    for (std::vector<Observation>& bucket : *buckets) std::ranges::sort(bucket);
  }
}

template <typename Change>
void ScoreEngine::Update(uint64_t id, const Change& change) {
  Story& story = *stories_.at(id);
  std::vector<Placed> before, after, gone, come;
  Observe(id, story, before);
  change(story);
  Observe(id, story, after);
  std::ranges::sort(before);
  std::ranges::sort(after);
  std::ranges::set_difference(before, after, std::back_inserter(gone));
  std::ranges::set_difference(after, before, std::back_inserter(come));
  for (const Placed& one : gone) EraseSorted((*one.buckets)[one.row], one.seen);
  for (const Placed& one : come) InsertSorted((*one.buckets)[one.row], one.seen);
}

void ScoreEngine::Load(std::span<const Signal> signals) {
  for (const Signal& signal : signals) {
    const auto [id, event] = Place(signal);
    if (id != 0) stories_.at(id)->events.push_back(event);
  }
  for (auto& [id, story] : stories_) SortUnique(story->events);
  ObserveAll();
}

void ScoreEngine::Add(const Signal& signal) {
  const auto [id, event] = Place(signal);
  if (id == 0 || std::ranges::binary_search(stories_.at(id)->events, event)) return;
  Update(id, [&](Story& story) { InsertSorted(story.events, event); });
}

void ScoreEngine::Remove(const Signal& signal) {
  const auto [id, event] = Place(signal);
  if (id == 0) return;
  Update(id, [&](Story& story) { EraseSorted(story.events, event); });
}

uint64_t ScoreEngine::PlaceFiles(const ProjectId& project, const LandedFiles& landed, FilesOf& files) {
  files = {.at = absl::ToUnixSeconds(landed.at), .change = HashOf(landed.change)};
  constexpr size_t kMostFiles = 50;
  for (size_t i = 0; i < std::min(landed.files.size(), kMostFiles); ++i) {
    const uint64_t path = HashOf(absl::StrCat(project.value(), ":", landed.files[i]));
    files.files.push_back(path);
    paths_.try_emplace(path, landed.files[i]);
  }
  for (const Handle& person : landed.people) {
    if (const Known known = Resolve(person); known.key != 0 && !known.bot) files.people.push_back(known.key);
  }
  SortUnique(files.files);
  SortUnique(files.people);
  return StoryOf(Family::kFiles, project, landed.change);
}

void ScoreEngine::Load(const ProjectId& project, std::span<const LandedFiles> landed) {
  for (const LandedFiles& one : landed) {
    FilesOf files;
    const uint64_t id = PlaceFiles(project, one, files);
    stories_.at(id)->files = std::move(files);
  }
  ObserveAll();
}

void ScoreEngine::Add(const ProjectId& project, const LandedFiles& landed) {
  FilesOf files;
  const uint64_t id = PlaceFiles(project, landed, files);
  Update(id, [&](Story& story) { story.files = std::move(files); });
}

void ScoreEngine::AddVerdict(const ProjectId& project, const std::string& change, absl::Time at, int quality) {
  const QualityOf verdict{absl::ToUnixSeconds(at), quality};
  Update(StoryOf(Family::kChange, project, change), [&](Story& story) {
    if (!std::ranges::binary_search(story.verdicts, verdict)) InsertSorted(story.verdicts, verdict);
  });
}

void ScoreEngine::RemoveVerdict(const ProjectId& project, const std::string& change, absl::Time at, int quality) {
  const QualityOf verdict{absl::ToUnixSeconds(at), quality};
  Update(StoryOf(Family::kChange, project, change), [&](Story& story) { EraseSorted(story.verdicts, verdict); });
}

bool ScoreEngine::Knows(const Scope& scope) const {
  if (scope.kind == ScopeKind::kTeam) return std::ranges::binary_search(teams_, scope.id);
  return buckets_.contains({static_cast<int>(scope.kind), BucketId(scope)});
}

uint64_t ScoreEngine::BucketId(const Scope& scope) const {
  switch (scope.kind) {
    case ScopeKind::kEverybody:
      return 0;
    case ScopeKind::kPerson:
      return Resolve(Handle(scope.id)).key;
    default:
      return HashOf(scope.id);
  }
}

std::span<const PersonKey> ScoreEngine::MembersOf(const Scope& team) const {
  const auto found = std::ranges::lower_bound(teams_, team.id);
  if (found == teams_.end() || *found != team.id) return {};
  return members_[static_cast<size_t>(found - teams_.begin())];
}

Estimate ScoreEngine::EstimateOf(const Scope& scope, size_t row, int64_t as_of) const {
  const SubIndexRow& index = SubIndices()[row];
  Sample sample{.seen = {}, .scope = scope.kind, .members = {}, .as_of = as_of, .hours = hours_};
  const auto buckets = buckets_.find({static_cast<int>(scope.kind), BucketId(scope)});
  if (buckets != buckets_.end()) {
    const std::vector<Observation>& bucket = (*buckets->second)[row];
    const int64_t since = as_of - index.window_days * kDaySeconds;
    const auto begin = std::ranges::upper_bound(bucket, since, {}, &Observation::at);
    sample.seen = {begin, std::ranges::upper_bound(begin, bucket.end(), as_of, {}, &Observation::at)};
  }
  if (scope.kind == ScopeKind::kTeam) sample.members = MembersOf(scope);
  Estimate estimate = index.estimate(sample);
  if (estimate.missing.empty() && estimate.n < index.min_sample) {
    estimate.missing = absl::StrCat("only ", estimate.n, " of the ", index.min_sample, " that it takes");
  }
  return estimate;
}

std::string ScoreEngine::NameOf(uint64_t id) const {
  if (const auto story = stories_.find(id); story != stories_.end()) return story->second->name;
  if (const auto path = paths_.find(id); path != paths_.end()) return path->second;
  return "";
}

SubIndexScore ScoreEngine::ScoreOf(const Scope& scope, size_t row, int64_t as_of, const ScoreSettings& settings) const {
  const SubIndexRow& index = SubIndices()[row];
  SubIndexScore score{.name = std::string(index.name),
                      .question = std::string(index.question),
                      .window_days = index.window_days,
                      .weight = index.weight};
  if (const auto set = settings.sub_index_weights.find(index.name); set != settings.sub_index_weights.end()) {
    score.weight = set->second;
  }
  if (const auto set = settings.what_if.find(index.name); set != settings.what_if.end()) {
    score.score = {set->second, set->second, set->second};
    score.reason = "taken for granted";
    return score;
  }
  Estimate estimate = EstimateOf(scope, row, as_of);
  const bool of_team = scope.kind == ScopeKind::kTeam;
  if (of_team && index.metric == MetricKind::kTechnical && MembersOf(scope).size() < kSmallestTeam) {
    estimate = Missing("in a team of fewer than 5 it would be about persons");
  }
  score.n = estimate.n;
  score.missing = std::move(estimate.missing);
  score.reason = std::move(estimate.reason);
  if (!score.missing.empty()) return score;
  Interval interval{estimate.value, estimate.low, estimate.high};
  if (scope.kind == ScopeKind::kPerson && index.shrinks) {
    const auto teams = teams_of_.find(BucketId(scope));
    const bool team = teams != teams_of_.end();
    const Scope wider =
        team ? Scope{ScopeKind::kTeam, teams_[teams->second.front()]} : Scope{ScopeKind::kEverybody, ""};
    const Estimate around = EstimateOf(wider, row, as_of);
    if (around.missing.empty()) {
      interval = Shrink(interval, estimate.n, around.value);
      absl::StrAppend(&score.reason, "; ", Decimal(estimate.value * 100), " alone, pulled to ",
                      team ? "the team's " : "everybody's ", Decimal(around.value * 100), " as if that had been seen ",
                      kShrinkage, " times");
    }
  }
  const auto points = [](double value) { return static_cast<int>(std::lround(value * kWhole)); };
  score.score = {points(interval.value), points(interval.low), points(interval.high)};
  for (const uint64_t life : estimate.evidence) score.evidence.push_back(NameOf(life));
  std::erase(score.evidence, "");
  return score;
}

CompositeScore ScoreEngine::Of(const Scope& scope, absl::Time as_of, const ScoreSettings& settings) const {
  std::vector<MetricScore> metrics;
  for (const MetricKind kind : kMetricKinds) {
    std::vector<SubIndexScore> parts;
    for (size_t row = 0; row < SubIndices().size(); ++row) {
      const SubIndexRow& index = SubIndices()[row];
      if (index.metric != kind || (index.scopes & static_cast<unsigned>(scope.kind)) == 0) continue;
      parts.push_back(ScoreOf(scope, row, absl::ToUnixSeconds(as_of), settings));
    }
    metrics.push_back(ComposeMetric(kind, std::move(parts)));
  }
  CompositeScore composite = ComposeM(std::move(metrics), settings.weights);
  composite.as_of = as_of;
  composite.weights_version = settings.weights_version;
  return composite;
}

}  // namespace mergegate::scoring
