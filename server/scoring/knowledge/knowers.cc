// value = share of the files changed in the last 90 days that at least two active people know.
//
// Somebody knows a file who wrote or reviewed a change of it within 365 days; they are active with any change or review
// in the last 90. Of a team: files that its members touched, known by members. 5 changes in 90 days at least; Wilson's
// interval at the number of changes (files of one change are not independent). At most 50 files of a change are read,
// as in the ranking of reviewers: bulk teaches nobody. Source: the truck-factor literature (Avelino et al. 2016) and
// the files-at-risk of turnover of Sofia (Mirsaeedi and Rigby 2020), which call knowledge by review equal. Missing: no
// landed change with known files.
#include <algorithm>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/samples.h"
#include "server/scoring/sub_index.h"

namespace mergegate::scoring {
namespace {

constexpr int64_t kRecent = 90 * kDaySeconds;
constexpr size_t kEnough = 2;

void Observe(const Life& life, const Surroundings&, const Emit& emit) {
  if (life.family != Family::kFiles) return;
  for (const uint64_t file : life.files->files) {
    for (const PersonKey person : life.files->people) {
      emit({person},
           {.at = life.files->at, .id = file, .who = person, .tag = static_cast<uint32_t>(life.files->change)});
    }
  }
}

Estimate Estimated(const Sample& sample) {
  const int64_t since = sample.as_of - kRecent;
  absl::flat_hash_set<PersonKey> active;
  absl::flat_hash_set<uint32_t> changes;
  absl::flat_hash_map<uint64_t, std::vector<PersonKey>> knowers;  // of files changed of late
  for (const Observation& seen : sample.seen) {
    if (seen.at <= since) continue;
    active.insert(seen.who);
    changes.insert(seen.tag);
    knowers.try_emplace(seen.id);
  }
  if (changes.empty()) return Missing("no landed change with known files");
  for (const Observation& seen : sample.seen) {
    const auto file = knowers.find(seen.id);
    if (file == knowers.end() || file->second.size() == kEnough || !active.contains(seen.who)) continue;
    if (std::ranges::find(file->second, seen.who) == file->second.end()) file->second.push_back(seen.who);
  }
  int shared = 0;
  std::vector<std::pair<double, uint64_t>> alone;
  for (const auto& [file, people] : knowers) {
    if (people.size() == kEnough) {
      ++shared;
    } else {
      alone.emplace_back(0, file);
    }
  }
  const int files = static_cast<int>(knowers.size()), n = static_cast<int>(changes.size());
  const double share = static_cast<double>(shared) / files;
  const double independent = std::min(files, n);
  return Found(Proportion(share * independent, independent), n,
               absl::StrCat(shared, " of ", Counted(files, "file"), " changed of late (", Counted(n, "change"),
                            ") known to two active people or more"),
               Worst(alone));
}

}  // namespace

SubIndexRow Knowers() {
  return {.metric = MetricKind::kKnowledge,
          .name = "knowers",
          .question = "how much of what moves two people know",
          .weight = 50,
          .window_days = 365,
          .observe = Observe,
          .estimate = Estimated};
}

}  // namespace mergegate::scoring
