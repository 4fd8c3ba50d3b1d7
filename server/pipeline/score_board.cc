#include "server/pipeline/score_board.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/history_file.h"
#include "server/pipeline/experts.h"
#include "server/pipeline/given_reviews.h"
#include "server/pipeline/landed_files.h"
#include "server/pipeline/panel.h"
#include "server/pipeline/patch_set.h"
#include "server/reviewers/join_changes.h"
#include "server/scoring/adapt_weights.h"
#include "server/scoring/quality.h"
#include "server/scoring/quality/sub_index.h"
#include "server/scoring/working_hours.h"

namespace mergegate::pipeline {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);
// Knowledge of a file lasts a year, and histories of scores reach two back.
constexpr absl::Duration kHistory = absl::Hours(24 * 3 * 365);
constexpr int kPage = 10000;

bool SetsHours(const Availability& availability) {
  return !availability.time_zone.empty() || availability.to_minute > 0 || !availability.days.empty() ||
         !availability.absences.empty();
}

std::vector<MetricFact> MetricFactsOf(const CompositeScore& score) {
  std::vector<MetricFact> facts;
  for (const MetricScore& metric : score.metrics) {
    MetricFact& fact = facts.emplace_back();
    fact.kind = metric.kind;
    if (metric.missing.empty()) fact.score = metric.score;
  }
  return facts;
}

std::vector<Signal> SignalsOf(const SupposedMerge& merge, absl::Time at) {
  const Signal merged{.kind = SignalKind::kChangeMerged,
                      .actor = merge.author.empty() ? Handle("somebody") : merge.author,
                      .project = merge.project,
                      .object = merge.change,
                      .value = static_cast<double>(merge.lines),
                      .at = at,
                      .source = "what-if",
                      .source_id = "merged"};
  std::vector<Signal> signals = {merged};
  for (const std::string& check : merge.findings) {
    Signal& finding = signals.emplace_back(merged);
    finding.kind = SignalKind::kFindingAdded;
    finding.part = check;
    finding.value = 1;
    finding.source_id = check;
  }
  return signals;
}

}  // namespace

SupposedMerge SupposedMergeOf(const ProjectId& project, const std::string& change, const Facts& facts) {
  SupposedMerge merge{.project = project,
                      .change = change,
                      .author = facts.review ? facts.review->author : Handle(),
                      .lines = facts.lines_added + facts.lines_removed,
                      .quality = scoring::QualityOfChange(facts).value};
  std::set<std::string> checks;
  for (const Finding& finding : facts.findings) {
    if (scoring::CountsAgainst(finding)) checks.insert(finding.check);
  }
  merge.findings.assign(checks.begin(), checks.end());
  return merge;
}

double ScoreBoard::HoursOf(int64_t from, int64_t to, scoring::PersonKey person) const {
  const auto calendar = calendars_.find(person);
  if (calendar == calendars_.end()) return scoring::UsualHours(from, to);
  return absl::ToDoubleHours(
      reviewers::WorkingTimeBetween(calendar->second, absl::FromUnixSeconds(from), absl::FromUnixSeconds(to)));
}

absl::Status ScoreBoard::Rebuild() {
  ASSIGN_OR_RETURN(const storage::SignalCursor cursor, store_.CurrentSignals());
  ASSIGN_OR_RETURN(const std::vector<Person> persons, store_.ListPersons());
  std::vector<Signal> signals;
  RETURN_IF_ERROR(store_.ScanSignals({}, [&](Signal signal) { signals.push_back(std::move(signal)); }));
  std::set<Handle> actors;
  for (const Signal& signal : signals) actors.insert(signal.actor);
  calendars_.clear();
  for (const Handle& actor : actors) {
    if (actor.empty()) continue;
    ASSIGN_OR_RETURN(const Availability availability, store_.GetAvailability(actor));
    if (!SetsHours(availability)) continue;
    ASSIGN_OR_RETURN(calendars_[scoring::KeyOf(actor)], CalendarFor(store_, actor));
  }
  engine_ = std::make_unique<scoring::ScoreEngine>(
      persons, teams_,
      [this](int64_t from, int64_t to, scoring::PersonKey person) { return HoursOf(from, to, person); });
  engine_->Load(signals);
  for (const auto& [project, history] : histories_) engine_->Load(project, history.landed);
  cursor_ = cursor;
  qualities_ = 0;
  built_ = clock_.Now();
  return absl::OkStatus();
}

absl::Status ScoreBoard::ReadQualities() {
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<storage::ChangeQuality> come, store_.ListQualities(qualities_, kPage));
    for (const storage::ChangeQuality& one : come) {
      engine_->AddVerdict(one.project, one.change, one.decided, one.quality);
      qualities_ = one.number;
    }
    if (come.size() < kPage) return absl::OkStatus();
  }
}

