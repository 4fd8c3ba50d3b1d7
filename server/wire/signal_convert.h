// The part of the border that signals, people and teams cross.
//
// FromProto validates what came from outside: kInvalidArgument names the field, and what it wants instead.
#ifndef MERGEGATE_SERVER_WIRE_SIGNAL_CONVERT_H_
#define MERGEGATE_SERVER_WIRE_SIGNAL_CONVERT_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "mergegate/v1/people_service.pb.h"
#include "mergegate/v1/signal.pb.h"
#include "server/domain/signal.h"

namespace mergegate::wire {

v1::Signal ToProto(const Signal& signal);
v1::Person ToProto(const Person& person);
v1::Team ToProto(const Team& team);

// Kinds that exist, people that are some, texts of printable UTF-8 within their limits, values in their range. Times
// are kept in microseconds.
absl::StatusOr<Signal> FromProto(const v1::Signal& proto);
// Members become handles, as they are written.
absl::StatusOr<Team> FromProto(const v1::Team& proto);

// Whether the kind is one of SignalKind's.
bool IsKnown(SignalKind kind);

// No control characters but line breaks and tabs where `lines`, at most `limit` bytes. kInvalidArgument.
absl::Status CheckText(std::string_view text, std::string_view field, size_t limit, bool lines);

}  // namespace mergegate::wire

#endif  // MERGEGATE_SERVER_WIRE_SIGNAL_CONVERT_H_
