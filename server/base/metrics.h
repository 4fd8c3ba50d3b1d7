// What this process counted since it started, in the text format that Prometheus reads.
//
//   metrics.Count(Counter::kCacheHits);
//   metrics.Count(Counter::kRuns, "pass");
//   metrics.Text();   // # HELP mergegate_cache_hits_total ...
//
// Thread safety: all methods may be called from any thread.
#ifndef MERGEGATE_SERVER_BASE_METRICS_H_
#define MERGEGATE_SERVER_BASE_METRICS_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace mergegate {

// One row each in metrics.cc, in this order.
enum class Counter {
  kCacheHits,           // of units in the result cache
  kCacheMisses,         //
  kCacheRechecks,       // hits that were analyzed again
  kCacheDisagreements,  // of these, those that came out otherwise
  kCacheEvictions,      // results dropped: for want of room, or after a disagreement
  kMemoHits,            // requests answered by the verdict of an identical one
  kRuns,                // by verdict
  kTasks,               // by outcome: "ok" or the kind of its first failure
  kPreamblesReused,
  kEntriesAnalyzed,  // functions that the static analyzer went through
  kEntriesReused,    // functions whose results were known
  kWarmTasks,        // done before somebody asked
};

class Metrics {
 public:
  // `label`: value of the counter's label, for counters that have one.
  void Count(Counter counter, std::string_view label = "", int64_t by = 1);
  int64_t Get(Counter counter, std::string_view label = "") const;
  // Every counter, those without an event as 0, in a fixed order.
  std::string Text() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<Counter, std::string>, int64_t> counts_;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_BASE_METRICS_H_