absl::Status ScoreBoard::ReadHistory(const ProjectId& project) {
  ASSIGN_OR_RETURN(const std::unique_ptr<git::Mirror> mirror, mirrors_.Open(project));
  const absl::StatusOr<CommitId> tip = TipOf(store_, project, *mirror);
  if (absl::IsNotFound(tip.status())) return absl::OkStatus();  // nothing has landed yet
  RETURN_IF_ERROR(tip.status());
  ProjectHistory& history = histories_[project];
  if (history.tip == *tip) return absl::OkStatus();
  PatchSet at_tip;
  ASSIGN_OR_RETURN(at_tip.base_tree, mirror->OpenTree(*tip));
  ASSIGN_OR_RETURN(const PolicyInForce policy, LoadPolicy(at_tip, {}));
  history.policy = policy.policy.scores;

  const git::HistoryOptions options{.ref = mirror->DefaultBranch().ok() ? "" : tip->value()};
  git::CommitRecords read;
  if (folder_.empty()) {
    ASSIGN_OR_RETURN(read, git::ReadReviewHistory(mirror->path(), options));
  } else {
    std::error_code ignored;
    std::filesystem::create_directories(folder_, ignored);
    ASSIGN_OR_RETURN(read,
                     git::HistoryFile(absl::StrCat(folder_, "/", project.value())).Update(mirror->path(), options));
  }
  std::erase_if(read.records, [&](const ReviewRecord& record) { return record.landed < clock_.Now() - kHistory; });
  if (!read.records.empty()) {
    ASSIGN_OR_RETURN(const auto given,
                     GivenReviews(store_, project, read.records.front().landed - reviewers::kLandsWithin));
    reviewers::JoinReviews(given, read.records);
  }
  history.landed = LandedFilesOf(reviewers::JoinChanges(std::move(read.records)));
  engine_->Load(project, history.landed);
  history.tip = *tip;
  return absl::OkStatus();
}

absl::Status ScoreBoard::Refresh(const scoring::Scope& scope) {
  ASSIGN_OR_RETURN(std::vector<Team> teams, store_.ListTeams());
  bool rebuild = engine_ == nullptr || teams != teams_ || clock_.Now() - built_ > kDay;
  if (!rebuild) {
    ASSIGN_OR_RETURN(const storage::SignalChanges changes, store_.SignalsSince(cursor_));
    rebuild = changes.everything;
    for (const Signal& signal : changes.removed) engine_->Remove(signal);
    for (const Signal& signal : changes.added) engine_->Add(signal);
    cursor_ = changes.next;
  }
  if (rebuild) {
    teams_ = std::move(teams);
    RETURN_IF_ERROR(Rebuild());
  }
  RETURN_IF_ERROR(ReadQualities());
  std::vector<ProjectId> projects;
  if (scope.kind == scoring::ScopeKind::kProject) projects = {ProjectId(scope.id)};
  if (scope.kind == scoring::ScopeKind::kTeam) {
    std::string token;
    do {
      ASSIGN_OR_RETURN(const storage::Page<Project> page, store_.ListProjects(1000, token));
      for (const Project& project : page.items) projects.push_back(project.id);
      token = page.next_token;
    } while (!token.empty());
  }
  for (const ProjectId& project : projects) {
    // Without a history there are scores still, and what is missing is said.
    const absl::Status status = ReadHistory(project);
    if (!status.ok()) spdlog::warn("scores of {}: {}", project.value(), status.ToString());
  }
  return absl::OkStatus();
}

absl::StatusOr<ProjectWeights> ScoreBoard::ReadWeights(const ProjectId& project, const ScoresPolicy& policy,
                                                       absl::Time as_of) {
  ProjectWeights weights{.policy = policy.weights, .in_force = {.weights = policy.weights}};
  ASSIGN_OR_RETURN(weights.versions, store_.ListWeights(project));
  for (const WeightVersion& version : weights.versions) {
    if (!version.waiting && version.at <= as_of) weights.in_force = version;
  }
  return weights;
}

absl::Status ScoreBoard::Adapt(const ProjectId& project, const ScoresPolicy& policy,
                               const std::vector<MetricScore>& metrics) {
  ASSIGN_OR_RETURN(const ProjectWeights weights, ReadWeights(project, policy, absl::InfiniteFuture()));
  const WeightVersion newest = weights.versions.empty() ? weights.in_force : weights.versions.back();
  const std::optional<WeightVersion> next = scoring::NextWeights(newest, policy, metrics, clock_.Now());
  if (!next) return absl::OkStatus();
  const absl::Status added = store_.AddWeights(project, *next);
  return absl::IsAborted(added) ? absl::OkStatus() : added;  // somebody else was faster
}

scoring::ScoreSettings ScoreBoard::SettingsOf(const ScoresPolicy& policy, const WeightVersion& version) const {
  return {.weights = version.weights, .weights_version = version.number, .sub_index_weights = policy.sub_indices};
}

