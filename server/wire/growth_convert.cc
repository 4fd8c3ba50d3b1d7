#include "server/wire/growth_convert.h"

#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/wire/convert.h"
#include "server/wire/review_convert.h"
#include "server/wire/signal_convert.h"

namespace mergegate::wire {
namespace {

constexpr int kMostTopics = 50;
constexpr size_t kLongestTopic = 100, kLongestProvider = 100, kLongestId = 200, kLongestTitle = 300, kLongestUrl = 1000;
constexpr double kMostHours = 10000;

absl::Status Invalid(std::string_view field, std::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat(std::string(field), ": ", std::string(message)));
}

absl::Status CheckTopics(const google::protobuf::RepeatedPtrField<std::string>& topics, std::string_view field) {
  if (topics.size() > kMostTopics) return Invalid(field, absl::StrCat("more than ", kMostTopics));
  for (const std::string& topic : topics) {
    if (topic.empty()) return Invalid(field, "one is empty");
    RETURN_IF_ERROR(CheckText(topic, field, kLongestTopic, /*lines=*/false));
  }
  return absl::OkStatus();
}

}  // namespace

v1::Course ToProto(const Course& course) {
  v1::Course proto;
  proto.set_provider(course.provider);
  proto.set_id(course.id);
  proto.set_title(course.title);
  proto.set_url(course.url);
  for (const std::string& topic : course.topics) proto.add_topics(topic);
  for (const std::string& check : course.checks) proto.add_checks(check);
  proto.set_hours(course.hours);
  return proto;
}

absl::StatusOr<Course> FromProto(const v1::Course& proto) {
  for (const auto& [field, text] :
       {std::pair("provider", &proto.provider()), std::pair("id", &proto.id()), std::pair("title", &proto.title())}) {
    if (text->empty()) return Invalid(field, "is missing");
  }
  RETURN_IF_ERROR(CheckText(proto.provider(), "provider", kLongestProvider, /*lines=*/false));
  RETURN_IF_ERROR(CheckText(proto.id(), "id", kLongestId, /*lines=*/false));
  RETURN_IF_ERROR(CheckText(proto.title(), "title", kLongestTitle, /*lines=*/false));
  RETURN_IF_ERROR(CheckText(proto.url(), "url", kLongestUrl, /*lines=*/false));
  if (!proto.url().empty() && !proto.url().starts_with("https://") && !proto.url().starts_with("http://")) {
    return Invalid("url", "begins with neither https:// nor http://");
  }
  RETURN_IF_ERROR(CheckTopics(proto.topics(), "topics"));
  RETURN_IF_ERROR(CheckTopics(proto.checks(), "checks"));
  if (!(proto.hours() >= 0 && proto.hours() <= kMostHours)) return Invalid("hours", "is not in 0 to 10000");
  return Course{.provider = proto.provider(),
                .id = proto.id(),
                .title = proto.title(),
                .url = proto.url(),
                .topics = {proto.topics().begin(), proto.topics().end()},
                .checks = {proto.checks().begin(), proto.checks().end()},
                .hours = proto.hours()};
}

v1::Grant ToProto(const ReportGrant& grant, absl::Time now) {
  v1::Grant proto;
  proto.set_number(grant.number);
  proto.set_grantee(grant.grantee.value());
  if (grant.role != Role::kUnspecified) proto.set_role(std::string(Name(grant.role)));
  *proto.mutable_create_time() = ToTimestamp(grant.created);
  *proto.mutable_expire_time() = ToTimestamp(grant.expires);
  if (grant.revoked) *proto.mutable_revoke_time() = ToTimestamp(*grant.revoked);
  proto.set_holds(grant.Holds(now));
  return proto;
}

v1::Appeal ToProto(const Appeal& appeal) {
  v1::Appeal proto;
  proto.set_number(appeal.number);
  proto.set_person(appeal.person.value());
  proto.set_reason(appeal.reason);
  proto.set_retract(appeal.retract);
  for (const auto& [field, content] : appeal.corrections) (*proto.mutable_corrections())[field] = content;
  *proto.mutable_create_time() = ToTimestamp(appeal.created);
  proto.set_state(static_cast<v1::AppealState>(appeal.state));
  proto.set_answered_by(appeal.answered_by.value());
  proto.set_answer(appeal.answer);
  if (appeal.state != AppealState::kWaiting) *proto.mutable_answer_time() = ToTimestamp(appeal.answered);
  for (const AppealEffect& effect : appeal.effects) {
    v1::AppealEffect& shown = *proto.add_effects();
    shown.set_scope(effect.scope);
    shown.set_name(effect.name);
    shown.set_before(effect.before);
    shown.set_after(effect.after);
  }
  return proto;
}

v1::Feedback FeedbackOf(const Signal& signal) {
  v1::Feedback proto;
  proto.set_kind(static_cast<v1::SignalKind>(signal.kind));
  proto.set_from(signal.actor.value());
  proto.set_to(signal.subject.value());
  proto.set_text(signal.text);
  if (!signal.project.empty() && !signal.object.empty())
    proto.set_review(FormatReviewName(signal.project, signal.object));
  *proto.mutable_at() = ToTimestamp(signal.at);
  return proto;
}

v1::Reading ReadingOf(const AuditEntry& entry) {
  v1::Reading proto;
  *proto.mutable_at() = ToTimestamp(entry.at);
  proto.set_reader(entry.actor.value());
  proto.set_action(entry.action);
  proto.set_detail(entry.detail.empty() ? entry.object : absl::StrCat(entry.object, " ", entry.detail));
  return proto;
}

absl::StatusOr<Signal> Corrected(const Signal& signal, const Appeal& appeal) {
  v1::Signal proto = ToProto(signal);
  for (const auto& [field, content] : appeal.corrections) {
    if (field == "actor") {
      proto.set_actor(content);
    } else if (field == "subject") {
      proto.set_subject(content);
    } else if (field == "object") {
      proto.set_object(content);
    } else if (field == "part") {
      proto.set_part(content);
    } else if (field == "value") {
      double value = 0;
      if (!absl::SimpleAtod(content, &value)) return Invalid("value", absl::StrCat("\"", content, "\" is no number"));
      proto.set_value(value);
    } else if (field == "at") {
      absl::Time at;
      std::string problem;
      if (!absl::ParseTime(absl::RFC3339_full, content, &at, &problem)) {
        return Invalid("at", absl::StrCat("\"", content, "\" is no moment: write it as 2026-11-27T13:45:00Z"));
      }
      *proto.mutable_at() = ToTimestamp(at);
    } else {
      return Invalid(field, "can be corrected are actor, subject, object, part, value and at");
    }
  }
  proto.set_corrects(signal.source_id);
  proto.set_source_id(absl::StrCat("appeal/", appeal.number));
  proto.set_retracted(appeal.retract);
  return FromProto(proto);
}

}  // namespace mergegate::wire
