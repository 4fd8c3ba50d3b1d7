#include "server/wire/review_convert.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/wire/analysis_convert.h"
#include "server/wire/convert.h"

namespace mergegate::wire {

template <>
inline constexpr int kEnumMax<ReviewEventKind> = 11;
template <>
inline constexpr int kEnumMax<ReviewerRole> = 6;

namespace {

constexpr size_t kLongestChange = 200;
constexpr size_t kLongestHandle = 200;

using Strings = google::protobuf::RepeatedPtrField<std::string>;

void Copy(const std::vector<std::string>& from, Strings* to) { to->Assign(from.begin(), from.end()); }
void Copy(const std::vector<Handle>& from, Strings* to) {
  for (const Handle& person : from) *to->Add() = person.value();
}

std::vector<std::string> Texts(const Strings& from) { return {from.begin(), from.end()}; }
std::vector<Handle> Handles(const Strings& from) {
  std::vector<Handle> handles;
  for (const std::string& text : from) handles.push_back(HandleOf(text));
  return handles;
}

absl::StatusOr<ChosenReviewer> Read(const v1::ChosenReviewer& proto) {
  ASSIGN_OR_RETURN(const ReviewerRole role, EnumFromProto<ReviewerRole>(proto.role(), "reviewer.role"));
  return ChosenReviewer{.person = HandleOf(proto.person()),
                        .role = role,
                        .responsible = proto.responsible(),
                        .reasons = Texts(proto.reasons())};
}

absl::StatusOr<Assignment> Read(const v1::Assignment& proto) {
  Assignment assignment;
  for (const v1::ChosenReviewer& chosen : proto.reviewers()) {
    ASSIGN_OR_RETURN(assignment.reviewers.emplace_back(), Read(chosen));
  }
  for (const v1::ChosenReviewer& chosen : proto.stand_ins()) {
    ASSIGN_OR_RETURN(assignment.stand_ins.emplace_back(), Read(chosen));
  }
  assignment.problems = Texts(proto.problems());
  return assignment;
}

Push Read(const v1::Push& proto) {
  Push push{.base = CommitId(proto.base_commit()),
            .head = CommitId(proto.head_commit()),
            .run = proto.run(),
            .title = proto.title(),
            .author = HandleOf(proto.author()),
            .lines_added = proto.lines_added(),
            .lines_removed = proto.lines_removed(),
            .files = proto.files(),
            .pieces = {}};
  for (const v1::Piece& piece : proto.pieces()) push.pieces.push_back(FromProto(piece));
  return push;
}

OwnerDemand Read(const v1::OwnerDemand& proto) {
  return {.rule = proto.rule(),
          .owners = Handles(proto.owners()),
          .required = proto.required(),
          .paths = Texts(proto.paths()),
          .optional = proto.optional(),
          .unknown = proto.unknown()};
}

}  // namespace

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::MillisecondsToTimestamp(absl::ToUnixMillis(time));
}

absl::Time FromTimestamp(const google::protobuf::Timestamp& proto) {
  return absl::FromUnixSeconds(proto.seconds()) + absl::Nanoseconds(proto.nanos());
}

v1::Piece ToProto(const Piece& piece) {
  v1::Piece proto;
  proto.set_path(piece.path);
  proto.set_declaration(piece.declaration);
  proto.set_usr(piece.usr);
  proto.set_signature(piece.signature);
  proto.set_body(piece.body);
  return proto;
}

Piece FromProto(const v1::Piece& proto) {
  return {.path = proto.path(),
          .declaration = proto.declaration(),
          .usr = proto.usr(),
          .signature = proto.signature(),
          .body = proto.body()};
}

v1::Push ToProto(const Push& push) {
  v1::Push proto;
  proto.set_base_commit(push.base.value());
  proto.set_head_commit(push.head.value());
  proto.set_run(push.run);
  proto.set_title(push.title);
  proto.set_author(push.author.value());
  proto.set_lines_added(push.lines_added);
  proto.set_lines_removed(push.lines_removed);
  proto.set_files(push.files);
  for (const Piece& piece : push.pieces) *proto.add_pieces() = ToProto(piece);
  return proto;
}

