// How likely changes are to cause defects, by the histories of their projects.
//
//   DefectRisks risks(clock, mirrors, "/data/risk");
//   risks.Start();
//   risks.ReadAhead(project);   // its mirror is there, or has moved
//   parts.risk = [&](const ProjectId& project, const CommitId& base, const CommitId& head) {
//     return risks.Of(project, base, head);
//   };
//   ...   risks.Stop();
//
// The history is that of the default branch, or of `base` where the mirror has none. What is new in it is read ahead,
// or with the question when it is little; nobody waits for more: that is read in the background, by a thread that steps
// back behind others, and kept, and until then the answer says so. An answer depends on the two commits, that history
// and the quarter, not on when or in what order questions come; what was answered once is kept and stays the answer, so
// that identical requests have identical verdicts.
//
// Thread safety: Of and ReadAhead from any thread; Start and Stop once each, from one thread.
#ifndef MERGEGATE_SERVER_PIPELINE_DEFECT_RISKS_H_
#define MERGEGATE_SERVER_PIPELINE_DEFECT_RISKS_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "server/base/clock.h"
#include "server/domain/ids.h"
#include "server/domain/verdict.h"
#include "server/git/frames.h"
#include "server/git/mirror.h"
#include "server/git/risk_history.h"
#include "server/pipeline/mirrors.h"
#include "server/risk/learner.h"

namespace mergegate::pipeline {

class DefectRisks {
 public:
  // Commits that a question reads itself: below a second.
  static constexpr size_t kReadAtOnce = 500;

  // `folder` (made when absent) keeps what was read and answered.
  DefectRisks(const Clock& clock, const Mirrors& mirrors, std::string folder, size_t read_at_once = kReadAtOnce)
      : clock_(clock), mirrors_(mirrors), folder_(std::move(folder)), read_at_once_(read_at_once) {}
  ~DefectRisks() { Stop(); }
  DefectRisks(const DefectRisks&) = delete;
  DefectRisks& operator=(const DefectRisks&) = delete;

  // Of the change from `base` to `head`. `missing` says why nothing is known.
  RiskFacts Of(const ProjectId& project, const CommitId& base, const CommitId& head);

  // Reads a history soon, on the thread of Start, so that the first question need not: up to `tip`, else of the default
  // branch. Where there is neither: that of the last question, when it was answered out of what is kept.
  void ReadAhead(const ProjectId& project, const CommitId& tip = {});

  void Start();
  void Stop();
  // Reads what is to be read ahead and the long histories that questions left; what Start's thread does.
  void ReadAsked();

 private:
  // What is known of one project. `mutex` guards the history, and answers are told without waiting for it. Who wants
  // both locks takes that one first.
  struct Known {
    std::mutex mutex;
    CommitId tip = {};
    std::unique_ptr<risk::Learner> learner = {};  // of the history up to `tip`
    bool being_read = false;                      // by the thread, into the file
    bool led = false;                             // `tip` was a question's once
    int read = 0, in_all = 0;                     // commits, as of the last that was told
    std::string trouble = {};                     // why that failed

    std::mutex answers_mutex;
    std::optional<git::FrameFile> kept = {};  // the answers, once they were read
    std::map<std::string, RiskFacts> answers = {};
    std::deque<std::string> answered = {};  // the oldest first
    CommitId last_base = {};                // of a question
    std::set<CommitId> long_ones = {};      // commits whose history is not short
  };
  Known& At(const ProjectId& project);
  std::string FileOf(const ProjectId& project) const { return folder_ + "/" + project.value(); }
  void Remember(const ProjectId& project, Known& known, const std::string& change, const RiskFacts& facts);
  const RiskFacts* Find(const ProjectId& project, Known& known, const std::string& change);
  static bool IsShort(const git::Mirror& mirror, const CommitId& base, Known& known);
  static CommitId LastBase(Known& known);
  static bool IsBeingRead(Known& known);
  absl::Status BringTo(const ProjectId& project, const git::Mirror& mirror, const CommitId& tip, Known& known);
  absl::Status Read(const ProjectId& project, CommitId tip, Known& known);
  RiskFacts Judge(git::RiskChange change, risk::Learner& learner) const;

  const Clock& clock_;
  const Mirrors& mirrors_;
  const std::string folder_;
  const size_t read_at_once_;
  std::mutex mutex_;
  std::map<ProjectId, std::unique_ptr<Known>> known_;
  std::map<ProjectId, CommitId> asked_;  // the tips to read up to; empty: as ReadAhead says
  std::condition_variable wake_;
  std::stop_source stop_;
  std::thread thread_;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_DEFECT_RISKS_H_
