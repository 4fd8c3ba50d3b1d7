#include "server/pipeline/defect_risks.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <ranges>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/status_macros.h"
#include "server/git/frames.h"
#include "server/git/risk_file.h"
#include "server/wire/convert.h"
#include "server/wire/risk_convert.h"

namespace mergegate::pipeline {
namespace {

constexpr size_t kAnswersKept = 4096;  // in memory, of a project
// Raised when answers would come out otherwise: the kept ones count no more.
constexpr std::string_view kAnswersFormat = "mergegate-risk-answers 1\n";
// Fewer changes of which it is known whether they caused a defect tell nothing about a project.
constexpr int kFewestExamples = 200;
constexpr std::string_view kTooFew = "of fewer than 200 past changes it is known what they caused";
constexpr std::string_view kBeingRead = "the project's history is being read";
constexpr int kNear = 8;            // commits back that are looked at for one with a long history
constexpr size_t kLongOnes = 1024;  // remembered of a project
constexpr int kNiceness = 15;       // not idle: it shares locks with those who hurry

RiskFacts Missing(std::string why) {
  RiskFacts facts;
  facts.missing = std::move(why);
  return facts;
}

int Millionths(double probability) { return static_cast<int>(std::lround(probability * 1e6)); }

RiskFacts FactsOf(const risk::Model& model, const risk::Judged& judged, const std::vector<risk::ToldWord>& words,
                  size_t examples) {
  RiskFacts facts;
  facts.probability = Millionths(judged.probability);
  facts.typical = Millionths(risk::TypicalProbability(model));
  facts.examples = static_cast<int>(examples);
  for (const risk::Factor& factor : risk::FactorsOf(model, judged.measures, words)) {
    facts.factors.push_back({.text = absl::StrFormat("x%.1f: %s", factor.odds, factor.words),
                             .milli_bits = static_cast<int>(std::lround(1000 * std::log2(factor.odds))),
                             .size = factor.size});
  }
  return facts;
}

// Whether new commits come last in the history's order, as those that were added one by one stand: all are younger than
// what was there, or they are one line that begins at its end, whatever their clocks said.
bool ComeLast(const git::Mirror& mirror, const CommitId& since, const CommitId& tip,
              const std::vector<risk::Commit>& commits, int64_t newest) {
  if (std::ranges::all_of(commits, [&](const risk::Commit& commit) { return commit.time > newest; })) return true;
  const auto line = mirror.FirstParents(tip, static_cast<int>(commits.size()) + 1);
  if (!line.ok() || line->size() != commits.size() + 1 || line->back() != since) return false;
  return std::ranges::equal(commits, std::views::reverse(*line) | std::views::drop(1), {}, &risk::Commit::id,
                            &CommitId::value);
}

}  // namespace

DefectRisks::Known& DefectRisks::At(const ProjectId& project) {
  std::lock_guard lock(mutex_);
  std::unique_ptr<Known>& known = known_[project];
  if (known == nullptr) known = std::make_unique<Known>();
  return *known;
}

const RiskFacts* DefectRisks::Find(const ProjectId& project, Known& known, const std::string& change) {
  if (!known.kept.has_value()) {
    known.kept.emplace(FileOf(project) + ".answers", std::string(kAnswersFormat));
    known.kept->Read([&](std::string_view bytes) {
      git::FrameReader reader(bytes);
      const std::string asked = reader.Text();
      const auto facts = wire::ParseRisk(reader.Text());
      if (!reader.ok() || !facts.ok()) return false;
      known.answers.emplace(asked, *facts);
      known.answered.push_back(asked);
      return true;
    });
  }
  const auto answer = known.answers.find(change);
  return answer == known.answers.end() ? nullptr : &answer->second;
}

void DefectRisks::Remember(const ProjectId& project, Known& known, const std::string& change, const RiskFacts& facts) {
  std::lock_guard lock(known.answers_mutex);
  if (Find(project, known, change) != nullptr) return;
  known.answers.emplace(change, facts);
  known.answered.push_back(change);
  std::string frame;
  git::PutText(frame, change);
  git::PutText(frame, wire::Serialize(wire::ToProto(facts)));
  if (!known.kept->Append(frame)) spdlog::warn("risk: cannot write the answers of {}", project.value());
  while (known.answered.size() > kAnswersKept) {
    known.answers.erase(known.answered.front());
    known.answered.pop_front();
  }
}

// What descends from a long history is long: nearly always a few commits tell.
bool DefectRisks::IsShort(const git::Mirror& mirror, const CommitId& base, Known& known) {
  const auto is_long = [&](const CommitId& id) { return known.long_ones.contains(id); };
  const auto remember = [&] {
    if (known.long_ones.size() >= kLongOnes) known.long_ones.clear();
    known.long_ones.insert(base);
  };
  const auto near = mirror.FirstParents(base, kNear);
  {
    std::lock_guard lock(known.answers_mutex);
    if (near.ok() && std::ranges::any_of(*near, is_long)) {
      remember();
      return false;
    }
  }
  const auto parents = mirror.FirstParents(base, kFewestExamples);
  if (!parents.ok()) return false;
  if (parents->size() < static_cast<size_t>(kFewestExamples)) return true;
  std::lock_guard lock(known.answers_mutex);
  remember();
  return false;
}

RiskFacts DefectRisks::Of(const ProjectId& project, const CommitId& base, const CommitId& head) {
  const std::string key = absl::StrCat(base.value(), " ", head.value());
  Known& known = At(project);
  {
    std::lock_guard lock(known.answers_mutex);
    known.last_base = base;
    if (const RiskFacts* const answer = Find(project, known, key); answer != nullptr) return *answer;
  }
  const absl::StatusOr<std::unique_ptr<git::Mirror>> mirror = mirrors_.Open(project);
  if (!mirror.ok()) return Missing(std::string(mirror.status().message()));
  // What can be said without the history is said without it: it is the same before it was read and after.
  if (IsShort(**mirror, base, known)) return Missing(std::string(kTooFew));
  absl::StatusOr<git::RiskChange> change = git::ReadRiskChange((*mirror)->path(), base, head);
  if (!change.ok()) return Missing(std::string(change.status().message()));
  if (!risk::IsInstance(change->commit)) {
    return Missing("told of changes of C and C++ only, up to 20000 lines, no reverts");
  }
  const absl::StatusOr<CommitId> branch = (*mirror)->DefaultBranch();
  if (branch.ok() && (*mirror)->MergeBase(*branch, head).value_or(CommitId()) == head) {
    return Missing("the change is part of the history that would judge it");
  }

  std::lock_guard lock(known.mutex);
  if (!known.being_read) {
    const CommitId tip = branch.ok() ? *branch : base;
    const absl::Status status = BringTo(project, **mirror, tip, known);
    if (status.ok()) {
      known.led = true;
      RiskFacts facts = Judge(*std::move(change), *known.learner);
      if (facts.missing.empty()) Remember(project, known, key, facts);
      return facts;
    }
    if (!absl::IsResourceExhausted(status)) {
      return Missing("the history cannot be read: " + std::string(status.message()));
    }
    if (!known.trouble.empty()) return Missing(std::exchange(known.trouble, ""));
    known.being_read = true;
    std::lock_guard ask(mutex_);
    asked_[project] = tip;
    wake_.notify_one();
  }
  RiskFacts facts = Missing(std::string(kBeingRead));
  facts.commits_read = known.read;
  facts.commits_in_all = known.in_all;
  return facts;
}

RiskFacts DefectRisks::Judge(git::RiskChange change, risk::Learner& learner) const {
  // It lands behind all that is there, whatever its clock said; of a history at rest, when the model was last due: the
  // same from one day to the next.
  risk::Commit& commit = change.commit;
  const int64_t now = absl::ToUnixSeconds(clock_.Now());
  commit.time = std::max(learner.newest(), now - now % risk::kRefitTime);
  const risk::Judged judged = learner.Judge(commit);
  if (learner.examples() < kFewestExamples) return Missing(std::string(kTooFew));
  return FactsOf(learner.ModelAt(commit.time), judged, learner.Tell(change.words, commit.time), learner.examples());
}

// kResourceExhausted when that takes reading more than a question may.
absl::Status DefectRisks::BringTo(const ProjectId& project, const git::Mirror& mirror, const CommitId& tip,
                                  Known& known) {
  if (known.learner != nullptr && known.tip == tip) return absl::OkStatus();
  const git::RiskOptions options{.ref = tip.value(), .stop = stop_.get_token()};
  if (known.learner != nullptr) {
    git::RiskReading reading;
    reading.since = known.tip;
    reading.most = read_at_once_;
    const auto read = git::ReadRiskHistory(mirror.path(), options, reading);
    if (read.ok() && ComeLast(mirror, known.tip, tip, read->commits, known.learner->newest())) {
      for (const risk::Commit& commit : read->commits) known.learner->Add(commit);
      known.tip = tip;
      return absl::OkStatus();
    }
  }
  ASSIGN_OR_RETURN(
      const git::RiskCommits read,
      git::RiskFile(FileOf(project)).Update(mirror.path(), options, read_at_once_, [&](size_t done, size_t all) {
        known.read = static_cast<int>(done);
        known.in_all = static_cast<int>(all);
      }));
  known.learner = std::make_unique<risk::Learner>();
  for (const risk::Commit& commit : read.commits) known.learner->Add(commit);
  known.tip = tip;
  return absl::OkStatus();
}

CommitId DefectRisks::LastBase(Known& known) {
  std::lock_guard lock(known.answers_mutex);
  return known.last_base;
}

bool DefectRisks::IsBeingRead(Known& known) {
  std::lock_guard lock(known.mutex);
  return known.being_read;
}

void DefectRisks::ReadAhead(const ProjectId& project, const CommitId& tip) {
  std::lock_guard lock(mutex_);
  asked_.emplace(project, tip);
  wake_.notify_one();
}

void DefectRisks::ReadAsked() {
  std::map<ProjectId, CommitId> asked;
  {
    std::lock_guard lock(mutex_);
    asked.swap(asked_);
  }
  for (const auto& [project, tip] : asked) {
    Known& known = At(project);
    const absl::Status status = Read(project, tip, known);
    if (status.ok() || absl::IsCancelled(status)) continue;
    spdlog::warn("risk: history of {}: {}", project.value(), status.ToString());
  }
}

absl::Status DefectRisks::Read(const ProjectId& project, CommitId tip, Known& known) {
  const auto mirror = mirrors_.Open(project);
  absl::Status status = mirror.status();
  if (!IsBeingRead(known)) {  // nobody waits for it
    RETURN_IF_ERROR(status);
    const absl::StatusOr<CommitId> branch = (*mirror)->DefaultBranch();
    const bool certain = branch.ok() || !tip.empty();
    if (tip.empty()) tip = branch.ok() ? *branch : LastBase(known);
    if (tip.empty() || IsShort(**mirror, tip, known)) return absl::OkStatus();
    std::lock_guard lock(known.mutex);
    if (known.being_read) return absl::OkStatus();  // a question asked meanwhile: next time
    // Without a branch questions may go from one history to another and back: only to where the first of them is.
    if (!branch.ok() && (certain ? known.learner != nullptr : known.led)) return absl::OkStatus();
    status = BringTo(project, **mirror, tip, known);
    if (status.ok() && !certain) known.led = true;
    if (!absl::IsResourceExhausted(status)) return status;
    if (!certain) return absl::OkStatus();  // the next question's history may be a shorter one
    known.being_read = true;
  }
  if (tip.empty()) return absl::OkStatus();  // a question will have its own read
  if (mirror.ok()) {
    const git::RiskOptions options{.ref = tip.value(), .stop = stop_.get_token()};
    status = git::RiskFile(FileOf(project))
                 .Update((*mirror)->path(), options, SIZE_MAX,
                         [&](size_t done, size_t all) {
                           std::lock_guard lock(known.mutex);
                           known.read = static_cast<int>(done);
                           known.in_all = static_cast<int>(all);
                         })
                 .status();
  }
  std::lock_guard lock(known.mutex);
  known.being_read = false;
  if (status.ok()) return BringTo(project, **mirror, tip, known);
  if (!absl::IsCancelled(status)) known.trouble = "the history cannot be read: " + std::string(status.message());
  return status;
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