v1::ChosenReviewer ToProto(const ChosenReviewer& chosen) {
  v1::ChosenReviewer proto;
  proto.set_person(chosen.person.value());
  proto.set_role(static_cast<v1::ReviewerRole>(chosen.role));
  proto.set_responsible(chosen.responsible);
  Copy(chosen.reasons, proto.mutable_reasons());
  return proto;
}

v1::Assignment ToProto(const Assignment& assignment) {
  v1::Assignment proto;
  for (const ChosenReviewer& chosen : assignment.reviewers) *proto.add_reviewers() = ToProto(chosen);
  for (const ChosenReviewer& chosen : assignment.stand_ins) *proto.add_stand_ins() = ToProto(chosen);
  Copy(assignment.problems, proto.mutable_problems());
  return proto;
}

v1::ReviewEvent ToProto(const ReviewEvent& event) {
  v1::ReviewEvent proto;
  proto.set_number(event.number);
  proto.set_kind(static_cast<v1::ReviewEventKind>(event.kind));
  proto.set_actor(event.actor.value());
  proto.set_subject(event.subject.value());
  proto.set_head_commit(event.head.value());
  proto.set_text(event.text);
  *proto.mutable_time() = ToTimestamp(event.at);
  proto.set_source(event.source);
  proto.set_source_id(event.source_id);
  if (event.push) *proto.mutable_push() = ToProto(*event.push);
  if (event.assignment) *proto.mutable_assignment() = ToProto(*event.assignment);
  return proto;
}

absl::StatusOr<ReviewEvent> FromProto(const v1::ReviewEvent& proto) {
  ASSIGN_OR_RETURN(const ReviewEventKind kind, EnumFromProto<ReviewEventKind>(proto.kind(), "event.kind"));
  ReviewEvent event{.number = proto.number(),
                    .kind = kind,
                    .actor = HandleOf(proto.actor()),
                    .subject = HandleOf(proto.subject()),
                    .head = CommitId(proto.head_commit()),
                    .text = proto.text(),
                    .at = FromTimestamp(proto.time()),
                    .source = proto.source(),
                    .source_id = proto.source_id(),
                    .push = std::nullopt,
                    .assignment = std::nullopt};
  if (proto.has_push()) event.push = Read(proto.push());
  if (proto.has_assignment()) {
    ASSIGN_OR_RETURN(event.assignment, Read(proto.assignment()));
  }
  return event;
}

v1::OwnerDemand ToProto(const OwnerDemand& demand) {
  v1::OwnerDemand proto;
  proto.set_rule(demand.rule);
  Copy(demand.owners, proto.mutable_owners());
  proto.set_required(demand.required);
  Copy(demand.paths, proto.mutable_paths());
  proto.set_optional(demand.optional);
  proto.set_unknown(demand.unknown);
  return proto;
}

v1::ReviewFacts ToProto(const ReviewFacts& facts) {
  v1::ReviewFacts proto;
  proto.set_events(facts.events);
  proto.set_author(facts.author.value());
  Copy(facts.reviewers, proto.mutable_reviewers());
  for (const ApprovalFact& approval : facts.approvals) {
    v1::ApprovalFact* out = proto.add_approvals();
    out->set_person(approval.person.value());
    out->set_head_commit(approval.head.value());
    out->mutable_uncovered()->Assign(approval.uncovered.begin(), approval.uncovered.end());
    Copy(approval.reasons, out->mutable_reasons());
  }
  Copy(facts.changes_requested, proto.mutable_changes_requested());
  for (const OwnerDemand& demand : facts.owners) *proto.add_owners() = ToProto(demand);
  Copy(facts.problems, proto.mutable_problems());
  for (const OverrideFact& fact : facts.overrides) {
    v1::OverrideFact* out = proto.add_overrides();
    out->set_condition(fact.condition);
    out->set_person(fact.person.value());
    out->set_role(fact.role);
    out->set_reason(fact.reason);
    *out->mutable_until() = ToTimestamp(fact.until);
  }
  return proto;
}

