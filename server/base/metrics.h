// What this process counted since it started, in the text format that Prometheus reads.
//
//   metrics.Count(Counter::kCacheHits);
//   metrics.Count(Counter::kRuns, "pass");
//   metrics.Count(Counter::kHttpRequests, {"/healthz", "200"});
//   metrics.Observe(Histogram::kHttpSeconds, {"/healthz"}, absl::Milliseconds(2));
//   metrics.Sample(Gauge::kWaiting, {"tasks"}, [&] { return double(board.waiting()); });   // asked at each Text()
//   metrics.Text();   // # HELP mergegate_cache_hits_total ...
//
// Thread safety: all methods may be called from any thread; samples are taken under no lock.
#ifndef MERGEGATE_SERVER_BASE_METRICS_H_
#define MERGEGATE_SERVER_BASE_METRICS_H_

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"

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
  kHttpRequests,     // by route and status
  kHttpConnectionsRefused,
  kGrpcCalls,   // by method and code
  kHooks,       // calls of hosts by answer: "kept", "known", "refused", "unreadable", "failed"
  kDeliveries,  // by outcome: "done", "ignored", "failed", "postponed"
  kTold,        // tries to tell hosts and chats, by outcome
};

// Of seconds; kBuckets says the bounds.
enum class Histogram {
  kHttpSeconds,  // by route
  kGrpcSeconds,  // by method
};

enum class Gauge {
  kWaiting,   // by queue: what waits
  kUnderWay,  // by queue: what is worked on
  kWorkers,   // 1 when a worker asked for work of late
  kHttpConnections,
  kGivenUp,  // messages of the outbox
};

class Metrics {
 public:
  static constexpr std::array<double, 13> kBuckets = {.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};

  // `labels`: a value for each label that the row in metrics.cc names.
  void Count(Counter counter, std::initializer_list<std::string_view> labels, int64_t by = 1);
  void Count(Counter counter, std::string_view label = "", int64_t by = 1);
  int64_t Get(Counter counter, std::initializer_list<std::string_view> labels) const;
  int64_t Get(Counter counter, std::string_view label = "") const;

  void Observe(Histogram histogram, std::initializer_list<std::string_view> labels, absl::Duration time);

  // `sample` is called whenever the text is made; what it refers to must outlive that.
  void Sample(Gauge gauge, std::initializer_list<std::string_view> labels, std::function<double()> sample);

  // Every counter, those without an event as 0, in a fixed order.
  std::string Text() const;

 private:
  struct Observed {
    std::array<int64_t, kBuckets.size()> at_most{};  // each counts those below it, too
    int64_t count = 0;
    double sum = 0;
  };

  mutable std::mutex mutex_;
  // By row and its labels as the text has them.
  std::map<std::pair<Counter, std::string>, int64_t> counts_;
  std::map<std::pair<Histogram, std::string>, Observed> observed_;
  std::map<std::pair<Gauge, std::string>, std::function<double()>> samples_;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_BASE_METRICS_H_