CompositeScore ScoreBoard::With(const SupposedMerge& merge, absl::Time as_of, const scoring::Scope& scope,
                                const scoring::ScoreSettings& settings) {
  const std::vector<Signal> signals = SignalsOf(merge, as_of);
  for (const Signal& signal : signals) engine_->Add(signal);
  engine_->AddVerdict(merge.project, merge.change, as_of, merge.quality);
  CompositeScore score = engine_->Of(scope, as_of, settings);
  engine_->RemoveVerdict(merge.project, merge.change, as_of, merge.quality);
  for (const Signal& signal : signals) engine_->Remove(signal);
  return score;
}

absl::StatusOr<CompositeScore> ScoreBoard::Compute(const scoring::Scope& scope, absl::Time as_of,
                                                   const WhatIf& what_if) {
  scoring::ScoreSettings settings;
  if (scope.kind == scoring::ScopeKind::kProject) {
    const ProjectId project(scope.id);
    const ScoresPolicy& policy = histories_[project].policy;
    ASSIGN_OR_RETURN(const ProjectWeights weights, ReadWeights(project, policy, as_of));
    settings = SettingsOf(policy, weights.in_force);
  }
  for (const auto& [kind, weight] : what_if.weights) settings.weights[IndexOf(kind)] = weight;
  for (const auto& [name, weight] : what_if.sub_index_weights) settings.sub_index_weights[name] = weight;
  settings.what_if = what_if.values;
  if (what_if.merge) return With(*what_if.merge, as_of, scope, settings);
  return engine_->Of(scope, as_of, settings);
}

absl::Status ScoreBoard::Check(const scoring::Scope& scope) {
  if (scope.kind == scoring::ScopeKind::kProject) return store_.GetProject(ProjectId(scope.id)).status();
  if (scope.kind == scoring::ScopeKind::kTeam && !engine_->Knows(scope)) {
    return absl::NotFoundError(absl::StrCat("there is no team ", scope.id));
  }
  return absl::OkStatus();
}

absl::StatusOr<CompositeScore> ScoreBoard::Of(const scoring::Scope& scope, absl::Time as_of, const WhatIf& what_if) {
  std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(Refresh(scope));
  RETURN_IF_ERROR(Check(scope));
  if (scope.kind == scoring::ScopeKind::kProject) {
    ASSIGN_OR_RETURN(const CompositeScore now, Compute(scope, clock_.Now(), {}));
    RETURN_IF_ERROR(Adapt(ProjectId(scope.id), histories_[ProjectId(scope.id)].policy, now.metrics));
  }
  return Compute(scope, as_of, what_if);
}

absl::StatusOr<std::vector<CompositeScore>> ScoreBoard::History(const scoring::Scope& scope,
                                                                const std::vector<absl::Time>& moments) {
  std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(Refresh(scope));
  RETURN_IF_ERROR(Check(scope));
  std::vector<CompositeScore> scores;
  for (const absl::Time moment : moments) {
    ASSIGN_OR_RETURN(scores.emplace_back(), Compute(scope, moment, {}));
  }
  return scores;
}

absl::StatusOr<std::optional<ScoreFacts>> ScoreBoard::FactsOf(const ProjectId& project, const std::string& change,
                                                              const ScoresPolicy& policy, const Facts& facts) {
  std::lock_guard lock(mutex_);
  const scoring::Scope scope{scoring::ScopeKind::kProject, project.value()};
  RETURN_IF_ERROR(Refresh(scope));
  const absl::Time now = clock_.Now();
  ASSIGN_OR_RETURN(const ProjectWeights weights, ReadWeights(project, policy, now));
  const scoring::ScoreSettings settings = SettingsOf(policy, weights.in_force);
  const CompositeScore before = engine_->Of(scope, now, settings);
  if (!before.missing.empty()) return std::nullopt;
  ScoreFacts kept{.as_of = now,
                  .weights_version = weights.in_force.number,
                  .weights = weights.in_force.weights,
                  .metrics = MetricFactsOf(before)};
  kept.quality_after = kept.metrics[IndexOf(MetricKind::kQuality)].score;
  if (!scoring::QualityOfChange(facts).ledger.empty()) {
    const CompositeScore after = With(SupposedMergeOf(project, change, facts), now, scope, settings);
    kept.quality_after = MetricFactsOf(after)[IndexOf(MetricKind::kQuality)].score;
  }
  return kept;
}

absl::StatusOr<ProjectWeights> ScoreBoard::WeightsOf(const ProjectId& project) {
  std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(store_.GetProject(project).status());
  RETURN_IF_ERROR(Refresh({scoring::ScopeKind::kProject, project.value()}));
  return ReadWeights(project, histories_[project].policy, absl::InfiniteFuture());
}

absl::Status AddScores(const PipelineParts& parts, const Run& run, const Policy& policy, Facts& facts) {
  if (parts.scores == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(facts.scores,
                   parts.scores->FactsOf(run.submission.project, run.submission.change, policy.scores, facts));
  return absl::OkStatus();
}

}  // namespace mergegate::pipeline
