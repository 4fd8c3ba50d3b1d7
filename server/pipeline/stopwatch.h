// Wall and CPU time of a run's stages. For one thread.
#ifndef MERGEGATE_SERVER_PIPELINE_STOPWATCH_H_
#define MERGEGATE_SERVER_PIPELINE_STOPWATCH_H_

#include <chrono>
#include <ctime>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "server/domain/verdict.h"

namespace mergegate::pipeline {

class Stopwatch {
 public:
  // `on_stage` hears of each stage as it starts.
  explicit Stopwatch(std::function<void(std::string_view)> on_stage) : on_stage_(std::move(on_stage)) {}

  void Start(std::string_view stage) {
    End();
    stats_.stages.push_back({.stage = std::string(stage), .wall_seconds = 0, .cpu_seconds = 0});
    wall_ = std::chrono::steady_clock::now();
    cpu_ = ThreadCpu();
    on_stage_(stage);
  }

  // What the analyzers' processes cost belongs to the stage that is going on.
  void AddAnalyzers(const TaskCost& cost, int analyzed, int from_cache) {
    stats_.stages.back().cpu_seconds += cost.cpu_seconds;
    stats_.peak_memory_kib = cost.peak_memory_kib;
    stats_.units_analyzed = analyzed;
    stats_.units_from_cache = from_cache;
    stats_.units_total = analyzed + from_cache;
    stats_.parses = cost.parses;
    stats_.preambles_reused = cost.preambles_reused;
    stats_.bodies_skipped = cost.bodies_skipped;
    stats_.entries_analyzed = cost.entries_analyzed;
    stats_.entries_reused = cost.entries_reused;
  }

  RunStats Finish() {
    End();
    RunStats stats = stats_;
    for (const StageCost& stage : stats.stages) {
      stats.wall_seconds += stage.wall_seconds;
      stats.cpu_seconds += stage.cpu_seconds;
    }
    return stats;
  }

 private:
  static double ThreadCpu() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
  }

  void End() {
    if (stats_.stages.empty()) return;
    StageCost& stage = stats_.stages.back();
    const auto now = std::chrono::steady_clock::now();
    const double cpu = ThreadCpu();
    stage.wall_seconds += std::chrono::duration<double>(now - wall_).count();
    stage.cpu_seconds += cpu - cpu_;
    wall_ = now;
    cpu_ = cpu;
  }

  std::function<void(std::string_view)> on_stage_;
  RunStats stats_;
  std::chrono::steady_clock::time_point wall_;
  double cpu_ = 0;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_STOPWATCH_H_
