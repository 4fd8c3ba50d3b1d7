// Identical requests have identical verdicts: the finished record of a run is kept under a digest of all that it
// follows from (both commits, policy, compile commands, reports, builds of analyzers and server). Records in which the
// machine failed are not kept. A share of the hits is carried out again and compared, as in the result cache, whose
// table and bound it shares.
//
//   RunMemo memo(parts, run, patch_set, policy, commands);
//   if (std::optional<storage::VerdictRecord> known = memo.Find()) return *known;
//   ...
//   return memo.Keep(facts, record);
//
// Thread safety: one thread at a time.
#ifndef MERGEGATE_SERVER_PIPELINE_RUN_MEMO_H_
#define MERGEGATE_SERVER_PIPELINE_RUN_MEMO_H_

#include <optional>
#include <string>

#include "server/domain/run.h"
#include "server/domain/verdict.h"
#include "server/pipeline/patch_set.h"
#include "server/pipeline/run_pipeline.h"
#include "server/pipeline/stopwatch.h"

namespace mergegate::pipeline {

class RunMemo {
 public:
  // All outlive it.
  RunMemo(const PipelineParts& parts, const Run& run, const PatchSet& patch_set, const PolicyInForce& policy,
          const CommandText& commands)
      : parts_(parts), run_(run), patch_set_(patch_set), policy_(policy), commands_(commands) {}

  // The record of an identical run, with the stats of this one; nullopt when there is none or it is to be compared.
  std::optional<storage::VerdictRecord> Find(Stopwatch& watch);
  // True when Find knew the record but wants it to be made anew, from nothing that is cached.
  bool rechecks() const { return known_.has_value(); }
  // Keeps the record if it may be kept, after comparing. Returns what the run comes to.
  storage::VerdictRecord Keep(const Facts& facts, storage::VerdictRecord record);

 private:
  // Empty while no worker has asked for work, so that the build of the analyzers is not known.
  std::string Key() const;

  const PipelineParts& parts_;
  const Run& run_;
  const PatchSet& patch_set_;
  const PolicyInForce& policy_;
  const CommandText& commands_;
  std::optional<storage::VerdictRecord> known_;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_RUN_MEMO_H_
