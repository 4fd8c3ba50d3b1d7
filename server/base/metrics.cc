#include "server/base/metrics.h"

#include "absl/strings/str_cat.h"

namespace mergegate {
namespace {

struct Row {
  Counter counter;
  const char* name;
  const char* label;  // "" = none
  const char* help;
};

constexpr Row kRows[] = {
    {Counter::kCacheHits, "mergegate_cache_hits_total", "", "Unit results answered from the result cache."},
    {Counter::kCacheMisses, "mergegate_cache_misses_total", "", "Unit results that the result cache did not hold."},
    {Counter::kCacheRechecks, "mergegate_cache_rechecks_total", "",
     "Cache hits that were analyzed again and compared."},
    {Counter::kCacheDisagreements, "mergegate_cache_disagreements_total", "",
     "Rechecked hits that came out otherwise; must stay 0."},
    {Counter::kCacheEvictions, "mergegate_cache_evictions_total", "", "Results dropped from the result cache."},
    {Counter::kMemoHits, "mergegate_memo_hits_total", "", "Runs answered by the verdict of an identical one."},
    {Counter::kRuns, "mergegate_runs_total", "verdict", "Finished runs."},
    {Counter::kTasks, "mergegate_tasks_total", "outcome", "Analysis tasks that workers answered."},
    {Counter::kPreamblesReused, "mergegate_preambles_reused_total", "", "Parses that took a precompiled preamble."},
    {Counter::kEntriesAnalyzed, "mergegate_entries_analyzed_total", "",
     "Functions that the static analyzer went through."},
    {Counter::kEntriesReused, "mergegate_entries_reused_total", "",
     "Functions whose results the static analyzer knew from an earlier task."},
    {Counter::kWarmTasks, "mergegate_warm_tasks_total", "", "Tasks done in idle time, before somebody asked."},
};

}  // namespace

void Metrics::Count(Counter counter, std::string_view label, int64_t by) {
  std::lock_guard lock(mutex_);
  counts_[{counter, std::string(label)}] += by;
}

int64_t Metrics::Get(Counter counter, std::string_view label) const {
  std::lock_guard lock(mutex_);
  const auto it = counts_.find({counter, std::string(label)});
  return it == counts_.end() ? 0 : it->second;
}

std::string Metrics::Text() const {
  std::lock_guard lock(mutex_);
  std::string text;
  for (const Row& row : kRows) {
    absl::StrAppend(&text, "# HELP ", row.name, " ", row.help, "\n# TYPE ", row.name, " counter\n");
    if (*row.label == '\0') {
      const auto it = counts_.find({row.counter, ""});
      absl::StrAppend(&text, row.name, " ", it == counts_.end() ? 0 : it->second, "\n");
      continue;
    }
    // Labels are words of ours: nothing in them needs escaping.
    for (auto it = counts_.lower_bound({row.counter, ""}); it != counts_.end() && it->first.first == row.counter;
         ++it) {
      absl::StrAppend(&text, row.name, "{", row.label, "=\"", it->first.second, "\"} ", it->second, "\n");
    }
  }
  return text;
}

}  // namespace mergegate
