// A review as the sum of what happened: counterparts of proto/mergegate/v1/review.proto, which is the contract.
#ifndef MERGEGATE_SERVER_DOMAIN_REVIEW_H_
#define MERGEGATE_SERVER_DOMAIN_REVIEW_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/ids.h"

namespace mergegate {

// Mail or login of a person: lower case, without a leading '@'. Make it with HandleOf.
using Handle = StrongId<struct HandleTag>;
Handle HandleOf(std::string_view mail_or_login);

// Values equal those of the proto enums.
enum class ReviewEventKind {
  kUnspecified = 0,
  kPushed = 1,
  kAssigned = 2,
  kRequested = 3,
  kAccepted = 4,
  kDeclined = 5,
  kCommented = 6,
  kApproved = 7,
  kChangesRequested = 8,
  kApprovalLost = 9,
  kClosed = 10,
  kReopened = 11,
};
enum class ReviewerRole {
  kUnspecified = 0,
  kExpert = 1,
  kOwner = 2,
  kRequired = 3,
  kLearner = 4,
  kAsked = 5,
  kFallback = 6
};
enum class ReviewerStance {
  kUnspecified = 0,
  kAsked = 1,
  kAccepted = 2,
  kCommented = 3,
  kApproved = 4,
  kChangesRequested = 5,
  kDeclined = 6,
};

struct Piece {
  std::string path = {};
  std::string declaration = {};  // empty: lines outside of declarations, or the whole file
  std::string usr = {};
  std::string signature = {};
  std::string body = {};
  bool operator==(const Piece&) const = default;
};

struct Push {
  CommitId base = {};
  CommitId head = {};
  std::string run = {};  // full name
  std::string title = {};
  Handle author = {};
  int lines_added = 0;
  int lines_removed = 0;
  int files = 0;
  std::vector<Piece> pieces = {};
  bool operator==(const Push&) const = default;
};

struct ChosenReviewer {
  Handle person = {};
  ReviewerRole role = ReviewerRole::kExpert;
  bool responsible = false;
  std::vector<std::string> reasons = {};
  bool operator==(const ChosenReviewer&) const = default;
};

struct Assignment {
  std::vector<ChosenReviewer> reviewers = {};  // the responsible one first
  std::vector<ChosenReviewer> stand_ins = {};  // best first
  std::vector<std::string> problems = {};
  bool operator==(const Assignment&) const = default;
};

struct ReviewEvent {
  int64_t number = 0;  // given by the store
  ReviewEventKind kind = ReviewEventKind::kUnspecified;
  Handle actor = {};    // empty: mergegate
  Handle subject = {};  // empty: nobody
  CommitId head = {};
  std::string text = {};
  absl::Time at = {};
  std::string source = "mergegate";
  std::string source_id = {};  // unique with `source`
  std::optional<Push> push = {};
  std::optional<Assignment> assignment = {};
  bool operator==(const ReviewEvent&) const = default;
};

// --- what the gate sees ---

struct ApprovalFact {
  Handle person = {};
  CommitId head = {};
  std::vector<int> uncovered = {};        // indices of pieces, ascending
  std::vector<std::string> reasons = {};  // in the same order
  bool operator==(const ApprovalFact&) const = default;
};

struct OwnerDemand {
  std::string rule = {};
  std::vector<Handle> owners = {};
  int required = 1;
  std::vector<std::string> paths = {};  // ordered
  bool optional = false;
  std::string unknown = {};
  bool operator==(const OwnerDemand&) const = default;
};

// A condition that somebody lets pass.
struct OverrideFact {
  std::string condition = {};
  Handle person = {};
  std::string role = {};
  std::string reason = {};
  absl::Time until = {};
  bool operator==(const OverrideFact&) const = default;
};

struct ReviewFacts {
  int64_t events = 0;
  Handle author = {};
  std::vector<Handle> reviewers = {};
  std::vector<ApprovalFact> approvals = {};
  std::vector<Handle> changes_requested = {};
  std::vector<OwnerDemand> owners = {};
  std::vector<std::string> problems = {};
  std::vector<OverrideFact> overrides = {};  // in force when the facts were gathered; oldest first
  bool operator==(const ReviewFacts&) const = default;
};

// --- when people work ---

struct Absence {
  absl::Time from = {};
  absl::Time until = {};
  std::string reason = {};
  bool operator==(const Absence&) const = default;
};

// Values equal those of the proto message; see there.
struct Availability {
  Handle person = {};
  std::string time_zone = {};
  int from_minute = 0;
  int to_minute = 0;
  std::vector<int> days = {};
  std::vector<Absence> absences = {};
  bool operator==(const Availability&) const = default;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_REVIEW_H_
