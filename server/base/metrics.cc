#include "server/base/metrics.h"

#include <cassert>
#include <charconv>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"

namespace mergegate {
namespace {

template <typename Kind>
struct Row {
  Kind kind;
  const char* name;
  std::array<std::string_view, 2> labels;  // "" = none
  const char* help;
};

constexpr Row<Counter> kCounters[] = {
    {Counter::kCacheHits, "mergegate_cache_hits_total", {}, "Unit results answered from the result cache."},
    {Counter::kCacheMisses, "mergegate_cache_misses_total", {}, "Unit results that the result cache did not hold."},
    {Counter::kCacheRechecks,
     "mergegate_cache_rechecks_total",
     {},
     "Cache hits that were analyzed again and compared."},
    {Counter::kCacheDisagreements,
     "mergegate_cache_disagreements_total",
     {},
     "Rechecked hits that came out otherwise; must stay 0."},
    {Counter::kCacheEvictions, "mergegate_cache_evictions_total", {}, "Results dropped from the result cache."},
    {Counter::kMemoHits, "mergegate_memo_hits_total", {}, "Runs answered by the verdict of an identical one."},
    {Counter::kRuns, "mergegate_runs_total", {"verdict"}, "Finished runs."},
    {Counter::kTasks, "mergegate_tasks_total", {"outcome"}, "Analysis tasks that workers answered."},
    {Counter::kPreamblesReused, "mergegate_preambles_reused_total", {}, "Parses that took a precompiled preamble."},
    {Counter::kEntriesAnalyzed,
     "mergegate_entries_analyzed_total",
     {},
     "Functions that the static analyzer went through."},
    {Counter::kEntriesReused,
     "mergegate_entries_reused_total",
     {},
     "Functions whose results the static analyzer knew from an earlier task."},
    {Counter::kWarmTasks, "mergegate_warm_tasks_total", {}, "Tasks done in idle time, before somebody asked."},
    {Counter::kHttpRequests, "mergegate_http_requests_total", {"route", "status"}, "Answered HTTP requests."},
    {Counter::kHttpConnectionsRefused,
     "mergegate_http_connections_refused_total",
     {},
     "HTTP connections closed at once: too many, in all or of one peer."},
    {Counter::kGrpcCalls, "mergegate_grpc_calls_total", {"method", "code"}, "Finished calls of the service."},
    {Counter::kHooks, "mergegate_hooks_total", {"answer"}, "Webhook calls of hosts."},
    {Counter::kDeliveries, "mergegate_deliveries_total", {"outcome"}, "Deliveries of hosts that were worked on."},
    {Counter::kTold,
     "mergegate_outbox_tries_total",
     {"outcome"},
     "Tries to tell hosts and chats: sent, skipped, limited, failed (tried again), dead."},
};

constexpr Row<Histogram> kHistograms[] = {
    {Histogram::kHttpSeconds,
     "mergegate_http_request_seconds",
     {"route"},
     "From the first byte of a request to the last of its answer."},
    {Histogram::kGrpcSeconds, "mergegate_grpc_call_seconds", {"method"}, "Of calls of the service, streams included."},
};

constexpr Row<Gauge> kGauges[] = {
    {Gauge::kWaiting, "mergegate_waiting", {"queue"}, "What waits to be worked on."},
    {Gauge::kUnderWay, "mergegate_under_way", {"queue"}, "What is worked on."},
    {Gauge::kWorkers, "mergegate_workers_present", {}, "1 when a worker asked for work within the last minute."},
    {Gauge::kHttpConnections, "mergegate_http_connections", {}, "Open HTTP connections."},
    {Gauge::kGivenUp, "mergegate_outbox_given_up", {}, "Messages to hosts and chats that were given up."},
};

template <typename Kind>
const Row<Kind>& RowOf(Kind kind) {
  const auto& row = [&]() -> const Row<Kind>& {
    if constexpr (std::is_same_v<Kind, Counter>) {
      return kCounters[static_cast<size_t>(kind)];
    } else if constexpr (std::is_same_v<Kind, Histogram>) {
      return kHistograms[static_cast<size_t>(kind)];
    } else {
      return kGauges[static_cast<size_t>(kind)];
    }
  }();
  assert(row.kind == kind);
  return row;
}

// route="/healthz",status="200"
template <typename Kind>
std::string Labels(Kind kind, std::initializer_list<std::string_view> values) {
  std::string text;
  auto value = values.begin();
  for (const std::string_view label : RowOf(kind).labels) {
    if (label.empty()) break;
    absl::StrAppend(&text, text.empty() ? "" : ",", std::string(label), "=\"");
    for (const char c : value == values.end() ? std::string_view() : *value++) {
      if (c == '\\' || c == '"') text += '\\';
      c == '\n' ? text += "\\n" : text += c;
    }
    text += '"';
  }
  return text;
}

// The shortest text that reads back as the same number: sums must not stop growing.
std::string Number(double value) {
  if (std::isnan(value)) return "NaN";
  char text[32];
  return std::string(text, std::to_chars(std::begin(text), std::end(text), value).ptr);
}

std::string Braced(const std::string& labels) { return labels.empty() ? "" : absl::StrCat("{", labels, "}"); }

template <typename Kind>
std::string Heading(const Row<Kind>& row, const char* type) {
  return absl::StrCat("# HELP ", row.name, " ", row.help, "\n# TYPE ", row.name, " ", type, "\n");
}

// The entries of one row of a map whose keys are (row, labels).
template <typename Kind, typename Value, typename Visit>
void ForEach(const std::map<std::pair<Kind, std::string>, Value>& map, Kind kind, Visit visit) {
  for (auto it = map.lower_bound({kind, ""}); it != map.end() && it->first.first == kind; ++it) {
    visit(it->first.second, it->second);
  }
}

}  // namespace

void Metrics::Count(Counter counter, std::initializer_list<std::string_view> labels, int64_t by) {
  std::string key = Labels(counter, labels);
  std::lock_guard lock(mutex_);
  counts_[{counter, std::move(key)}] += by;
}

void Metrics::Count(Counter counter, std::string_view label, int64_t by) { Count(counter, {label}, by); }

int64_t Metrics::Get(Counter counter, std::initializer_list<std::string_view> labels) const {
  const std::string key = Labels(counter, labels);
  std::lock_guard lock(mutex_);
  const auto it = counts_.find({counter, key});
  return it == counts_.end() ? 0 : it->second;
}

int64_t Metrics::Get(Counter counter, std::string_view label) const { return Get(counter, {label}); }

void Metrics::Observe(Histogram histogram, std::initializer_list<std::string_view> labels, absl::Duration time) {
  std::string key = Labels(histogram, labels);
  const double seconds = absl::ToDoubleSeconds(time);
  std::lock_guard lock(mutex_);
  Observed& observed = observed_[{histogram, std::move(key)}];
  for (size_t i = 0; i < kBuckets.size(); ++i) observed.at_most[i] += seconds <= kBuckets[i];
  ++observed.count;
  observed.sum += seconds;
}

void Metrics::Sample(Gauge gauge, std::initializer_list<std::string_view> labels, std::function<double()> sample) {
  std::string key = Labels(gauge, labels);
  std::lock_guard lock(mutex_);
  samples_[{gauge, std::move(key)}] = std::move(sample);
}

std::string Metrics::Text() const {
  std::string text;
  std::map<std::pair<Gauge, std::string>, std::function<double()>> samples;
  {
    std::lock_guard lock(mutex_);
    for (const auto& row : kCounters) {
      text += Heading(row, "counter");
      if (row.labels[0].empty() && !counts_.contains({row.kind, ""})) absl::StrAppend(&text, row.name, " 0\n");
      ForEach(counts_, row.kind, [&](const std::string& labels, int64_t count) {
        absl::StrAppend(&text, row.name, Braced(labels), " ", count, "\n");
      });
    }
    for (const auto& row : kHistograms) {
      text += Heading(row, "histogram");
      ForEach(observed_, row.kind, [&](const std::string& labels, const Observed& observed) {
        const std::string first = labels.empty() ? "" : labels + ",";
        for (size_t i = 0; i < kBuckets.size(); ++i) {
          absl::StrAppend(&text, row.name, "_bucket{", first, "le=\"", kBuckets[i], "\"} ", observed.at_most[i], "\n");
        }
        absl::StrAppend(&text, row.name, "_bucket{", first, "le=\"+Inf\"} ", observed.count, "\n");
        absl::StrAppend(&text, row.name, "_sum", Braced(labels), " ", Number(observed.sum), "\n");
        absl::StrAppend(&text, row.name, "_count", Braced(labels), " ", observed.count, "\n");
      });
    }
    samples = samples_;
  }
  for (const auto& row : kGauges) {
    text += Heading(row, "gauge");
    ForEach(samples, row.kind, [&](const std::string& labels, const std::function<double()>& sample) {
      absl::StrAppend(&text, row.name, Braced(labels), " ", Number(sample()), "\n");
    });
  }
  return text;
}

}  // namespace mergegate
