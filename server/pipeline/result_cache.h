// The exact result cache, in two steps. A stored result carries a manifest: every path of the tree that the unit
// read, with its blob id, and every path that it looked for and did not find; of the base, too, for a result that
// compares. It holds for trees in which all of these are the same, which tree look-ups decide; no compiler is started.
//
// The key names everything else that a result depends on: command and main file of either side, analyzers, checks, the
// .clang-tidy files of the configuration commit, ignored suppressions, and the build of the analyzers, toolchain
// included. Findings, measurements and parse failures are stored, dirty or not; what the environment did (a crash, a
// timeout, a missing sandbox) is not.
//
// Thread safety: as the store's.
#ifndef MERGEGATE_SERVER_PIPELINE_RESULT_CACHE_H_
#define MERGEGATE_SERVER_PIPELINE_RESULT_CACHE_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "server/domain/analysis.h"
#include "server/domain/tree.h"
#include "server/storage/store.h"

namespace mergegate::pipeline {

// What a task reads its sources from.
struct TaskTrees {
  const Tree& tree;
  const Tree* base = nullptr;  // of a task that names a base
};

class ResultCache {
 public:
  explicit ResultCache(storage::Store& store) : store_(store) {}

  // Digest of the key. `config_digest`: ConfigDigest of the configuration commit's tree.
  static std::string Key(const AnalysisTask& task, const TaskTrees& trees, std::string_view config_digest,
                         std::string_view analyzer_build);
  // Digest over path and content of every .clang-tidy file. Errors of the tree are part of the digest.
  static std::string ConfigDigest(const Tree& config);
  // True when both say the same; what they cost, and where they ran, does not matter.
  static bool Agree(const TaskResult& one, const TaskResult& other);
  // True when all in the result follows from its inputs: it may be kept, and compared with what was kept.
  static bool FollowsFromInputs(const TaskResult& result);

  // The stored result that holds for `trees`; nullopt on a miss, which a corrupt entry is too. Its cost is zero.
  std::optional<TaskResult> Find(std::string_view key, const TaskTrees& trees, bool at_base);
  // Keeps the result if it may be kept. Failing to store is logged, not an error: the verdict stands.
  void Save(std::string_view key, const TaskResult& result, absl::Time now);
  // Forgets all results of a key of which one was wrong.
  void Drop(std::string_view key);

 private:
  storage::Store& store_;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_RESULT_CACHE_H_
