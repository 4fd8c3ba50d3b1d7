// Who reviewed a commit, by its message.
//
//   ReviewsIn("Fix it\n\nReviewed-by: Ann Li <ann@example.org>\n", {})    .reviewers == {Ann Li}
//
// Understood: trailers ("Reviewed-by: Ann <ann@x>", "Reviewed By: ann, bob", "Approved by: ann"; any case, '-' and ' '
// alike, indented or not), and the ACK lists of merge commits ("ACKs for top commit:" with a login a paragraph). Pure.
// Whatever is malformed is passed over; at most 100 reviewers of a message count, and its first megabyte is read.
#ifndef MERGEGATE_SERVER_REVIEWERS_TRAILERS_H_
#define MERGEGATE_SERVER_REVIEWERS_TRAILERS_H_

#include <string>
#include <string_view>
#include <vector>

#include "server/domain/review_record.h"

namespace mergegate::reviewers {

// Reviewed-by, Acked-by, Approved-by. Not Tested-by: it names machines as often as people.
const std::vector<std::string>& DefaultTrailers();

// "Ann Li <ann@example.org> (maintainer)", "ann@example.org", "@ann", "ann". Empty for what names nobody.
Identity ParseIdentity(std::string_view text);

struct MessageReviews {
  std::string title;                // first line; of a merge of a pull request, the request's title
  std::vector<Identity> reviewers;  // in order, no duplicates
  std::string change;               // what commits of one pull request share ("Merged from <url>"); else empty
};

// `trailers`: the keys that count.
MessageReviews ReviewsIn(std::string_view message, const std::vector<std::string>& trailers);

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_TRAILERS_H_
