// The part of the border that growth crosses: courses, grants, appeals, feedback.
//
// FromProto validates what came from outside: kInvalidArgument names the field, and what it wants instead.
#ifndef MERGEGATE_SERVER_WIRE_GROWTH_CONVERT_H_
#define MERGEGATE_SERVER_WIRE_GROWTH_CONVERT_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "mergegate/v1/growth.pb.h"
#include "server/domain/growth.h"
#include "server/domain/signal.h"

namespace mergegate::wire {

v1::Course ToProto(const Course& course);
// Texts within their limits, at most 50 topics and 50 globs, a url of http or https, hours of 0 to 10000.
absl::StatusOr<Course> FromProto(const v1::Course& proto);

v1::Grant ToProto(const ReportGrant& grant, absl::Time now);
// Without its signal.
v1::Appeal ToProto(const Appeal& appeal);
// Kudos and feedback, as words from one person to another.
v1::Feedback FeedbackOf(const Signal& signal);

// An entry of the audit log about a person, as they see it.
v1::Reading ReadingOf(const AuditEntry& entry);

// The signal as an appeal wants it. kInvalidArgument for a field that there is none of, or content that does not fit.
absl::StatusOr<Signal> Corrected(const Signal& signal, const Appeal& appeal);

}  // namespace mergegate::wire

#endif  // MERGEGATE_SERVER_WIRE_GROWTH_CONVERT_H_
