// Whatever the bytes of a commit message, reviewers are few, named by text of bounded length, and interning them ends.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/reviewers/people.h"
#include "server/reviewers/trailers.h"
#include "server/reviewers/words.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mergegate::reviewers;
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  const MessageReviews reviews = ReviewsIn(message, DefaultTrailers());
  if (reviews.reviewers.size() > 100) std::abort();
  People people;
  for (const mergegate::Identity& reviewer : reviews.reviewers) {
    if (reviewer.name.size() > 400 || reviewer.mail.size() > 400 || reviewer.login.size() > 400) std::abort();
    const PersonId person = IsBot(reviewer) ? kNobody : people.Intern(reviewer);
    if (person != kNobody && people.Find(reviewer) != people.Now(person)) std::abort();
  }
  if (TitleWords(reviews.title).size() > 16 || PathWords(message).size() > 12) std::abort();
  return 0;
}