ReviewFacts FromProto(const v1::ReviewFacts& proto) {
  ReviewFacts facts{.events = proto.events(),
                    .author = HandleOf(proto.author()),
                    .reviewers = Handles(proto.reviewers()),
                    .approvals = {},
                    .changes_requested = Handles(proto.changes_requested()),
                    .owners = {},
                    .problems = Texts(proto.problems()),
                    .overrides = {}};
  for (const v1::ApprovalFact& approval : proto.approvals()) {
    facts.approvals.push_back({.person = HandleOf(approval.person()),
                               .head = CommitId(approval.head_commit()),
                               .uncovered = {approval.uncovered().begin(), approval.uncovered().end()},
                               .reasons = Texts(approval.reasons())});
  }
  for (const v1::OwnerDemand& demand : proto.owners()) facts.owners.push_back(Read(demand));
  for (const v1::OverrideFact& fact : proto.overrides()) {
    facts.overrides.push_back({.condition = fact.condition(),
                               .person = HandleOf(fact.person()),
                               .role = fact.role(),
                               .reason = fact.reason(),
                               .until = FromTimestamp(fact.until())});
  }
  return facts;
}

v1::Availability ToProto(const Availability& availability) {
  v1::Availability proto;
  proto.set_person(availability.person.value());
  proto.set_time_zone(availability.time_zone);
  proto.set_from_minute(availability.from_minute);
  proto.set_to_minute(availability.to_minute);
  proto.mutable_days()->Assign(availability.days.begin(), availability.days.end());
  for (const Absence& absence : availability.absences) {
    v1::Absence* out = proto.add_absences();
    *out->mutable_from() = ToTimestamp(absence.from);
    *out->mutable_until() = ToTimestamp(absence.until);
    out->set_reason(absence.reason);
  }
  return proto;
}

absl::StatusOr<Availability> FromProto(const v1::Availability& proto) {
  Availability availability{.person = HandleOf(proto.person()),
                            .time_zone = proto.time_zone(),
                            .from_minute = proto.from_minute(),
                            .to_minute = proto.to_minute(),
                            .days = {proto.days().begin(), proto.days().end()},
                            .absences = {}};
  const bool unset = availability.from_minute == 0 && availability.to_minute == 0;
  if (!unset && (availability.from_minute < 0 || availability.to_minute > 1440 ||
                 availability.from_minute >= availability.to_minute)) {
    return absl::InvalidArgumentError("availability: working hours must begin before they end, within one day");
  }
  if (std::ranges::any_of(availability.days, [](int day) { return day < 1 || day > 7; })) {
    return absl::InvalidArgumentError("availability.days: 1 is Monday, 7 is Sunday");
  }
  if (proto.absences_size() > 100) return absl::InvalidArgumentError("availability.absences: more than 100");
  for (const v1::Absence& absence : proto.absences()) {
    availability.absences.push_back({FromTimestamp(absence.from()), FromTimestamp(absence.until()), absence.reason()});
    if (availability.absences.back().from >= availability.absences.back().until) {
      return absl::InvalidArgumentError("availability.absences: a leave must begin before it ends");
    }
    if (absence.reason().size() > 200)
      return absl::InvalidArgumentError("availability.absences.reason: over 200 bytes");
  }
  std::ranges::sort(availability.absences, {}, &Absence::from);
  return availability;
}

std::string SerializeEvent(const ReviewEvent& event) { return Serialize(ToProto(event)); }

absl::StatusOr<ReviewEvent> ParseEvent(std::string_view bytes) {
  v1::ReviewEvent proto;
  if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("the bytes are not a serialized review event");
  }
  return FromProto(proto);
}

absl::StatusOr<ReviewName> ParseReviewName(std::string_view name) {
  const size_t reviews = name.find("/reviews/");
  if (reviews != std::string_view::npos) {
    auto project = ParseProjectName(name.substr(0, reviews));
    const std::string_view change = name.substr(reviews + 9);
    if (project.ok() && !change.empty() && change.size() <= kLongestChange) {
      return ReviewName{*std::move(project), std::string(change)};
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", std::string(name.substr(0, 300)), "\" is not a review: projects/{project}/reviews/{change}"));
}

std::string FormatReviewName(const ProjectId& project, std::string_view change) {
  return absl::StrCat(ProjectName(project), "/reviews/", std::string(change));
}

absl::StatusOr<Handle> ParseHandle(std::string_view text, std::string_view field) {
  const auto printable = [](unsigned char c) { return c > 0x20 && c != 0x7F; };
  Handle handle = HandleOf(text);
  if (!handle.empty() && handle.value().size() <= kLongestHandle && std::ranges::all_of(handle.value(), printable)) {
    return handle;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(field), ": a person is a mail or a login, without blanks, at most 200 bytes"));
}

}  // namespace mergegate::wire
