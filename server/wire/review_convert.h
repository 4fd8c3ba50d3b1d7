// The part of the border that reviews cross: events, facts, availability. convert.h uses it for facts.
//
// FromProto validates what came from outside: kInvalidArgument names the field.
#ifndef MERGEGATE_SERVER_WIRE_REVIEW_CONVERT_H_
#define MERGEGATE_SERVER_WIRE_REVIEW_CONVERT_H_

#include <google/protobuf/timestamp.pb.h>

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "mergegate/v1/review.pb.h"
#include "server/domain/review.h"

namespace mergegate::wire {

// Milliseconds.
google::protobuf::Timestamp ToTimestamp(absl::Time time);
absl::Time FromTimestamp(const google::protobuf::Timestamp& proto);

v1::Piece ToProto(const Piece& piece);
v1::Push ToProto(const Push& push);
v1::ChosenReviewer ToProto(const ChosenReviewer& chosen);
v1::Assignment ToProto(const Assignment& assignment);
v1::ReviewEvent ToProto(const ReviewEvent& event);
v1::OwnerDemand ToProto(const OwnerDemand& demand);
v1::ReviewFacts ToProto(const ReviewFacts& facts);
v1::Availability ToProto(const Availability& availability);

Piece FromProto(const v1::Piece& proto);
absl::StatusOr<ReviewEvent> FromProto(const v1::ReviewEvent& proto);
ReviewFacts FromProto(const v1::ReviewFacts& proto);
// Hours, days and leave that make no sense are errors.
absl::StatusOr<Availability> FromProto(const v1::Availability& proto);

// An event as bytes and back, for those who keep it. kDataLoss when the bytes are not one.
std::string SerializeEvent(const ReviewEvent& event);
absl::StatusOr<ReviewEvent> ParseEvent(std::string_view bytes);

// "projects/{project}/reviews/{change}"; the change's key may hold slashes. kInvalidArgument says what the form is.
struct ReviewName {
  ProjectId project;
  std::string change;
};
absl::StatusOr<ReviewName> ParseReviewName(std::string_view name);
std::string FormatReviewName(const ProjectId& project, std::string_view change);

// A person as callers write them: 1 to 200 printable characters without blanks. kInvalidArgument names the field.
absl::StatusOr<Handle> ParseHandle(std::string_view text, std::string_view field);

}  // namespace mergegate::wire

#endif  // MERGEGATE_SERVER_WIRE_REVIEW_CONVERT_H_
