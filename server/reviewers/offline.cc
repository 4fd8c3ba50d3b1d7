#include "server/reviewers/offline.h"

#include <algorithm>
#include <numeric>

#include "absl/container/flat_hash_map.h"

namespace mergegate::reviewers {

void Replay(const std::vector<ReviewRecord>& records, const std::vector<PastQuery>& queries, Refit refit,
            ReviewerModel& model, const std::function<void(const PastQuery& query)>& answer) {
  std::vector<size_t> order(queries.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, [&](size_t a, size_t b) {
    return queries[a].cutoff != queries[b].cutoff ? queries[a].cutoff < queries[b].cutoff : a < b;
  });
  // Place, in that order, of the last query that a commit or a group must not help.
  absl::flat_hash_map<std::string, size_t> barred;
  for (size_t place = 0; place < order.size(); ++place) {
    const PastQuery& query = queries[order[place]];
    if (!query.sha.empty()) barred["c:" + query.sha] = place;
    if (!query.group.empty()) barred["g:" + query.group] = place;
  }
  const auto barred_until = [&](const ReviewRecord& record) {
    size_t until = 0;
    if (const auto found = barred.find("c:" + record.id); found != barred.end()) until = found->second + 1;
    if (record.group.empty()) return until;
    const auto found = barred.find("g:" + record.group);
    return found == barred.end() ? until : std::max(until, found->second + 1);
  };
  // Changes are asked about in their turn, each before anything of the three days up to its landing is learned; their
  // reviewers are read when they land. Older ones than kAsked before the first question tell nothing of its time.
  size_t asked = 0;
  if (!order.empty()) {
    const absl::Time first = queries[order.front()].cutoff;
    while (asked < records.size() && records[asked].landed <= first) ++asked;
    for (size_t reviewed = 0; asked > 0 && reviewed < ReviewerModel::kAsked; --asked) {
      reviewed += records[asked - 1].reviewers.empty() ? 0 : 1;
    }
  }
  size_t next = 0;
  std::vector<std::pair<size_t, const ReviewRecord*>> waiting;
  for (size_t place = 0; place < order.size(); ++place) {
    const PastQuery& query = queries[order[place]];
    for (const auto& [until, record] : waiting) {
      if (until <= place) model.Learn(*record);
    }
    std::erase_if(waiting, [&](const auto& entry) { return entry.first <= place; });
    for (; next < records.size() && records[next].landed <= query.cutoff; ++next) {
      for (; asked < records.size() && records[asked].landed - ReviewerModel::kReviewTime < records[next].landed;
           ++asked) {
        if (!records[asked].reviewers.empty()) model.Ask(records[asked]);
      }
      if (const size_t until = barred_until(records[next]); until > place) {
        waiting.emplace_back(until, &records[next]);
      } else {
        model.Learn(records[next]);
      }
    }
    if (refit == Refit::kYes) model.Refit();
    answer(query);
  }
}

}  // namespace mergegate::reviewers
