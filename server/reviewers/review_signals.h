// What a review says about people's work: its events as signals.
//
//   std::vector<Signal> signals = SignalsOf(ProjectId("db"), "pr-7", events, Outcome::kMerged);
//
// Ids are made of the project, the change and the number of the event, so that a review can be read again and again. A
// comment that names a declaration or path of the push it was made on is addressed when a later push changes that.
// Pure. Values.
#ifndef MERGEGATE_SERVER_REVIEWERS_REVIEW_SIGNALS_H_
#define MERGEGATE_SERVER_REVIEWERS_REVIEW_SIGNALS_H_

#include <string>
#include <vector>

#include "server/domain/review.h"
#include "server/domain/signal.h"

namespace mergegate::reviewers {

// What became of a closed review.
enum class Outcome {
  kUnknown,  // as yet: nothing is said
  kMerged,   // its head is in the target branch
  kAbandoned,
};

// `events` oldest first. A review that was reopened has no outcome until it is closed again.
std::vector<Signal> SignalsOf(const ProjectId& project, const std::string& change,
                              const std::vector<ReviewEvent>& events, Outcome outcome);

// Pieces that a text names: by path, by file name, by qualified name or by its last part, as whole words.
std::vector<const Piece*> NamedIn(std::string_view text, const std::vector<Piece>& pieces);

// The deepest folder that holds all pieces, "server/git"; empty when that is the whole tree, or there are none.
std::string CommonFolder(const std::vector<Piece>& pieces);

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_REVIEW_SIGNALS_H_
