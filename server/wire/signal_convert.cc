#include "server/wire/signal_convert.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/wire/convert.h"
#include "server/wire/review_convert.h"

namespace mergegate::wire {
namespace {

constexpr size_t kLongestObject = 300, kLongestPart = 500, kLongestText = 4 << 10, kLongestSource = 100;
constexpr size_t kLongestId = 300, kLongestTeam = 63;
constexpr double kLargestValue = 1e12;
constexpr int kMostMembers = 1000;

absl::Status Invalid(std::string_view field, std::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(std::string(field), ": ", std::string(problem)));
}

// Kinds that are between two people.
bool NeedsSubject(SignalKind kind) {
  return kind == SignalKind::kKudos || kind == SignalKind::kFeedbackAsked || kind == SignalKind::kFeedbackGiven;
}

absl::Status CheckValue(SignalKind kind, double value) {
  const bool share = kind == SignalKind::kCourseCompleted || kind == SignalKind::kSurveyAnswer;
  if (share && !std::isnan(value) && !(value >= 0 && value <= 1)) {
    return Invalid("value", absl::StrCat(value, " is not in 0 to 1: give grades as shares"));
  }
  if (!std::isnan(value) && !(std::abs(value) <= kLargestValue)) return Invalid("value", "is no number up to 1e12");
  return absl::OkStatus();
}

absl::Status CheckTime(const google::protobuf::Timestamp& at) {
  constexpr int64_t kYear9999 = 253'402'300'799;
  if (at.seconds() <= 0 || at.seconds() > kYear9999 || at.nanos() < 0 || at.nanos() > 999'999'999) {
    return Invalid("at", "is no moment after 1970");
  }
  return absl::OkStatus();
}

bool IsTeamId(std::string_view id) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !id.empty() && id.size() <= kLongestTeam && plain(id[0]) &&
         std::ranges::all_of(id, [&](char c) { return plain(c) || c == '.' || c == '_' || c == '-'; });
}

}  // namespace

absl::Status CheckText(std::string_view text, std::string_view field, size_t limit, bool lines) {
  if (text.size() > limit) return Invalid(field, absl::StrCat(text.size(), " bytes, at most ", limit));
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if ((byte < 0x20 && !(lines && (byte == '\n' || byte == '\t'))) || byte == 0x7F || c1) {
      return Invalid(field, absl::StrCat("a control character at byte ", i + 1));
    }
  }
  return absl::OkStatus();
}

bool IsKnown(SignalKind kind) {
  return kind != SignalKind::kUnspecified && v1::SignalKind_IsValid(static_cast<int>(kind));
}

v1::Signal ToProto(const Signal& signal) {
  v1::Signal proto;
  proto.set_kind(static_cast<v1::SignalKind>(signal.kind));
  proto.set_actor(signal.actor.value());
  proto.set_subject(signal.subject.value());
  if (!signal.project.empty()) proto.set_project(ProjectName(signal.project));
  proto.set_object(signal.object);
  proto.set_part(signal.part);
  proto.set_value(signal.value);
  proto.set_text(signal.text);
  *proto.mutable_at() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(signal.at));
  proto.set_source(signal.source);
  proto.set_source_id(signal.source_id);
  proto.set_corrects(signal.corrects);
  proto.set_retracted(signal.retracted);
  return proto;
}

absl::StatusOr<Signal> FromProto(const v1::Signal& proto) {
  Signal signal{.kind = static_cast<SignalKind>(proto.kind()),
                .object = proto.object(),
                .part = proto.part(),
                .value = proto.value(),
                .text = proto.text(),
                .source = proto.source(),
                .source_id = proto.source_id(),
                .corrects = proto.corrects(),
                .retracted = proto.retracted()};
  if (!IsKnown(signal.kind)) return Invalid("kind", absl::StrCat("unknown value ", static_cast<int>(proto.kind())));
  ASSIGN_OR_RETURN(signal.actor, ParseHandle(proto.actor(), "actor"));
  if (!proto.subject().empty()) {
    ASSIGN_OR_RETURN(signal.subject, ParseHandle(proto.subject(), "subject"));
    if (NeedsSubject(signal.kind) && signal.subject == signal.actor) {
      return Invalid("subject", "is the actor; this kind is between two people");
    }
  } else if (NeedsSubject(signal.kind)) {
    return Invalid("subject", "this kind is between two people; who is the other?");
  }
  if (!proto.project().empty()) {
    ASSIGN_OR_RETURN(signal.project, ParseProjectName(proto.project()));
  }
  RETURN_IF_ERROR(CheckText(proto.object(), "object", kLongestObject, false));
  RETURN_IF_ERROR(CheckText(proto.part(), "part", kLongestPart, false));
  RETURN_IF_ERROR(CheckText(proto.text(), "text", kLongestText, true));
  RETURN_IF_ERROR(CheckText(proto.source(), "source", kLongestSource, false));
  RETURN_IF_ERROR(CheckText(proto.source_id(), "source_id", kLongestId, false));
  RETURN_IF_ERROR(CheckText(proto.corrects(), "corrects", kLongestId, false));
  RETURN_IF_ERROR(CheckValue(signal.kind, signal.value));
  RETURN_IF_ERROR(CheckTime(proto.at()));
  signal.at = absl::FromUnixMicros(absl::ToUnixMicros(FromTimestamp(proto.at())));
  if (signal.source.empty()) return Invalid("source", "is empty; who tells?");
  if (signal.source_id.empty()) return Invalid("source_id", "is empty; it makes the event count once");
  if (signal.corrects == signal.source_id) return Invalid("corrects", "a signal cannot correct itself");
  if (signal.retracted && signal.corrects.empty()) return Invalid("corrects", "is empty; what is retracted?");
  return signal;
}

v1::Person ToProto(const Person& person) {
  v1::Person proto;
  proto.set_id(person.id.value());
  proto.set_display_name(person.name);
  for (const Handle& identity : person.identities) proto.add_identities(identity.value());
  proto.set_bot(person.bot);
  return proto;
}

v1::Team ToProto(const Team& team) {
  v1::Team proto;
  proto.set_id(team.id.value());
  for (const Handle& member : team.members) proto.add_members(member.value());
  return proto;
}

absl::StatusOr<Team> FromProto(const v1::Team& proto) {
  if (!IsTeamId(proto.id())) return Invalid("team.id", "must be [a-z0-9][a-z0-9._-]{0,62}");
  if (proto.members_size() > kMostMembers) return Invalid("team.members", "more than 1000");
  Team team{.id = TeamId(proto.id())};
  for (const std::string& member : proto.members()) {
    ASSIGN_OR_RETURN(team.members.emplace_back(), ParseHandle(member, "team.members"));
  }
  return team;
}

}  // namespace mergegate::wire
