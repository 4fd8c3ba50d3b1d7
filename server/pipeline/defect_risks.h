// How likely changes are to cause defects, by the histories of their projects.
//
//   DefectRisks risks(clock, mirrors, store, "/data/risk");
//   risks.Start();
//   parts.risk = [&](const ProjectId& project, const CommitId& base, const CommitId& head) {
//     return risks.Of(project, base, head);
//   };
//   ...   risks.Stop();
//
// Nobody waits for a history: the first question has it read in the background, out of a file and then what is new in
// the mirror, by a thread that steps back behind others; until then the answer says so. What was
// answered once stays the answer for the same two commits, so that identical requests have identical verdicts.
//
// Thread safety: Of from any thread; Start and Stop once each, from one thread.
#ifndef MERGEGATE_SERVER_PIPELINE_DEFECT_RISKS_H_
#define MERGEGATE_SERVER_PIPELINE_DEFECT_RISKS_H_

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "server/base/clock.h"
#include "server/domain/verdict.h"
#include "server/pipeline/mirrors.h"
#include "server/risk/learner.h"
#include "server/storage/store.h"

namespace mergegate::pipeline {

class DefectRisks {
 public:
  // `folder` (made when absent) keeps what was read.
  DefectRisks(const Clock& clock, const Mirrors& mirrors, storage::Store& store, std::string folder)
      : clock_(clock), mirrors_(mirrors), store_(store), folder_(std::move(folder)) {}
  ~DefectRisks() { Stop(); }
  DefectRisks(const DefectRisks&) = delete;
  DefectRisks& operator=(const DefectRisks&) = delete;

  // Of the change from `base` to `head`. `missing` says why nothing is known.
  RiskFacts Of(const ProjectId& project, const CommitId& base, const CommitId& head);

  void Start();
  void Stop();
  // Reads what is new of the projects that were asked about, on this thread; what Start's thread does.
  void ReadAsked();

 private:
  struct Known {
    std::mutex mutex;
    CommitId tip = {};
    std::unique_ptr<risk::Learner> learner = {};  // null until the history was read once
    std::string trouble = {};                     // why it could not be read
  };
  Known& At(const ProjectId& project);
  void Ask(const ProjectId& project);
  absl::Status Read(const ProjectId& project, Known& known);
  RiskFacts Judge(const git::Mirror& mirror, const CommitId& base, const CommitId& head, risk::Learner& learner) const;
  void Remember(const std::string& change, const RiskFacts& facts);

  const Clock& clock_;
  const Mirrors& mirrors_;
  storage::Store& store_;
  const std::string folder_;
  std::mutex mutex_;
  std::map<ProjectId, std::unique_ptr<Known>> known_;
  std::set<ProjectId> asked_;
  std::map<std::string, RiskFacts> answers_;
  std::deque<std::string> answered_;  // the oldest first
  std::condition_variable wake_;
  std::stop_source stop_;
  std::thread thread_;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_DEFECT_RISKS_H_
