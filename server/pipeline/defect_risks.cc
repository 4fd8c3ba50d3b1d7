#include "server/pipeline/defect_risks.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/status_macros.h"
#include "server/git/risk_file.h"
#include "server/git/risk_history.h"
#include "server/pipeline/experts.h"

namespace mergegate::pipeline {
namespace {

constexpr size_t kAnswersKept = 4096;
// Fewer changes of which it is known whether they caused a defect tell nothing about a project.
constexpr int kFewestExamples = 200;
constexpr std::string_view kTooFew = "of fewer than 200 past changes it is known what they caused";
constexpr int kNiceness = 15;  // not idle: it shares locks with those who hurry

RiskFacts Missing(std::string why) {
  RiskFacts facts;
  facts.missing = std::move(why);
  return facts;
}

int Millionths(double probability) { return static_cast<int>(std::lround(probability * 1e6)); }

RiskFacts FactsOf(const risk::Model& model, const risk::Judged& judged, size_t examples) {
  RiskFacts facts;
  facts.probability = Millionths(judged.probability);
  facts.typical = Millionths(risk::TypicalProbability(model));
  facts.examples = static_cast<int>(examples);
  for (const risk::Factor& factor : risk::FactorsOf(model, judged.measures)) {
    facts.factors.push_back({.text = absl::StrFormat("x%.1f: %s", factor.odds, factor.words),
                             .milli_bits = static_cast<int>(std::lround(1000 * std::log2(factor.odds))),
                             .size = factor.size});
  }
  return facts;
}

bool IsShort(const git::Mirror& mirror, const CommitId& base) {
  const auto parents = mirror.FirstParents(base, kFewestExamples);
  return parents.ok() && parents->size() < static_cast<size_t>(kFewestExamples);
}

}  // namespace

DefectRisks::Known& DefectRisks::At(const ProjectId& project) {
  std::lock_guard lock(mutex_);
  std::unique_ptr<Known>& known = known_[project];
  if (known == nullptr) known = std::make_unique<Known>();
  return *known;
}

void DefectRisks::Ask(const ProjectId& project) {
  {
    std::lock_guard lock(mutex_);
    asked_.insert(project);
  }
  wake_.notify_one();
}

void DefectRisks::Remember(const std::string& change, const RiskFacts& facts) {
  std::lock_guard lock(mutex_);
  if (!answers_.emplace(change, facts).second) return;
  answered_.push_back(change);
  if (answered_.size() <= kAnswersKept) return;
  answers_.erase(answered_.front());
  answered_.pop_front();
}

RiskFacts DefectRisks::Of(const ProjectId& project, const CommitId& base, const CommitId& head) {
  const std::string change = absl::StrCat(project.value(), " ", base.value(), " ", head.value());
  {
    std::lock_guard lock(mutex_);
    if (const auto answer = answers_.find(change); answer != answers_.end()) return answer->second;
  }
  Ask(project);
  const absl::StatusOr<std::unique_ptr<git::Mirror>> mirror = mirrors_.Open(project);
  // A short history need not be read to know that it tells nothing: the same answer before as after.
  if (mirror.ok() && IsShort(**mirror, base)) return Missing(std::string(kTooFew));
  Known& known = At(project);
  const std::unique_lock lock(known.mutex, std::try_to_lock);
  if (!lock.owns_lock() || (known.learner == nullptr && known.trouble.empty())) {
    return Missing("the project's history is still being read");
  }
  if (known.learner == nullptr) return Missing(known.trouble);
  if (!mirror.ok()) return Missing(std::string(mirror.status().message()));
  RiskFacts facts = Judge(**mirror, base, head, *known.learner);
  Remember(change, facts);
  return facts;
}

RiskFacts DefectRisks::Judge(const git::Mirror& mirror, const CommitId& base, const CommitId& head,
                             risk::Learner& learner) const {
  if (learner.Knows(head.value())) return Missing("the change is part of the history that would judge it");
  absl::StatusOr<risk::Commit> change = git::ReadRiskChange(mirror.path(), base, head);
  if (!change.ok()) return Missing(std::string(change.status().message()));
  if (!risk::IsInstance(*change)) return Missing("told of changes of C and C++ only, up to 20000 lines, no reverts");
  // It lands now, whatever its clock said.
  change->time = std::max(learner.newest(), absl::ToUnixSeconds(clock_.Now()));
  const risk::Judged judged = learner.Judge(*change);
  if (learner.examples() < kFewestExamples) return Missing(std::string(kTooFew));
  return FactsOf(learner.ModelAt(change->time), judged, learner.examples());
}

absl::Status DefectRisks::Read(const ProjectId& project, Known& known) {
  ASSIGN_OR_RETURN(const std::unique_ptr<git::Mirror> mirror, mirrors_.Open(project));
  ASSIGN_OR_RETURN(const CommitId tip, TipOf(store_, project, *mirror));
  if (known.tip == tip) return absl::OkStatus();
  const git::RiskOptions options{.ref = mirror->DefaultBranch().ok() ? "" : tip.value(), .stop = stop_.get_token()};
  git::RiskCommits read;
  if (known.learner == nullptr) {
    git::RiskFile file(absl::StrCat(folder_, "/", project.value()));
    ASSIGN_OR_RETURN(read, file.Update(mirror->path(), options));
  } else {
    ASSIGN_OR_RETURN(read, git::ReadRiskHistory(mirror->path(), options, {.since = known.tip}));
    if (read.whole) {  // another history
      std::lock_guard lock(known.mutex);
      known.learner = nullptr;
      known.tip = CommitId();
      return absl::OkStatus();
    }
  }
  auto fresh = known.learner == nullptr ? std::make_unique<risk::Learner>() : nullptr;
  for (const risk::Commit& commit : read.commits) {
    if (fresh != nullptr) fresh->Add(commit);
  }
  std::lock_guard lock(known.mutex);
  if (fresh != nullptr) {
    fresh->ModelAt(std::max(fresh->newest(), absl::ToUnixSeconds(clock_.Now())));
    known.learner = std::move(fresh);
  } else {
    for (const risk::Commit& commit : read.commits) known.learner->Add(commit);
  }
  known.tip = read.tip;
  return absl::OkStatus();
}

void DefectRisks::ReadAsked() {
  std::set<ProjectId> projects;
  {
    std::lock_guard lock(mutex_);
    projects.swap(asked_);
  }
  for (const ProjectId& project : projects) {
    Known& known = At(project);
    const absl::Status status = Read(project, known);
    if (absl::IsCancelled(status)) return;
    if (!status.ok()) spdlog::warn("risk: history of {}: {}", project.value(), status.ToString());
    std::lock_guard lock(known.mutex);
    known.trouble = status.ok() ? "" : "the history cannot be read: " + std::string(status.message());
  }
}

void DefectRisks::Start() {
  thread_ = std::thread([this] {
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness);  // of this thread only
    std::unique_lock lock(mutex_);
    while (!stop_.stop_requested()) {
      wake_.wait(lock, [this] { return stop_.stop_requested() || !asked_.empty(); });
      lock.unlock();
      if (!stop_.stop_requested()) ReadAsked();
      lock.lock();
    }
  });
}

void DefectRisks::Stop() {
  {
    std::lock_guard lock(mutex_);
    stop_.request_stop();
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace mergegate::pipeline
