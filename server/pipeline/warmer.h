// Fills the caches for the head of a target branch before somebody asks: when it moved, its units are analyzed alone,
// in the background, first those that the move can have altered, then the most recently changed. That leaves preambles
// and entry results of the base in the workers' caches, and its results in the server's. One task at a time, behind all
// that somebody waits for; after a restart it begins anew, and what is there costs look-ups only.
//
//   Warmer warmer(parts, {.units = 200});
//   warmer.Start();
//   parts.on_base = [&](const Submission& base) { warmer.BaseMoved(base); };
//   ...   warmer.Stop();
//
// Thread safety: BaseMoved from any thread; Start and Stop once each, from one thread.
#ifndef MERGEGATE_SERVER_PIPELINE_WARMER_H_
#define MERGEGATE_SERVER_PIPELINE_WARMER_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "server/domain/run.h"
#include "server/git/mirror.h"
#include "server/pipeline/run_pipeline.h"
#include "server/planning/compile_commands.h"

namespace mergegate::pipeline {

struct WarmOptions {
  int units = 200;  // at most so many for one move
};

// Main files with a known command at `base`, at most `limit`: those that differ, or include what differs, from `last`
// (empty = none); then by the last first-parent commits that changed them; then by name.
std::vector<std::string> WarmOrder(const git::Mirror& mirror, const planning::CommandSet& commands,
                                   const CommitId& last, const CommitId& base, size_t limit);

class Warmer {
 public:
  Warmer(const PipelineParts& parts, WarmOptions options) : parts_(parts), options_(options) {}
  ~Warmer() { Stop(); }
  Warmer(const Warmer&) = delete;
  Warmer& operator=(const Warmer&) = delete;

  void Start();
  void Stop();

  // `base.base` is the head of its project's target branch, or was; its compile commands serve where none were uploaded
  // for an ancestor. Commits that do not lie ahead of the last one are passed over.
  void BaseMoved(const Submission& base);
  // Warms one commit, now and on this thread; what Start's thread does. Stops early when `cancelled`.
  absl::Status Warm(const Submission& base, const std::function<bool()>& cancelled);

 private:
  void Loop();

  const PipelineParts parts_;
  const WarmOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::map<ProjectId, Submission> moved_;  // not begun
  std::map<ProjectId, CommitId> last_;     // begun or done
  std::thread thread_;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_WARMER_H_
