#include "server/domain/host.h"

#include <algorithm>
#include <utility>

namespace mergegate {

HostChange Newer(const HostChange& known, HostChange told) {
  constexpr absl::Duration kLag = absl::Minutes(1);
  const bool other_head = told.head != known.head;
  const bool pushed_on = other_head && told.previous == known.head && told.updated >= known.updated - kLag;
  const bool pushed_away = other_head && told.head == known.previous && told.updated <= known.updated;
  if (!pushed_on && (pushed_away || told.updated < known.updated)) return known;
  if (told.author.empty()) told.author = known.author;
  if (told.title.empty()) told.title = known.title;
  if (told.base.empty() && told.base_ref == known.base_ref) told.base = known.base;
  told.previous = other_head ? known.head : known.previous;
  told.updated = std::max(told.updated, known.updated);
  return told;
}

}  // namespace mergegate
