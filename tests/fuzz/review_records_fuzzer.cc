// Whatever the bytes, lines of JSON end with a status, and what they hold can be learned and asked about.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/reviewers/jsonl.h"
#include "server/reviewers/offline.h"
#include "server/reviewers/weights.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mergegate::reviewers;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto records = ParseRecords(text);
  const auto queries = ParseQueries(text, absl::Hours(72), AuthorBy::kNameAndMail);
  if (records.ok()) {
    ReviewerModel model(GeneralWeights());
    model.Feed(*records);
    if (queries.ok()) {
      for (const PastQuery& query : *queries) {
        double sum = 0;
        for (const RankedPerson& person : Rank(model, query.query)) sum += person.score;
        if (!(sum <= 1.000001)) std::abort();
      }
    }
  }
  return 0;
}
